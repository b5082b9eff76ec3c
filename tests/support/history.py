"""A history in memory: each statement is decided, folded a second time, and the quota law is checked."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from domain.decide import Accepted, Refused, decide
from domain.fold import fold
from domain.postings import ACCOUNTS
from domain.records import Nothing, Pair, Record, Target, Vehicle, dump_record, load_record
from domain.state import State
from tests.support.domain import Season, Step, at, statement


def entry_target(step: Step) -> Target:
    """Return a statement as a correction sees it; any digest stands for the leaf hash."""
    statement = step.statement
    told = {
        "agency": statement.agency,
        "attachments": [one.model_dump(mode="json") for one in statement.attachments],
        "body": statement.body.model_dump(mode="json", by_alias=True, warnings=False),
        "id": statement.id,
        "ledger": statement.ledger,
        "occurred_at": statement.occurred_at.isoformat(),
        "type": statement.type,
        "version": statement.version,
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return Target(hashlib.sha256(text.encode()).hexdigest(), text)


class Texts:
    """Records kept as text, as a store keeps them, and the entries that corrections name."""

    def __init__(self, rows: dict[str, str] | None = None) -> None:
        self.rows: dict[str, str] = {} if rows is None else rows

    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        """Return those that exist."""
        return {key: load_record(key, self.rows[key]) for key in keys if key in self.rows}

    def records(self) -> dict[str, Record]:
        """Return every record; the entries that stand beside them are none."""
        return {key: load_record(key, text) for key, text in self.rows.items() if key[:6] != "entry:"}

    def enter(self, index: int, step: Step) -> None:
        """Keep an entry for corrections to name."""
        self.rows[f"entry:{index}"] = dump_record(entry_target(step))


class History:
    """Takes statements in order; what was accepted changes the records."""

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self.stored = Texts()
        self._entries = Texts()
        self.replayed = State(self._entries)
        self.steps: list[Step] = []
        """The statements that were accepted, by entry index."""
        self._season = Season(0)
        for step in steps:
            answer = self.take(step)
            assert isinstance(answer, Accepted), (step.statement.type, answer)

    def take(self, step: Step) -> Accepted | Refused:
        """Decide one statement; enter it when accepted, and check every law that holds at all times."""
        state = State(self.stored)
        answer = decide(state, step.statement, len(self.steps), step.recorded_at)
        assert not state.changes, "deciding changes nothing"
        if isinstance(answer, Accepted):
            outcome = fold(self.replayed, step.statement, len(self.steps), step.recorded_at)
            assert outcome == answer.outcome, "what decide says is what fold does"
            self.replayed.apply(outcome.changes)
            self.stored.rows |= {key: dump_record(record) for key, record in outcome.changes.items()}
            self.stored.enter(len(self.steps), step)
            self._entries.enter(len(self.steps), step)
            self.steps.append(step)
            assert_law(self.stored.records())
        return answer

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self.steps)

    def correct(
        self, index: int, replacement: dict[str, Any] | None = None, day: str = "2026-06-01", **more: Any
    ) -> Any:
        """Correct the entry at ``index`` as its own agency; return the answer."""
        told = self.steps[index]
        body = {
            "concerns": [],  # whom a correction concerns is the ledger's question
            "reason": "录入有误",
            "replacement": replacement,
            "target_index": index,
            "target_leaf": entry_target(told).leaf_hash,
        }
        agency = more.pop("agency", told.statement.agency)
        number = 10_000 + len(self.steps)
        one = statement("EventCorrected", {**body, **more}, number=number, agency=agency)
        return self.take(Step(one, at(day)))

    def records(self) -> dict[str, Record]:
        """Return every record that stands, without the notes of corrections and the entries themselves."""
        return {
            key: record
            for key, record in self.stored.records().items()
            if not key.startswith("corrected:") and not isinstance(record, Nothing)
        }

    def say(self, day: str, type_name: str, body: dict[str, Any], *attachments: dict[str, Any]) -> Any:
        """Decide one statement given by its body; return the answer for the test to look at."""
        return self.take(self._season.step(day, type_name, body, *attachments))

    def flags(self, day: str, type_name: str, body: dict[str, Any], *attachments: dict[str, Any]) -> Any:
        """Return the flags of a statement that has to be accepted."""
        answer = self.say(day, type_name, body, *attachments)
        assert isinstance(answer, Accepted), answer
        return answer.outcome.flags

    def codes(self, day: str, type_name: str, body: dict[str, Any], *attachments: dict[str, Any]) -> Any:
        """Return the refusal codes of a statement that has to be refused."""
        answer = self.say(day, type_name, body, *attachments)
        assert isinstance(answer, Refused), answer
        assert all(one.zh and one.en and one.article for one in answer.refusals)
        return tuple(one.code for one in answer.refusals)

    def type_of(self, index: int) -> str:
        """Return the type of an entry."""
        target = State(self.stored).target(index)
        assert target is not None, index
        return str(json.loads(target.statement)["type"])

    def balances(self, pair_id: str) -> dict[str, int]:
        """Return the accounts of a pair that are not zero."""
        return {name: units for name, units in self.replayed.pair(pair_id).balances.items() if units}


def assert_law(records: Mapping[str, Record]) -> None:
    """Conservation, non-negativity and the cross-foot with car lines, for every pair."""
    lines: dict[str, dict[str, int]] = {}
    for record in records.values():
        if isinstance(record, Vehicle):
            for line_id, account in record.lines.items():
                counts = lines.setdefault("-".join(line_id.split("-")[:3]), {})
                counts[account] = counts.get(account, 0) + 1
    for key, record in records.items():
        if not isinstance(record, Pair):
            continue
        balances = record.balances
        assert sum(balances[name] for name in ACCOUNTS) == 0, key
        assert all(balances[name] >= 0 for name in (*ACCOUNTS[1:], "UNB")), key
        for name in ACCOUNTS[2:]:
            assert balances[name] == lines.get(key[5:], {}).get(name, 0), (key, name)
