"""更正: a statement taken back and, with a replacement, stated anew.

A corrected statement is, for every question asked later, as though it had never been said. Its replacement
stands in its place: it takes effect on the day that its own body names, with the ``occurred_at`` and the
attachments of the target, and is known from the correction on. It is judged like a fresh statement
of its type at the time of the correction, after the target is taken back.

``judge`` and ``fold`` know every type of statement, corrections included; they are passed in.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from domain.bodies import Body, EventCorrected
from domain.errors import Refusal, refuse
from domain.postings import ACCOUNTS
from domain.records import Corrected, Pair
from domain.rules.draft import Draft, Moved
from domain.rules.undo import is_correctable, undo
from domain.statements import MalformedStatement, Statement, parse_statement

Judge = Callable[[Draft, Body], Iterator[Refusal]]
Fold = Callable[[Draft, Body], None]


def guard_corrected(draft: Draft, body: EventCorrected, judge: Judge, fold: Fold) -> Iterator[Refusal]:
    """An entry of the same agency, not corrected yet, on which nothing stands; a replacement in order."""
    index = body.target_index
    target = draft.target(index) if index < draft.index else None
    if target is None:
        yield refuse("unknown-target", index=index)
        return
    if target.leaf_hash != body.target_leaf:
        yield refuse("target-differs", index=index, wanted=target.leaf_hash, stated=body.target_leaf)
        return
    told = _read(target.statement)
    if told is None or not is_correctable(told.body):
        yield refuse("not-correctable", index=index, type=told.type if told else "?")
        return
    if told.agency != draft.statement.agency:
        yield refuse("other-agency", index=index, agency=told.agency)
    if (earlier := draft.corrected(index)) is not None:
        yield refuse("already-corrected", index=index, by=earlier.by)
        return
    try:
        again = _restated(target.statement, body.replacement)
    except MalformedStatement as error:
        yield refuse("bad-replacement", type=told.type, detail=error.detail)
        return
    trial = draft.trial()
    try:
        _take_back(trial, told, index)
    except Moved as moved:
        yield moved.refusal
        return
    if again is not None:
        trial.statement = again
        refusals = tuple(judge(trial, again.body))
        yield from refusals
        if refusals:
            return
        fold(trial, again.body)
    yield from _overdrawn(trial)


def fold_corrected(draft: Draft, body: EventCorrected, fold: Fold) -> None:
    """Take the target back, state the replacement, and note that the target is corrected.

    From a correction that ought to have been refused nothing follows.
    """
    target = draft.target(body.target_index) if body.target_index < draft.index else None
    told = None if target is None else _read(target.statement)
    if target is None or told is None or not is_correctable(told.body) or draft.corrected(body.target_index):
        return
    trial = draft.trial()
    try:
        again = _restated(target.statement, body.replacement)
        _take_back(trial, told, body.target_index)
    except (MalformedStatement, Moved):
        return
    if again is not None:
        trial.statement = again
        fold(trial, again.body)
    draft.adopt(trial)
    draft.put(f"corrected:{body.target_index}", Corrected(draft.index))


def _read(text: str) -> Statement | None:
    """Return the statement of an entry, None for one of a later version."""
    try:
        return parse_statement(json.loads(text))
    except MalformedStatement:
        return None


def _restated(text: str, replacement: dict[str, Any] | None) -> Statement | None:
    """Return the target's statement with another body."""
    return None if replacement is None else parse_statement({**json.loads(text), "body": replacement})


def _take_back(trial: Draft, told: Statement, index: int) -> None:
    trial.undoing = index
    undo(trial, told.body, told)


def _overdrawn(draft: Draft) -> Iterator[Refusal]:
    """Refuse where an account, or the memo UNB, would fall below zero."""
    for key, record in draft.changes.items():
        if isinstance(record, Pair):
            for account in (*ACCOUNTS[1:], "UNB"):
                if record.balances[account] < 0:
                    yield refuse("overdrawn", what=key, account=account, units=record.balances[account])
