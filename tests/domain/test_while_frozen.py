"""While an enterprise is suspended, lapsed, withdrawn or renounced: what is refused, what is still allowed."""

import pytest

from tests.support.domain import EXPORTER, UPSTREAM, registered_body, suspended_body
from tests.support.history import History
from tests.support.quota import DECLARATION, qualification_withdrawn_body, renounced_body
from tests.support.stages import CAR, LINE, READY, ROAD, until

DAY = "2025-03-20"
BEFORE = "2025-03-01T00:00:00+08:00"
FOREVER = "2029-12-31"

# Who and what | refused with which code | everything else is still allowed.
TABLE = """
exporter suspended APPLY   | suspended | QuotaGranted QuotaToppedUp
upstream suspended APPLY   | suspended | QuotaGranted QuotaToppedUp
exporter suspended USE     | suspended | UseApplicationApproved UsageNumberSent QuotaAttributeClassified
upstream suspended USE     | suspended | UseApplicationApproved UsageNumberSent QuotaAttributeClassified
exporter lapsed            | lapsed    | QuotaGranted QuotaToppedUp UseApplicationApproved
exporter withdrawn         | withdrawn | QuotaGranted QuotaToppedUp UseApplicationApproved
exporter renounced         | renounced | QuotaGranted QuotaToppedUp UseApplicationApproved UsageNumberSent QuotaAttributeClassified
upstream renounced         | renounced | QuotaGranted QuotaToppedUp UseApplicationApproved UsageNumberSent QuotaAttributeClassified
upstream withdrawn         | -         |
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
CELLS = [
    (condition, decision, code if decision in refused.split() else None)
    for condition, code, refused in ROWS
    for decision in READY
]


def frozen(history: History, condition: str) -> History:
    """Record what brings the condition about; a lapse comes by itself."""
    who, what, *scope = condition.split()
    uscc = {"exporter": EXPORTER, "upstream": UPSTREAM}[who]
    if what == "suspended":
        history.flags(DAY, "EnterpriseSuspended", suspended_body(uscc, *scope, effective_at=BEFORE))
    elif what == "withdrawn":
        history.flags(DAY, "QualificationWithdrawn", qualification_withdrawn_body("2025-03-01", uscc))
    elif what == "renounced":
        history.flags(DAY, "QualificationRenounced", renounced_body("2025-03-01", uscc), DECLARATION)
    return history


@pytest.mark.parametrize(
    ("condition", "decision", "code"), CELLS, ids=lambda cell: str(cell).replace(" ", "-")
)
def test_while_frozen(condition: str, decision: str, code: str | None) -> None:
    """Given the condition of a row, when a decision is taken, then it is refused only where the row says so."""
    make, body = READY[decision]
    history = frozen(make("2025-03-19" if condition.endswith("lapsed") else FOREVER), condition)
    if code:
        assert history.codes(DAY, decision, body) == (code,)
    else:
        assert history.flags(DAY, decision, body) == ()


@pytest.mark.parametrize("condition", [row[0] for row in ROWS])
def test_facts_are_accepted_all_the_while(condition: str) -> None:
    """Given any of the conditions, when the road goes on, then every fact is accepted and posts."""
    for number in range(5, len(ROAD)):
        _, name, body, attached = ROAD[number]
        history = frozen(until(*ROAD[:number])(FOREVER), condition)
        assert history.flags(DAY, name, body, *([attached] if attached else [])) == ()


@pytest.mark.parametrize(
    ("condition", "flags"),
    [
        ("exporter suspended USE", ("suspended",)),
        ("exporter suspended APPLY", ("suspended",)),
        ("upstream suspended USE", ("suspended",)),
        ("exporter renounced", ("suspended",)),
        ("upstream renounced", ("suspended",)),
        ("exporter withdrawn", ()),
        ("exporter lapsed", ()),
    ],
)
def test_a_registration_meanwhile_posts_and_is_flagged(condition: str, flags: tuple[str, ...]) -> None:
    """Given a suspension or renunciation, when a car is registered, then C→R is posted and C28 flagged."""
    history = frozen(until(*ROAD[:4])("2025-03-19"), condition)
    assert history.flags(DAY, "VehicleRegistered", registered_body(CAR, LINE, DAY)) == flags
    assert history.replayed.vehicle(CAR).lines == {LINE: "R"}
