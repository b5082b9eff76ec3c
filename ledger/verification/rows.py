"""The rows that entries account for in a store: counted always, compared with those of a store."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ledger.entry import Header
from ledger.envelope import Envelope
from ledger.merkle import TILE_WIDTH
from ledger.source import Audit, Break, PublicKey
from ledger.verification.housekeeping import Housekeeping

SUBMISSION_REFUSED: Final = "SubmissionRefused"


class RowsPass:
    """Follows the sound entries; ``audit`` is the second look at a store's rows, None for a bundle."""

    def __init__(self, audit: Audit | None, housekeeping: Housekeeping) -> None:
        self.audit = audit
        self.counts: Counter[str] = Counter()
        """Rows accounted for, by table."""
        self._housekeeping = housekeeping
        self._tile = 0
        self._digests: list[str] = []

    def restore(self, size: int, counts: Mapping[str, int], envelopes: Sequence[str]) -> None:
        """Go on behind ``size`` entries; see ``PassState`` for the others."""
        self.counts.update(counts)
        self._tile, self._digests = size // TILE_WIDTH, list(envelopes)
        if self.audit is not None:
            self.audit.skip(counts)

    def envelopes(self, size: int) -> tuple[str, ...]:
        """Return the envelopes that entries of the tile in which ``size`` ends were the first to refer to."""
        return tuple(self._digests) if self._tile == size // TILE_WIDTH else ()

    def entry(
        self,
        index: int,
        header: Header,
        statement: dict[str, Any],
        opened: Envelope | None,
        public_key: PublicKey,
    ) -> Iterator[Break]:
        """Take in an entry and yield where a store's rows differ from it.

        Args:
            index: of the entry.
            header: of the entry.
            statement: of the entry.
            opened: the envelope that this entry is the first of, if it is.
            public_key: the keys ever registered.
        """
        body = statement["body"]
        refused = statement["type"] == SUBMISSION_REFUSED and self._housekeeping.sound
        refused = refused and body.get("part") == 1
        self._count(index, header, opened, refused)
        if self.audit is None:
            return
        subjects = [(subject.key, subject.number) for subject in header.subjects]
        yield from self.audit.entry(index, header.type, subjects, header.tags, statement["id"])
        if opened is not None:
            first = index + 1 - (header.item or 1)
            yield from self.audit.envelope(first, opened.digest, opened.head.signers[0], opened.head.seq)
        if refused:
            yield from self.audit.refused(
                index, body["envelope"], body["signer"], body["seq"],
                fresh=self._housekeeping.fresh, public_key=public_key,
            )  # fmt: skip

    def plain(self, entries: int, subjects: int, tags: int) -> None:
        """Count what stands in a row of plain entries, envelopes aside; no audit has such rows."""
        counts = self.counts
        counts["statement"] += entries
        counts["subject"] += subjects
        counts["tag"] += tags

    def opened(self, index: int, digest: str) -> None:
        """Count the envelope that the entry at ``index`` is the first of."""
        self.counts["envelope"] += 1
        self.counts["sequence"] += 1
        if self._tile != index // TILE_WIDTH:
            self._tile, self._digests = index // TILE_WIDTH, []
        self._digests.append(digest)

    def _count(self, index: int, header: Header, opened: Envelope | None, refused: bool) -> None:
        counts = self.counts
        counts["statement"] += 1
        counts["subject"] += len(header.subjects)
        counts["tag"] += len(header.tags)
        if opened is not None:
            self.opened(index, opened.digest)
        if refused:
            counts["refused"] += 1
            counts["sequence"] += self._housekeeping.fresh
