"""Bodies about a car's registration with the police: in, copied to commerce, out."""

from typing import Literal

from domain.shapes import BodyModel, Code, Day, LineIdText, Name, Sha256, Text, Uscc, Vin


class VehicleRegistered(BodyModel):
    """注册登记: the police registered a car; ``line_id`` is null where no line was shown."""

    brand_model: Name
    cert_no: Code
    line_id: LineIdText | None
    owner_uscc: Uscc
    physical_plate_issued: bool
    registered_on: Day
    service_point: Name | None
    vehicle_type: Code
    vin: Vin


class VehicleInfoCopied(BodyModel):
    """抄告: the police copied the registration data to commerce."""

    cert_no: Code
    copied_on: Day
    info_sha256: Sha256
    line_id: LineIdText | None
    vin: Vin


class VehicleDeregistered(BodyModel):
    """注销登记: the police closed a registration, after export or for another reason."""

    cert_no: Code
    deregistered_on: Day
    exit_record: Text | None
    owner_uscc: Uscc
    reason: Literal["EXPORT", "OTHER"]
    vin: Vin


class RegistrationAnnulled(BodyModel):
    """更正/撤销: the police annul a registration, as a clerical error or for fraud."""

    cert_no: Code
    document_no: Code | None
    kind: Literal["CLERICAL", "FRAUD"]
    line_id: LineIdText | None
    on: Day
    vin: Vin


class RegistrationRegularised(BodyModel):
    """补正: commerce gives an unbacked registration the unit of a classified line with the same VIN."""

    line_id: LineIdText
    vin: Vin
