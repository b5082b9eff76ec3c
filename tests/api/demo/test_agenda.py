"""The agenda: processes merged by time."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from api.demo.acts import MAX_LOT, Act, lots, moment
from api.demo.agenda import Agenda

DAY = date(2025, 3, 3)


def act(hour: int, agency: str = "police", name: str = "", *, refused: bool = False) -> Act:
    return Act(moment(DAY, hour), agency, "VehicleEvidenceFiled", {"source": name}, refused=refused)


def test_processes_are_merged_by_time() -> None:
    """Given two processes, when the agenda runs, then their acts come in the order of time."""
    agenda = Agenda()
    agenda.spawn(iter([act(9, name="a"), act(12, name="b")]))
    agenda.spawn(iter([act(10, name="c"), act(13, name="d")]))

    assert [one.body["source"] for one in agenda.run()] == ["a", "c", "b", "d"]


def test_a_process_that_waits_sees_what_happened_before() -> None:
    """Given a process that waits until noon, when it goes on, then the acts of the morning are done."""
    agenda = Agenda()
    seen: list[str] = []

    def waits() -> Iterator[Act | datetime]:
        yield moment(DAY, 12)
        yield act(12, name=f"after {len(seen)}")

    agenda.spawn(waits())
    agenda.spawn(iter([act(9), act(10)]))
    seen.extend(one.body["source"] for one in agenda.run())

    assert seen[-1] == "after 2"


def test_background_processes_leave_the_agenda_idle() -> None:
    """Given a background process and another, when the other ends, then the agenda is idle."""
    agenda = Agenda()
    agenda.spawn(iter([act(9), act(15)]), background=True)
    agenda.spawn(iter([act(10)]))

    assert [agenda.is_idle for _ in agenda.run()] == [False, False, True]


def test_a_process_cannot_go_back_in_time() -> None:
    """Given a process whose second act lies before its first, when it runs, then it is a bug."""
    agenda = Agenda()
    agenda.spawn(iter([act(10), act(9)]))

    with pytest.raises(AssertionError, match="VehicleEvidenceFiled"):
        list(agenda.run())


def test_lots_hold_what_one_agency_signs_at_one_moment() -> None:
    """Given 300 cars of a green-channel lot and others, when cut into lots, then 200 and 100 go together."""
    acts = [act(9) for _ in range(300)] + [act(9, "commerce"), act(10)]

    assert MAX_LOT == 200
    assert [len(lot) for lot in lots(acts)] == [200, 100, 1, 1]


def test_what_will_be_refused_goes_alone() -> None:
    """Given three acts that will be refused, when cut into lots, then each is a lot of its own."""
    acts = [act(9), *[act(9, refused=True) for _ in range(3)]]

    assert [len(lot) for lot in lots(acts)] == [1, 1, 1, 1]
