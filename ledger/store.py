"""The store interface: what the ledger needs of a database, and nothing else (docs/spec/ledger-format.md, 6).

A store keeps entries as opaque bytes in one gap-free sequence, with the rows by which they are found again,
and one head row. It decides nothing. Everything but the head, the decision records, the flags and the views
is append-only.

Hashes are 32 raw bytes here and hex in headers; an ``index`` counts from 0, a ``number`` from 1.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from ledger.merkle import Tile, Tree


class StoreError(Exception):
    """The database refused or failed; what was not committed is not there. Exit code 3."""


class ConnectionLost(StoreError):
    """The database went away in the middle: what was asked was not done; asked again it may go well."""


class CommitUnknown(ConnectionLost):
    """The connection failed during COMMIT: the entries may be there or not; ask by envelope digest."""


class Unreachable(StoreError):
    """The database went away and did not come back while it was waited for."""


class SchemaMismatch(StoreError):
    """The database holds no ledger, or one of another schema version; the message names both."""


@dataclass(frozen=True, slots=True)
class Head:
    """The one mutable row: how far the ledger has come."""

    size: int
    leaf_hash: bytes
    """Leaf hash of the last entry, 32 zero bytes for an empty ledger."""
    recorded_at: str
    """``recorded_at`` of the last entry, empty for an empty ledger."""
    tree: Tree


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry on its way into the store."""

    index: int
    leaf_hash: bytes
    type: str
    data: bytes
    subjects: tuple[tuple[str, int], ...]
    """(key, number) of each subject."""
    tags: tuple[str, ...]
    statement_id: str | None


@dataclass(slots=True)
class Batch:
    """Everything that one append transaction writes."""

    entries: list[NewEntry] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    envelopes: list[tuple[str, int, bytes]] = field(default_factory=list)
    """(digest, index of its first entry, bytes) of envelopes that entered."""
    refused: list[tuple[str, int, bytes]] = field(default_factory=list)
    """(digest, index of its first SubmissionRefused, bytes) of envelopes that did not enter."""
    sequences: list[tuple[str, int, str]] = field(default_factory=list)
    """(first signer, seq, envelope digest)."""
    records: dict[str, str] = field(default_factory=dict)
    """Decision records that changed, key → text."""
    flags: list[tuple[int, str]] = field(default_factory=list)
    """(index, flags as a JSON list) of the entries that have any."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where an envelope digest is on record: entered, or refused, from ``index`` on."""

    index: int
    entered: bool


class Reader(Protocol):
    """Reading, in the append transaction or outside of one."""

    def head(self) -> Head:
        """Return the head; an empty ledger has size 0."""

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of the entries start ≤ index < stop, in order; those that exist."""

    def leaf_hashes(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the stored leaf hashes of the same range."""

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """Return the first ``width`` hashes of a Merkle tile; ``KeyError`` when they are not there."""

    def subject_indexes(self, key: str, after: int = 0) -> Iterator[int]:
        """Yield the indexes of the entries that concern ``key``, those numbered above ``after``, in order."""

    def subject_heads(self, keys: Collection[str]) -> Mapping[str, tuple[int, bytes]]:
        """Return the last number and leaf hash of each key that has a history."""

    def heads(self, size: int) -> Iterator[tuple[str, int, bytes]]:
        """Yield (key, number, leaf hash) of the last entry below ``size`` of every subject key.

        Keys ascend by byte; they are read as they are asked for, never all at once.
        """

    def key_count(self) -> int:
        """Return the number of subject keys; it takes time in proportion to it."""

    def last_of_type(self, kind: str, size: int) -> int | None:
        """Return the index of the last entry below ``size`` of this type, None when there is none."""

    def find_envelopes(self, digests: Collection[str]) -> Mapping[str, Found]:
        """Return where each digest is on record; the others are missing."""

    def find_statements(self, ids: Collection[str]) -> Mapping[str, int]:
        """Return the entry index of each statement id that is in the ledger."""

    def used_sequences(self, pairs: Collection[tuple[str, int]]) -> Collection[tuple[str, int]]:
        """Return those of the (signer, seq) pairs that are used up."""

    def last_sequence(self, signer: str) -> int:
        """Return the highest seq that ``signer`` has used, 0 for none."""

    def envelope(self, digest: str) -> bytes | None:
        """Return the bytes of an envelope that entered."""

    def flags(self, index: int) -> str:
        """Return the flags of an entry as a JSON list."""

    def records(self, keys: Collection[str]) -> Mapping[str, str]:
        """Return the texts of the decision records that exist."""

    def records_changed_since(self, index: int) -> Sequence[str]:
        """Return the keys of the records that entries from ``index`` on have changed."""

    def matching(
        self, types: Collection[str], tags: Collection[str], start: int, stop: int
    ) -> Iterator[tuple[int, bytes]]:
        """Yield (index, entry) of the entries start ≤ index < stop, in order, that match.

        An entry matches when its type is one of ``types``, or there are none, and when each of ``tags`` is
        one of its tags or subject keys.
        """

    def checkpoint(self) -> bytes | None:
        """Return the latest checkpoint note that was stored."""


class Transaction(Reader, Protocol):
    """The append transaction: the head is locked from its beginning to its end."""

    def write(self, batch: Batch, head: Head) -> None:
        """Write everything of ``batch`` and the new head; visible to others after the commit alone."""


class Store(Reader, Protocol):
    """A ledger database."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Lock the head and begin; commit at the end of the block, roll back when it raises.

        Raises:
            StoreError: the lock or the database could not be had, or something failed; nothing was written.
            ConnectionLost: the database went away in the middle.
            CommitUnknown: COMMIT itself failed.
        """

    def save_checkpoint(self, size: int, note: bytes) -> None:
        """Keep a released checkpoint for readers; one per size, the first stays."""

    def close(self) -> None:
        """Give back every connection."""
