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
    if is_home_use(car.transfer(registration.cert_no), body.on):
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
    is_finding = is_road_finding(car.transfer(registration.cert_no), seen_on)
    draft.flag("road-use-finding" if is_finding else "road-use-review")


def is_home_use(transfer: Transfer | None, used_on: date) -> bool:
    """Say whether an act of domestic use came after the transfer pending export."""
    return transfer is not None and used_on > transfer.transferred_on


def is_road_finding(transfer: Transfer | None, seen_on: date) -> bool:
    """Say whether a sighting lies outside the days of the transfer's temporary plate, both included."""
    if transfer is None or transfer.temp_plate_to is None:
        return True
    return not transfer.transferred_on <= seen_on <= transfer.temp_plate_to


def fold_evidence(draft: Draft, body: VehicleEvidenceFiled) -> None:
    """The document is on record; it changes nothing."""
    draft.flag_codes(vins=(body.vin,))
