"""Where each car stands, one row a VIN."""

from datetime import date

from domain.calendar import shanghai_date
from domain.car import Car
from domain.identifiers import firms_of, pair_of
from projections.view import Page, Row, Written


class Vehicles:
    """See :class:`projections.view.View`: one row a car, of its current registration or live line."""

    table = "vehicle"
    columns = (
        "vin", "account", "line_id", "pair", "exporter", "upstream", "cert_no", "registered_on", "copied_on",
        "transferred_on", "submitted_on", "proved", "released_on", "loaded_on", "deregistered_on",
        "registrations", "cases",
    )  # fmt: skip
    owner = "vin"

    def rows(self, page: Page) -> Written:
        """Return the cars that the page changed."""
        vins = [key.partition(":")[2] for key in page.changed if key.startswith("vin:")]
        known = (vin for vin in vins if page.state.get(f"vin:{vin}") is not None)
        return Written(vins, [_row(vin, page.state.vehicle(vin).car) for vin in known])


def _row(vin: str, car: Car) -> Row:
    one = car.current()
    line_id = next(iter(car.lines), None) if one is None else one.line_id
    account = car.lines.get(line_id or "") if one is None else one.column
    pair_id = None if line_id is None else pair_of(line_id)
    exporter, upstream = (None, None) if pair_id is None else firms_of(pair_id)
    placed = (vin, account, line_id, pair_id, exporter, upstream)
    if one is None:
        return (*placed, *(None,) * 5, 0, *(None,) * 3, len(car.registrations), len(car.cases))
    transfer = car.transfer(one.cert_no)
    handed_in = (each.submitted_at for each in car.submissions.values() if each.cert_no == one.cert_no)
    submitted = max(handed_in, default=None)
    released = min((each.released_on for each in car.releases(one.cert_no)), default=None)
    loaded = min((day for day, _ in car.loaded), default=None)
    left = [each.deregistered_on for each in car.deregistered if each.cert_no == one.cert_no]
    return (
        *placed,
        one.cert_no,
        one.registered_on.isoformat(),
        _text(one.copied_on),
        None if transfer is None else _text(transfer.transferred_on),
        None if submitted is None else _text(shanghai_date(submitted)),
        int(one.proved),
        _text(released),
        _text(loaded),
        _text(left[-1]) if left else None,
        len(car.registrations),
        len(car.cases),
    )


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
