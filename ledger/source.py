"""Where a verifier reads a ledger: a bundle or a store. Nothing that is read here is trusted.

A source gives back what it finds, and says where it finds nothing; whether that is the ledger is the
verifier's question. Hashes are 32 raw bytes, digests lower-case hex.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, overload

from typing_extensions import override

from ledger.header import Header

BreakClass = Literal[
    "malformed", "missing", "leaf", "prev", "tree", "subject_chain", "heads", "keys", "envelope", "signature",
    "authority", "four_eyes", "time", "replayed", "attachment", "checkpoint", "inconsistent",
]  # fmt: skip

PublicKey = Callable[[str], bytes | None]
"""keyid → the 32 bytes registered under it."""


class Unreadable(Exception):
    """Nothing verifiable could be opened: no such file, or no ledger in it. Exit code 3."""


@dataclass(frozen=True, slots=True)
class Break:
    """A break of integrity: its class of evidence, the entry it is first seen at (if any), what is wrong."""

    class_: BreakClass
    index: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it lies there, with the leaf hash that is stored for it (None when there is none)."""

    index: int
    data: bytes
    leaf: bytes | None


class Later(Sequence[bytes]):
    """Bytes that are cut out of others when they are asked for; to another process go those others."""

    __slots__ = ("_cut", "_given", "_length", "_made")

    def __init__(self, length: int, cut: Callable[..., Sequence[bytes]], *given: object) -> None:
        """Take a function of a module, and what it is to be given: it then returns so many."""
        self._length, self._cut, self._given = length, cut, given
        self._made: Sequence[bytes] | None = None

    def _all(self) -> Sequence[bytes]:
        if self._made is None:
            self._made = self._cut(*self._given)
        return self._made

    @override
    def __len__(self) -> int:
        return self._length

    @override
    def __iter__(self) -> Iterator[bytes]:
        return iter(self._all())

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[bytes]: ...
    @override
    def __getitem__(self, at: int | slice) -> bytes | Sequence[bytes]:
        return self._all()[at]

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return self._cut, self._given


@dataclass(frozen=True, slots=True)
class StoredEntries:
    """Entries in a row, one or more, all of one tile; see :class:`StoredEntry`."""

    start: int
    """Index of the first."""
    data: Sequence[bytes]
    leaves: Sequence[bytes | None]


@dataclass(frozen=True, slots=True)
class Gap:
    """The entries start ≤ index < stop cannot be had; ``class_`` and ``detail`` say why."""

    start: int
    stop: int
    class_: BreakClass
    detail: str


class Audit(Protocol):
    """A second look at rows that a store keeps beside the entries; each method returns what differs."""

    def expect(self, entries: Sequence[tuple[int, Header, str]]) -> None:
        """Read ahead, all at once, the rows of entries given by index, header and statement id."""
        ...

    def skip(self, rows: Mapping[str, int]) -> None:
        """Take it that entries that are left out account for so many rows, by table."""
        ...

    def entry(
        self,
        index: int,
        kind: str,
        subjects: Sequence[tuple[str, int]],
        tags: Sequence[str],
        statement_id: str,
    ) -> list[Break]:
        """Compare the type, subject, tag and statement rows of one entry."""
        ...

    def envelope(self, index: int, digest: str, signer: str, seq: int) -> list[Break]:
        """Compare the envelope row and the sequence row of an envelope that entered first at ``index``."""
        ...

    def refused(
        self, index: int, digest: str, signer: str, seq: int, *, fresh: bool, public_key: PublicKey
    ) -> list[Break]:
        """Compare the rows of a refused envelope whose first record is the entry at ``index``.

        ``fresh``: no entry before has used up this seq. ``public_key``: the keys ever registered.
        """
        ...

    def finish(self, size: int, leaf: bytes, recorded_at: str) -> list[Break]:
        """Compare the head, and look for rows that no entry accounts for."""
        ...


class Source(Protocol):
    """A ledger to be verified."""

    @property
    def leaf_class(self) -> BreakClass:
        """The class of a stored leaf hash that is wrong: of a tile ``tree``, of a row ``leaf``."""
        ...

    def size(self, committed: int | None) -> int:
        """Return how many entries to look for; ``committed`` is the size of a checkpoint that verified."""
        ...

    def checkpoints(self) -> list[bytes]:
        """Return the checkpoint notes that are there, the newest last."""
        ...

    def rows(self, size: int) -> Iterator[StoredEntries | Gap]:
        """Yield the entries below ``size`` in order; gaps where there are none. Together they cover it.

        Those of a tile come together, as far as no gap is between them.
        """
        ...

    def skip(self, size: int, envelopes: Sequence[str]) -> None:
        """Leave out the first ``size`` entries from here on: :meth:`rows` begins behind them.

        ``envelopes`` are the digests of those that entries of the last tile below ``size`` were the first to
        refer to, in order, if that tile is not full.
        """
        ...

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """Return exactly the tile of this width; ``KeyError`` when there is none, ``Malformed`` if unfit."""
        ...

    def envelope(self, digest: str, index: int) -> bytes | None:
        """Return the envelope that the entry at ``index`` is the first to refer to, None if it is not there.

        ``Malformed`` when what holds it is damaged: that is one break, however many envelopes it held.
        """
        ...

    def envelopes_near(self, rows: StoredEntries) -> list[bytes]:
        """Return the envelopes that may be those of these entries, to be looked at ahead of their turn.

        Nothing follows from one that is not among them; :meth:`envelope` is asked for it.
        """
        ...

    def faults(self, size: int) -> list[Break]:
        """Return what is there and should not be, known once all rows have been read."""
        ...

    def notes(self) -> list[str]:
        """Return what a reader should know about this source."""
        ...

    def audit(self) -> Audit | None:
        """Return the second look at a store's rows; None for a bundle, which has none."""
        ...
