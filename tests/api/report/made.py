"""A report made by hand: every kind of block, markers, long names, a withheld cell, positions, words that look like HTML.

Its figures are invented; what each format makes of them is tested against `report.figures` and the words here.
"""

from datetime import UTC, datetime
from typing import Any

from api.cannot_say import CANNOT_SAY
from api.draw.drawings import (
    BandsDrawing,
    CalendarDrawing,
    DotsDrawing,
    FunnelDrawing,
    MapDrawing,
    Mark,
    SeriesDrawing,
    Stretch,
    StripDrawing,
    YearsDrawing,
)
from api.envelope import ReleaseLabel
from api.report.model import (
    Cell,
    Chart,
    Column,
    Definition,
    FigureRow,
    Headline,
    Question,
    Report,
    Section,
    Source,
    Table,
)
from api.show import show_statistic
from sql.measure import load_measures

NAME = "Kensington <b>&</b> Chelsea-upon-Thames"
SLUG = "kensington-and-chelsea"
RELEASE = "2024-11-03-0f1e2d3c4b5a"
MONTHS = tuple(f"{year}-{month:02}" for year in (2023, 2024) for month in range(1, 13))[8:20]
SEARCHES = (11.24, 12.5, 13.02, None, 12.9, 11.7, 10.4, 9.81, 10.2, 11.9, 12.37, 12.6)
PLACES = ("Barking and Dagenham", NAME, "Richmond upon Thames", "City of London")
WITHHELD = "[c] withheld, so that no count of few people can be told"
PERIOD = "September 2023 to August 2024"
SHAPE = b'{"type":"Polygon","coordinates":[[[%d,51],[%d,52],[%d,52],[%d,51]]]}'


def make_report(*, is_sample: bool = False, name: str = NAME) -> Report:
    """The report; the same for the same arguments."""
    figures = make_figures(name)
    return Report(
        area_code="E09000020",
        area_name=name,
        area_kind="borough",
        slug=SLUG,
        title=f"{name}: policing and council figures",
        subtitle="Prepared for the meeting on 3 December 2026",
        address=f"/reports/{SLUG}?to=2024-08&meeting=2026-12-03",
        meeting="2026-12-03",
        period=PERIOD,
        known="as known on 3 November 2024",
        release=ReleaseLabel(RELEASE, datetime(2024, 11, 3, 8, 30, tzinfo=UTC), "made by hand"),
        is_sample=is_sample,
        summary=(
            f"{name} is policed by the Metropolitan Police Service (Central West BCU).",
            "Of 9 headline figures, 1 is higher than most boroughs have, 1 is similar, and 1 is lower.",
        ),
        headlines=make_headlines(figures),
        questions=make_questions(name, figures),
        sections=make_sections(name, figures),
        cannot_say=CANNOT_SAY,
        definitions=make_definitions(),
        sources=make_sources(),
        notes=(
            "These are all recorded events, not a sample; the interval shows how far the figure would move by "
            "chance alone if the underlying rate stayed the same.",
            "British Transport Police is not included.",
        ),
        figures=figures,
    )


def make_figures(name: str) -> tuple[FigureRow, ...]:
    """A rate with its interval, a share, a ratio, money, one that is missing and one that is withheld."""
    lines = (
        ("searches", "stop_search_rate", "total", 1_760.0, 142_000.0, 12.37, 11.95, 12.8, "ok", "Higher"),
        ("searches", "stop_search_positive_outcome_share", "total", 645, 1_760, 0.3665, 0.344, 0.389, "ok", "Similar"),
        ("disproportionality", "stop_search_rate_ratio", "black", 430, 9_100, 4.13, 3.82, 4.46, "low", "No data"),
        ("crime", "crime_rate", "total", None, None, None, None, None, "missing", "No data"),
        ("strip-search", "strip_search_rate", "total", None, None, None, None, None, "suppressed", "No data"),
        ("money", "community_safety_spend_per_head", "total", 3.2e6, 142_000, 22.42, None, None, "ok", "Lower"),
    )  # fmt: skip
    measures = load_measures()
    return tuple(
        FigureRow(
            section=section,
            metric=metric,
            title=measures[metric].title,
            area_code="E09000020",
            area_name=name,
            area_kind="borough",
            from_month="2023-09",
            to_month="2024-08",
            window="rolling_12",
            group=group,
            basis="all",
            numerator=numerator,
            denominator=denominator,
            value=value,
            lower=lower,
            upper=upper,
            unit=measures[metric].unit,
            method="made",
            method_version=1,
            status=status,
            flags=("=cmd()",) if status == "low" else (),
            reason=None if value is not None else "No file of these months was received.",
            months_expected=12,
            months_received=12 if value is not None else 0,
            position=position,
            sentence=f"{measures[metric].title} in {name}: {show_statistic(measures[metric].statistic, value)}.",
            release=RELEASE,
            cite=f"/figures/{metric}/{SLUG}?from=2023-09&to=2024-08&as_of={RELEASE}",
        )
        for section, metric, group, numerator, denominator, value, lower, upper, status, position in lines
    )


def write(row: FigureRow) -> str:
    """A figure as every format writes it."""
    if row.value is None:
        return "[c]" if row.status == "suppressed" else "[x]"
    return show_statistic(load_measures()[row.metric].statistic, row.value)


def write_interval(row: FigureRow) -> str:
    """An interval as every format writes it, empty where there is none."""
    if row.lower is None or row.upper is None:
        return ""
    statistic = load_measures()[row.metric].statistic
    return f"{show_statistic(statistic, row.lower)} to {show_statistic(statistic, row.upper)}"


def make_headlines(figures: tuple[FigureRow, ...]) -> tuple[Headline, ...]:
    """A headline for each figure."""
    return tuple(
        Headline(
            metric=row.metric,
            title=row.title,
            figure=write(row),
            unit=row.unit if row.value is not None else (row.reason or ""),
            interval=write_interval(row),
            position=row.position,  # type: ignore[arg-type]
            position_note="among 31 of 32 boroughs" if row.position != "No data" else "not ranked",
            change="16.6 the year before: a fall beyond chance" if row.value is not None else "",
            period=PERIOD,
            href=row.cite,
        )
        for row in figures
    )


def make_questions(name: str, figures: tuple[FigureRow, ...]) -> tuple[Question, ...]:
    """Two questions."""
    words = (
        f"The rate of searches in {name} lies above what most boroughs have. Which operations and places account for it?",
        "No file of recorded crime was received for these months. When will the figures be published?",
    )
    return tuple(
        Question(
            template=f"made-{place}",
            question=words[place],
            rests_on=row.sentence,
            href=row.cite,
            whom="The borough commander.",
        )
        for place, row in enumerate((figures[0], figures[3]))
    )


def make_sections(name: str, figures: tuple[FigureRow, ...]) -> tuple[Section, ...]:
    """Sections with a drawing of each kind, each with its table, a table without a drawing, and one of words alone."""
    return (
        _make_searches(name, figures),
        _make_others(name, figures),
        _make_disproportionality(figures),
        _make_coverage(),
        Section(
            key="force",
            title="Use of force",
            sentences=("No file of uses of force was received: the Met publishes it on the London Datastore.",),
        ),
    )  # fmt: skip


def _make_searches(name: str, figures: tuple[FigureRow, ...]) -> Section:
    months = Table(
        key="months",
        title=f"Searches per 1,000 residents in {name}, month by month",
        columns=(Column("month", "Month", "month"), Column("value", "Annual rate", "number", 1), Column("note", "Note")),
        rows=tuple(
            (
                Cell(month, month),
                Cell("[x]" if value is None else show_statistic("rate", value), value),
                Cell("No file was received." if value is None else "[p] provisional"),
            )
            for month, value in zip(MONTHS, SEARCHES, strict=True)
        ),
        notes=("A gap is a gap: no file of December 2023 was received.",),
    )  # fmt: skip
    return Section(
        key="searches",
        title="Stop and search",
        sentences=tuple(row.sentence for row in figures if row.section == "searches"),
        charts=(
            Chart(
                "months",
                SeriesDrawing(
                    title=f"Searches in {name} fell: 12.4 per 1,000 residents in the year to August 2024",
                    text="A line by month between 9.8 and 13.0 per 1,000 residents, with a gap in December 2023.",
                    unit="searches per 1,000 residents",
                    statistic="rate",
                    points=tuple(zip(MONTHS, SEARCHES, strict=True)),
                    stretches=(
                        Stretch("2023-09", "2024-01", 12.1, 9.5, 14.7),
                        Stretch("2024-02", "2024-08", 11.3, 8.6, 14.0),
                    ),
                    signals=("2024-03",),
                    breaks=(("2024-02", "new ethnicity codes"),),
                ),
                "months",
            ),
        ),
        tables=(months, _make_figures_table("searches", figures)),
        notes=("A search counts where it took place, not where the person lives.",),
    )


def _make_figures_table(section: str, figures: tuple[FigureRow, ...]) -> Table:
    return Table(
        key="figures",
        title=f"Figures: {section}",
        columns=(
            Column("figure", "Figure"),
            Column("value", "Value", "number", 1),
            Column("interval", "95% interval", "number"),
            Column("position", "Among boroughs"),
        ),
        rows=tuple(
            (
                Cell(row.title),
                Cell(write(row), row.value, href=row.cite, note=row.reason),
                Cell(write_interval(row) or "[z]"),
                Cell(row.position or "No data", position=row.position),  # type: ignore[arg-type]
            )
            for row in figures
            if row.section == section
        ),
    )


def _make_others(name: str, figures: tuple[FigureRow, ...]) -> Section:
    """Where the area stands: a line, a map, a funnel, dots."""
    values = (8.1, 12.37, None, 41.0)
    marks = tuple(
        Mark(place, value, value and value - 0.6, value and value + 0.6, is_own=place == name)
        for place, value in zip((PLACES[0], name, *PLACES[2:]), values, strict=True)
    )
    words: dict[str, Any] = {"unit": "searches per 1,000 residents", "statistic": "rate"}
    table = Table(
        key="places",
        title="Searches per 1,000 residents, by borough",
        columns=(Column("area", "Borough"), Column("value", "Value", "number", 1), Column("position", "Position")),
        rows=(
            (Cell(PLACES[0]), Cell("8.1", 8.1), Cell("Lower", position="Lower")),
            (Cell(name), Cell("12.4", 12.37, note="11.9 to 12.8"), Cell("Higher", position="Higher")),
            (Cell(PLACES[2]), Cell(WITHHELD), Cell("No data", position="No data")),
            (Cell(PLACES[3]), Cell("41.0", 41.0), Cell("[z] not ranked")),
        ),
        own=1,
        is_folded=True,
    )  # fmt: skip
    years = Table(
        key="years",
        title="Community safety, £ per resident, by year",
        columns=(Column("year", "Year"), Column("value", "£ per resident", "pounds_small", 2)),
        rows=((Cell("2022-23"), Cell("£24.10", 24.1)), (Cell("2023-24"), Cell("[x]", note="not returned"))),
    )
    limits = tuple((size, 6.0, 7.5, 15.0, 17.0) for size in (50_000.0, 100_000.0, 200_000.0))
    text = "Three of four boroughs have a figure; this one is the second highest."
    return Section(
        key="money",
        title="Standing & money",
        sentences=tuple(row.sentence for row in figures if row.section == "money"),
        charts=(
            Chart(
                "strip",
                StripDrawing(
                    title=f"{name} is higher than most",
                    text=text,
                    marks=marks,
                    beside=(("Met area", 11.7),),
                    **words,
                ),
                "places",
            ),
            Chart(
                "map",
                MapDrawing(
                    title="Searches by borough",
                    text=text,
                    marks=marks,
                    shapes=tuple(SHAPE % (x, x, x + 1, x + 1) for x in range(4)),
                    **words,
                ),
                "places",
            ),
            Chart(
                "funnel",
                FunnelDrawing(
                    title="One of three lies above the limits",
                    text=text,
                    marks=marks,
                    sizes=(90e3, 142e3, None, 15e3),
                    size_unit="residents",
                    target=11.0,
                    limits=limits,
                    **words,
                ),
                "places",
            ),
            Chart(
                "dots",
                DotsDrawing(
                    title="Boroughs with their intervals",
                    text=text,
                    marks=marks,
                    beside=(("Met area", 11.7),),
                    **words,
                ),
                "places",
            ),
            Chart(
                "years",
                YearsDrawing(
                    title="£24.10 a resident in 2022-23; nothing was returned after",
                    text="One bar, and a year without one.",
                    unit="£ per resident",
                    statistic="per_head",
                    marks=(Mark("2022-23", 24.1), Mark("2023-24", None)),
                ),
                "years",
            ),
        ),
        tables=(table, years, _make_figures_table("money", figures)),
    )


def _make_disproportionality(figures: tuple[FigureRow, ...]) -> Section:
    return Section(
        key="disproportionality",
        title="Disproportionality",
        sentences=("This does not show why, and neither proves nor rules out unlawful discrimination (Equality Act 2010).",),
        charts=(
            Chart(
                "ratios",
                BandsDrawing(
                    title="Higher under every way of counting we tried (3.2 to 5.0)",
                    text="The ratio for Black residents is 4.13, from 3.82 to 4.46; for Asian residents there is none.",
                    unit="rate ratio to White residents",
                    statistic="ratio",
                    marks=(Mark("Black", 4.13, 3.82, 4.46), Mark("Asian", None)),
                    bands=((3.2, 5.0), None),
                ),
                "ratios",
            ),
        ),
        tables=(
            Table(
                key="ratios",
                title="Rate ratios of searches to those of White residents",
                columns=(Column("group", "Group"), Column("ratio", "Ratio", "number", 2), Column("count", "Searches", "number")),
                rows=(
                    (Cell("Black"), Cell("4.13", 4.13, href=figures[2].cite, note="3.82 to 4.46"), Cell("430", 430)),
                    (Cell("Asian"), Cell("[low] 0.98", 0.98), Cell(WITHHELD)),
                ),
            ),
        ),
    )  # fmt: skip


def _make_coverage() -> Section:
    months = ("2024-06", "2024-07", "2024-08")
    return Section(
        key="coverage",
        title="Coverage and caveats",
        sentences=("Two of three months of searches arrived whole.",),
        charts=(
            Chart(
                "calendar",
                CalendarDrawing(
                    title="One month is partial",
                    text="Searches: June and July 2024 received, August partial. Crime: none expected.",
                    unit="",
                    statistic="count",
                    months=months,
                    lines=(("Stop and search", ("received", "received", "partial")), ("Crime", ("none", "missing", "none"))),
                ),
                "calendar",
            ),
        ),
        tables=(
            Table(
                key="calendar",
                title="What arrived",
                columns=(Column("source", "Source"), Column("months", "Months")),
                rows=((Cell("Stop and search"), Cell("2 received, 1 partial")), (Cell("Crime"), Cell("[x] missing"))),
            ),
        ),
    )  # fmt: skip


def make_definitions() -> tuple[Definition, ...]:
    """One definition."""
    measure = load_measures()["stop_search_rate"]
    return (
        Definition(
            metric=measure.metric,
            title=measure.title,
            definition=measure.definition,
            numerator="person searches",
            denominator="residents (mid-year estimate)",
            interval="Byar's method",
            caveats=("British Transport Police is not included.",),
            href=f"/figures/{measure.metric}",
        ),
    )


def make_sources() -> tuple[Source, ...]:
    """One source."""
    return (
        Source(
            source="stop_search",
            publisher="data.police.uk",
            title="Stop and search",
            months="September 2023 to August 2024, without December 2023",
            licence="Open Government Licence v3.0",
        ),
    )
