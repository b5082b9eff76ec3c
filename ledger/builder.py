"""Chains new entries onto a head: indexes, ``prev``, subject numbers and hashes. Nothing is decided here."""

from collections.abc import Collection

from ledger.entry import Derived, Header, Subject, encode_entry
from ledger.merkle import HASH_SIZE, leaf_hash
from ledger.store import Head, NewEntry, Reader


class EntryBuilder:
    """The entries of one append transaction, envelope by envelope.

    What :meth:`add` has chained since the last :meth:`keep` can be undone with :meth:`drop`, for the
    statements of an envelope enter together or not at all.
    """

    def __init__(self, reader: Reader, head: Head, recorded_at: str) -> None:
        self._reader = reader
        self._start = head.size
        self._before = head.leaf_hash
        self._recorded_at = recorded_at
        self._earlier: dict[int, bytes | None] = {}  # leaf hashes: an officer sends many with one view
        self._heads: dict[str, tuple[int, bytes]] = {}
        self._trial: dict[str, tuple[int, bytes]] = {}
        self._kept = 0
        self.entries: list[NewEntry] = []

    @property
    def index(self) -> int:
        """The index that the next entry gets."""
        return self._start + len(self.entries)

    @property
    def last_leaf_hash(self) -> bytes:
        """The leaf hash that the next entry's ``prev`` will be."""
        return self.entries[-1].leaf_hash if self.entries else self._before

    def prefetch(self, keys: Collection[str]) -> None:
        """Read where the chains of these subjects stand, those that are not known yet."""
        missing = [key for key in keys if key not in self._heads]
        if not missing:
            return
        self._heads.update(dict.fromkeys(missing, (0, bytes(HASH_SIZE))))
        self._heads.update(self._reader.subject_heads(missing))

    def add(
        self, envelope: str, item: int, kind: str, statement: bytes, derived: Derived, statement_id: str
    ) -> NewEntry:
        """Chain one statement as the next entry.

        Raises:
            Malformed: the entry would be longer than 65,535 bytes.
        """
        self.prefetch(derived.subjects)
        before = [self._trial.get(key) or self._heads[key] for key in derived.subjects]
        header = Header(
            envelope=envelope,
            index=self.index,
            item=item,
            prev=self.last_leaf_hash.hex(),
            recorded_at=self._recorded_at,
            subjects=tuple(
                Subject(key, number + 1, leaf.hex())
                for key, (number, leaf) in zip(derived.subjects, before, strict=True)
            ),
            tags=derived.tags,
            type=kind,
        )
        data = encode_entry(header, statement)
        entry = NewEntry(
            index=header.index,
            leaf_hash=leaf_hash(data),
            type=kind,
            data=data,
            subjects=tuple((subject.key, subject.number) for subject in header.subjects),
            tags=derived.tags,
            statement_id=statement_id,
        )
        for key, number in entry.subjects:
            self._trial[key] = (number, entry.leaf_hash)
        self.entries.append(entry)
        return entry

    def keep(self) -> None:
        """Let what was added stand."""
        self._heads.update(self._trial)
        self._trial.clear()
        self._kept = len(self.entries)

    def drop(self) -> None:
        """Undo what was added since the last :meth:`keep`."""
        self._trial.clear()
        del self.entries[self._kept :]

    def leaf_hash_at(self, index: int) -> bytes | None:
        """Return the leaf hash of an entry of this transaction or an earlier one, None beyond the end."""
        if index >= self._start:
            entries = self.entries[index - self._start : index - self._start + 1]
            return entries[0].leaf_hash if entries else None
        if index not in self._earlier:
            self._earlier[index] = next(iter(self._reader.leaf_hashes(index, index + 1)), None)
        return self._earlier[index]
