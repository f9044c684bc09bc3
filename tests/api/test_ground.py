"""The ground of figures: what is kept with a snapshot must be what would be worked out anew."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from api.figures.coverage import Need
from api.figures.membership import Member, resolve_memberships
from api.figures.windows import Window, parse_month
from api.ground import FIGURES_KEPT, Ground, build_frame, find_ground, weigh_ground
from api.model import Selection
from api.series import Series
from api.snapshot import Area, Snapshot
from sql.measure import load_measures

FIRST = parse_month("2023-01")
SERIES = Series("recorded", "total", 1, Need("stop_search"), None, None, None, False, False, False, False, ())

days = st.integers(0, 400).map(lambda number: date(2022, 12, 1) + timedelta(days=number))
members = st.builds(
    lambda borough, spans: Member(borough, None, min(spans), max(spans)),
    st.integers(1, 33),
    st.tuples(days, st.one_of(days, st.just(date.max))),
)
areas = st.lists(st.lists(members, max_size=3), min_size=2, max_size=2)
windows = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).map(
        lambda span: Window(FIRST + min(span), FIRST + max(span))
    ),
    min_size=1,
    max_size=5,
    unique=True,
).map(lambda listed: tuple(sorted(listed, key=lambda window: (window.last, window.first))))


def make_snapshot(listed: list[list[Member]]) -> Snapshot:
    codes = ["X1", "X2"]
    areas = {code: Area(code, code, "bcu", code.lower(), None, None, 1) for code in codes}
    homes = {
        f"B{number}": Area(f"B{number}", "", "borough", f"b{number}", number, None, 1 if number > 1 else 2)
        for number in range(1, 34)
    }
    held = {code: tuple(found) for code, found in zip(codes, listed, strict=True)}
    return Snapshot(None, True, (), areas | homes, held, {}, {}, {}, {}, (), {}, {})


@settings(deadline=None)
@given(areas, st.lists(windows, min_size=1, max_size=4))
def test_memberships_are_those_of_each_windows_end_whatever_was_asked_before(
    listed: list[list[Member]], asked: list[tuple[Window, ...]]
) -> None:
    snapshot = make_snapshot(listed)
    for some in asked:
        found = build_frame(snapshot, ("X1", "X2"), some, [SERIES]).membership
        anew = resolve_memberships(listed, some, snapshot.home_forces)
        assert (found.cells[found.of] == anew.cells[anew.of]).all()
        assert (found.began[found.of] == anew.began[anew.of]).all()
        assert (found.is_empty[found.of] == anew.is_empty[anew.of]).all()


def test_other_windows_have_another_ground_and_the_same_ones_share_it() -> None:
    always = [Member(12, None, date(1965, 4, 1), date.max)]
    snapshot = make_snapshot([always, always])
    measure = load_measures()["antisocial_behaviour_rate"]

    def lay(month: int) -> Ground:
        window = Window(FIRST + month, FIRST + month)
        selection = Selection(measure.metric, (window,), (("recorded", "total"),))
        return find_ground(snapshot, measure, selection, ("X1",))

    assert lay(0) is lay(0)
    assert lay(0).heads[2:5] == (["bcu"], ["2023-01"], ["2023-01"])
    assert lay(1).heads[2:5] == (["bcu"], ["2023-02"], ["2023-02"])


def test_what_is_kept_is_bounded_by_months_too() -> None:
    """One figure of a window of 120 years knows what 1,440 months received."""
    snapshot = make_snapshot([[Member(12, None, date(1965, 4, 1), date.max)], []])
    measure = load_measures()["antisocial_behaviour_rate"]
    for month in range(500):
        window = Window(FIRST - 1440 + month, FIRST)
        find_ground(
            snapshot, measure, Selection(measure.metric, (window,), (("recorded", "total"),)), ("X1",)
        )
    kept = snapshot.memo["grounds"].values()
    assert 0 < sum(map(weigh_ground, kept)) <= FIGURES_KEPT
    held = sum(
        part.nbytes
        for one in kept
        for receipt in one.frame.receipts
        for part in (receipt.received, receipt.events, receipt.no_location, receipt.young)
        if part is not None
    )
    assert held < 11_000_000
