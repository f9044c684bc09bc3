"""The time of a first GET with ten times the events loaded, against the same GET without."""

import statistics
from contextlib import ExitStack

from tests.benchmarks.bench_get import METRIC, serving
from tests.benchmarks.load_http import make_request, measure_seconds

FIRST, LAST = "2023-09", "2024-08"


def measure_tenfold(
    address: str, tenfold_address: str, *, rounds: int = 5, each: int = 20
) -> dict[str, float]:
    """Median seconds of a first GET of 12 months × 33 boroughs from either database, in alternation, and their ratio."""
    with ExitStack() as stack:
        one = stack.enter_context(serving("api.app:create_app", {"DATABASE_URL": address}))
        ten = stack.enter_context(serving("api.app:create_app", {"DATABASE_URL": tenfold_address}))
        times = []
        for turn in range(rounds + 1):
            requests = [make_request(make_path(turn * each + number)) for number in range(each)]
            times.append((measure_seconds(one, requests), measure_seconds(ten, requests)))
    times = times[1:]
    return {
        "seconds": statistics.median(plain for plain, _ in times),
        "tenfold_seconds": statistics.median(tenfold for _, tenfold in times),
        "time_ratio": statistics.median(tenfold / plain for plain, tenfold in times),
    }


def make_path(number: int) -> str:
    """The same question in words that were never used before, so that no cache answers."""
    one, other = divmod(number, 33)
    again = f"area=E090000{one + 1:02d}&area=E090000{other + 1:02d}"
    return f"/v1/values?metric={METRIC}&window=month&from={FIRST}&to={LAST}&area=boroughs&{again}"
