"""Views of random histories: however the entries are cut into pages, the rows are those of one page."""

import json
from datetime import UTC
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.state import State
from ledger.entry import ZERO_HASH, Header, Subject, derive
from projections.folding import fold_page
from projections.view import Folded, Row, View, Written
from projections.views import VIEWS
from tests.support.cars import SCAN
from tests.support.domain import LETTER_ATTACHMENTS, Season
from tests.support.history import History, Texts, entry_target
from tests.support.random_cars import beginnings, car_statements
from tests.support.random_quota import statements

Script = list[tuple[str, dict[str, Any]] | int]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(beginnings(), st.lists(car_statements() | st.integers(1, 6), max_size=12), st.data())
def test_cars_at_random(history: History, script: Script, data: st.DataObject) -> None:
    """Given statements about cars and corrections at random, when cut anywhere, then each view is that of one page."""
    run_through(history, script, SCAN)
    assert_pages_leave_no_trace(history, data)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 4), st.lists(statements() | st.integers(1, 6), max_size=20), st.data())
def test_quota_and_cases_at_random(far: int, script: Script, data: st.DataObject) -> None:
    """Given statements about quota and cases at random, when cut anywhere, then each view is that of one page."""
    season = Season(3, 3)
    history = History([*season.set_up(), *list(season.classified())[:far]])
    run_through(history, script, *LETTER_ATTACHMENTS)
    assert_pages_leave_no_trace(history, data)


def run_through(history: History, script: Script, *attachments: dict[str, Any]) -> None:
    """Say each statement; a number takes back the entry so many before the end."""
    for act in script:
        if isinstance(act, int):
            history.correct(history.size - act, None, "2025-06-02")
        else:
            history.say("2025-06-02", *act, *attachments)


def assert_pages_leave_no_trace(history: History, data: st.DataObject) -> None:
    read = entries(history)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(read)), max_size=6)) | {0, len(read)})
    cut = Tables(history)
    for start, stop in pairwise(cuts):
        cut.take(read[start:stop])
    whole = Tables(history)
    whole.take(read)
    for view in VIEWS:
        assert sorted(cut.rows[view.table], key=repr) == sorted(whole.rows[view.table], key=repr), view.table


def entries(history: History) -> list[Folded]:
    """Return the entries of a history, of which nothing is folded yet."""
    found = []
    for index, step in enumerate(history.steps):
        text = entry_target(step).statement.encode()
        derived = derive(json.loads(text))
        subjects = tuple(Subject(key, 1, ZERO_HASH) for key in derived.subjects)
        recorded_at = step.recorded_at.astimezone(UTC)
        instant = recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        header = Header(None, index, None, ZERO_HASH, instant, subjects, derived.tags, step.statement.type)
        found.append(Folded(header, recorded_at, text, step.statement))
    return found


class Tables:
    """The tables of all views in memory; between two pages records are text, as in a store."""

    def __init__(self, history: History) -> None:
        self.rows: dict[str, list[Row]] = {view.table: [] for view in VIEWS}
        self._targets = {key: text for key, text in history.stored.rows.items() if key[:6] == "entry:"}

    def take(self, some: list[Folded]) -> None:
        """Take in a page."""
        records = {str(key): str(text) for key, _, text in self.rows["view_record"]}
        page = fold_page(State(Texts(self._targets | records)), some)
        for view in VIEWS:
            self._write(view, view.rows(page))

    def _write(self, view: View, change: Written) -> None:
        kept = self.rows[view.table]
        if view.owner is not None:
            place = view.columns.index(view.owner)
            kept = [row for row in kept if row[place] not in set(change.gone)]
        self.rows[view.table] = [*kept, *change.rows]
