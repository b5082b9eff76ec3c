"""Bodies by which an agency amends or confirms its own record: corrections and statements of account."""

from typing import Annotated, Any

from pydantic import Field

from domain.bodies.ledger import Index, SubjectKey
from domain.shapes import BodyModel, Day, Sha256, Text, Units


class EventCorrected(BodyModel):
    """更正: the statement at ``target_index`` is taken back and, with a replacement, stated anew.

    ``replacement`` is a whole body of the target's type, or null. ``concerns`` are the subject keys of the
    statement and of its replacement, ascending.
    """

    concerns: Annotated[tuple[SubjectKey, ...], Field(strict=False, max_length=250)]
    reason: Text
    replacement: dict[str, Any] | None
    target_index: Index
    target_leaf: Sha256


class ReconciliationStatementFiled(BodyModel):
    """对账单: an agency's own counts over a period, and the digest of its list."""

    counts: Annotated[dict[str, Units], Field(max_length=100)]
    differences: Text | None
    list_sha256: Sha256
    period_from: Day
    period_to: Day
