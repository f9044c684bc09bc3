"""/v1/areas/{area}/payments: what the councils of an area paid, to whom, for what."""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from api.areas import find_area
from api.arrivals import read_limit
from api.documentation import RecordOperation, describe_noted_rows
from api.errors import BadParameter
from api.limits import RECORDS_BY_DEFAULT, RECORDS_PER_FILE, RECORDS_PER_PAGE, TOTALS_BY_DEFAULT
from api.parameters import FormatQuery, FromQuery, ToQuery
from api.payment_examples import GAP, KNOWN, PAYMENT, PaymentListing
from api.payment_files import open_payments
from api.payment_question import (
    ROWS_WITHHELD,
    SOURCE,
    TOTALS,
    Question,
    Vocabulary,
    choose_totals,
    name_months,
    read_question,
)
from api.payment_rows import PaymentGap, PaymentRow, PaymentTotal, PaymentWriter, list_payments
from api.payment_totals import cut, read_totals
from api.payments import (
    check_payments,
    find_payment_scopes,
    read_coverage,
    read_cursor,
    read_payments,
    write_cursor,
)
from api.record_files import Exports, stream_csv, stream_parquet
from api.records import check_release
from api.releases import Releases
from api.respond import RECORDS, AnyRequest, find_format, respond
from api.send import mark_list, send_file, write_next
from api.snapshot import Snapshot
from sql.queries import load


def _option(name: str, description: str, summary: str, example: Any) -> QueryParameter:
    return QueryParameter(
        name=name, description=description, examples=[Example(summary=summary, value=example)]
    )


class PaymentController(Controller):
    """Payments."""

    path = "/v1/areas/{area:str}/payments"
    tags = ("Records",)

    @get(
        operation_id="listPayments",
        summary="What councils paid",
        description="Payments that the councils of an area published under the Local Government Transparency Code; of London "
        "also those of the GLA and TfL. JSON in pages (follow `links.next`), CSV and Parquet whole, up to "
        f"{RECORDS_PER_FILE:,} payments. `totals` adds them up instead of listing them. Payments for domestic abuse, and others to "
        "the same suppliers, are left out of every list (`withheld`); individuals are not named. `coverage` says how many of the "
        "months that should be published are there, `gaps` which are not, and why: no payment of such a month does not mean that "
        "nothing was paid. Salaries are left out by all, and each payer publishes from its own threshold on. The link in the "
        "header `Link` of a file leads to the months that are there.",
        operation_class=RecordOperation,
        responses=describe_noted_rows(
            PaymentListing[PaymentRow | PaymentTotal],
            [PAYMENT],
            {
                "withheld": True,
                "withheld_reason": ROWS_WITHHELD,
                "coverage": [KNOWN],
                "gaps": [GAP],
            },
            "/v1/areas/hackney/payments?from=2024-04&to=2024-06",
        ),
    )
    async def list_payments(
        self,
        request: AnyRequest,
        releases: NamedDependency[Releases],
        exports: NamedDependency[Exports],
        area: Annotated[
            str,
            PathParameter(
                description="A code or a slug of an area of any kind, in any case.",
                examples=[Example(summary="A borough", value="hackney")],
            ),
        ],
        from_: FromQuery = None,
        to: ToQuery = None,
        kind: Annotated[
            list[str] | None,
            _option(
                "kind",
                "Only these kinds: over_500, purchase_card, grant; repeat for several.",
                "One",
                ["over_500"],
            ),
        ] = None,
        tag: Annotated[
            list[str] | None,
            _option("tag", "Only payments with these tags; repeat for several.", "One", ["cctv"]),
        ] = None,
        payer: Annotated[
            list[str] | None,
            _option(
                "payer",
                "Only these payers of the area, by slug or code; `gla` and `tfl` are payers of London.",
                "One",
                ["hackney"],
            ),
        ] = None,
        supplier: Annotated[
            str | None,
            _option(
                "supplier", "Words of the supplier's name: all of them, in any case.", "A name", "example"
            ),
        ] = None,
        department: Annotated[
            str | None,
            _option(
                "department", "Words of the department's name: all of them, in any case.", "One", "community"
            ),
        ] = None,
        q: Annotated[
            str | None,
            _option(
                "q",
                "Words of supplier, department, service, purpose, category or reference: all of them, in any case.",
                "Words",
                "cctv maintenance",
            ),
        ] = None,
        min_gbp: Annotated[
            str | None, _option("min_gbp", "The least amount, in pounds.", "Pounds", "1000")
        ] = None,
        max_gbp: Annotated[
            str | None,
            _option("max_gbp", "The greatest amount, in pounds. Paid back is below zero.", "Pounds", "-0.01"),
        ] = None,
        totals: Annotated[
            str | None,
            _option(
                "totals", f"Add up instead of listing, by one of {', '.join(TOTALS)}.", "Top", "supplier"
            ),
        ] = None,
        as_of: Annotated[
            str | None,
            _option(
                "as_of",
                "Only the current release has payments: any other is refused.",
                "A release",
                "2024-10-01-3f9a1c2b",
            ),
        ] = None,
        cursor: Annotated[
            str | None,
            _option(
                "cursor",
                "Where the page begins, as `links.next` has it. Of JSON lists only.",
                "A page",
                "4.24289.112.17.341.9f2c01ab",
            ),
        ] = None,
        limit: Annotated[
            str | None,
            QueryParameter(
                description=f"How many payments a page of JSON has, 1 to {RECORDS_PER_PAGE}, {RECORDS_BY_DEFAULT} by default; of "
                f"totals, how many lines there are in any format, {TOTALS_BY_DEFAULT} by default.",
                schema_extra={"type": "integer", "minimum": 1, "maximum": RECORDS_PER_PAGE},
                examples=[Example(summary="A hundred", value=100)],
            ),
        ] = None,
        format_: FormatQuery = None,
    ) -> Response[Any]:
        """A page, a file of everything asked for, or totals."""
        snapshot = releases.snapshot
        chosen = find_format(request, RECORDS)
        found = find_area(snapshot, area)
        check_release(snapshot, as_of)
        by = choose_totals(totals)
        is_file = chosen.name != "json" and by is None
        size = read_limit(limit, RECORDS_PER_PAGE, TOTALS_BY_DEFAULT if by else RECORDS_BY_DEFAULT)
        if cursor is not None and (by is not None or is_file):
            whole = "Totals are" if by else "A file is"
            raise BadParameter("cursor", cursor, (), f"{whole} given at once: leave cursor out.")
        mark = mark_list(request, f"payments {found.area_code}")
        after = read_cursor(snapshot, cursor, mark)
        if limit is not None and is_file:
            raise BadParameter("limit", limit, (), "A file holds all that was asked for: leave limit out.")
        given = {
            "kind": kind,
            "tag": tag,
            "payer": payer,
            "supplier": supplier,
            "department": department,
            "q": q,
            "min_gbp": min_gbp,
            "max_gbp": max_gbp,
        }
        async with (
            releases.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            vocabulary = Vocabulary(await connection.fetch(load("read_vocabulary")))
            question = read_question(snapshot, vocabulary, found, (from_, to), given, by)
            # What is refused must be refused before the first byte.
            scopes = await find_payment_scopes(connection, snapshot, question)
            coverage, gaps, calendars = await read_coverage(
                connection, snapshot, question, vocabulary, scopes
            )
            rows: list[PaymentRow] | list[PaymentTotal] = []
            place = None
            writer = PaymentWriter(snapshot, vocabulary, question.payers)
            if is_file:
                check_payments(scopes)
                exports.check()
            elif by is not None:
                sums = await read_totals(connection, snapshot, question, vocabulary, scopes, calendars, by)
                rows = cut(sums, size)
            else:
                listed, place = await read_payments(connection, question, scopes, after, size)
                rows = list_payments(writer.tabulate(listed))
        address = write_coverage(snapshot, question)
        about = write_link(address, gaps)
        if is_file:
            reading = open_payments(releases, snapshot, question, writer)
            pieces = (
                stream_csv(exports, reading)
                if chosen.name == "csv"
                else stream_parquet(exports, snapshot, reading)
            )
            name = f"payments-{found.slug}"
            return send_file(request, snapshot, name, chosen, pieces, about, table="payments")
        links, headers = {"area": f"/v1/areas/{found.slug}", "coverage": address}, {"Link": about}
        if place is not None:
            following = write_next(request, write_cursor(snapshot, place, mark))
            links["next"] = following
            headers["Link"] = f'<{following}>; rel="next", {about}'
        return await respond(
            request,
            snapshot,
            rows,
            PaymentRow if by is None else PaymentTotal,
            name=f"payments-{found.slug}" + (f"-by-{by}" if by else ""),
            links=links,
            headers=headers,
            notes={
                "withheld": True,
                "withheld_reason": ROWS_WITHHELD,
                "coverage": coverage,
                "gaps": gaps,
            },
            is_page=by is None,
            offered=RECORDS,
        )


def write_coverage(snapshot: Snapshot, question: Question) -> str:
    """The address at which /v1/coverage tells of the payers' months."""
    if not any(source == SOURCE for source, _ in snapshot.coverage):
        return "/v1/coverage"
    first, last = name_months(question.months)
    given = {"source": SOURCE, "from": first, "to": last}
    if len(question.payers) == 1:
        given["force"] = question.payers[0].slug
    return f"/v1/coverage?{urlencode({name: text for name, text in given.items() if text is not None})}"


def write_link(address: str, gaps: list[PaymentGap]) -> str:
    """The header's link to what arrived. Its title says whether months are lacking, as a file has no room to."""
    payers = len({gap.payer_code for gap in gaps})
    said = "All months expected are there."
    if payers:
        said = f"Months are missing of {payers} payer{'' if payers == 1 else 's'}; what is for domestic abuse is left out."
    return f'<{address}>; rel="describedby"; title="{said}"'
