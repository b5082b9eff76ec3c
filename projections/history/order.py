"""In which order the entries of a file are folded.

As known: the order of the ledger, corrections where they stand. As of a day: of these, what took effect by
then, in order of (effective date, place). There a corrected statement is as though it had never been said,
and what its correction says instead stands in its place, by the date of its own body.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from domain.bodies import EventCorrected
from domain.catalogue import CATALOGUE
from domain.fold import fold
from domain.state import Records, State
from domain.statements import Statement
from projections.history.told import Told


def ordered(entries: Sequence[Told], records: Records, as_of: date | None) -> list[Told]:
    """Return the entries as they are to be folded.

    Args:
        entries: by index ascending.
        records: gives the entries that corrections name.
        as_of: the day; None: the order of the ledger.
    """
    if as_of is None:
        return list(entries)
    found = [one for one in _amended(entries, records) if one.effective_date <= as_of]
    return sorted(found, key=lambda one: (one.effective_date, one.place))


def _amended(entries: Sequence[Told], records: Records) -> Iterator[Told]:
    """Yield the entries without those corrected, and the corrections as what they say instead."""
    corrections = {one.index: one.statement for one in entries if _is_correction(one)}
    if not corrections:
        yield from entries
        return
    state = State(records)
    for one in entries:
        advance(state, one)
    by_index = {one.index: one for one in entries}
    for one in entries:
        if one.index not in corrections:
            if state.corrected(one.index) is None:
                yield one
            continue
        said = one.statement
        assert said is not None
        assert isinstance(said.body, EventCorrected)
        done = state.corrected(said.body.target_index)
        target = by_index.get(said.body.target_index)
        if done is not None and done.by == one.index and target is not None:
            again = _restated(target, said.body)
            if again is not None:
                yield replace(one, statement=again, place=target.index)


def _is_correction(one: Told) -> bool:
    return one.statement is not None and isinstance(one.statement.body, EventCorrected)


def _restated(target: Told, body: EventCorrected) -> Statement | None:
    """Return what a correction says instead: a body of the target's type; all else is the target's."""
    if body.replacement is None or target.statement is None:
        return None
    model = CATALOGUE[target.statement.type].body
    return replace(target.statement, body=model.model_validate(body.replacement))


def advance(state: State, one: Told) -> None:
    """Fold one entry into a state; one that cannot be read changes nothing."""
    if one.statement is not None:
        state.apply(fold(state, one.statement, one.index, one.recorded_at).changes)


def replayed(entries: Iterable[Told], records: Records) -> State:
    """Return the state after entries in this order."""
    state = State(records)
    for one in entries:
        advance(state, one)
    return state
