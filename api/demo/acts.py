"""What happens in a season: acts of agencies, in the order of time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from itertools import groupby
from typing import Any, Final

from domain.calendar import SHANGHAI

MAX_LOT: Final = 200
"""Statements of one envelope: a green-channel lot of 300 cars goes in two."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class Act:
    """One statement that an agency will make; ``officers`` of them sign it.

    Attributes:
        at: when it is signed and sent.
        occurred_at: when it happened, where that is not ``at``.
        by: the officers that sign; the season's rota names them where the act does not.
        skipped: numbers of ``seq`` that the first of them leaves unused before it.
        refused: the ledger will refuse it, which is what the season means to show.
        unbacked: a registration that uses no unit of quota.
        corrects: the act that an EventCorrected takes back; index and leaf hash are known once it is played.
        statement_id: given when the statement is made.
    """

    at: datetime
    agency: str
    type: str
    body: dict[str, Any]
    attachments: list[dict[str, Any]] = field(default_factory=list)
    officers: int = 1
    occurred_at: datetime | None = None
    by: tuple[str, ...] = ()
    skipped: int = 0
    refused: bool = False
    unbacked: bool = False
    corrects: "Act | None" = None
    statement_id: str | None = None

    @property
    def signers(self) -> tuple[str, ...]:
        """The names of the officers that sign."""
        return self.by or tuple(f"{self.agency}-{number + 1}" for number in range(self.officers))


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant of a day in Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def document(kind: str, about: str) -> dict[str, Any]:
    """Return an attachment: a made-up document, named by the hash of what it is about."""
    return {
        "bytes": 100_000 + len(about.encode()),
        "kind": kind,
        "media_type": "application/pdf",
        "sha256": digest(f"demo {kind} {about}"),
    }


def digest(text: str) -> str:
    """Return the SHA-256 of a text, as hex."""
    return sha256(text.encode()).hexdigest()


def vin_list_sha256(vins: Iterable[str]) -> str:
    """Return the hash over VINs in byte order, each followed by a newline."""
    return digest("".join(f"{vin}\n" for vin in sorted(vins)))


def lots(acts: Iterable[Act]) -> Iterator[list[Act]]:
    """Yield acts that come in the order of time, those that one agency signs at one moment together.

    What will be refused goes alone: a refusal refuses the whole envelope.
    """
    for key, group in groupby(acts, key=lambda act: (act.at, act.agency, act.signers, act.refused)):
        lot = list(group)
        size = 1 if key[-1] else MAX_LOT
        for start in range(0, len(lot), size):
            yield lot[start : start + size]
