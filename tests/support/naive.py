"""A replay of the whole ledger with nothing left out and nothing clever: what the replay of one subject must equal."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from domain.calendar import shanghai_date
from domain.fold import fold
from domain.records import Record, Target
from domain.state import State
from domain.statements import Statement, parse_statement
from ledger.merkle import leaf_hash


@dataclass(frozen=True)
class Line:
    """One entry: its header and its statement, each as JSON has it."""

    index: int
    header: dict[str, Any]
    content: dict[str, Any]
    data: bytes

    @cached_property
    def recorded_at(self) -> datetime:
        return datetime.fromisoformat(self.header["recorded_at"])

    @property
    def subjects(self) -> set[str]:
        return {key for key, _, _ in self.header["subjects"]}

    @cached_property
    def statement(self) -> Statement:
        return parse_statement(self.content)


def read_lines(entries: Iterator[bytes]) -> list[Line]:
    """Read every entry of a ledger."""
    lines = []
    for index, data in enumerate(entries):
        header, _, content = data.partition(b"\n")
        lines.append(Line(index, json.loads(header), json.loads(content), data))
    return lines


class Naive:
    """The ledger as known at an index, in its own order or as of a day."""

    def __init__(self, lines: list[Line], known_at: int | date | None = None) -> None:
        self.lines = [line for line in lines if self._is_known(line, known_at)]

    @staticmethod
    def _is_known(line: Line, known_at: int | date | None) -> bool:
        if isinstance(known_at, date):
            return shanghai_date(line.recorded_at) <= known_at
        return known_at is None or line.index <= known_at

    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        """Return the entries that corrections name."""
        found: dict[str, Record] = {}
        for line in self.lines:
            if f"entry:{line.index}" in keys:
                text = line.data.partition(b"\n")[2].decode()
                found[f"entry:{line.index}"] = Target(leaf_hash(line.data).hex(), text)
        return found

    def order(self, as_of: date | None) -> list[tuple[int, Statement, datetime]]:
        """Return (index, statement, recorded at) in the order in which they are folded."""
        if as_of is None:
            return [(line.index, line.statement, line.recorded_at) for line in self.lines]
        by = {
            line.content["body"]["target_index"]: line
            for line in self.lines
            if line.header["type"] == "EventCorrected"
        }
        found = []
        for line in self.lines:
            if line.header["type"] == "EventCorrected":
                continue
            index, content, recorded_at = line.index, line.content, line.recorded_at
            if index in by:
                again = by[index]
                if again.content["body"]["replacement"] is None:
                    continue
                content = content | {"body": again.content["body"]["replacement"]}
                index, recorded_at = again.index, again.recorded_at
            statement = parse_statement(content)
            if statement.effective_date <= as_of:
                found.append((statement.effective_date, line.index, index, statement, recorded_at))
        return [(index, said, at) for _, _, index, said, at in sorted(found, key=lambda one: one[:2])]

    def state(self, as_of: date | None = None) -> State:
        """Return everything after all of it."""
        state = State(self)
        for index, statement, recorded_at in self.order(as_of):
            state.apply(fold(state, statement, index, recorded_at).changes)
        return state

    def moves(self, uscc: str) -> list[tuple[int, str, dict[str, int], dict[str, int]]]:
        """Return (index, pair, before, after) of every entry that moved a pair of a firm, in ledger order."""
        state = State(self)
        found = []
        for index, statement, recorded_at in self.order(None):
            changes = fold(state, statement, index, recorded_at).changes
            keys = [key for key in changes if key[:5] == "pair:" and uscc in key[5:].split("-")[:2]]
            before = {key: dict(state.pair(key[5:]).balances) for key in keys}
            state.apply(changes)
            after = {key: dict(state.pair(key[5:]).balances) for key in keys}
            found += [(index, key[5:], before[key], after[key]) for key in keys if before[key] != after[key]]
        return found
