"""The folder `raw`: names, manifests, the index that can be lost, and processes that are killed."""

import json
import multiprocessing
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.fetch.errors import FetchFailed
from etl.fetch.files import LONGEST_NAME, check_name, hash_file, safe_name, write_whole
from etl.fetch.part import Version, open_part
from etl.fetch.step import name_file
from etl.fetch.store import Answer, Kept, Manifest, Store
from etl.fetch.wanted import Wanted
from tests.etl.fetch.conftest import TestClock

WANTED = Wanted(
    source="met",
    publisher="datastore",
    url="https://data.example/a",
    file_name="a.csv",
    expects="csv",
    key="a",
)
ANSWER = Answer(final_url="https://data.example/a", etag='"1"')


def put(store: Store, data: bytes, wanted: Wanted = WANTED, reason: str | None = None) -> Kept:
    """What happens to bytes that were fetched."""
    with store.part(wanted) as part:
        part.begin(Version(url=wanted.url, final_url=wanted.url))
        part.write(data)
        sha256 = hash_file(part.path)
        if reason:
            return store.keep_out(wanted, ANSWER, part.path, sha256, reason)
        return store.accept(wanted, ANSWER, part.path, sha256)


@pytest.fixture
def store(tmp_path: Path, clock: TestClock) -> Store:
    return Store(tmp_path / "raw", clock)


def test_a_copy_is_found_again_with_and_without_the_index(store: Store, clock: TestClock) -> None:
    put(store, b"one\n")
    clock.later(days=1)
    second = put(Store(store.raw, clock), b"two\n").manifest
    store = Store(store.raw, clock)
    store.close()
    index = store.raw / "index.json"
    assert len(json.loads(index.read_text())) == 2
    for spoil in (lambda: None, index.unlink, lambda: index.write_text("{"), lambda: index.write_text("[1]")):
        spoil()
        assert Store(store.raw, clock).last("met", "a") == second


def test_an_index_that_is_older_than_the_manifests_does_no_harm(store: Store, clock: TestClock) -> None:
    put(store, b"one\n")
    store.close()
    clock.later(days=1)
    later = Store(store.raw, clock)
    manifest = put(later, b"two\n").manifest
    # killed here: the index was not written
    assert Store(store.raw, clock).last("met", "a") == manifest


def test_a_copy_whose_file_is_gone_or_cut_is_no_copy(store: Store, clock: TestClock) -> None:
    kept = put(store, b"one,two\n")
    file = store.path(kept.manifest)
    file.write_bytes(b"one")
    assert store.last("met", "a") is None
    file.unlink()
    assert store.last("met", "a") is None
    again = put(Store(store.raw, clock), b"one,two\n")
    assert again.is_new
    assert store.path(again.manifest).read_bytes() == b"one,two\n"


def test_a_manifest_that_is_spoilt_is_passed_over(store: Store, clock: TestClock) -> None:
    kept = put(store, b"one\n")
    file = store.path(kept.manifest)
    file.with_name("a.csv.manifest.json").write_text('{"source": "met"')
    assert Store(store.raw, clock).last("met", "a") is None
    assert file.read_bytes() == b"one\n"


def test_two_files_of_one_name_in_one_run_have_two_places(store: Store) -> None:
    first = put(store, b"one\n").manifest
    second = put(store, b"two\n").manifest
    assert first.path == "met/2026-11-22T101500Z/a.csv"
    assert second.path == "met/2026-11-22T101500Z-2/a.csv"


def test_what_is_kept_out_is_never_the_last_good_copy(store: Store, clock: TestClock) -> None:
    kept = put(store, b"<html>", reason="A web page came.")
    assert kept.manifest.path == "met/kept-out/2026-11-22T101500Z/a.csv.kept-out"
    assert kept.manifest.kept_out == "A web page came."
    assert store.last("met", "a") is None
    # the same bytes may be good one day
    assert put(store, b"<html>").manifest.path == "met/2026-11-22T101500Z/a.csv"


def test_killed_before_the_file_has_its_place_nothing_is_lost_and_nothing_is_there_twice(
    store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def die(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            put(store, b"one\n")
    later = Store(store.raw, clock)
    assert later.last("met", "a") is None
    with later.part(WANTED) as part:
        assert (part.size, part.version and part.version.url) == (4, WANTED.url)
        kept = later.accept(WANTED, ANSWER, part.path, hash_file(part.path))
    assert later.path(kept.manifest).read_bytes() == b"one\n"
    assert [path.name for path in store.raw.rglob("*") if path.suffix in (".csv", ".part")] == ["a.csv"]


def test_keys_of_two_sources_are_two_keys(store: Store) -> None:
    manifest = put(store, b"one\n").manifest
    assert store.last("survey", "a") is None
    assert store.last("met", "a") == manifest


def test_confirming_moves_the_day_and_keeps_the_date_of_retrieval(store: Store, clock: TestClock) -> None:
    manifest = put(store, b"one\n").manifest
    clock.later(days=5)
    confirmed = store.confirm(manifest, Answer(final_url="", etag='"2"'))
    assert (confirmed.retrieved_at, confirmed.etag) == (manifest.retrieved_at, '"2"')
    assert (confirmed.confirmed_at - manifest.confirmed_at).days == 5
    written = json.loads((store.raw / "met/2026-11-22T101500Z/a.csv.manifest.json").read_text())
    assert written["confirmed_at"] == "2026-11-27T10:15:00Z"
    assert set(written) == set(Manifest.__struct_fields__)


def test_a_clock_that_was_ahead_makes_no_old_copy_the_last_one(store: Store, clock: TestClock) -> None:
    clock.later(days=4000)
    put(store, b"one\n")
    clock.later(days=-4000)
    store = Store(store.raw, clock)
    second = put(store, b"two\n").manifest
    assert second.retrieved_at == clock.now()
    assert store.last("met", "a") == second
    assert not put(store, b"two\n").is_new


@pytest.mark.parametrize(
    "name",
    ["", "/a", "../a", "a/../b", ".a", "a/.b", "a\\b", "kept-out/a", "parts/a", "a.manifest.json", "a\0"],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"name for a stored file|another meaning"):
        check_name(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Spend over £500: July/2026.csv", "Spend over £500_ July_2026.csv"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("", "file"),
        ("...", "file"),
        (" a.csv ", "a.csv"),
        ("a?download=1", "a_download=1"),
    ],
)
def test_a_safe_name(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text(max_size=300))
def test_any_text_makes_a_safe_name(text: str) -> None:
    name = safe_name(text)
    assert check_name(name) == name
    assert "/" not in name
    assert len(name.encode()) <= LONGEST_NAME
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("url", "form", "name"),
    [
        ("https://x.gov.uk/media/Spend%20July%202026.csv?v=2", "", "Spend July 2026.csv"),
        ("https://x.gov.uk/download/1234", "xlsx", "1234.xlsx"),
        ("https://x.gov.uk/download/spend.CSV", "xlsx", "spend.CSV"),
        ("https://x.gov.uk/spend.aspx", "csv", "spend.aspx.csv"),
        ("https://x.gov.uk/", "csv", "file.csv"),
        ("https://x.gov.uk/" + "%C3%A9" * 300 + ".csv", "", "é" * 58 + ".csv"),
    ],
)
def test_a_file_is_named_by_its_address(url: str, form: str, name: str) -> None:
    assert name_file(url, form) == name


def test_a_small_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(OSError, match=r"a\.json"):
        write_whole(tmp_path / "a.json", b"{}")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("é" * 300 + ".xlsx").endswith("é.xlsx")


def test_a_part_goes_on_from_what_was_there(tmp_path: Path) -> None:
    with open_part(tmp_path, "hackney/2026-07", "file") as part:
        part.begin(Version(url="u", final_url="u", etag='"1"'))
        part.write(b"one")
    with open_part(tmp_path, "hackney/2026-07", "file") as part:
        assert (part.size, part.version and part.version.etag) == (3, '"1"')
        part.write(b"two")
        part.cut(4)
        part.write(b"!")
        assert part.path.read_bytes() == b"onet!"
    with open_part(tmp_path, "hackney/2026-08", "file") as other:
        assert (other.size, other.version) == (0, None)
    # an empty one leaves nothing behind
    assert len(list(tmp_path.iterdir())) == 2


def test_bytes_of_an_unknown_version_are_begun_again(tmp_path: Path) -> None:
    with open_part(tmp_path, "a", "file") as part:
        part.begin(Version(url="u", final_url="u"))
        part.write(b"one")
        facts = part.path.with_suffix(".json")
    facts.write_text("{")
    with open_part(tmp_path, "a", "file") as part:
        assert part.version is None


def hold(folder: Path, ready: Event, done: Event) -> None:
    """Another process that has a part."""
    with open_part(folder, "a", "file"):
        ready.set()
        done.wait(20)


def test_two_processes_do_not_write_one_part(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=hold, args=(tmp_path, ready, done))
    other.start()
    try:
        assert ready.wait(20)
        with pytest.raises(FetchFailed, match="Another process is fetching a"):
            open_part(tmp_path, "a", "file")
    finally:
        done.set()
        other.join(20)
    with open_part(tmp_path, "a", "file") as part:
        assert part.size == 0
