"""Who signed which envelope, entered or refused, and when."""

from collections.abc import Iterator
from typing import Final

from domain.calendar import SHANGHAI
from ledger.clock import format_instant
from projections.view import Page, Row, Signed, Written

_HOUR_MINUTES: Final = 60


class Signings:
    """See :class:`projections.view.View`: one row an envelope and signer."""

    table = "signing"
    columns = (
        "place", "idx", "entered", "agency", "keyid", "signers", "seq", "statements", "signed_at",
        "minute",
    )  # fmt: skip
    owner = None

    def rows(self, page: Page) -> Written:
        """Return the signers of the envelopes that begin, or are refused, in the page."""
        return Written(
            (),
            [row for one in page.entries for signed in one.envelopes for row in _rows(one.index, signed)],
        )


def _rows(index: int, signed: Signed) -> Iterator[Row]:
    local = signed.signed_at.astimezone(SHANGHAI)
    minute = local.hour * _HOUR_MINUTES + local.minute
    told = (signed.seq, signed.statements, format_instant(signed.signed_at))
    for place, keyid in enumerate(signed.signers, start=1):
        who = (signed.agency, keyid, len(signed.signers))
        yield (place, index, int(signed.entered), *who, *told, minute)
