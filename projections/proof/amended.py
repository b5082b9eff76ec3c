"""Corrections: a corrected statement is as though never said, and its replacement stands in its place.

From the entry of the correction on, that is; before it the ledger knew no better. The replacement has the
type, the agency, ``occurred_at`` and attachments of its target, and the effective date of its own body.
Findings about it name the entry of the correction, for that is where it is said.

Statements about keys, the policy and the ledger itself, and corrections, are never corrected (C06 tells of
one that tries; here it has no effect). If the same entry is corrected again the last word counts.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from struct import Struct, pack
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
_TYPES: Final = ("", *CATALOGUE)
_NUMBERS: Final = {name: number for number, name in enumerate(_TYPES)}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_SECONDS: Final = 86_400
_SECOND: Final = 1_000_000
"""In microseconds."""
_INSTANT: Final = Struct(">q")
INSTANT_BYTES: Final = _INSTANT.size
_ATTACHED: Final = Struct(">QQII32s")


Attached = tuple[int, str, str, str]
"""Of an attachment: bytes, kind, media type, SHA-256."""


def attached(statement: Statement) -> tuple[Attached, ...]:
    """Return the attachments of a statement."""
    return tuple([(one.bytes, one.kind, one.media_type, one.sha256) for one in statement.attachments])


def microseconds(instant: datetime) -> int:
    """Return the microseconds since 1970."""
    since = instant - _EPOCH
    return (
        since.days * _DAY_SECONDS + since.seconds
    ) * _SECOND + since.microseconds  # // takes four times as long


def remembered(types: Sequence[str], occurred: Sequence[int]) -> tuple[bytes, bytes]:
    """Return as ``Amended`` keeps them types, and when something occurred, in microseconds since 1970."""
    return bytes([_NUMBERS[name] for name in types]), pack(f">{len(occurred)}q", *occurred)


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
    """Remembers of every entry what a correction may need: 9 bytes, and 56 for each of its attachments.

    Attributes:
        types: by index, its place in ``_TYPES``; 0 for what is never corrected.
        occurred: by index, in microseconds since 1970, ``INSTANT_BYTES`` each.
        attachments: of all entries, packed, in the order of the ledger: entry, bytes, kind, media type (both
            by the number that ``texts`` gives them), SHA-256.
        texts: each kind and media type, numbered as they came.
    """

    types: bytearray = field(default_factory=bytearray)
    occurred: bytearray = field(default_factory=bytearray)
    attachments: bytearray = field(default_factory=bytearray)
    texts: dict[str, int] = field(default_factory=dict)

    def read(self, event: Event) -> Event | Amendment | None:
        """Return the event itself or, for a correction, what it does; None where it does nothing."""
        statement = event.statement
        self.attach((event.index, one) for one in attached(statement))
        if isinstance(statement.body, EventCorrected):
            return self._amendment(event, statement.body)
        if statement.type not in NEVER_CORRECTED:
            self.remember(event.index, *remembered([statement.type], [microseconds(statement.occurred_at)]))
        return event

    def remember(self, index: int, types: bytes, occurred: bytes) -> None:
        """Keep what is to be remembered of entries one behind the other; see :func:`remembered`."""
        if gap := index - len(self.types):
            self.types.extend(bytes(gap))
            self.occurred.extend(bytes(_INSTANT.size * gap))
        self.types += types
        self.occurred += occurred

    def attach(self, attachments: Iterable[tuple[int, Attached]]) -> None:
        """Keep attachments, each with its entry."""
        for index, (size, what, media, digest) in attachments:
            texts = [self.texts.setdefault(text, len(self.texts)) for text in (what, media)]
            self.attachments += _ATTACHED.pack(index, size, *texts, bytes.fromhex(digest))

    def named(self) -> Iterator[tuple[int, str, int]]:
        """Yield entry, SHA-256 and bytes of each attachment, in the order of the ledger."""
        for index, size, _, _, digest in _ATTACHED.iter_unpack(self.attachments):
            yield index, digest.hex(), size

    def attached(self, index: int) -> list[Attached]:
        """Return the attachments of an entry."""
        texts = list(self.texts)
        count = len(self.attachments) // _ATTACHED.size
        found: list[Attached] = []
        for at in range(bisect_left(range(count), index, key=lambda one: self._record(one)[0]), count):
            place, size, what, media, digest = self._record(at)
            if place != index:
                break
            found.append((size, texts[what], texts[media], digest.hex()))
        return found

    def _record(self, at: int) -> tuple[int, int, int, int, bytes]:
        entry, size, what, media, digest = _ATTACHED.unpack_from(self.attachments, at * _ATTACHED.size)
        return entry, size, what, media, digest

    def _amendment(self, event: Event, body: EventCorrected) -> Amendment | None:
        place = body.target_index
        if place >= len(self.types) or not (name := _TYPES[self.types[place]]):
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
                for size, kind, media, digest in self.attached(place)
            ),
            said,
            event.statement.id,
            event.statement.ledger,
            _EPOCH + timedelta(microseconds=_INSTANT.unpack_from(self.occurred, place * _INSTANT.size)[0]),
            name,
            event.statement.version,
        )
        replacement = Event(
            event.index, event.leaf_hash, statement, event.recorded_at, statement.effective_date, place
        )
        return Amendment(event.index, place, name, body.concerns, replacement)
