"""Proofs that are sent back, and acceptances and transfers that are taken back."""

from collections.abc import Iterator

from domain.bodies import TransferProofRejected, TransferProofRevoked, TransferReversed
from domain.errors import Refusal
from domain.rules.draft import Draft


def fold_reversed(draft: Draft, body: TransferReversed) -> None:
    raise NotImplementedError


def guard_rejected(draft: Draft, body: TransferProofRejected) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_rejected(draft: Draft, body: TransferProofRejected) -> None:
    raise NotImplementedError


def guard_revoked(draft: Draft, body: TransferProofRevoked) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_revoked(draft: Draft, body: TransferProofRevoked) -> None:
    raise NotImplementedError
