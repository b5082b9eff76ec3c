"""Bodies about what was seen of a car outside the road to export, and about its condition."""

from typing import Literal

from domain.shapes import BodyModel, Code, Day, Instant, LineIdText, Reference, Text, Vin


class DomesticUseRecorded(BodyModel):
    """境内使用: an agency found an act of domestic use."""

    kind: Literal["TRANSFER", "INSPECTION", "INSURANCE", "REIMPORT", "MORTGAGE"]
    on: Day
    source: Text
    vin: Vin


class RoadUseReported(BodyModel):
    """上路线索: the car was seen on a road."""

    place: Text
    seen_at: Instant
    source: Text
    vin: Vin


class VehicleEvidenceFiled(BodyModel):
    """车况/评估/保险: a document about the car itself."""

    kind: Literal["CONDITION", "VALUATION", "INSURANCE", "ODOMETER", "PHOTO"]
    on: Day
    source: Text
    vin: Vin


class NonExportDetermined(BodyModel):
    """认定未用于出口: commerce determines in a decided case that the unit was not used for export."""

    case_id: Reference
    document_no: Code
    line_id: LineIdText
    vin: Vin


class NonExportOverturned(BodyModel):
    """撤销认定: that determination falls; the car stands where the facts without it place it."""

    case_id: Reference
    document_no: Code
    line_id: LineIdText
    vin: Vin
