"""What the operator puts on record: SubmissionRefused when an envelope does not enter, and HeadsCommitted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from domain.errors import Refusal
from ledger.canonical import canonical_bytes
from ledger.entry import MAX_SUBJECTS, Derived, derive

MAX_ITEMS = 150
MAX_CONCERNS = 250
MAX_KEY_LENGTH = 160
# A key stands in the statement and, with a number and a hash of some 90 bytes, in the header. With 150 items
# (22 KB) both the statement's 44 KiB and the entry's 65,535 bytes then hold any keys.
MAX_CONCERNS_BYTES = 40_000
_KEY_OVERHEAD_BYTES = 90
TYPE = "SubmissionRefused"


@dataclass(frozen=True, slots=True)
class DeclinedItem:
    """Why one statement of an envelope did not enter; ``item`` counts the payload's lines from 1."""

    item: int
    sha256: str
    code: str
    detail: str
    """One line of English with the figures; empty when the refusal is read back from the ledger."""
    reasons: tuple[Refusal, ...] = ()
    """What the domain's rules say against it, ``code`` first; empty where the ledger's own rules do."""


@dataclass(frozen=True, slots=True)
class OwnStatement:
    """A statement that the ledger itself has to make: its id, its bytes, its subjects and tags."""

    id: str
    raw: bytes
    derived: Derived


def refusal_statements(
    *,
    ledger: str,
    envelope: str,
    signer: str,
    seq: int,
    items: Sequence[DeclinedItem],
    concerns: Sequence[str],
    recorded_at: str,
    prev: str,
) -> Iterator[OwnStatement]:
    """Yield the statements of the SubmissionRefused entries for one envelope.

    Items and concerned subjects are cut into parts of 150 and 250, fewer where the keys are long. The ids
    follow from ledger, envelope, part and ``prev``, the leaf hash before the first of these entries, so that
    nobody can know one beforehand and enter a statement under it.
    """
    shares = list(_shares(concerns))
    parts = max(1, -(-len(items) // MAX_ITEMS), len(shares))
    for part in range(parts):
        statement_id = str(uuid5(NAMESPACE_URL, f"{ledger}/refused/{envelope}/{prev}/{part + 1}"))
        shown = items[part * MAX_ITEMS : (part + 1) * MAX_ITEMS]
        body = {
            "concerns": shares[part] if part < len(shares) else [],
            "envelope": envelope,
            "items": [{"code": item.code, "item": item.item, "sha256": item.sha256} for item in shown],
            "part": part + 1,
            "parts": parts,
            "seq": seq,
            "signer": signer,
        }
        yield _own_statement(TYPE, body, statement_id, ledger, recorded_at)


def concerned(statements: Iterable[Derived]) -> list[str]:
    """Return the subject keys that a refusal of these statements concerns, ascending.

    What no entry could hold is left out, so that a refusal has as many parts as one envelope holds: keys of
    more than 160 characters, and those of a statement beyond its 250th.
    """
    keys = {key for derived in statements for key in derived.subjects[:MAX_SUBJECTS]}
    return sorted(key for key in keys if len(key) <= MAX_KEY_LENGTH)


def _shares(concerns: Sequence[str]) -> Iterator[list[str]]:
    share: list[str] = []
    size = 0
    for key in concerns:
        cost = 2 * len(encode_basestring_ascii(key)) + _KEY_OVERHEAD_BYTES
        if len(share) == MAX_CONCERNS or size + cost > MAX_CONCERNS_BYTES:
            yield share
            share, size = [], 0
        share.append(key)
        size += cost
    if share:
        yield share


def heads_statement(ledger: str, size: int, count: int, root: str, recorded_at: str) -> OwnStatement:
    """Return the statement of the HeadsCommitted at index ``size``; ``root`` is hex.

    The root, which follows from ledger and size, is in the id, so that nobody can take the id beforehand.
    """
    statement_id = str(uuid5(NAMESPACE_URL, f"{ledger}/heads/{size}/{root}"))
    body = {"count": count, "root": root, "size": size}
    return _own_statement("HeadsCommitted", body, statement_id, ledger, recorded_at)


def operator_statement(kind: str, body: object, statement_id: str, ledger: str, occurred_at: str) -> bytes:
    """Return the bytes of a statement that the operator makes for the ledger's own keeping."""
    return canonical_bytes(_content(kind, body, statement_id, ledger, occurred_at))


def _own_statement(kind: str, body: object, statement_id: str, ledger: str, occurred_at: str) -> OwnStatement:
    content = _content(kind, body, statement_id, ledger, occurred_at)
    return OwnStatement(statement_id, canonical_bytes(content), derive(content))


def _content(kind: str, body: object, statement_id: str, ledger: str, occurred_at: str) -> dict[str, Any]:
    return {
        "agency": "operator",
        "attachments": [],
        "body": body,
        "id": statement_id,
        "ledger": ledger,
        "occurred_at": occurred_at,
        "type": kind,
        "version": 1,
    }
