"""What was seen of a car outside the road to export."""

from domain.bodies import DomesticUseRecorded, RoadUseReported, VehicleEvidenceFiled
from domain.rules.draft import Draft


def fold_domestic_use(draft: Draft, body: DomesticUseRecorded) -> None:
    raise NotImplementedError


def fold_road_use(draft: Draft, body: RoadUseReported) -> None:
    raise NotImplementedError


def fold_evidence(draft: Draft, body: VehicleEvidenceFiled) -> None:
    raise NotImplementedError
