"""The operator's own entries: heads of the subjects' chains, and refusals on record."""

from typing import Any

from ledger.canonical import Malformed
from ledger.heads import HEADS_COMMITTED, HEADS_DUE_ENTRIES
from ledger.verification.result import Breaks
from ledger.verification.sequences import Sequences
from ledger.verification.statements import check_refusal, is_hash, is_whole
from ledger.verification.subjects import SubjectChains


class Housekeeping:
    """Checks of HeadsCommitted and SubmissionRefused."""

    def __init__(self, subjects: SubjectChains, sequences: Sequences, breaks: Breaks) -> None:
        self._subjects = subjects
        self._sequences = sequences
        self._breaks = breaks
        self._refusals: dict[str, tuple[int, int, tuple[object, ...]]] = {}
        self.sound = False
        """Whether the entry checked last is of version 1 and of the form that its type has."""
        self.fresh = False
        """Whether the refusal checked last is the first to use up its seq."""
        self.last_heads: int | None = None
        """Index of the last HeadsCommitted."""

    def entry(self, index: int, statement: dict[str, Any]) -> None:
        """Check the entry at ``index`` if it is the operator's; subjects are folded up to the one before."""
        self.sound = False
        if statement["version"] != 1:
            return
        try:
            if statement["type"] == HEADS_COMMITTED:
                self._heads(index, statement["body"])
            elif statement["type"] == "SubmissionRefused":
                self._refused(index, statement["body"])
            self.sound = True
        except Malformed as error:
            self._breaks.add("malformed", index, f"{statement['type']}: {error}")

    def finish(self) -> None:
        """Say that there are no more entries."""
        for digest, (index, part, (parts, *_)) in self._refusals.items():
            self._breaks.follow(
                "envelope",
                index,
                f"SubmissionRefused of envelope {digest}: part {part} of {parts} is the last on record",
            )

    def overdue(self, size: int) -> bool:
        """Say whether the operator owes new heads: every max(10,000, number of keys) entries."""
        since = 0 if self.last_heads is None else self.last_heads + 1
        return size - since > max(HEADS_DUE_ENTRIES, len(self._subjects))

    def _heads(self, index: int, body: dict[str, Any]) -> None:
        self.last_heads = index
        if body.keys() != {"count", "root", "size"} or not is_hash(body["root"]):
            raise Malformed("exactly size, count and root (64 lower-case hex digits) are wanted")
        if not is_whole(body["size"], 0) or not is_whole(body["count"], 0):
            raise Malformed("size and count are whole numbers")
        if body["size"] != index:
            self._breaks.add("heads", index, f"heads up to size {body['size']}, {index} is wanted")
            return
        count, root = self._subjects.heads()
        if (body["count"], body["root"]) != (count, root):
            self._breaks.follow(
                "heads",
                index,
                f"{body['count']} heads with root {body['root']}; "
                f"the entries before have {count} with root {root}",
            )

    def _refused(self, index: int, body: dict[str, Any]) -> None:
        check_refusal(body)
        # A refused envelope may well be one that used a number again, so that it is taken is no break.
        self.fresh = self._sequences.use(body["signer"], body["seq"])
        digest, part = body["envelope"], body["part"]
        about = (body["parts"], body["signer"], body["seq"])
        _, before, known = self._refusals.pop(digest, (index, 0, about))
        if part != before + 1 or about != known:
            self._breaks.follow(
                "envelope", index, f"part {part} of a refusal, part {before + 1} is wanted: {digest}"
            )
        if part < body["parts"]:
            self._refusals[digest] = (index, part, about)
