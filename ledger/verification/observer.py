"""Who follows the pass over the entries, so that what else is asked of them needs no pass of its own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from ledger.header import Header
from ledger.verification.plain import Reader


class Observer(Protocol):
    """Who follows the pass: told of every sound entry in order, so that none is parsed twice."""

    def __call__(
        self, index: int, leaf: bytes, header: Header, statement: dict[str, Any], recorded_at: datetime
    ) -> None:
        """Take the entry at ``index``.

        Args:
            index: where the entry stands; one that is lost or changed is left out.
            leaf: its leaf hash.
            header: its header line.
            statement: parsed, its outer members checked; not to be changed.
            recorded_at: aware instant.
        """
        ...


@runtime_checkable
class ReadingObserver(Protocol):
    """An observer that has most entries read where they are looked at, before the pass comes to them."""

    @property
    def reader(self) -> Reader:
        """Reads the entries of a row."""
        ...

    def find_leaves(self, leaf: Callable[[int], bytes] | None) -> None:
        """Be told first what returns the leaf hash of an entry that was passed; at the end, None."""
        ...

    def __call__(
        self, index: int, leaf: bytes, header: Header, statement: dict[str, Any], recorded_at: datetime
    ) -> None:
        """Take an entry that stands outside every row; see :class:`Observer`."""
        ...

    def take_row(self, index: int, leaves: bytes, said: Any) -> None:
        """Take entries in a row.

        Args:
            index: of the first.
            leaves: their leaf hashes, joined.
            said: what the reader returned of them.
        """
        ...
