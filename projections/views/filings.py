"""Transfer proofs as they were handed in, one row a proof that is not void."""

from collections.abc import Iterator

from domain import acts as a
from domain.calendar import shanghai_date
from domain.identifiers import firms_of, pair_of
from domain.records import Vehicle
from ledger.clock import format_instant
from projections.view import Page, Row, Written


class Filings:
    """See :class:`projections.view.View`: one row a proof whose car is registered, by the proof's entry."""

    table = "filing"
    columns = ("vin", "idx", "exporter", "registered_on", "submitted_at", "days_used")
    owner = "vin"

    def rows(self, page: Page) -> Written:
        """Return the proofs of the cars that the page changed."""
        vins = [key.partition(":")[2] for key in page.changed if key.startswith("vin:")]
        known = (vin for vin in vins if page.state.get(f"vin:{vin}") is not None)
        return Written(vins, [row for vin in known for row in _rows(vin, page.state.vehicle(vin))])


def _rows(vin: str, vehicle: Vehicle) -> Iterator[Row]:
    car = vehicle.car
    for act in vehicle.acts:
        if not isinstance(act, a.Submitted) or car.submissions[act.submission_id].status == "VOID":
            continue
        one = car.registration(act.cert_no)
        if one is None:
            continue
        line_id = one.line_id or act.line_id
        exporter = None if line_id is None else firms_of(pair_of(line_id))[0]
        days = (shanghai_date(act.at) - one.registered_on).days
        yield (vin, act.index, exporter, one.registered_on.isoformat(), format_instant(act.at), days)
