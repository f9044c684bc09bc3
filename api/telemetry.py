"""Counts for machines, in the text form of Prometheus.

The hot path adds to plain integers of the worker (`Tally`); once a second `publish` carries them over to
Prometheus, so that a repeated answer costs no lock and no shared memory. With several workers each writes
files in PROMETHEUS_MULTIPROC_DIR (set by `api.serve`) and whoever is asked adds them up.
"""

import os
import time
from collections import Counter as Count
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

FOLDER_NAME = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Tally:
    """What one worker did since the last `publish`."""

    def __init__(self) -> None:
        self.hits = 0
        self.unchanged = 0
        self.statuses: Count[int] = Count()
        self.seconds: list[float] = []
        # Requests that the router is at work on now.
        self.running = 0

    def count(self, status: int) -> None:
        """An answer that was computed."""
        self.statuses[status] += 1

    @contextmanager
    def measure(self, scope: Mapping[str, Any]) -> Iterator[None]:
        """Time a request that goes through the router."""
        began = time.perf_counter()
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
            self.seconds.append(time.perf_counter() - began)


class Telemetry:
    """The metrics of this process, registered apart from Prometheus' global registry so that tests can make
    many.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.tally = Tally()
        self.remembered = Counter(
            "borough_answers_remembered", "Answers given from memory", registry=self.registry
        )
        self.unchanged = Counter(
            "borough_answers_unchanged", "Answers that the caller had already (304)", registry=self.registry
        )
        self.computed = Counter(
            "borough_answers_computed",
            "Answers that were computed, by status",
            ["status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "borough_answer_seconds", "Seconds to compute an answer", registry=self.registry, buckets=BUCKETS
        )
        self.cache_bytes = Gauge(
            "borough_cache_bytes",
            "Bytes of remembered answers",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.database = Gauge(
            "borough_database_reachable",
            "1 where the database answers every worker",
            registry=self.registry,
            multiprocess_mode="livemin",
        )
        self.release = Gauge(
            "borough_release_published_timestamp_seconds",
            "When the release that is served was published, of the worker that is furthest behind",
            registry=self.registry,
            multiprocess_mode="livemin",
        )

    def publish(self, *, cache_bytes: int, is_reachable: bool, published: float | None) -> None:
        """Carry the worker's counts over, and say how it is."""
        tally = self.tally
        hits, tally.hits = tally.hits, 0
        unchanged, tally.unchanged = tally.unchanged, 0
        statuses, tally.statuses = tally.statuses, Count()
        seconds, tally.seconds = tally.seconds, []
        self.remembered.inc(hits)
        self.unchanged.inc(unchanged)
        for status, number in statuses.items():
            self.computed.labels(str(status)).inc(number)
        for value in seconds:
            self.seconds.observe(value)
        self.cache_bytes.set(cache_bytes)
        self.database.set(1 if is_reachable else 0)
        self.release.set(published or 0)

    def write(self) -> bytes:
        """All workers' counts as Prometheus reads them."""
        if not os.environ.get(FOLDER_NAME):
            return bytes(generate_latest(self.registry))
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return bytes(generate_latest(registry))
