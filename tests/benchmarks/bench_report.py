"""The report of an area: its page at once after a start, its page again, and its first printed report.

    python -m tests.benchmarks.bench_report [--dsn ADDRESS]

The server is the one that `borough serve` runs, with one worker, on 127.0.0.1. It starts anew for each round, so nothing was
worked out before: neither the figures that all reports share, nor a drawing. Without an address the embedded database of
BOROUGH_DATA is asked. The database must hold a release.
"""

import argparse
import json
import statistics
import time

from sql import dsn
from tests.benchmarks.bench_get import serving
from tests.benchmarks.load_http import make_request, measure_seconds

TARGET = "api.app:create_served_app"
AREAS = ("hackney", "bromley", "CE", "met")
REPEATS = 200
# Time for the worker to draw what the areas asked about share.
REST_SECONDS = 20.0


def measure_report(address: str, *, rounds: int = 3) -> dict[str, float]:
    """Seconds, medians: a first page at once after a start, a page of an area not asked before once the server has had
    20 s to itself, a page again, and a first printed report.
    """
    at_once, later, again, printed = [], [], [], []
    for _ in range(rounds):
        with serving(TARGET, {"DATABASE_URL": address}) as port:
            first, *others = [
                make_request(f"/reports/{area}", "Accept: text/html", "Accept-Encoding: br") for area in AREAS
            ]
            at_once.append(measure_seconds(port, [first]))
            again.append(measure_seconds(port, [first] * REPEATS))
            time.sleep(REST_SECONDS)
            later += [measure_seconds(port, [request]) for request in others]
            printed.append(measure_seconds(port, [make_request("/reports/hackney?format=pdf")]))
    return {
        "at_once_seconds": statistics.median(at_once),
        "later_seconds": statistics.median(later),
        "again_seconds": statistics.median(again),
        "printed_seconds": statistics.median(printed),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dsn", default=None)
    asked = parser.parse_args()
    print(json.dumps(measure_report(asked.dsn or dsn()), indent=1))


if __name__ == "__main__":
    main()
