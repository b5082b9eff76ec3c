"""The transfer pending export (转让待出口) and its proof: purchase, transfer and submission in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.acts import Judged, Submitted, Transferred
from domain.bodies import PendingExportTransferRecorded, TransferProofAccepted, TransferProofSubmitted
from domain.calendar import shanghai_date
from domain.car import Car, Registration
from domain.car import Submission as Proof
from domain.errors import Refusal, refuse
from domain.identifiers import PairId, pair_of
from domain.postings import step
from domain.records import Submission
from domain.rules.common import bad_codes, bad_pair_codes, due_date, no_policy
from domain.rules.draft import Draft
from domain.state import State


def fold_recorded(draft: Draft, body: PendingExportTransferRecorded) -> None:
    """Record the transfer with the registration that its certificate names; nothing is posted."""
    draft.flag_codes(usccs=(body.from_uscc, body.to_uscc), vins=(body.vin,))
    act = Transferred(
        draft.index, body.cert_no, body.from_uscc, body.to_uscc, body.transferred_on, body.temp_plate_to
    )
    car = draft.act(body.vin, act)
    registration = car.registration(body.cert_no)
    line_id = registration.line_id if registration else body.line_id
    if line_id is not None:
        parties = PairId.parse(pair_of(line_id))
        if body.from_uscc != parties.upstream or body.to_uscc not in car.exporters(parties.exporter):
            draft.flag("wrong-parties")
    if registration is None:
        draft.flag("out-of-order")
        return
    if registration.line_id != body.line_id:
        draft.flag("record-differs")
    later = [one.released_on for one in car.releases(body.cert_no)]
    later += [one.deregistered_on for one in car.deregistered if one.cert_no == body.cert_no]
    if body.transferred_on < registration.registered_on or any(body.transferred_on > day for day in later):
        draft.flag("dates-disordered")
    due = due_date(draft, registration.registered_on)
    if due is not None and body.transferred_on > due:
        draft.flag("late-transfer")


def fold_submitted(draft: Draft, body: TransferProofSubmitted) -> None:
    """Record the submission; its documents must not have served another car."""
    draft.flag_codes(vins=(body.vin,))
    if draft.submission(body.submission_id) is not None:
        draft.flag("duplicate-submission")
        return
    draft.put(f"submission:{body.submission_id}", Submission(body.vin, draft.index))
    scans = [one.sha256 for one in draft.statement.attachments if one.kind == "登记证书"]
    if not scans:
        draft.flag("scan-missing")
    for scan in scans:
        draft.note_document("scan", scan, body.vin)
    draft.note_document("cert", body.cert_no, body.vin)
    if body.invoice_no is not None:
        draft.note_document("invoice", body.invoice_no, body.vin)
    act = Submitted(
        draft.index, body.submission_id, body.line_id, body.cert_no, body.submitted_at, body.invoice_on
    )
    car = draft.act(body.vin, act)
    registration = car.registration(body.cert_no)
    if registration is None:
        draft.flag("out-of-order")
        return
    if registration.line_id != body.line_id:
        draft.flag("record-differs")
    due = due_date(draft, registration.registered_on)
    if due is not None and shanghai_date(body.submitted_at) > due:
        draft.flag("late-submission")


@dataclass(frozen=True, slots=True)
class Timing:
    """What a proof's acceptance states; ``late`` is None where policy or calendar are missing."""

    days_used: int
    late: bool | None


def timing(state: State, registered_on: date, transferred_on: date, submission: Proof) -> Timing:
    """Return the days from registration to submission, and whether any act of the policy came too late.

    A purchase without an invoice date is not judged.
    """
    submitted_on = shanghai_date(submission.submitted_at)
    days_used = (submitted_on - registered_on).days
    due = due_date(state, registered_on)
    policy = state.policy_on(registered_on)
    if due is None or policy is None:
        return Timing(days_used, None)
    acts = {"PURCHASE": submission.invoice_on, "TRANSFER": transferred_on, "SUBMISSION": submitted_on}
    days = [acts[act] for act in policy.deadline_acts]
    return Timing(days_used, any(day is not None and day > due for day in days))


def guard_accepted(draft: Draft, body: TransferProofAccepted) -> Iterator[Refusal]:
    """The car is registered on this line and passed from U to E; the stated numbers are the replay's."""
    pair_id = pair_of(body.line_id)
    yield from bad_pair_codes(pair_id)
    yield from bad_codes(vins=(body.vin,))
    yield from no_policy(draft)
    car = draft.vehicle(body.vin).car
    submission = car.submissions.get(body.submission_id)
    if submission is None or submission.line_id not in (None, body.line_id):
        yield refuse("unknown-submission", submission_id=body.submission_id, vin=body.vin)
        return
    if submission.status != "PENDING":
        yield refuse("wrong-state", what=body.submission_id, state=submission.status, wanted="PENDING")
    registration = car.registration(submission.cert_no)
    if registration is None or not registration.backed or registration.line_id != body.line_id:
        yield refuse("not-registered", vin=body.vin, line_id=body.line_id, cert_no=submission.cert_no)
        return
    yield from _guard_car(draft, body, car, submission, registration)


def _guard_car(
    draft: Draft, body: TransferProofAccepted, car: Car, submission: Proof, registration: Registration
) -> Iterator[Refusal]:
    if step("TransferProofAccepted", registration.column).action == "REFUSE":
        yield refuse("wrong-state", what=body.vin, state=registration.column, wanted="R | X | D")
    transfer = car.transfer(submission.cert_no)
    if transfer is None:
        yield refuse("transfer-missing", vin=body.vin, cert_no=submission.cert_no)
        return
    parties = PairId.parse(pair_of(body.line_id))
    exporters = car.exporters(parties.exporter)
    if transfer.from_uscc != parties.upstream or transfer.to_uscc not in exporters:
        yield refuse(
            "transfer-mismatch",
            vin=body.vin,
            stated=f"{transfer.from_uscc}→{transfer.to_uscc}",
            wanted=f"{parties.upstream}→{' | '.join(exporters)}",
        )
    replay = timing(draft, registration.registered_on, transfer.transferred_on, submission)
    if replay.days_used != body.days_used:
        yield refuse("numbers-differ", what="days_used", wanted=replay.days_used, stated=body.days_used)
    if replay.late is not body.late:
        yield refuse("numbers-differ", what="late", wanted=replay.late, stated=body.late)


def fold_accepted(draft: Draft, body: TransferProofAccepted) -> None:
    """R→T; a car already exported is proved where it stands."""
    if body.late:
        draft.flag("late-proof")
    draft.act(body.vin, Judged(draft.index, body.submission_id, "ACCEPTED", body.late))
