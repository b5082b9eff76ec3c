"""Registrations annulled, and unbacked ones regularised."""

from collections.abc import Iterator

from domain.bodies import RegistrationAnnulled, RegistrationRegularised
from domain.errors import Refusal
from domain.rules.draft import Draft


def fold_annulled(draft: Draft, body: RegistrationAnnulled) -> None:
    raise NotImplementedError


def guard_regularised(draft: Draft, body: RegistrationRegularised) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_regularised(draft: Draft, body: RegistrationRegularised) -> None:
    raise NotImplementedError
