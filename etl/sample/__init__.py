"""A seeded generator of sample data in the publisher's own form.

`write_sample` writes 24 months of stops, street crime and outcomes of the Met and the City at a tenth of real
volume. The oddities of the real files that it repeats are listed in `stops` and `crimes`; besides these, City
files end their lines with CRLF from 2024-01 and all others with LF, and outcome files tell of crimes
before the first month.
"""

from __future__ import annotations

from etl.sample.writing import write_sample

__all__ = ["write_sample"]
