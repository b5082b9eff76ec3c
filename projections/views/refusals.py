"""Whom the refused envelopes concern: their cars, or the enterprises where no car is named."""

from typing import Final

from domain.bodies import SubmissionRefused
from domain.calendar import shanghai_date
from projections.view import Folded, Page, Row, Written

_KNOWN_ALREADY: Final = frozenset({"repeated", "not-entered"})
"""Who sends again what stands already has tried nothing."""


class Refusals:
    """See :class:`projections.view.View`: one row a refusal's entry and subject."""

    table = "refusal"
    columns = ("idx", "envelope", "keyid", "refused_on", "codes", "subject")
    owner = None

    def rows(self, page: Page) -> Written:
        """Return the refusals of the page."""
        return Written((), [row for one in page.entries for row in _rows(one)])


def _rows(one: Folded) -> list[Row]:
    if one.statement is None or not isinstance(body := one.statement.body, SubmissionRefused):
        return []
    if {item.code for item in body.items} <= _KNOWN_ALREADY:
        return []
    cars = [key for key in body.concerns if key.startswith("vin:")]
    subjects = cars or [key for key in body.concerns if key.startswith("enterprise:")]
    on = shanghai_date(one.recorded_at).isoformat()
    codes = " ".join(sorted({item.code for item in body.items}))
    return [(one.index, body.envelope, body.signer, on, codes, subject) for subject in subjects]
