"""Entries for the checker: built from statements, without signatures, chain or decisions."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from projections.proof.check import check
from projections.proof.types import Event, Report, StatementResult, Unread, Verdict
from tests.support.domain import Season, Step, attachment, line_id, registered_body, vin

CAR = vin(1)
LINE = line_id(1)


class Entries:
    """A growing list of entries; every ``say`` returns the index of its entry."""

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self.events: list[Event | Unread] = []
        self._season = Season(0)
        for step in steps:
            self.take(step)

    def take(self, step: Step) -> int:
        """Append one statement as it is."""
        index = len(self.events)
        self.events.append(Event.of(index, f"{index:064x}", step.statement, step.recorded_at))
        return index

    def say(self, day: str, type_name: str, body: dict[str, Any], *attachments: dict[str, Any]) -> int:
        """Append a statement made and recorded on a day."""
        return self.take(self._season.step(day, type_name, body, *attachments))

    def correct(self, day: str, target: int, replacement: Mapping[str, Any] | None, *concerns: str) -> int:
        """Append a correction of an entry."""
        event = self.events[target]
        assert isinstance(event, Event)
        body = {
            "concerns": list(concerns),
            "reason": "录入错误",
            "replacement": replacement,
            "target_index": target,
            "target_leaf": event.leaf_hash,
        }
        return self.say(day, "EventCorrected", body)

    def unread(self, day: str, *subjects: str) -> int:
        """Append an entry of a type that the checker does not know."""
        index = len(self.events)
        self.events.append(
            Unread(index, self._season.step(day, "PairClosed", PAIR_BODY).recorded_at, subjects)
        )
        return index

    def index_of(self, type_name: str, nth: int = 0) -> int:
        """Return the index of the nth entry of a type."""
        found = [
            one.index for one in self.events if isinstance(one, Event) and one.statement.type == type_name
        ]
        return found[nth]

    def report(self, as_of: str | None = None, as_known_at: int | None = None) -> Report:
        """Check what is there."""
        return check(self.events, date.fromisoformat(as_of) if as_of else None, as_known_at)

    def answer(self, code: str, as_of: str | None = None, as_known_at: int | None = None) -> StatementResult:
        """Return the answer to one statement."""
        return next(one for one in self.report(as_of, as_known_at).statements if one.code == code)


PAIR_BODY = {"pair_id": LINE.rsplit("-", 2)[0]}


def refuted(result: StatementResult) -> tuple[int, ...]:
    """Return the entries that a refuted statement names; fail for any other verdict."""
    assert result.verdict is Verdict.REFUTED, result
    return result.entries


def granted(units: int = 100) -> Entries:
    """Two firms with their grant."""
    return Entries(Season(0, units).set_up())


def classified(cars: int = 1, units: int = 100) -> Entries:
    """Cars approved and classified."""
    season = Season(cars, units)
    return Entries([*season.set_up(), *season.classified()])


def registered(on: str = "2025-03-03") -> Entries:
    """One car registered."""
    entries = classified()
    entries.say(on, "VehicleRegistered", registered_body(CAR, LINE, on))
    return entries


def exported(cars: int = 1, units: int = 100) -> Entries:
    """Cars exported and deregistered in time."""
    return Entries(Season(cars, units).steps())


SCAN = attachment("登记证书", CAR)
