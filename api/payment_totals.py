"""Payments added up, and what may be told in totals of those for domestic abuse."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from api.figures.windows import Window, first_day
from api.money import TAGGED, WITHHELD_GROUP, find_few, find_going_on, is_whole
from api.payment_calendar import Calendar
from api.payment_question import KIND, REDACTION, TAG, WITHHELD_TAG, Question, Vocabulary
from api.payment_rows import PaymentTotal, in_pounds, share_of
from api.payments import write_arguments
from api.record_scopes import Scope
from api.snapshot import Snapshot
from geo.publishers import borough_of
from sql.queries import load

YEAR, APRIL = 12, 3
NAMED = "named"
# Suppliers without a name, by why; and what the file does not say.
UNNAMED = {
    "by_publisher": "Redacted by the publisher",
    "individual": "Individuals, whose names are not given",
    "not_given": "The file names no supplier",
}
NOT_SAID = "The file does not say it"
Sums = dict[str | None, tuple[str, int, int]]


async def read_totals(
    conn: Any,
    snapshot: Snapshot,
    question: Question,
    vocabulary: Vocabulary,
    scopes: Sequence[Scope],
    calendars: Sequence[Calendar],
    by: str,
) -> list[PaymentTotal]:
    """The payments of a question added up by one of their properties, the largest amount first; months in their order."""
    named = vocabulary.find_codes(REDACTION, [NAMED])
    rows = await conn.fetch(
        load("api_payments_totals"), *write_arguments(question, scopes), by, named[0] if named else None
    )
    sums = add_up(rows, lambda row: name_line(snapshot, question, vocabulary, by, row))
    if by == "tag" and (not question.tags or WITHHELD_TAG in question.tags):
        sums |= await add_withheld(conn, snapshot, question, calendars)
    return write_totals(sums, by)


def list_years(question: Question) -> list[int]:
    """The financial years that the months asked for are, whole, by the year in which they begin; none where they are not.

    None, too, where payments are chosen by what only those that are listed say.
    """
    first, last = question.months.given_first, question.months.given_last
    if first is None or last is None or question.is_narrowed:
        return []
    if first % YEAR != APRIL or (last + 1) % YEAR != APRIL:
        return []
    return list(range(first // YEAR, (last + 1) // YEAR))


async def add_withheld(
    conn: Any, snapshot: Snapshot, question: Question, calendars: Sequence[Calendar]
) -> Sums:
    """One line of payments for domestic abuse in whole financial years: of those councils whose figures are given.

    They are the figures of payments_total, by the same rule: the year is whole (`is_whole`), and the council has five such
    payments of the kind or more.
    """
    payments = pence = 0
    for year in list_years(question):
        window = Window(year * YEAR + APRIL, year * YEAR + APRIL + YEAR - 1)
        for kind in dict.fromkeys(one.kind for one in calendars):
            number = snapshot.series.get((TAGGED, kind, WITHHELD_GROUP))
            if number is None:
                continue
            few = await find_few(conn, snapshot, kind, window)
            goes_on = find_going_on(snapshot, kind, window) > 0
            asked = frozenset(range(window.first, window.last + 1))
            told = [
                borough
                for one in calendars
                if one.kind == kind
                and (borough := borough_of(one.payer.force)) is not None
                and not few[borough]
                and is_whole(np.array(len(asked.intersection(one.published))), goes_on[borough])
            ]
            rows = await conn.fetch(
                load("api_payments_withheld"), number, told, first_day(window.first), first_day(window.last)
            )
            payments += sum(row["payments"] for row in rows)
            pence += sum(row["amount_pence"] for row in rows)
    labels = dict(snapshot.classes.get(TAG, ()))
    return {WITHHELD_TAG: (labels.get(WITHHELD_TAG, WITHHELD_TAG), payments, pence)} if payments else {}


def add_up(rows: Iterable[Mapping[str, Any]], name: Any) -> Sums:
    """Rows of api_payments_totals.sql by key: name, payments, pence. Words of one class come together."""
    sums: Sums = {}
    for row in rows:
        key, label = name(row)
        _, payments, pence = sums.get(key, (label, 0, 0))
        sums[key] = label, payments + row["payments"], pence + row["amount_pence"]
    return sums


def name_line(
    snapshot: Snapshot, question: Question, vocabulary: Vocabulary, by: str, row: Mapping[str, Any]
) -> tuple[str | None, str]:
    """The key and the name of a line."""
    code, word = row["code"], row["word"]
    match by:
        case "tag" | "kind":
            field = TAG if by == "tag" else KIND
            key = vocabulary.classes[field].get(code, "")
            return key, dict(snapshot.classes.get(field, ())).get(key, key)
        case "payer":
            payer = next(payer for payer in question.payers if payer.force == code)
            return payer.payer_code, payer.name
        case "month":
            return row["folded"], row["folded"]
        case "supplier" if word is None:
            why = vocabulary.classes[REDACTION].get(code, "")
            return f"\0{why}", UNNAMED.get(why, UNNAMED["not_given"])
        case _:
            return (word, word) if word is not None else (None, NOT_SAID)


def write_totals(sums: Sums, by: str) -> list[PaymentTotal]:
    """Lines of totals; a supplier who is not named has no key."""
    whole = sum(pence for _, _, pence in sums.values())
    lines = sorted(
        sums.items(),
        key=lambda line: line[0] or "" if by == "month" else (-line[1][2], line[1][0]),
    )
    return [
        PaymentTotal(
            key=None if key is None or key.startswith("\0") else key,
            name=name,
            payments=payments,
            amount_gbp=in_pounds(pence),
            share=share_of(pence, whole),
        )
        for key, (name, payments, pence) in lines
    ]


def cut(totals: Sequence[PaymentTotal], size: int) -> list[PaymentTotal]:
    """The first so many lines that have a key, and all that have none."""
    keyed = [line for line in totals if line.key is not None][:size]
    kept = {id(line) for line in keyed} | {id(line) for line in totals if line.key is None}
    return [line for line in totals if id(line) in kept]
