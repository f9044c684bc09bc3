"""The precision of tags: what the labels say of the real payments, and that it is what is published and printed."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from api.figures.intervals import wilson as wilson_of_api
from etl.payments import precision
from etl.payments.precision import (
    DOCS,
    FEWEST,
    LABELS,
    LEAST,
    Precision,
    describe,
    load_measured,
    measure,
    put_tables,
    read_files,
    read_labels,
    wilson,
    write_toml,
)
from etl.payments.tags import FIELDS, MEASURED, TAGS, load_published
from sql.measure import load_measures


@pytest.fixture(scope="module")
def payments(shared_data: Path) -> pl.DataFrame:
    """The labelled files' payments."""
    return read_files(shared_data / "council" / "payments", read_labels(LABELS)["file"].unique())


def make(*services: str) -> pl.DataFrame:
    """Payments of one file, each with a service."""
    rows = [{"file": "a.csv", "line": line, "service": service} for line, service in enumerate(services, 2)]
    blank = [pl.lit(None, pl.String).alias(field) for field in FIELDS if field != "service"]
    return pl.DataFrame(
        rows, schema={"file": pl.String, "line": pl.Int64, "service": pl.String}
    ).with_columns(*blank)


def label(*labels: str) -> pl.DataFrame:
    """Labels of the same payments."""
    return pl.DataFrame(
        [("a.csv", line, one) for line, one in enumerate(labels, 2)],
        schema={"file": pl.String, "line": pl.Int64, "label": pl.String},
        orient="row",
    )


def test_the_precision_of_the_real_payments_is_what_is_published(payments: pl.DataFrame) -> None:
    labels = read_labels(LABELS)
    measured = measure(labels, payments)
    assert MEASURED.read_text() == write_toml(measured, labels), "run: python -m etl.payments.precision"
    assert DOCS.read_text() == put_tables(DOCS.read_text(), measured), "run: python -m etl.payments.precision"


def test_no_tag_is_published_below_the_least_precision(payments: pl.DataFrame) -> None:
    measured = measure(read_labels(LABELS), payments)
    published = {tag: one for tag, one in measured.items() if tag in load_published()}
    assert published
    assert all(one.correct >= LEAST * one.rows and one.rows >= FEWEST for one in published.values())


def test_what_is_published_and_printed_follows_from_the_counts() -> None:
    for tag, one in load_measured().items():
        assert one.precision == pytest.approx(one.correct / one.rows, abs=5e-5)
        assert (one.lower, one.upper) == pytest.approx(wilson(one.correct, one.rows), abs=5e-5)
        assert one.published is (one.rows >= FEWEST and one.correct / one.rows >= LEAST)
        assert (tag in load_published()) is one.published
    assert set(load_measured()) == set(TAGS)


def test_the_labels_are_enough_and_hold_no_text() -> None:
    labels = read_labels(LABELS)
    assert labels.columns == ["file", "line", "label"]
    assert labels.height >= 320
    assert not labels.select("file", "line").is_duplicated().any()
    counts = Counter(labels["label"].to_list())
    assert set(counts) <= {*TAGS, "untagged", "unclear"}
    assert counts["untagged"] >= 40


def test_precision_is_the_share_of_a_tags_payments_that_were_judged_so() -> None:
    services = ["CCTV"] * 12 + ["Community Safety", "Roads", "CCTV car"]
    labels = ["cctv"] * 10 + ["unclear", "untagged", "community_safety", "cctv", "untagged"]
    measured = measure(label(*labels), make(*services))
    assert measured["cctv"] == Precision(
        rows=12,
        wordings=1,
        correct=10,
        precision=10 / 12,
        lower=wilson(10, 12)[0],
        upper=wilson(10, 12)[1],
        labelled=11,
        found=10,
        published=False,
    )
    # right, and too few to say so
    assert (measured["community_safety"].precision, measured["community_safety"].published) == (1.0, False)
    assert measured["youth_services"] == Precision(0, 0, 0, None, None, None, 0, 0, False)


@pytest.mark.parametrize(
    ("right", "wrong", "published"), [(9, 1, True), (8, 1, False), (17, 2, False), (18, 2, True)]
)
def test_a_tag_is_published_from_nine_tenths_of_ten_payments_on(
    right: int, wrong: int, published: bool
) -> None:
    labels = label(*["cctv"] * right, *["untagged"] * wrong)
    assert measure(labels, make(*["CCTV"] * (right + wrong)))["cctv"].published is published


def test_a_tag_on_a_payment_without_a_label_is_no_precision() -> None:
    with pytest.raises(ValueError, match="1 payments have a tag and no label, the first cctv on line 3"):
        measure(label("cctv"), make("CCTV", "CCTV"))


def test_a_label_of_no_payment_is_refused() -> None:
    with pytest.raises(ValueError, match="1 labels are of no payment, the first of line 3"):
        measure(label("cctv", "cctv"), make("CCTV"))


@pytest.mark.parametrize(("right", "rows"), [(0, 5), (3, 12), (45, 150), (12, 13), (81, 81)])
def test_the_interval_is_that_of_the_figures(right: int, rows: int) -> None:
    expected = wilson_of_api([right], [rows])
    assert wilson(right, rows) == pytest.approx((float(expected.lower[0]), float(expected.upper[0])))


def test_a_precision_is_told_in_a_sentence() -> None:
    few = Precision(13, 11, 12, 12 / 13, *wilson(12, 13), 15, 12, published=True)
    assert describe("cctv", few) == (
        "cctv: 12 of 13 labelled payments are rightly tagged (precision 0.92, 0.67 to 0.99; few)"
    )
    wrong = Precision(40, 30, 20, 0.5, *wilson(20, 40), 20, 20, published=False)
    assert describe("cctv", wrong).endswith("not published, since that is under 0.9")
    assert "too few" in describe("cctv", Precision(0, 0, 0, None, None, None, 0, 0, published=False))


@pytest.mark.parametrize(
    ("metric", "counted"),
    [
        ("payments_total", set(TAGS)),
        (
            "payments_community_safety_total",
            {"community_safety", "cctv", "enforcement_wardens", "domestic_abuse"},
        ),
        ("payments_youth_total", {"youth_services", "youth_justice"}),
    ],
)
def test_the_precision_is_printed_with_the_metric(metric: str, counted: set[str]) -> None:
    measured = load_measured()
    caveats = load_measures()[metric].caveats
    assert {f"Tag {describe(tag, measured[tag])}." for tag in counted} <= set(caveats)


def test_the_groups_of_payments_are_the_published_tags() -> None:
    (groups,) = load_measures()["payments_total"].groups
    assert set(groups.classes) == {*load_published(), "untagged"}


def test_without_the_labelled_files_the_command_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert precision.main([str(LABELS), str(tmp_path / "none")]) == 1
    assert "Name their folder" in capsys.readouterr().out
