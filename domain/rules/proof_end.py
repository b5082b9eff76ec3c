"""Proofs that are sent back, and acceptances and transfers that are taken back."""

from collections.abc import Iterator

from domain.acts import Judged, TransferStruck
from domain.bodies import TransferProofRejected, TransferProofRevoked, TransferReversed
from domain.car import Car
from domain.errors import Refusal, refuse
from domain.identifiers import pair_of
from domain.postings import step
from domain.rules.cases import rely_on
from domain.rules.common import bad_codes, bad_pair_codes, no_policy
from domain.rules.draft import Draft
from domain.rules.overdue import is_overdue


def fold_reversed(draft: Draft, body: TransferReversed) -> None:
    """Strike the transfer: T→R; a car already exported is unproved where it stands."""
    draft.flag_codes(vins=(body.vin,))
    before = draft.vehicle(body.vin).car
    after = draft.act(body.vin, TransferStruck(draft.index, body.cert_no))
    registration = before.registration(body.cert_no)
    if registration is None or before.transfer(body.cert_no) is None:
        draft.flag("out-of-order")
        return
    draft.flag("transfer-reversed")
    if body.line_id not in (None, registration.line_id):
        draft.flag("record-differs")
    if body.on < registration.registered_on:
        draft.flag("dates-disordered")
    _flag_overdue(draft, after, body.cert_no)


def guard_rejected(draft: Draft, body: TransferProofRejected) -> Iterator[Refusal]:
    """A submission of this car that waits; another may follow under a new id."""
    yield from _guard_submission(draft, body, wanted="PENDING")


def fold_rejected(draft: Draft, body: TransferProofRejected) -> None:
    """Send the submission back; after the due date the car is overdue since then."""
    _judge(draft, body, Judged(draft.index, body.submission_id, "REJECTED"))


def guard_revoked(draft: Draft, body: TransferProofRevoked) -> Iterator[Refusal]:
    """An accepted submission of a car that is proved, exported or deregistered."""
    yield from bad_pair_codes(pair_of(body.line_id))
    yield from _guard_submission(draft, body, wanted="ACCEPTED")
    if body.case_id is not None and draft.case(body.case_id) is None:
        yield refuse("unknown-case", case_id=body.case_id)
    car = draft.vehicle(body.vin).car
    submission = car.submissions.get(body.submission_id)
    if submission is None:
        return
    registration = car.registration(submission.cert_no)
    if registration is None or not registration.backed or registration.line_id != body.line_id:
        yield refuse("not-registered", vin=body.vin, line_id=body.line_id, cert_no=submission.cert_no)
    elif step("TransferProofRevoked", registration.column).action == "REFUSE":
        yield refuse("wrong-state", what=body.vin, state=registration.column, wanted="T | X | D")


def fold_revoked(draft: Draft, body: TransferProofRevoked) -> None:
    """T→R; a car already exported is unproved where it stands."""
    _judge(draft, body, Judged(draft.index, body.submission_id, "REVOKED"))
    rely_on(draft, body.case_id)


def _guard_submission(
    draft: Draft, body: TransferProofRejected | TransferProofRevoked, *, wanted: str
) -> Iterator[Refusal]:
    yield from bad_codes(vins=(body.vin,))
    yield from no_policy(draft)
    submission = draft.vehicle(body.vin).car.submissions.get(body.submission_id)
    if submission is None or (body.line_id and submission.line_id not in (None, body.line_id)):
        yield refuse("unknown-submission", submission_id=body.submission_id, vin=body.vin)
    elif submission.status != wanted:
        yield refuse("wrong-state", what=body.submission_id, state=submission.status, wanted=wanted)


def _judge(draft: Draft, body: TransferProofRejected | TransferProofRevoked, act: Judged) -> None:
    car = draft.act(body.vin, act)
    if submission := car.submissions.get(body.submission_id):
        _flag_overdue(draft, car, submission.cert_no)


def _flag_overdue(draft: Draft, car: Car, cert_no: str) -> None:
    registration = car.registration(cert_no)
    if registration is not None and is_overdue(draft, car, registration, draft.today):
        draft.flag("proof-overdue")
