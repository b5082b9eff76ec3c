"""Corrections in a history in memory, and what is left of the records after one."""

from typing import Any

from domain.decide import Accepted, Refused
from domain.records import Nothing, Record
from domain.state import State
from tests.support.domain import Step, at, statement
from tests.support.history import History


def correct(
    history: History,
    index: int,
    *,
    by: str = "commerce",
    replacement: dict[str, Any] | None = None,
    day: str = "2025-03-20",
) -> Accepted | Refused:
    """Correct an entry in the name of an agency; a history in memory does not look at ``concerns``."""
    target = State(history.stored).target(index)
    assert target is not None, index
    body = {
        "concerns": [],
        "reason": "录入有误",
        "replacement": replacement,
        "target_index": index,
        "target_leaf": target.leaf_hash,
    }
    moment = f"{day}T10:00:00+08:00"
    one = statement("EventCorrected", body, number=900_000 + history.size, agency=by, occurred_at=moment)
    return history.take(Step(one, at(day)))


def told(history: History) -> dict[str, Record]:
    """Return the records that say something, without those of the corrections themselves."""
    empty = State(type(history.stored)())
    return {
        key: record
        for key, record in history.stored.records().items()
        if not key.startswith(("entry:", "corrected:"))
        and not isinstance(record, Nothing)
        and record != _blank(empty, key)
    }


def _blank(state: State, key: str) -> Record | None:
    kind, _, name = key.partition(":")
    match kind:
        case "enterprise":
            return state.enterprise(name)
        case "pair":
            return state.pair(name)
        case "vin":
            return state.vehicle(name)
        case "city":
            return state.city()
        case _:
            return None
