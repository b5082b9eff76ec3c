"""What a car did on its way out and beside it: taken back (see ``domain.rules.undo``)."""

from domain.bodies import (
    CustomsExportConfirmed,
    CustomsExportReversed,
    DomesticUseRecorded,
    PortLoadingConfirmed,
    RoadUseReported,
    SubstituteExporterDesignated,
    VehicleDeregistered,
)
from domain.rules.draft import Draft
from domain.statements import Statement


def undo_confirmed(draft: Draft, body: CustomsExportConfirmed, statement: Statement) -> None:
    """The release, or the update of its status, falls."""
    draft.take_back(body.vin)


def undo_reversed(draft: Draft, body: CustomsExportReversed, statement: Statement) -> None:
    """The declaration stands again."""
    draft.take_back(body.vin)


def undo_loaded(draft: Draft, body: PortLoadingConfirmed, statement: Statement) -> None:
    """The car was not loaded."""
    draft.take_back(body.vin)


def undo_deregistered(draft: Draft, body: VehicleDeregistered, statement: Statement) -> None:
    """The registration is open again."""
    draft.take_back(body.vin)


def undo_substitute(draft: Draft, body: SubstituteExporterDesignated, statement: Statement) -> None:
    """Each car leaves in the name of whoever took it over before, else of its own exporter."""
    for vin in dict.fromkeys(body.vins):
        draft.take_back(vin)


def undo_domestic_use(draft: Draft, body: DomesticUseRecorded, statement: Statement) -> None:
    """No such use."""
    draft.take_back(body.vin)


def undo_road_use(draft: Draft, body: RoadUseReported, statement: Statement) -> None:
    """No such sighting."""
    draft.take_back(body.vin)
