"""Reading ahead: the keys that a body names are those that its decision reads."""

from collections.abc import Collection, Mapping

from typing_extensions import override

from domain.decide import decide
from domain.keys import record_keys
from domain.records import Record
from domain.state import State
from tests.support.domain import Season
from tests.support.history import History, Texts


class Watched(Texts):
    """Records that remember which keys were asked for, request by request."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.rows = texts.rows
        self.requests: list[list[str]] = []

    @override
    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        """Remember, then answer."""
        self.requests.append(list(keys))
        return super().fetch(keys)


def test_what_is_read_ahead_leaves_little_to_ask() -> None:
    """Given each step of a season, when its keys are read ahead, then few requests follow.

    What remains follows from records, not from the body: the cars of a batch, the pair of a car, the holiday
    table of a due date, a scan's first use.
    """
    history = History()
    for step in Season(2).steps():
        watched = Watched(history.stored)
        state = State(watched)
        state.prefetch(record_keys(step.statement))
        decide(state, step.statement, history.size, step.recorded_at)
        later = [key.partition(":")[0] for request in watched.requests[1:] for key in request]
        assert set(later) <= {"vin", "pair", "calendar", "evidence"}, step.statement.type
        assert len(watched.requests) <= 3, step.statement.type
        history.take(step)
