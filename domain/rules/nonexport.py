"""认定未用于出口 and its end."""

from collections.abc import Iterator

from domain.bodies import NonExportDetermined, NonExportOverturned
from domain.errors import Refusal
from domain.rules.draft import Draft


def guard_determined(draft: Draft, body: NonExportDetermined) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_determined(draft: Draft, body: NonExportDetermined) -> None:
    raise NotImplementedError


def guard_overturned(draft: Draft, body: NonExportOverturned) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_overturned(draft: Draft, body: NonExportOverturned) -> None:
    raise NotImplementedError
