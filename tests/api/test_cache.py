"""Given answers, expect the cache to keep what is asked for, within bounds, of one release."""

from api.cache import OVERHEAD_BYTES, Cache, Question, Request, weigh_request
from api.finish import Entry


def entry(size: int) -> Entry:
    return Entry(200, [], b"x" * size, '"tag"', "", is_lasting=True)


def ask(name: str, words: bytes = b"") -> tuple[Question, Request]:
    return (name, "", (), "identity"), (name, words, b"", b"")


def keep(cache: Cache, name: str, size: int) -> Entry:
    question, request = ask(name)
    made = entry(size)
    cache.keep(cache.generation, question, request, made)
    return made


def test_an_answer_is_found_by_its_words() -> None:
    cache = Cache(10_000)
    made = keep(cache, "/a", 100)
    assert cache.by_request[ask("/a")[1]] is made
    assert ask("/b")[1] not in cache.by_request


def test_other_words_for_the_same_question_are_learned() -> None:
    cache = Cache(10_000)
    made = keep(cache, "/a", 100)
    question, words = ask("/a", b"b=1&a=2")
    assert cache.recall(question, words) is made
    assert cache.by_request[words] is made


def test_the_size_is_what_is_kept() -> None:
    cache = Cache(10_000)
    keep(cache, "/a", 100)
    keep(cache, "/b", 300)
    expected = 400 + 2 * OVERHEAD_BYTES + 2 * weigh_request(ask("/a")[1])
    assert cache.bytes == expected
    keep(cache, "/b", 200)
    assert cache.bytes == expected - 100


def test_it_stays_within_its_bound_and_keeps_what_is_used() -> None:
    cache = Cache(20_000)
    used = keep(cache, "/used", 2_000)
    for number in range(50):
        used.is_used = True
        keep(cache, f"/{number}", 2_000)
        assert cache.bytes <= 20_000
    assert cache.by_request[ask("/used")[1]] is used
    assert ask("/49")[1] in cache.by_request
    assert ask("/0")[1] not in cache.by_request
    assert set(cache.by_request.values()) == set(cache.by_question.values())


def test_many_words_for_one_question_do_not_fill_it() -> None:
    cache = Cache(100_000)
    keep(cache, "/a", 100)
    for number in range(10_000):
        question, words = ask("/a", str(number).encode())
        cache.recall(question, words)
    assert len(cache.by_request) <= 40
    assert cache.bytes <= 100_000


def test_what_is_too_large_is_not_kept() -> None:
    cache = Cache(1_000)
    keep(cache, "/a", 2_000)
    assert (cache.by_request, cache.bytes) == ({}, 0)


def test_an_answer_begun_before_a_release_is_not_kept_after_it() -> None:
    cache = Cache()
    generation = cache.generation
    keep(cache, "/a", 100)
    cache.clear()
    assert (cache.by_request, cache.by_question, cache.bytes) == ({}, {}, 0)
    question, request = ask("/a")
    cache.keep(generation, question, request, entry(100))
    assert cache.by_request == {}
