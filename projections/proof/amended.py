"""Corrections: a corrected statement is as though never said, and its replacement stands in its place.

From the entry of the correction on, that is; before it the ledger knew no better. The replacement has the
type, the agency, ``occurred_at`` and attachments of its target, and the effective date of its own body.
Findings about it name the entry of the correction, for that is where it is said.

Statements about keys, the policy and the ledger itself, and corrections, are never corrected (C06 tells of
one that tries; here it has no effect). If the same entry is corrected again the last word counts.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import ValidationError

from domain.bodies import EventCorrected
from domain.catalogue import CATALOGUE
from domain.statements import Attachment, Statement
from projections.proof.types import Event, Unread

NEVER_CORRECTED: Final = frozenset(
    {
        "LedgerOpened",
        "AgencyKeyRegistered",
        "AgencyKeyRevoked",
        "HeadsCommitted",
        "SubmissionRefused",
        "PolicyVersionPublished",
        "HolidayCalendarPublished",
        "EventCorrected",
    }
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a correction does.

    Attributes:
        index: the entry of the correction.
        place: the entry that it corrects.
        type: the type of that entry.
        concerns: the subject keys (``enterprise:…``, ``vin:…``) of target and replacement, as stated; the
            decision refuses others, a group must not rely on them for more than where to look first.
        replacement: what is said instead, at ``place``; None takes the target back.
        unread: the correction itself, where its replacement cannot be read.
    """

    index: int
    place: int
    type: str
    concerns: tuple[str, ...]
    replacement: Event | None
    unread: Unread | None = None

    @property
    def vins(self) -> list[str]:
        """The cars among ``concerns``."""
        return [key[4:] for key in self.concerns if key.startswith("vin:")]


@dataclass(slots=True)
class Amended:
    """Remembers of every entry what a correction may need: 60 bytes, and its attachments.

    Attributes:
        types: by index; empty for what is never corrected.
        occurred: by index, in microseconds since 1970.
        attachments: (bytes, kind, media type, SHA-256) of the entries that have some.
    """

    types: list[str] = field(default_factory=list)
    occurred: list[int] = field(default_factory=list)
    attachments: dict[int, tuple[tuple[int, str, str, str], ...]] = field(default_factory=dict)

    def read(self, event: Event) -> Event | Amendment | None:
        """Return the event itself or, for a correction, what it does; None where it does nothing."""
        statement = event.statement
        if isinstance(statement.body, EventCorrected):
            return self._amendment(event, statement.body)
        if statement.type not in NEVER_CORRECTED:
            self._remember(event.index, statement)
        return event

    def _remember(self, index: int, statement: Statement) -> None:
        if gap := index - len(self.types):
            self.types.extend([""] * gap)
            self.occurred.extend([0] * gap)
        self.types.append(statement.spec.name)
        self.occurred.append((statement.occurred_at - _EPOCH) // _MICROSECOND)
        if statement.attachments:
            self.attachments[index] = tuple(
                (one.bytes, one.kind, one.media_type, one.sha256) for one in statement.attachments
            )

    def _amendment(self, event: Event, body: EventCorrected) -> Amendment | None:
        place = body.target_index
        if place >= len(self.types) or not (name := self.types[place]):
            return None
        if body.replacement is None:
            return Amendment(event.index, place, name, body.concerns, None)
        try:
            said = CATALOGUE[name].body.model_validate(body.replacement)
        except ValidationError:
            unread = Unread(event.index, event.recorded_at, body.concerns)
            return Amendment(event.index, place, name, body.concerns, None, unread)
        statement = Statement(
            event.statement.agency,
            tuple(
                Attachment.model_validate(
                    {"bytes": size, "kind": kind, "media_type": media, "sha256": digest}
                )
                for size, kind, media, digest in self.attachments.get(place, ())
            ),
            said,
            event.statement.id,
            event.statement.ledger,
            _EPOCH + timedelta(microseconds=self.occurred[place]),
            name,
            event.statement.version,
        )
        replacement = Event(
            event.index, event.leaf_hash, statement, event.recorded_at, statement.effective_date, place
        )
        return Amendment(event.index, place, name, body.concerns, replacement)
