"""Bodies about a car's way out: licence, customs, loading, and the exporter in whose name it leaves."""

from typing import Annotated, Literal

from pydantic import Field

from domain.shapes import MAX_VEHICLES, BodyModel, Code, Day, Name, Text, Uscc, Vin, Vins

DeclarationStatus = Literal["RELEASED", "CLOSED"]
Evidence = Literal["SIGNED", "SINGLE_WINDOW", "EXPORTER_COPY"]


class CustomsExportConfirmed(BodyModel):
    """放行/结关: customs released the car or closed the declaration; ``evidence`` grades the source."""

    declaration_no: Code
    evidence: Evidence
    exporter_uscc: Uscc
    port: Name
    released_on: Day
    status: DeclarationStatus
    vin: Vin


class CustomsExportReversed(BodyModel):
    """退关/删单/复进口: a declaration was cancelled, or its car came back."""

    declaration_no: Code
    exporter_uscc: Uscc
    on: Day
    reason: Text | None
    vin: Vin


class PortLoadingConfirmed(BodyModel):
    """装船离境: the car was loaded and left."""

    evidence: Evidence
    exporter_uscc: Uscc
    loaded_on: Day
    vessel: Name
    vin: Vin
    voyage: Name | None


class LicensedVehicle(BodyModel):
    """A car on an export licence, with the two dates that the annex of the licence states."""

    registered_on: Day
    transferred_on: Day
    vin: Vin


class ExportLicenceIssued(BodyModel):
    """出口许可证: one licence for one batch of cars; ``after_sales_letter`` says whether it was filed."""

    after_sales_letter: bool
    applied_on: Day
    exporter_uscc: Uscc
    hs_code: Code
    licence_no: Code
    valid_from: Day
    valid_to: Day
    vehicles: Annotated[
        tuple[LicensedVehicle, ...], Field(strict=False, min_length=1, max_length=MAX_VEHICLES)
    ]


class SubstituteExporterDesignated(BodyModel):
    """变更出口企业: another exporter takes over cars that their own cannot export."""

    document_no: Code
    exporter_uscc: Uscc
    vins: Vins
