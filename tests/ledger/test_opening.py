"""Entry 0: what opens a ledger, and what could not be verified ever after is refused."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.cli.verify import Question, verify_target
from ledger.canonical import canonical_bytes
from ledger.envelope import sign_envelope
from ledger.keys import Unauthorised
from ledger.opening import open_ledger
from ledger.refusal import operator_statement
from ledger.store_sqlite import SqliteStore
from ledger.submission import NotAccepted
from tests.support.desk import TurnedClock
from tests.support.keys import LEDGER, officer_keys, opening_body


def _open(
    folder: Path, change: Callable[[dict[str, Any]], object], signed_at: str = "2026-01-05T02:00:00Z"
) -> SqliteStore:
    whole = json.loads(
        operator_statement(
            "LedgerOpened", opening_body(), str(uuid.UUID(int=1)), LEDGER, "2026-01-05T10:00:00+08:00"
        )
    )
    change(whole)
    statement = canonical_bytes(whole)
    raw = sign_envelope("operator", LEDGER, None, 1, signed_at, [statement], officer_keys())
    store = SqliteStore(folder / "ledger.db", create=True)
    try:
        open_ledger(store, raw, statement, clock=TurnedClock())
    except ValueError:
        assert store.head().size == 0
        raise
    finally:
        store.close()
    return store


@pytest.mark.parametrize("signed_at", ["2026-01-02T02:00:00Z", "2026-01-05T02:05:00Z"])
def test_an_opening_within_its_time_is_intact(tmp_path: Path, signed_at: str) -> None:
    """Given an opening at either bound of its age, when it is entered and verified, then it is intact."""
    _open(tmp_path, lambda whole: whole, signed_at)
    answer = verify_target(tmp_path / "ledger.db", None, [], Question(unanchored=True)).to_json()
    assert answer["integrity"] == {"verdict": "INTACT", "breaks": []}


@pytest.mark.parametrize("signed_at", ["2026-01-02T01:59:59.999999Z", "2026-01-05T02:05:00.000001Z"])
def test_an_opening_out_of_its_time_is_refused(tmp_path: Path, signed_at: str) -> None:
    """Given an opening signed too long ago or ahead, when it is entered, then it is refused and nothing is there."""
    with pytest.raises(Unauthorised, match="signed_at"):
        _open(tmp_path, lambda whole: whole, signed_at)


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole.pop("id"),
        lambda whole: whole.update(id="1"),
        lambda whole: whole.update(more=1),
        lambda whole: whole.update(version=2),
        lambda whole: whole.update(occurred_at="2026-01-05"),
        lambda whole: whole.update(attachments={}),
        lambda whole: whole.update(body=[]),
        lambda whole: whole["body"].update(more=1),
    ],
)
def test_a_malformed_opening_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Given a LedgerOpened that is not of the form, when it is entered, then it is refused and nothing is there."""
    with pytest.raises(NotAccepted) as refused:
        _open(tmp_path, change)
    assert refused.value.code == "malformed"
