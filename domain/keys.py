"""Which records a statement needs, as far as its body says: what to read ahead in one request.

Reading ahead is a saving, not a condition: a state reads whatever else a rule asks for.
"""

from collections.abc import Iterator

from pydantic import BaseModel

from domain.identifiers import PairId, batch_of, pair_of
from domain.state import POLICIES_KEY
from domain.statements import Statement

_REFERENCES = {"suspension_id": "suspension", "submission_id": "submission", "year": "calendar"}
_USCCS = ("uscc", "owner_uscc", "from_uscc", "to_uscc", "exporter_uscc")


def record_keys(statement: Statement) -> tuple[str, ...]:
    """Return the keys that the body names, without repetition; the policy versions among them."""
    return tuple(dict.fromkeys((POLICIES_KEY, *_keys(statement.body))))


def _keys(body: BaseModel) -> Iterator[str]:
    for name, value in body:
        if isinstance(value, tuple):
            for part in value:
                if isinstance(part, BaseModel):
                    yield from _keys(part)
        elif value is None:
            continue
        elif name in ("pair_id", "app_id", "batch_id", "line_id"):
            yield from _keys_of_id(name, value)
        elif name == "vin":
            yield f"vin:{value}"
        elif name in _USCCS:
            yield f"enterprise:{value}"
        elif kind := _REFERENCES.get(name):
            yield f"{kind}:{value}"
        elif name in ("cert_no", "invoice_no"):
            yield f"evidence:{name.partition('_')[0]}:{value}"


def _keys_of_id(name: str, value: str) -> Iterator[str]:
    pair_id = pair_of(value)
    parties = PairId.parse(pair_id)
    yield from (f"pair:{pair_id}", f"enterprise:{parties.exporter}", f"enterprise:{parties.upstream}")
    if name in ("batch_id", "line_id"):
        yield f"batch:{value if name == 'batch_id' else batch_of(value)}"
