"""Given definitions with caveats in common, expect each caveat once, beside all that have it, and none lost."""

import msgspec

from api.report.closing import SharedCaveats, list_origins, list_unanswered, share_caveats
from api.report.model import Definition
from tests.api.report.made import make_report

REPORT = make_report()


def define(title: str, *caveats: str) -> Definition:
    return Definition(
        metric=title.lower(),
        title=title,
        definition="",
        numerator="",
        denominator="",
        interval="",
        caveats=caveats,
        href="",
    )


def test_a_caveat_of_several_definitions_stands_once_with_their_titles() -> None:
    given = [define("A", "all", "own a", "ab"), define("B", "ab", "all"), define("C", "all", "own c")]
    own, shared = share_caveats(given)
    assert [one.caveats for one in own] == [("own a",), (), ("own c",)]
    assert shared == [SharedCaveats(("A", "B", "C"), ("all",)), SharedCaveats(("A", "B"), ("ab",))]
    assert [msgspec.structs.replace(one, caveats=()) for one in own] == [
        msgspec.structs.replace(one, caveats=()) for one in given
    ]


def test_caveats_that_nobody_shares_stay_where_they_are() -> None:
    given = [define("A", "one", "two"), define("B", "three")]
    assert share_caveats(given) == (given, [])


def test_the_last_tables_hold_a_line_for_each_source_and_each_question() -> None:
    assert [row[0].text for row in list_origins(REPORT).rows] == [one.title for one in REPORT.sources]
    assert [row[2].text for row in list_unanswered(REPORT).rows] == [one.ask for one in REPORT.cannot_say]
