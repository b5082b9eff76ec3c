"""The way of each registered car, with the entries by which it went from registration to its end."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from domain import acts as a
from domain.car import Car, Registration
from domain.identifiers import firms_of, pair_of
from domain.records import Vehicle
from projections.view import Page, Row, Written

_ActT = TypeVar("_ActT", a.Registered, a.Transferred, a.Deregistered)


class Passages:
    """See :class:`projections.view.View`: one row a registration, of what still holds."""

    table = "passage"
    columns = (
        "vin", "registered", "cert_no", "exporter", "upstream", "registered_on", "transferred",
        "transferred_on", "released", "released_on", "deregistered", "deregistered_on", "reason", "annulled",
        "dwell_days", "waits",
    )  # fmt: skip
    owner = "vin"

    def rows(self, page: Page) -> Written:
        """Return the registrations of the cars that the page changed."""
        vins = [key.partition(":")[2] for key in page.changed if key.startswith("vin:")]
        known = (vin for vin in vins if page.state.get(f"vin:{vin}") is not None)
        return Written(vins, [row for vin in known for row in _rows(vin, page.state.vehicle(vin))])


def _rows(vin: str, vehicle: Vehicle) -> Iterator[Row]:
    car = vehicle.car
    stated = [act for act in vehicle.acts if isinstance(act, a.Registered)]
    for one in car.registrations:
        act = next(each for each in stated if (each.cert_no, each.on) == (one.cert_no, one.registered_on))
        stated.remove(act)
        firms = (None, None) if one.line_id is None else firms_of(pair_of(one.line_id))
        placed = (vin, act.index, one.cert_no, *firms, one.registered_on.isoformat())
        if one.ended:
            yield (*placed, *(None,) * 7, _annulled(vehicle, act), None, 0)
        elif one is not car.registration(one.cert_no):
            yield (*placed, *(None,) * 9, 0)  # what is said under its number concerns a later one
        else:
            yield (*placed, *_course(vehicle, car, one))


def _course(vehicle: Vehicle, car: Car, one: Registration) -> Row:
    transfer = car.transfer(one.cert_no)
    transferred: Row = (None, None)
    if transfer is not None:
        acts = [act for act in _under(a.Transferred, vehicle, one) if act.on == transfer.transferred_on]
        transferred = (acts[-1].index, transfer.transferred_on.isoformat())
    releases = {each.declaration_no: each.released_on for each in car.releases(one.cert_no)}
    standing = _standing(vehicle, releases)
    left = [each for each in car.deregistered if each.cert_no == one.cert_no]
    gone: Row = (None, None, None)
    if left:
        act = list(_under(a.Deregistered, vehicle, one))[-1]
        gone = (act.index, act.on.isoformat(), act.reason)
    dwell = None if transfer is None or standing is None else (standing[1] - transfer.transferred_on).days
    released: Row = (None, None) if standing is None else (standing[0], standing[1].isoformat())
    waits = transfer is not None and standing is None and not left and one.account != "N" and not one.fraud
    return (*transferred, *released, *gone, None, dwell, int(waits))


def _under(kind: type[_ActT], vehicle: Vehicle, one: Registration) -> Iterable[_ActT]:
    return (act for act in vehicle.acts if isinstance(act, kind) and act.cert_no == one.cert_no)


def _standing(vehicle: Vehicle, releases: dict[str, date]) -> tuple[int, date] | None:
    """Return entry and day of the first release that stands."""
    said: dict[str, int] = {}
    for act in vehicle.acts:
        match act:
            case a.Released() if act.declaration_no in releases:
                said.setdefault(act.declaration_no, act.index)
            case a.ReleaseReversed():
                said.pop(act.declaration_no, None)
            case _:
                pass
    return min(((index, releases[number]) for number, index in said.items()), default=None)


def _annulled(vehicle: Vehicle, registered: a.Registered) -> int | None:
    """Return the entry that made a registration void."""
    acts = (act for act in vehicle.acts if isinstance(act, a.Annulled) and act.kind == "CLERICAL")
    later = (act.index for act in acts if act.cert_no == registered.cert_no)
    return next((index for index in later if index > registered.index), None)
