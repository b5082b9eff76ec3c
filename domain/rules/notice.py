"""送达: the notice of a suspension or of its end."""

from domain.bodies import SuspensionNoticeServed
from domain.rules.draft import Draft


def fold_served(draft: Draft, body: SuspensionNoticeServed) -> None:
    raise NotImplementedError
