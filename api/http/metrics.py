"""What a server counts, in the form that Prometheus reads. No label holds what a request has said of anybody.

Several workers: ``serve`` gives them one directory (``PROMETHEUS_MULTIPROC_DIR``) in which each keeps its
numbers, and whichever worker is asked answers for all: counters and histograms are sums, the waiting
envelopes the sum over the workers that live. Head and checkpoint are read from the database when asked for.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from typing_extensions import override

from ledger.append import Entered, Outcome
from ledger.sequencer import Written

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        own = self._own = CollectorRegistry()
        self._requests = Counter(
            "quota_ledger_requests", "Requests answered.", ("route", "method", "status"), registry=own
        )
        self._seconds = Histogram(
            "quota_ledger_request_seconds",
            "From a request's head to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=own,
        )
        self._envelopes = Counter(
            "quota_ledger_envelopes", "Envelopes by what became of them.", ("outcome",), registry=own
        )
        self._refusals = Counter(
            "quota_ledger_refusals", "Statements refused, on record, by code.", ("code",), registry=own
        )
        self._not_accepted = Counter(
            "quota_ledger_not_accepted", "Requests answered without record, by code.", ("code",), registry=own
        )
        self._waiting = Gauge(
            "quota_ledger_waiting_envelopes",
            "Envelopes that wait to be written.",
            multiprocess_mode="livesum",
            registry=own,
        )
        self._group_envelopes = Histogram(
            "quota_ledger_group_envelopes", "Envelopes in a commit.", buckets=_SIZES, registry=own
        )
        self._group_statements = Histogram(
            "quota_ledger_group_statements", "Statements in a commit.", buckets=_SIZES, registry=own
        )
        self._commit = Histogram(
            "quota_ledger_commit_seconds",
            "From the beginning of an append transaction to the end of its commit.",
            buckets=_SECONDS,
            registry=own,
        )

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request; ``route`` is a template, never a path."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def outcome(self, outcome: Outcome) -> None:
        """Count one envelope, and its refused statements the first time."""
        name = "entered" if isinstance(outcome, Entered) else "refused"
        self._envelopes.labels("replayed" if outcome.replayed else name).inc()
        if not isinstance(outcome, Entered) and not outcome.replayed:
            for item in outcome.items:
                self._refusals.labels(item.code).inc()

    def not_accepted(self, code: str) -> None:
        """Count one request that was answered without record."""
        self._not_accepted.labels(code).inc()

    def written(self, written: Written) -> None:
        """Count one commit."""
        self._group_envelopes.observe(written.envelopes)
        self._group_statements.observe(written.statements)
        self._commit.observe(written.seconds)

    def waiting(self, envelopes: int) -> None:
        """Note how many envelopes wait in this process."""
        self._waiting.set(envelopes)

    def text(self, position: "Position") -> bytes:
        """Return everything, of all workers, with the ledger's own numbers."""
        everything: CollectorRegistry = self._own
        if directory := os.environ.get(_DIRECTORY):
            _bury(Path(directory))
            everything = CollectorRegistry()
            MultiProcessCollector(everything, directory)  # type: ignore[no-untyped-call]
        return generate_latest(everything) + generate_latest(position.registry())


class Position(Collector):
    """How far ledger, checkpoint and views have come."""

    def __init__(
        self,
        size: int,
        checkpoint_size: int,
        checkpoint_age_seconds: float | None,
        views_size: int,
        views_stopped: bool,
    ) -> None:
        self._gauges = [
            ("quota_ledger_head_entries", "Entries in the ledger.", float(size)),
            (
                "quota_ledger_checkpoint_entries",
                "Entries under the latest checkpoint.",
                float(checkpoint_size),
            ),
            ("quota_ledger_views_entries", "Entries that the views have taken in.", float(views_size)),
            (
                "quota_ledger_views_stopped",
                "1 while the views stand before an entry that they cannot take in.",
                float(views_stopped),
            ),
        ]
        if checkpoint_age_seconds is not None:
            self._gauges.append(
                (
                    "quota_ledger_checkpoint_age_seconds",
                    "Since the last entry under the latest checkpoint was recorded.",
                    checkpoint_age_seconds,
                )
            )

    @override
    def collect(self) -> Iterable[Metric]:
        """See :class:`prometheus_client.registry.Collector`."""
        for name, words, value in self._gauges:
            yield GaugeMetricFamily(name, words, value)

    def registry(self) -> CollectorRegistry:
        """Return a registry with these alone."""
        registry = CollectorRegistry()
        registry.register(self)
        return registry


def _bury(directory: Path) -> None:
    """Let go of the gauges of workers that were killed and could not do it themselves."""
    for pid in set(_pids(directory)):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(directory))  # type: ignore[no-untyped-call]
        except PermissionError:  # it lives, as somebody else
            continue


def _pids(directory: Path) -> Iterator[int]:
    for path in directory.glob("gauge_live*_*.db"):
        with suppress(ValueError):
            yield int(path.stem.rpartition("_")[2])
