"""What happens in a season: acts of agencies, in the order of time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from itertools import groupby
from typing import Any, Final

from domain.calendar import SHANGHAI

MAX_LOT: Final = 200


@dataclass(frozen=True, slots=True)
class Act:
    """One statement that an agency will make; ``officers`` of them sign it."""

    at: datetime
    agency: str
    type: str
    body: dict[str, Any]
    attachments: list[dict[str, Any]] = field(default_factory=list)
    officers: int = 1


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant of a day in Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def document(kind: str, about: str) -> dict[str, Any]:
    """Return an attachment: a made-up document, named by the hash of what it is about."""
    return {
        "bytes": 100_000 + len(about.encode()),
        "kind": kind,
        "media_type": "application/pdf",
        "sha256": sha256(f"demo {kind} {about}".encode()).hexdigest(),
    }


def vin_list_sha256(vins: Iterable[str]) -> str:
    """Return the hash over VINs in byte order, each followed by a newline."""
    return sha256("".join(f"{vin}\n" for vin in sorted(vins)).encode()).hexdigest()


def lots(acts: Sequence[Act]) -> Iterator[list[Act]]:
    """Yield the acts in the order of time, those that one agency signs at one moment together."""
    ordered = sorted(acts, key=lambda act: act.at)
    for _, group in groupby(ordered, key=lambda act: (act.at, act.agency, act.officers)):
        lot = list(group)
        for start in range(0, len(lot), MAX_LOT):
            yield lot[start : start + MAX_LOT]
