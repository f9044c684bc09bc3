"""A word that is filed under another class changes the figures, and nothing else has to be done by hand."""

from etl.publish import publish
from etl.reference import seed
from tests.etl.conftest import Base
from tests.etl.police_files import load_stops, load_street
from tests.etl.rows import HACKNEY, make_stop, month_of_crimes, month_of_stops

REFILE = "update vocabulary set class = $3 where field = $1 and word = $2"


async def test_a_word_that_changes_its_class_is_counted_again(base: Base) -> None:
    rows = [*month_of_stops("2024-02", 60), *[make_stop(Object_of_search="Fireworks")] * 5]
    await load_stops(base, rows, "2024-02")
    before = await base.current()
    assert (await base.values("stop_search_rate", "2024-02", "object:fireworks"))[HACKNEY, 1] == 5
    # as an older version of the project would have filed it
    await base.conn.execute(REFILE, "object", "Fireworks", "other")
    await base.conn.execute("update stop_search_tally set class = 'other' where class = 'fireworks'")
    await seed(base.conn)
    assert await base.conn.fetch("select distinct month from stale")
    release = await publish(base.conn)
    assert release is not None
    assert await base.current() == before
    assert await base.count("stale") == 0


async def test_a_category_that_changes_its_class_is_counted_again(base: Base) -> None:
    await load_street(base, month_of_crimes("2024-02"), "2024-02")
    before = await base.current()
    await base.conn.execute(REFILE, "category", "Burglary", "other_crime")
    await base.conn.execute("update crime_tally set class = 'other_crime' where class = 'burglary'")
    await seed(base.conn)
    await publish(base.conn)
    assert await base.current() == before
    assert await base.count("crime_tally", "class = 'burglary'") > 0


async def test_seeding_again_makes_nothing_stale(base: Base) -> None:
    await load_stops(base, month_of_stops("2024-02", 60), "2024-02")
    before = await base.state()
    await seed(base.conn)
    assert await base.count("stale") == 0
    assert await publish(base.conn) is None
    assert await base.state() == before


async def test_an_unseen_word_that_is_filed_later_is_counted_under_its_class(base: Base) -> None:
    await base.conn.execute("delete from vocabulary where field = 'object' and word = 'Fireworks'")
    rows = [*month_of_stops("2024-02", 60), *[make_stop(Object_of_search="Fireworks")] * 5]
    report = await load_stops(base, rows, "2024-02")
    assert "'Fireworks' (object)" in report.message
    assert (await base.values("stop_search_rate", "2024-02", "object:unknown"))[HACKNEY, 1] == 5
    await seed(base.conn)
    await publish(base.conn)
    assert (await base.values("stop_search_rate", "2024-02", "object:fireworks"))[HACKNEY, 1] == 5
    assert (await base.values("stop_search_rate", "2024-02", "object:unknown"))[HACKNEY, 1] == 0
