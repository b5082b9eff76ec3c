"""Bodies about a car's way through customs."""

from typing import Literal

from domain.shapes import BodyModel, Code, Day, Name, Uscc, Vin

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
