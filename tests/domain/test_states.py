"""The state machines of pair, use application and case: what every event does in every state.

A cell is the next state; ``!code`` a refusal, after which the state is as before; ``~flag`` a fact that
is accepted, flagged and changes no state.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from domain.decide import Refused
from tests.support.domain import (
    APPLICATION,
    BATCH,
    PAIR,
    Season,
    application_body,
    approval_body,
    classified_body,
    grant_body,
    sent_body,
    use_body,
)
from tests.support.history import History
from tests.support.quota import (
    TOP_UP,
    cancelled_body,
    case_body,
    case_decided_body,
    case_end_body,
    case_step_body,
    closed_body,
    ended_body,
    reduced_body,
    returned_body,
    top_up_body,
    topped_up_body,
    unattributed_body,
)
from tests.support.stages import CAR, CARS, HEARD, LINE, MORE, OPENED, REDUCED, ROAD, until

DAY = "2025-03-20"
FOREVER = "2029-12-31"
Make = Callable[[str], History]


def cells(table: str) -> list[tuple[str, str, str]]:
    """Return (state, event, cell) of a table whose first line names the events."""
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [(row[0], event, cell) for row in rows for event, cell in zip(head[1:], row[1:], strict=True)]


def check(
    history: History, event: tuple[str, dict[str, Any]], cell: str, state: Callable[[History], str]
) -> None:
    """Take the event and compare with the cell."""
    before = state(history)
    answer = history.say(DAY, *event)
    if cell.startswith("!"):
        assert isinstance(answer, Refused), answer
        assert cell[1:] in {one.code for one in answer.refusals}
        assert state(history) == before
    elif cell.startswith("~"):
        assert cell[1:] in answer.outcome.flags
        assert state(history) == before
    else:
        assert not isinstance(answer, Refused), answer
        assert state(history) == cell


# --- pair and total quota ---

# NONE: a letter and no application. ACTIVE: its one unit is used. IDLE: its one unit is available.
PAIR_TABLE = """
state     | apply         | grant                | reject               | withdraw        | ask                | top up               | refuse more          | take back       | reduce           | close
NONE      | APPLIED       | !unknown-application | !unknown-application | ~nothing-to-end | ~pair-not-active   | !unknown-application | !unknown-application | ~nothing-to-end | !pair-not-active | !wrong-state
APPLIED   | ~duplicate-id | IDLE                 | REJECTED             | WITHDRAWN       | ~pair-not-active   | !unknown-application | !unknown-application | ~nothing-to-end | !pair-not-active | !wrong-state
REJECTED  | ~duplicate-id | !wrong-state         | !wrong-state         | ~nothing-to-end | ~pair-not-active   | !unknown-application | !unknown-application | ~nothing-to-end | !pair-not-active | !wrong-state
WITHDRAWN | ~duplicate-id | !wrong-state         | !wrong-state         | ~nothing-to-end | ~pair-not-active   | !unknown-application | !unknown-application | ~nothing-to-end | !pair-not-active | !wrong-state
ACTIVE    | ~duplicate-id | !wrong-state         | !wrong-state         | ~nothing-to-end | PENDING            | !unknown-application | !unknown-application | ~nothing-to-end | !over-reduction  | !pair-not-drained
PENDING   | ~duplicate-id | !wrong-state         | !wrong-state         | ~nothing-to-end | ~duplicate-id      | IDLE                 | ACTIVE               | ACTIVE          | !over-reduction  | !pair-not-drained
IDLE      | ~duplicate-id | !wrong-state         | !wrong-state         | ~nothing-to-end | BELOW              | !unknown-application | !unknown-application | ~nothing-to-end | DRAINED          | !pair-not-drained
BELOW     | ~duplicate-id | !wrong-state         | !wrong-state         | ~nothing-to-end | ~duplicate-id      | !below-threshold-then | IDLE                | IDLE            | PENDING          | !pair-not-drained
DRAINED   | ~duplicate-id | !wrong-state         | !wrong-state         | ~nothing-to-end | PENDING            | !unknown-application | !unknown-application | ~nothing-to-end | !over-reduction  | CLOSED
CLOSED    | ~duplicate-id | !wrong-state         | !wrong-state         | ~nothing-to-end | ~pair-not-active   | !unknown-application | !unknown-application | ~nothing-to-end | !over-reduction  | !wrong-state
"""
ASKED = ("2025-02-10", "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 0, 1), None)
CLOSED = ("2025-02-11", "PairClosed", closed_body(), None)
REJECTED = ("2025-02-10", "QuotaApplicationRejected", ended_body(APPLICATION), None)
WITHDRAWN = ("2025-02-10", "QuotaApplicationWithdrawn", ended_body(APPLICATION), None)


def no_application(valid_to: str) -> History:
    """Return a history with a letter and without an application."""
    return History(list(Season(1, 1).set_up())[:-2])


PAIR_STATES: Mapping[str, Make] = {
    "NONE": no_application,
    "APPLIED": until(grant=False),
    "REJECTED": until(REJECTED, grant=False),
    "WITHDRAWN": until(WITHDRAWN, grant=False),
    "ACTIVE": until(*ROAD[:5]),
    "PENDING": until(*ROAD[:5], MORE),
    "IDLE": until(),
    "BELOW": until(ASKED),
    "DRAINED": until(REDUCED),
    "CLOSED": until(REDUCED, CLOSED),
}
PAIR_EVENTS = {
    "apply": ("TotalQuotaApplicationReceived", application_body(units=1)),
    "grant": ("QuotaGranted", grant_body(units=1)),
    "reject": ("QuotaApplicationRejected", ended_body(APPLICATION)),
    "withdraw": ("QuotaApplicationWithdrawn", ended_body(APPLICATION)),
    "ask": ("TopUpApplicationReceived", top_up_body(TOP_UP, 20, 1, 1)),
    "top up": ("QuotaToppedUp", topped_up_body(TOP_UP, 20, 1, 1)),
    "refuse more": ("TopUpRejected", ended_body(TOP_UP)),
    "take back": ("QuotaApplicationWithdrawn", ended_body(TOP_UP)),
    "reduce": ("QuotaReduced", reduced_body(1)),
    "close": ("PairClosed", closed_body()),
}


def pair_state(history: History) -> str:
    """Name the state of the pair and of its applications."""
    pair = history.replayed.pair(PAIR)
    first, more = pair.applications.get(APPLICATION), pair.applications.get(TOP_UP)
    if pair.status == "NEW":
        return {None: "NONE", "PENDING": "APPLIED"}.get(first and first.status, first.status if first else "")
    if pair.status == "CLOSED":
        return "CLOSED"
    if more is not None and more.status == "PENDING":
        return "BELOW" if pair.balances["AV"] else "PENDING"
    if pair.issued == 0:
        return "DRAINED"
    return "IDLE" if pair.balances["AV"] else "ACTIVE"


@pytest.mark.parametrize(("state", "event", "cell"), cells(PAIR_TABLE))
def test_a_pair_takes_each_event_as_its_table_says(state: str, event: str, cell: str) -> None:
    """Given a pair in a state, when an event comes, then it does what the cell says."""
    history = PAIR_STATES[state](FOREVER)
    assert pair_state(history) == state
    check(history, PAIR_EVENTS[event], cell, pair_state)


# --- use application ---

# REGISTERED: classified, its one car registered.
BATCH_TABLE = """
state      | receive       | approve        | reject         | withdraw        | send           | return         | classify       | unattribute         | cancel
NONE       | RECEIVED      | !unknown-batch | !unknown-batch | ~nothing-to-end | !unknown-batch | !unknown-batch | !unknown-batch | ~nothing-to-end     | !unknown-batch
RECEIVED   | ~duplicate-id | APPROVED       | REJECTED       | WITHDRAWN       | !wrong-state   | !wrong-state   | !wrong-state   | ~nothing-to-end     | !wrong-state
APPROVED   | ~duplicate-id | !wrong-state   | !wrong-state   | ENDED           | SENT           | !wrong-state   | !wrong-state   | ~nothing-to-end     | APPROVED
SENT       | ~duplicate-id | !wrong-state   | !wrong-state   | ENDED           | SENT           | APPROVED       | CLASSIFIED     | ~nothing-to-end     | SENT
CLASSIFIED | ~duplicate-id | !wrong-state   | !wrong-state   | ENDED           | !wrong-state   | !wrong-state   | !wrong-state   | ~attribute-withdrawn | CLASSIFIED
REGISTERED | ~duplicate-id | !wrong-state   | !wrong-state   | ENDED-REGISTERED | !wrong-state  | !wrong-state   | !wrong-state   | ~nothing-to-end     | !wrong-state
REJECTED   | ~duplicate-id | !wrong-state   | !wrong-state   | ~nothing-to-end | !wrong-state   | !wrong-state   | !wrong-state   | ~nothing-to-end     | !wrong-state
WITHDRAWN  | ~duplicate-id | !wrong-state   | !wrong-state   | ~nothing-to-end | !wrong-state   | !wrong-state   | !wrong-state   | ~nothing-to-end     | !wrong-state
ENDED      | ~duplicate-id | !wrong-state   | !wrong-state   | ~nothing-to-end | !wrong-state   | !wrong-state   | !wrong-state   | ~nothing-to-end     | !line-not-live
"""
BATCH_REJECTED = ("2025-02-11", "UseApplicationRejected", ended_body(BATCH), None)
BATCH_WITHDRAWN = ("2025-02-20", "UseApplicationWithdrawn", ended_body(BATCH), None)
BATCH_STATES: Mapping[str, Make] = {
    "NONE": until(),
    "RECEIVED": until(*ROAD[:1]),
    "APPROVED": until(*ROAD[:2]),
    "SENT": until(*ROAD[:3]),
    "CLASSIFIED": until(*ROAD[:4]),
    "REGISTERED": until(*ROAD[:5]),
    "REJECTED": until(*ROAD[:1], BATCH_REJECTED),
    "WITHDRAWN": until(*ROAD[:1], BATCH_WITHDRAWN),
    "ENDED": until(*ROAD[:4], BATCH_WITHDRAWN),
}
BATCH_EVENTS = {
    "receive": ("UseApplicationReceived", use_body(CARS)),
    "approve": ("UseApplicationApproved", approval_body(CARS)),
    "reject": ("UseApplicationRejected", ended_body(BATCH)),
    "withdraw": ("UseApplicationWithdrawn", ended_body(BATCH)),
    "send": ("UsageNumberSent", sent_body(CARS)),
    "return": ("UsageNumberReturned", returned_body()),
    "classify": ("QuotaAttributeClassified", classified_body(CARS)),
    "unattribute": ("QuotaAttributeWithdrawn", unattributed_body(CAR)),
    "cancel": ("ApprovedLineCancelled", cancelled_body(LINE, CAR)),
}


def batch_state(history: History) -> str:
    """Name the state of the batch and, where it matters, of its car."""
    batch = history.replayed.batch(BATCH)
    if batch is None:
        return "NONE"
    if history.replayed.vehicle(CAR).lines.get(LINE) == "R":
        return "REGISTERED" if batch.status == "CLASSIFIED" else f"{batch.status}-REGISTERED"
    return batch.status


@pytest.mark.parametrize(("state", "event", "cell"), cells(BATCH_TABLE))
def test_a_batch_takes_each_event_as_its_table_says(state: str, event: str, cell: str) -> None:
    """Given a batch in a state, when an event comes, then it does what the cell says."""
    history = BATCH_STATES[state](FOREVER)
    assert batch_state(history) == state
    name, body = BATCH_EVENTS[event]
    batch = history.replayed.batch(BATCH)
    if event == "send" and batch is not None:
        body = {**body, "revision": batch.revision + 1}
    check(history, (name, body), cell, batch_state)


# --- violation case ---

CASE_TABLE = """
state      | open            | evidence      | hear           | escalate      | decide           | remedy          | overturn
NONE       | OPEN            | ~unknown-case | ~unknown-case  | ~unknown-case | !unknown-case    | ~unknown-case   | !unknown-case
OPEN       | !duplicate-case | OPEN          | HEARD          | OPEN          | !hearing-missing | ~case-undecided | !wrong-state
HEARD      | !duplicate-case | HEARD         | HEARD          | HEARD         | DECIDED          | ~case-undecided | !wrong-state
DECIDED    | !duplicate-case | DECIDED       | ~case-not-open | DECIDED       | !wrong-state     | REMEDIED        | OVERTURNED
REMEDIED   | !duplicate-case | REMEDIED      | ~case-not-open | REMEDIED      | !wrong-state     | REMEDIED        | OVERTURNED
OVERTURNED | !duplicate-case | OVERTURNED    | ~case-not-open | OVERTURNED    | !wrong-state     | ~case-undecided | !wrong-state
"""
WITH_CAR = ("2025-03-05", "ViolationCaseOpened", case_body("ROAD_USE", CAR), None)
DECIDED = ("2025-03-07", "CaseDecided", case_decided_body(), None)
REMEDIED = ("2025-03-08", "CaseRemedied", case_end_body(CAR), None)
OVERTURNED = ("2025-03-08", "CaseOverturned", case_end_body(), None)
CASE_STATES: Mapping[str, Make] = {
    "NONE": until(),
    "OPEN": until(WITH_CAR),
    "HEARD": until(WITH_CAR, HEARD),
    "DECIDED": until(WITH_CAR, HEARD, DECIDED),
    "REMEDIED": until(WITH_CAR, HEARD, DECIDED, REMEDIED),
    "OVERTURNED": until(OPENED, HEARD, DECIDED, OVERTURNED),
}
CASE_EVENTS = {
    "open": ("ViolationCaseOpened", case_body()),
    "evidence": ("CaseEvidenceAdded", case_step_body(DAY)),
    "hear": ("HearingHeld", case_step_body(DAY)),
    "escalate": ("CaseEscalated", case_step_body(DAY)),
    "decide": ("CaseDecided", case_decided_body()),
    "remedy": ("CaseRemedied", case_end_body(CAR)),
    "overturn": ("CaseOverturned", case_end_body(CAR)),
}


def case_state(history: History) -> str:
    """Name the state of the case."""
    case = history.replayed.case("CASE-1")
    if case is None:
        return "NONE"
    if case.status == "OPEN":
        return "HEARD" if case.hearings else "OPEN"
    return "REMEDIED" if case.status == "DECIDED" and case.remedies else case.status


@pytest.mark.parametrize(("state", "event", "cell"), cells(CASE_TABLE))
def test_a_case_takes_each_event_as_its_table_says(state: str, event: str, cell: str) -> None:
    """Given a case in a state, when an event comes, then it does what the cell says."""
    history = CASE_STATES[state](FOREVER)
    assert case_state(history) == state
    check(history, CASE_EVENTS[event], cell, case_state)
