"""What was seen of a car outside the road to export."""

from datetime import date

from domain.acts import SeenOnRoad, UsedAtHome
from domain.bodies import DomesticUseRecorded, RoadUseReported, VehicleEvidenceFiled
from domain.calendar import shanghai_date
from domain.car import Transfer
from domain.rules.draft import Draft


def fold_domestic_use(draft: Draft, body: DomesticUseRecorded) -> None:
    """Note the act; after the transfer pending export it is a finding."""
    draft.flag_codes(vins=(body.vin,))
    car = draft.act(body.vin, UsedAtHome(draft.index, body.kind, body.on))
    registration = car.current()
    if registration is None:
        draft.flag("out-of-order")
        return
    transfer = car.transfer(registration.cert_no)
    if transfer is not None and body.on > transfer.transferred_on:
        draft.flag("domestic-use")


def fold_road_use(draft: Draft, body: RoadUseReported) -> None:
    """Note the sighting: to be reviewed while the temporary plate of the transfer holds, else a finding."""
    draft.flag_codes(vins=(body.vin,))
    seen_on = shanghai_date(body.seen_at)
    car = draft.act(body.vin, SeenOnRoad(draft.index, seen_on))
    registration = car.current()
    if registration is None:
        draft.flag("out-of-order")
        return
    transfer = car.transfer(registration.cert_no)
    permitted = transfer is not None and temp_plate_holds(transfer, seen_on)
    draft.flag("road-use-review" if permitted else "road-use-finding")


def temp_plate_holds(transfer: Transfer, on: date) -> bool:
    """Say whether the temporary plate issued with a transfer holds on a day, first and last included."""
    return transfer.temp_plate_to is not None and transfer.transferred_on <= on <= transfer.temp_plate_to


def fold_evidence(draft: Draft, body: VehicleEvidenceFiled) -> None:
    """The document is on record; it changes nothing."""
    draft.flag_codes(vins=(body.vin,))
