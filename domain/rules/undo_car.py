"""Registrations, transfers, proofs and determinations: taken back (see ``domain.rules.undo``)."""

from domain.bodies import (
    NonExportDetermined,
    NonExportOverturned,
    PendingExportTransferRecorded,
    RegistrationAnnulled,
    RegistrationRegularised,
    TransferProofAccepted,
    TransferProofRejected,
    TransferProofRevoked,
    TransferProofSubmitted,
    TransferReversed,
    VehicleInfoCopied,
    VehicleRegistered,
)
from domain.rules.cases import leave_case
from domain.rules.draft import Draft
from domain.statements import Statement


def undo_registered(draft: Draft, body: VehicleRegistered, statement: Statement) -> None:
    """The unit goes back, or the memo falls; the certificate is free again."""
    draft.take_back(body.vin)
    draft.forget_document("cert", body.cert_no)


def undo_copied(draft: Draft, body: VehicleInfoCopied, statement: Statement) -> None:
    """The registration was not copied."""
    draft.take_back(body.vin)


def undo_transfer(draft: Draft, body: PendingExportTransferRecorded, statement: Statement) -> None:
    """There was no such transfer."""
    draft.take_back(body.vin)


def undo_transfer_reversed(draft: Draft, body: TransferReversed, statement: Statement) -> None:
    """The transfer stands again, and the proof with it."""
    draft.take_back(body.vin)


def undo_submitted(draft: Draft, body: TransferProofSubmitted, statement: Statement) -> None:
    """The submission id and the documents are free again."""
    draft.take_back(body.vin)
    known = draft.submission(body.submission_id)
    if known is None or known.index != draft.undoing:
        return  # the id had been used up: it said nothing
    draft.drop(f"submission:{body.submission_id}")
    draft.forget_document("cert", body.cert_no)
    if body.invoice_no is not None:
        draft.forget_document("invoice", body.invoice_no)
    for attachment in statement.attachments:
        if attachment.kind == "登记证书":
            draft.forget_document("scan", attachment.sha256)


def undo_accepted(draft: Draft, body: TransferProofAccepted, statement: Statement) -> None:
    """The submission waits again."""
    draft.take_back(body.vin)


def undo_rejected(draft: Draft, body: TransferProofRejected, statement: Statement) -> None:
    """The submission waits again."""
    draft.take_back(body.vin)


def undo_revoked(draft: Draft, body: TransferProofRevoked, statement: Statement) -> None:
    """The acceptance stands again."""
    draft.take_back(body.vin)
    leave_case(draft, body.case_id)


def undo_annulled(draft: Draft, body: RegistrationAnnulled, statement: Statement) -> None:
    """The registration goes on with its transfer and proofs."""
    draft.take_back(body.vin)


def undo_regularised(draft: Draft, body: RegistrationRegularised, statement: Statement) -> None:
    """The registration is without a unit again."""
    draft.take_back(body.vin)


def undo_determined(draft: Draft, body: NonExportDetermined, statement: Statement) -> None:
    """The car stands where the facts place it."""
    draft.take_back(body.vin)
    leave_case(draft, body.case_id)


def undo_overturned(draft: Draft, body: NonExportOverturned, statement: Statement) -> None:
    """The determination stands again."""
    draft.take_back(body.vin)
    leave_case(draft, body.case_id)
