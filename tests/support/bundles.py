"""Bundles in memory, and the verifier's answer about them with the rules of the builder's few types."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.anchor import parse_anchor
from ledger.bundle import BundleSource
from ledger.canonical import Malformed
from ledger.verification import PassState, Trusted, Verification, verify_source
from tests.support.ledger_builder import Builder


@dataclass(frozen=True)
class Rule:
    """Who may sign a type."""

    agencies: frozenset[str]
    four_eyes: bool = False


_OFFICERS = frozenset({"commerce", "transport", "police", "customs"})
RULES = {
    "LedgerOpened": Rule(frozenset({"operator"})),
    "AgencyKeyRegistered": Rule(_OFFICERS, four_eyes=True),
    "AgencyKeyRevoked": Rule(_OFFICERS),
    "HeadsCommitted": Rule(frozenset({"operator"})),
    "SubmissionRefused": Rule(frozenset({"operator"})),
    "PolicyVersionPublished": Rule(frozenset({"commerce"}), four_eyes=True),
    "EnterpriseRegistered": Rule(frozenset({"commerce"})),
    "QuotaReduced": Rule(frozenset({"commerce"}), four_eyes=True),
}


class MemoryFiles:
    """The files of a bundle, by path."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self.paths = frozenset(files)

    def read(self, path: str, limit: int) -> bytes:
        data = self._files[path]
        if len(data) > limit:
            raise Malformed(f"{path}: more than {limit} bytes")
        return data

    def sha256(self, path: str) -> str:
        raise AssertionError("no documents in memory")


def named(notes: Iterable[bytes]) -> list[Trusted]:
    """Return trusted checkpoints by their numbers."""
    return [Trusted(f"trusted checkpoint {number}", note) for number, note in enumerate(notes, start=1)]


def verify_files(
    files: Mapping[str, bytes],
    anchor: bytes | None,
    *,
    trusted: Sequence[bytes] = (),
    unanchored: bool = False,
    lenient: bool = False,
    since: PassState | None = None,
    keep: bool = False,
) -> Verification:
    """Verify a bundle in memory."""
    return verify_source(
        BundleSource(MemoryFiles(files)),
        anchor=None if anchor is None else parse_anchor(anchor),
        trusted=named(trusted),
        unanchored=unanchored,
        lenient=lenient,
        types=RULES,
        since=since,
        keep=keep,
    )


def verify_built(made: Builder, **options: bool) -> Verification:
    """Verify what a builder made, under its own anchor."""
    return verify_files(made.files(), made.anchor(), **options)


def found(answer: Verification) -> list[tuple[str, int | None]]:
    """Return class and index of every break."""
    return [(b.class_, b.index) for b in answer.breaks]
