"""Customs reversed, and the loading of a car."""

from domain.bodies import CustomsExportReversed, PortLoadingConfirmed
from domain.rules.draft import Draft


def fold_reversed(draft: Draft, body: CustomsExportReversed) -> None:
    raise NotImplementedError


def fold_loaded(draft: Draft, body: PortLoadingConfirmed) -> None:
    raise NotImplementedError
