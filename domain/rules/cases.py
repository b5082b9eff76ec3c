"""Violation cases: opened, heard, decided, remedied, overturned."""

from collections.abc import Iterator

from domain.bodies import (
    CaseDecided,
    CaseEscalated,
    CaseEvidenceAdded,
    CaseOverturned,
    CaseRemedied,
    HearingHeld,
    ViolationCaseOpened,
)
from domain.errors import Refusal
from domain.rules.draft import Draft


def guard_opened(draft: Draft, body: ViolationCaseOpened) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_opened(draft: Draft, body: ViolationCaseOpened) -> None:
    raise NotImplementedError


def fold_evidence(draft: Draft, body: CaseEvidenceAdded) -> None:
    raise NotImplementedError


def fold_hearing(draft: Draft, body: HearingHeld) -> None:
    raise NotImplementedError


def fold_escalated(draft: Draft, body: CaseEscalated) -> None:
    raise NotImplementedError


def guard_decided(draft: Draft, body: CaseDecided) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_decided(draft: Draft, body: CaseDecided) -> None:
    raise NotImplementedError


def fold_remedied(draft: Draft, body: CaseRemedied) -> None:
    raise NotImplementedError


def guard_overturned(draft: Draft, body: CaseOverturned) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_overturned(draft: Draft, body: CaseOverturned) -> None:
    raise NotImplementedError
