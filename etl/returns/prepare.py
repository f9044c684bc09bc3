"""A file of returns, from bytes to rows ready to copy. Pure.

What is counted of a return is a figure: a council's amount in a line, not returned ones included.
"""

import hashlib
from datetime import date

import polars as pl

from etl.candidate import Candidate
from etl.errors import NotRecognised, Refused
from etl.prepared import Month, Prepared, Task, refuse_rejects
from etl.returns.lines import BUDGET, word_of
from etl.returns.revenue import read_revenue
from etl.returns.section_251 import read_section_251
from etl.returns.sheets import read_sheets
from etl.returns.table import Return, name_year
from etl.vocabulary import Codes
from geo.publishers import DFE, MHCLG, PUBLISHERS

REVENUE, SECTION_251 = "revenue_return", "section_251"
# how a row came to its borough, as of other tables: the publisher names it
NAMED = 6
FIELD = "spending_line"


def prepare_returns(task: Task, data: bytes, sha256: str) -> Prepared:
    """Read, tidy and check a file of returns. Raises NotRecognised where it is none, Refused where it may not be used."""
    source, force, found = read_return(task.candidate, data)
    rows_read = len(found.figures) + len(found.rejects)
    rejects = tuple(found.rejects)
    refuse_rejects(rows_read, rejects, accept=task.accept_rejects)
    _refuse_future(found, task.today)
    count = len(found.figures)
    return Prepared(
        sha256=sha256,
        source=source,
        publisher=PUBLISHERS[force],
        force=force,
        vintage=task.candidate.vintage or found.vintage,
        months=(Month(found.month, count, count, 0, 0, unusable_fields=found.unusable),),
        table="spending_return",
        facts=_make_facts(task.resource_id, force, found, task.vocabulary.codes),
        content=_hash(found),
        rows_read=rows_read,
        rejects=rejects,
        words=tuple(task.vocabulary.codes[FIELD][word] for word in found.words),
        is_sample=found.is_sample,
        remarks=(found.tell(),),
    )


def read_return(candidate: Candidate, data: bytes) -> tuple[str, int, Return]:
    """A return with its source and its publisher. Raises as `prepare_returns` does."""
    sheets = list(read_sheets(data))
    name = (candidate.member or candidate.file).rpartition("/")[2]
    try:
        return SECTION_251, DFE, read_section_251(sheets, name)
    except NotRecognised:
        return REVENUE, MHCLG, read_revenue(sheets, name)


def _make_facts(resource_id: int, force: int, found: Return, codes: Codes) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (
                resource_id,
                force,
                found.month,
                codes[FIELD][word_of(found.stage, one.line)],
                one.pence,
                one.borough,
                NAMED,
            )
            for one in found.figures
        ],
        schema={
            "resource_id": pl.Int32,
            "force": pl.Int16,
            "month": pl.Date,
            "line": pl.Int16,
            "amount_pence": pl.Int64,
            "borough": pl.Int16,
            "place": pl.Int16,
        },
        orient="row",
    )


def _hash(found: Return) -> str:
    """A hash of the figures, the same for every form in which they were written."""
    rows = sorted((one.borough, word_of(found.stage, one.line), one.pence) for one in found.figures)
    return hashlib.sha256(repr((found.month.isoformat(), rows)).encode()).hexdigest()


def _refuse_future(found: Return, today: date) -> None:
    """Raise Refused for an outturn of a year that has not ended, or a budget more than a year ahead."""
    begins = date(found.year, 4, 1)
    is_early = (
        begins > today.replace(year=today.year + 1, day=1) if found.stage == BUDGET else found.month > today
    )
    if is_early:
        raise Refused(
            f"The file seems to be the {found.stage} of {name_year(found.year)}, which lies in the future. Check its title and"
            " its name."
        )
