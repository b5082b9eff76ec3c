"""Violations in use applications, and attempts that the ledger refuses."""

from api.demo.acts import Act, moment, vin_list_sha256
from api.demo.faults.planter import Planter
from api.demo.fleet import spoilt, vin
from api.demo.journey import approval
from api.demo.world import Batch


def vin_twice(planter: Planter, batch: Batch) -> bool:
    """A car that holds a unit elsewhere is applied for; its approval is refused, on record: no violation."""
    live = planter.live(batch.received)
    if live is None:
        return False
    place = len(batch.cars) + len(batch.also)
    batch.also.append((live.car.brand_model, live.car.vin))
    attempt = approval(batch, list(range(len(batch.cars))))
    lines = [*attempt.body["lines"], {"line_id": batch.line_id(place), "vin": live.car.vin}]
    attempt.body |= {"lines": lines, "vin_list_sha256": vin_list_sha256(line["vin"] for line in lines)}
    attempt.at = moment(batch.approved, 10, 20)
    attempt.refused = True
    batch.extras.append(attempt)
    planter.key.add("vin-twice", live.car.vin)
    return True


def bad_vin(planter: Planter, batch: Batch) -> bool:
    """A VIN whose check digit fails is applied for, and not approved: C18."""
    number = f"{batch.number % 100:02d}{planter.random.randrange(10_000):04d}"
    wrong = spoilt(vin("LSVAB618", f"R2{number}"))
    batch.also.append(("上汽大众 途岳", wrong))
    violation = planter.key.add("bad-vin", wrong)

    def mark(act: Act) -> None:
        violation.show(act, "C18")

    batch.marks.append(mark)
    return True
