"""C14: in each batch the numbers approved, sent and classified agree and bind the same list of VINs.

Judged where each is said: an approval by its own lines; a number sent by the lines then live (approved,
neither cancelled nor withdrawn); a classification by these and by the number last sent and not returned. The
digest is SHA-256 over the live VINs in byte order, each followed by a line feed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from sys import intern

from domain import bodies as b
from domain.identifiers import batch_of
from projections.proof.amended import Amendment
from projections.proof.types import Event, StatementResult, judged


@dataclass(frozen=True, slots=True)
class Said:
    """One statement about a batch.

    Attributes:
        lines: line id and VIN, by turns, of what is approved or cancelled; a blank between each two.
        number: (revision, units) sent, returned or classified.
        digest: the digest of VINs that it states.
    """

    place: int
    index: int
    on: date
    kind: str
    lines: str = ""
    number: tuple[int, int] = (0, 0)
    digest: str = ""


@dataclass(slots=True)
class Batches:
    """A group: C14. Keeps what was said of each batch, by batch id, and the batch of each place."""

    batches: dict[str, list[Said]] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Take in what concerns a batch; all else passes by."""
        body = event.statement.body
        lines, number, digest = "", (0, 0), ""
        match body:
            case b.UseApplicationApproved():
                batch_id, digest = body.batch_id, body.vin_list_sha256
                lines = " ".join([f"{line.line_id} {line.vin}" for line in body.lines])
            case b.UsageNumberSent() | b.QuotaAttributeClassified():
                batch_id, digest = body.batch_id, body.vin_list_sha256
                number = (body.revision, body.units)
            case b.UsageNumberReturned():
                batch_id, number = body.batch_id, (body.revision, 0)
            case b.ApprovedLineCancelled():
                batch_id, lines = batch_of(body.line_id), f"{body.line_id} {body.vin}"
            case b.UseApplicationWithdrawn():
                batch_id = body.batch_id
            case _:
                return
        kind, place = intern(event.statement.type), event.place
        said = Said(place, event.index, event.effective_date, kind, lines, number, intern(digest))
        self.places[place] = batch_id
        self.batches.setdefault(batch_id, []).append(said)

    def amend(self, amendment: Amendment) -> None:
        """Take out what stood at the place of a correction, and let its replacement stand there."""
        if (batch_id := self.places.pop(amendment.place, None)) is not None:
            self.batches[batch_id] = [
                said for said in self.batches[batch_id] if said.place != amendment.place
            ]
        if amendment.replacement is not None:
            self.fold(amendment.replacement)

    def results(self, as_of: date) -> Iterable[StatementResult]:
        """Answer C14."""
        wrong: dict[int, str] = {}
        for batch_id, known in self.batches.items():
            replay = _Replay()
            for said in sorted(known, key=lambda one: one.place):
                if said.on <= as_of and (reason := replay.take(said)):
                    wrong[said.index] = f"{batch_id}: {reason}"
        detail = "; ".join(reason for _, reason in sorted(wrong.items())[:3])
        yield judged("C14", detail or f"{len(self.batches)} batches", set(wrong), [])


@dataclass(slots=True)
class _Replay:
    """One batch from its first statement on."""

    live: dict[str, str] = field(default_factory=dict)
    sent: Said | None = None

    def take(self, said: Said) -> str | None:
        """Take in one statement; return what is wrong with it."""
        match said.kind:
            case "UseApplicationApproved":
                lines, vins = (said.lines.split()[side::2] for side in (0, 1))
                self.live.update(zip(lines, vins, strict=True))
                return self._differs(said.digest, len(lines), vins)
            case "ApprovedLineCancelled":
                self.live.pop(said.lines.partition(" ")[0], None)
            case "UseApplicationWithdrawn":
                self.live.clear()
            case "UsageNumberReturned":
                self.sent = None
            case "UsageNumberSent":
                self.sent = said
                return self._differs(said.digest, said.number[1], [*self.live.values()])
            case _:
                return self._classified(said)
        return None

    def _classified(self, said: Said) -> str | None:
        if self.sent is None:
            return "classified, but no number was sent"
        if (self.sent.number, self.sent.digest) != (said.number, said.digest):
            return f"classified {said.number[1]} at revision {said.number[0]}, which is not what was sent"
        return self._differs(said.digest, said.number[1], [*self.live.values()])

    @staticmethod
    def _differs(digest: str, units: int, vins: list[str]) -> str | None:
        if units != len(vins):
            return f"{units} units stated, {len(vins)} approved"
        listed = "".join(f"{vin}\n" for vin in sorted(vins))
        if digest != hashlib.sha256(listed.encode()).hexdigest():
            return "the digest is not that of the approved VINs"
        return None
