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
        "digest", "place", "idx", "entered", "agency", "keyid", "signers", "seq", "statements", "signed_at",
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
    head = signed.head
    local = head.signed_instant.astimezone(SHANGHAI)
    told = (head.seq, signed.statements, format_instant(head.signed_instant))
    for place, keyid in enumerate(head.signers, start=1):
        who = (head.agency, keyid, len(head.signers))
        minute = local.hour * _HOUR_MINUTES + local.minute
        yield (signed.digest, place, index, int(signed.entered), *who, *told, minute)
