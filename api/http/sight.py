"""What a caller sees: an enterprise its own file alone, everybody else whom the table serves all of it.

An enterprise sees an entry when its own key is among the entry's subjects, a pair or batch when it is one of
the two firms in the id, and of a car what concerns lines of its own pairs. It cannot tell what it may not see
from what does not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.http.caller import Caller, Role
from domain.car import Car
from domain.identifiers import pair_of
from ledger.entry import Header
from ledger.heads import HEADS_COMMITTED
from projections.history.scope import WHOLE, Scope

# Named one by one, as in ``of_car``. What was seen on a road, used at home, or is under a case is the
# agencies', and so are the clocks of their own duties.
_OVERLAYS: Final = frozenset({"OVERDUE", "LATE", "EXPORT_LOST", "FRAUD"})
_CLOCKS: Final = frozenset({"EXPORT_TERM", "DEREGISTRATION", "QUALIFICATION", "TOP_UP"})
_PARTNERS: Final = frozenset({"CustomsExportConfirmed", "CustomsExportReversed", "VehicleDeregistered"})


@dataclass(frozen=True, slots=True)
class Sight:
    """``own`` is the code of the enterprise that reads, None for readers of everything."""

    own: str | None

    @property
    def keys(self) -> tuple[str, ...]:
        """The subject keys that every entry in sight has."""
        return () if self.own is None else (f"enterprise:{self.own}",)

    def sees_entry(self, header: Header) -> bool:
        """Say whether an entry is in sight."""
        return self.own is None or any(subject.key == f"enterprise:{self.own}" for subject in header.subjects)

    def sees_id(self, identifier: str) -> bool:
        """Say whether a pair, batch or line, by its id, is in sight."""
        return self.own is None or self.own in pair_of(identifier).split("-")[:2]

    def sees_all(self, headers: Sequence[Header]) -> bool:
        """Say whether a reader may have what is made of these entries whole: nothing can be left out of it.

        Beside what names an enterprise itself, it may have what its partners' names stand in about its own
        cars: the facts of which ``of_car`` shows where the car stands.
        """
        if self.own is None:
            return True
        pairs = [tag.partition(":")[2] for one in headers for tag in one.tags if tag.startswith("pair:")]
        partners = {firm for pair_id in pairs if self.sees_id(pair_id) for firm in pair_id.split("-")[:2]}
        for header in headers:
            keys = [link.key for link in header.subjects]
            everyones = header.type == HEADS_COMMITTED or any(key.startswith("ledger:") for key in keys)
            if everyones or self.sees_entry(header):
                continue
            firms = {key.partition(":")[2] for key in keys if key.startswith("enterprise:")}
            if header.type not in _PARTNERS or not firms or not firms <= partners:
                return False
        return True

    def of_car(self, car: Car) -> Car | None:
        """Return what of a car is in sight, None where nothing is; a line on no pair is nobody's."""
        if self.own is None:
            return car
        lines = {line: account for line, account in car.lines.items() if self.sees_id(line)}
        registrations = tuple(one for one in car.registrations if self._sees_line(one.line_id))
        if not lines and not registrations:
            return None
        # A certificate that another pair's registration carries too would show that one's facts.
        foreign = {one.cert_no for one in car.registrations if one not in registrations}
        certs = {one.cert_no for one in registrations} - foreign
        # Named one by one: what is known of a car one day is hidden until somebody has thought of it. What
        # was seen of it on a road, and the cases about it, are the agencies'.
        return Car(
            lines=lines,
            registrations=registrations,
            transfers=tuple(one for one in car.transfers if one.cert_no in certs),
            submissions={name: one for name, one in car.submissions.items() if self._sees_line(one.line_id)},
            declarations=tuple(one for one in car.declarations if one.cert_no in certs),
            deregistered=tuple(one for one in car.deregistered if one.cert_no in certs),
        )

    def scope(self) -> Scope:
        """Return what of a history is in sight: of cases and sightings only the entries that name it."""
        if self.own is None:
            return WHOLE
        return Scope(
            self.sees_entry,
            self.keys.__contains__,
            self.sees_id,
            self.of_car,
            cases=False,
            overlays=_OVERLAYS,
            clocks=_CLOCKS,
        )

    def _sees_line(self, line_id: str | None) -> bool:
        return line_id is not None and self.sees_id(line_id)


def sight_of(caller: Caller) -> Sight:
    """Return what a caller sees."""
    return Sight(caller.subject if caller.role is Role.ENTERPRISE else None)
