"""The total quota of a pair: taken back (see ``domain.rules.undo``)."""

from domain.bodies import (
    CommitmentLetterSigned,
    PairClosed,
    QuotaApplicationRejected,
    QuotaApplicationWithdrawn,
    QuotaGranted,
    QuotaReduced,
    QuotaToppedUp,
    TopUpApplicationReceived,
    TopUpRejected,
    TotalQuotaApplicationReceived,
)
from domain.rules.draft import Draft
from domain.statements import Statement


def undo_letter(draft: Draft, body: CommitmentLetterSigned, statement: Statement) -> None:
    raise NotImplementedError


def undo_application(draft: Draft, body: TotalQuotaApplicationReceived, statement: Statement) -> None:
    raise NotImplementedError


def undo_granted(draft: Draft, body: QuotaGranted, statement: Statement) -> None:
    raise NotImplementedError


def undo_rejected(draft: Draft, body: QuotaApplicationRejected, statement: Statement) -> None:
    raise NotImplementedError


def undo_withdrawn(draft: Draft, body: QuotaApplicationWithdrawn, statement: Statement) -> None:
    raise NotImplementedError


def undo_topup_application(draft: Draft, body: TopUpApplicationReceived, statement: Statement) -> None:
    raise NotImplementedError


def undo_topped_up(draft: Draft, body: QuotaToppedUp, statement: Statement) -> None:
    raise NotImplementedError


def undo_topup_rejected(draft: Draft, body: TopUpRejected, statement: Statement) -> None:
    raise NotImplementedError


def undo_reduced(draft: Draft, body: QuotaReduced, statement: Statement) -> None:
    raise NotImplementedError


def undo_closed(draft: Draft, body: PairClosed, statement: Statement) -> None:
    raise NotImplementedError
