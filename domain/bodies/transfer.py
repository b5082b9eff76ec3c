"""Bodies about the transfer pending export (转让待出口) and its proof."""

from domain.shapes import BodyModel, Code, Day, Instant, LineIdText, Reference, Text, Units, Uscc, Vin


class PendingExportTransferRecorded(BodyModel):
    """转让待出口: the police noted on the certificate that the car passed to the exporter."""

    accepted_on: Day | None
    cert_no: Code
    from_uscc: Uscc
    line_id: LineIdText | None
    temp_plate_to: Day | None
    to_uscc: Uscc
    transferred_on: Day
    vin: Vin


class TransferProofSubmitted(BodyModel):
    """提交证明: the exporter handed the proof to commerce; its scan is attached."""

    cert_no: Code
    invoice_no: Code | None
    invoice_on: Day | None
    line_id: LineIdText | None
    submission_id: Reference
    submitted_at: Instant
    vin: Vin


class TransferProofAccepted(BodyModel):
    """核收: commerce accepts a proof, stating the days used and whether it was late (null: undetermined)."""

    days_used: Units
    late: bool | None
    line_id: LineIdText
    submission_id: Reference
    vin: Vin


class TransferReversed(BodyModel):
    """撤销转让: the police struck the note of a transfer."""

    cert_no: Code
    line_id: LineIdText | None
    on: Day
    reason: Text | None
    vin: Vin


class TransferProofRejected(BodyModel):
    """退回: commerce rejects a submitted proof."""

    line_id: LineIdText | None
    reason: Text | None
    submission_id: Reference
    vin: Vin


class TransferProofRevoked(BodyModel):
    """撤销核收: commerce takes back the acceptance of a proof, in a case where there is one."""

    case_id: Reference | None
    line_id: LineIdText
    submission_id: Reference
    vin: Vin
