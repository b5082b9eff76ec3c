"""SubmissionRefused: what the operator must put on record when a rightly signed envelope does not enter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from ledger.canonical import canonical_bytes

MAX_ITEMS = 150
MAX_CONCERNS = 250
TYPE = "SubmissionRefused"


@dataclass(frozen=True, slots=True)
class DeclinedItem:
    """Why one statement of an envelope did not enter; ``item`` counts the payload's lines from 1."""

    item: int
    sha256: str
    code: str
    detail: str
    """One line of English with the figures; empty when the refusal is read back from the ledger."""


def refusal_statements(
    *,
    ledger: str,
    envelope: str,
    signer: str,
    seq: int,
    items: Sequence[DeclinedItem],
    concerns: Sequence[str],
    recorded_at: str,
) -> Iterator[tuple[str, bytes]]:
    """Yield (statement id, statement bytes) of the SubmissionRefused entries for one envelope.

    Items and concerned subjects are cut into parts of 150 and 250; the ids follow from ledger, envelope
    and part.
    """
    parts = max(1, -(-len(items) // MAX_ITEMS), -(-len(concerns) // MAX_CONCERNS))
    for part in range(parts):
        statement_id = str(uuid5(NAMESPACE_URL, f"{ledger}/refused/{envelope}/{part + 1}"))
        shown = items[part * MAX_ITEMS : (part + 1) * MAX_ITEMS]
        body = {
            "concerns": list(concerns[part * MAX_CONCERNS : (part + 1) * MAX_CONCERNS]),
            "envelope": envelope,
            "items": [{"code": item.code, "item": item.item, "sha256": item.sha256} for item in shown],
            "part": part + 1,
            "parts": parts,
            "seq": seq,
            "signer": signer,
        }
        yield statement_id, operator_statement(TYPE, body, statement_id, ledger, recorded_at)


def operator_statement(kind: str, body: object, statement_id: str, ledger: str, occurred_at: str) -> bytes:
    """Return the bytes of a statement that the operator makes for the ledger's own keeping."""
    return canonical_bytes(
        {
            "agency": "operator",
            "attachments": [],
            "body": body,
            "id": statement_id,
            "ledger": ledger,
            "occurred_at": occurred_at,
            "type": kind,
            "version": 1,
        }
    )
