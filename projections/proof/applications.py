"""C16: each grant was preceded by the joint application, the letter with both seals, and both licences.

Preceded: entered before it, and dated no later. The application is that of the grant, by both firms of the
pair, not rejected or taken back before. The letter bears both seals and has the letter itself and two
different licences attached. A top-up was preceded by its joint application; the letter of the pair binds it
too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from domain import bodies as b
from domain.identifiers import pair_of
from domain.statements import Attachment
from projections.proof.amended import Amendment
from projections.proof.types import Event, StatementResult, judged

Kind = Literal["letter", "application", "end", "grant", "topup"]
LETTER: Final = "承诺书"
LICENCE: Final = "营业执照"


@dataclass(frozen=True, slots=True)
class Paper:
    """One statement on the way to a grant; ``ref`` is the application, of a letter the pair."""

    place: int
    index: int
    on: date
    kind: Kind
    ref: str
    complete: bool = True


@dataclass(slots=True)
class Applications:
    """A group: C16; the papers by place."""

    papers: dict[int, Paper] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Keep what belongs to an application."""
        if read := _read(event):
            kind, ref, complete = read
            place = event.place
            self.papers[place] = Paper(place, event.index, event.effective_date, kind, ref, complete)

    def amend(self, amendment: Amendment) -> None:
        """Replace a statement."""
        self.papers.pop(amendment.place, None)
        if amendment.replacement is not None:
            self.fold(amendment.replacement)

    def results(self, as_of: date) -> Iterable[StatementResult]:
        """Answer C16."""
        known = [one for one in self.papers.values() if one.on <= as_of]
        by_ref: dict[tuple[Kind, str], list[Paper]] = {}
        for one in known:
            by_ref.setdefault((one.kind, one.ref), []).append(one)
        grants = [one for one in known if one.kind in {"grant", "topup"}]
        entries = {one.index for one in grants if not _founded(one, by_ref)}
        yield judged("C16", f"{len(grants)} grants, {len(entries)} without their papers", entries, [])


def _read(event: Event) -> tuple[Kind, str, bool] | None:
    body = event.statement.body
    match body:
        case b.CommitmentLetterSigned():
            joint = _joint(body.pair_id, body.seals)
            attached = _attached(event.statement.attachments, len(set(_firms(body.pair_id))))
            return "letter", body.pair_id, joint and attached
        case b.TotalQuotaApplicationReceived() | b.TopUpApplicationReceived():
            return "application", body.app_id, _joint(body.app_id, body.applicants)
        case b.QuotaApplicationRejected() | b.QuotaApplicationWithdrawn() | b.TopUpRejected():
            return "end", body.app_id, True
        case b.QuotaGranted():
            return "grant", body.app_id, True
        case b.QuotaToppedUp():
            return "topup", body.app_id, True
        case _:
            return None


def _joint(identifier: str, firms: tuple[str, ...]) -> bool:
    return set(_firms(identifier)) == set(firms)


def _firms(identifier: str) -> list[str]:
    return pair_of(identifier).split("-")[:2]


def _attached(attachments: tuple[Attachment, ...], firms: int) -> bool:
    licences = {one.sha256 for one in attachments if one.kind == LICENCE}
    return len(licences) >= firms and any(one.kind == LETTER for one in attachments)


def _founded(grant: Paper, papers: dict[tuple[Kind, str], list[Paper]]) -> bool:
    def before(kind: Kind, ref: str) -> bool:
        return any(
            one.complete and one.place < grant.place and one.on <= grant.on
            for one in papers.get((kind, ref), ())
        )

    return (
        before("letter", pair_of(grant.ref))
        and before("application", grant.ref)
        and not before("end", grant.ref)
    )
