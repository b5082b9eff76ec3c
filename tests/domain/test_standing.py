"""An enterprise's file and qualification: filed, renewed, lapsed, withdrawn, renounced, filed afresh."""

from datetime import date
from typing import Any

import pytest

from domain.firm import Enterprise
from tests.support.domain import (
    EXPORTER,
    OTHER,
    UPSTREAM,
    attachment,
    enterprise_body,
    grant_body,
    qualification_body,
)
from tests.support.history import History
from tests.support.quota import (
    DECLARATION,
    changed_body,
    qualification_withdrawn_body,
    renounced_body,
)
from tests.support.stages import granted

DAY = "2025-03-20"

# What is recorded, in order (type: from..to or on) | the standing on days
AXIS = """
-                                                                | 2025-06-01 LAPSED
filed 2025-01-01..2025-12-31                                     | 2024-12-31 LAPSED, 2025-01-01 VALID, 2025-12-31 VALID, 2026-01-01 LAPSED
filed 2025-01-01..2025-12-31, filed 2026-01-01..2026-12-31       | 2025-12-31 VALID, 2026-01-01 VALID, 2026-12-31 VALID, 2027-01-01 LAPSED
filed 2025-01-01..2025-12-31, withdrawn 2025-06-01               | 2025-05-31 VALID, 2025-06-01 WITHDRAWN, 2026-01-01 WITHDRAWN
filed 2025-01-01..2025-12-31, withdrawn 2025-06-01, filed 2025-08-01..2025-12-31 | 2025-07-31 WITHDRAWN, 2025-08-01 VALID, 2026-01-01 LAPSED
filed 2025-01-01..2025-12-31, withdrawn 2025-06-01, filed 2025-06-01..2025-07-31 | 2025-06-01 VALID, 2025-08-01 LAPSED
withdrawn 2025-06-01, filed 2025-01-01..2025-12-31               | 2025-05-31 VALID, 2025-06-01 WITHDRAWN
filed 2025-01-01..2025-12-31, BOTH 2025-06-01                    | 2025-05-31 VALID, 2025-06-01 RENOUNCED
filed 2025-01-01..2025-12-31, QUALIFICATION 2025-06-01           | 2025-06-01 RENOUNCED
filed 2025-01-01..2025-12-31, QUOTA 2025-06-01                   | 2025-06-01 RENOUNCED
filed 2025-01-01..2025-12-31, BOTH 2025-06-01, filed 2025-09-01..2026-08-31 | 2025-08-31 RENOUNCED, 2025-09-01 VALID, 2026-09-01 LAPSED
filed 2025-01-01..2025-12-31, QUOTA 2025-06-01, filed 2026-01-01..2026-12-31 | 2026-01-01 RENOUNCED
BOTH 2025-06-01                                                  | 2025-05-31 LAPSED, 2025-06-01 RENOUNCED
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in AXIS.strip().splitlines()]


def said(history: History, what: str) -> None:
    """Record one word of the table."""
    kind, when = what.split()
    if kind == "filed":
        first, last = when.split("..")
        history.flags(DAY, "ExportQualificationFiled", qualification_body(OTHER, first, last))
    elif kind == "withdrawn":
        history.flags(DAY, "QualificationWithdrawn", qualification_withdrawn_body(when, OTHER))
    else:
        history.flags(DAY, "QualificationRenounced", renounced_body(when, OTHER, kind), DECLARATION)


@pytest.mark.parametrize(("recorded", "standings"), ROWS)
def test_the_axis_of_qualification(recorded: str, standings: str) -> None:
    """Given filings, withdrawals and renunciations, then the standing on each day is the table's."""
    history = granted()
    history.flags(DAY, "EnterpriseRegistered", enterprise_body(OTHER, "EXPORTER"))
    for what in recorded.split(", "):
        if what != "-":
            said(history, what)
    firm = history.replayed.enterprise(OTHER)
    for pair in standings.split(", "):
        day, standing = pair.split()
        assert (day, firm.standing_on(date.fromisoformat(day))) == (day, standing)


def test_a_fresh_filing_lets_a_withdrawn_exporter_apply_again() -> None:
    """Given a withdrawal, when a new filing takes effect, then a grant is possible again."""
    history = granted(grant=False)
    history.flags(DAY, "QualificationWithdrawn", qualification_withdrawn_body("2025-03-01"))
    assert history.codes(DAY, "QuotaGranted", grant_body(units=1)) == ("withdrawn",)
    history.flags(DAY, "ExportQualificationFiled", qualification_body(valid_from=DAY))
    assert history.flags(DAY, "QuotaGranted", grant_body(units=1)) == ()


def test_a_renunciation_without_its_declaration_is_flagged() -> None:
    """Given no declaration, or an enterprise not on file, then the renunciation is flagged and counts."""
    history = granted()
    body = renounced_body("2025-03-01")
    assert history.flags(DAY, "QualificationRenounced", body) == ("declaration-missing",)
    flags = history.flags(DAY, "QualificationWithdrawn", qualification_withdrawn_body(DAY, OTHER))
    assert flags == ("unknown-enterprise",)
    other = attachment("其他")
    assert history.flags(DAY, "QualificationRenounced", body, other) == ("declaration-missing",)
    assert history.replayed.enterprise(EXPORTER).endings != ()


@pytest.mark.parametrize(
    ("field", "value", "flags"),
    [
        ("name", "新名称有限公司", ()),
        ("district", "奉贤区", ()),
        ("in_city", "false", ()),
        ("in_city", "否", ("unknown-value",)),
        ("applicant_kind", "MANUFACTURER", ()),
        ("applicant_kind", "AGENT", ("unknown-value",)),
        ("roles", "EXPORTER,UPSTREAM", ()),
        ("roles", "EXPORTER,EXPORTER", ("unknown-value",)),
        ("roles", "", ("unknown-value",)),
        ("name", None, ("unknown-value",)),
        ("uscc", OTHER, ("unknown-field",)),
        ("registered_capital", "1", ("unknown-field",)),
    ],
)
def test_a_change_of_the_file(field: str, value: str | None, flags: tuple[str, ...]) -> None:
    """Given a change of a member, then it counts; an unknown member or value is flagged and changes nothing."""
    history = granted()
    body: dict[str, Any] = changed_body(field, value or None)
    if value == "":
        body["value"] = ","
    assert history.flags(DAY, "EnterpriseChanged", body) == flags
    assert bool(history.replayed.enterprise(EXPORTER).changes) is not bool(flags)


def test_a_change_counts_from_its_own_day() -> None:
    """Given an upstream that leaves the city on 25 March, then a grant before is accepted, after it refused."""
    history = granted(grant=False)
    history.flags(DAY, "EnterpriseChanged", changed_body("in_city", "false", "2025-03-25", UPSTREAM))
    assert history.codes("2025-03-25", "QuotaGranted", grant_body(units=1)) == ("upstream-not-in-city",)
    back = changed_body("in_city", "true", "2025-03-26", UPSTREAM)
    history.flags(DAY, "EnterpriseChanged", back)
    assert history.codes("2025-03-25", "QuotaGranted", grant_body(units=1)) == ("upstream-not-in-city",)
    assert history.flags("2025-03-26", "QuotaGranted", grant_body(units=1)) == ()


def test_a_firm_that_loses_its_role_is_no_party_to_a_grant() -> None:
    """Given an exporter that is on file as an upstream only from today, when granted, then it is refused."""
    history = granted(grant=False)
    history.flags(DAY, "EnterpriseChanged", changed_body("roles", "UPSTREAM", DAY))
    assert history.codes(DAY, "QuotaGranted", grant_body(units=1)) == ("unknown-enterprise",)


def test_the_last_change_of_a_day_counts() -> None:
    """Given two changes of one member from the same day, then the later entry counts."""
    history = granted()
    for value in ("false", "true"):
        history.flags(DAY, "EnterpriseChanged", changed_body("in_city", value, DAY, UPSTREAM))
    firm: Enterprise = history.replayed.enterprise(UPSTREAM)
    assert [one.value for one in firm.changes] == ["false", "true"]
    assert firm.in_city_on(firm.changes[0].on)
