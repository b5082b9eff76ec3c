"""A policy version changes what comes after it takes effect and nothing before; every refusal names its version."""

import pytest

from domain.decide import Refused
from tests.support.domain import (
    acceptance_body,
    attachment,
    calendar_body,
    grant_body,
    line_id,
    policy_body,
    proof_body,
    registered_body,
    sent_body,
    transfer_body,
    vin,
)
from tests.support.history import History
from tests.support.quota import case_body, counts_body
from tests.support.stages import CAR, LINE, ROAD, granted, until

DAY = "2025-03-20"
FOREVER = "2029-12-31"


def test_every_refusal_names_the_policy_version_in_force() -> None:
    """Given no version, version 1, then version 2, when refused, then each refusal names the one in force."""
    history = History()
    versions = []
    for _ in range(3):
        answer = history.say(DAY, "UsageNumberSent", sent_body([CAR]))
        assert isinstance(answer, Refused)
        versions += [{one.policy_version for one in answer.refusals}]
        history.flags(DAY, "PolicyVersionPublished", policy_body(len(versions), DAY))
    assert versions == [{None}, {1}, {2}]


def test_a_version_that_lies_ahead_is_not_yet_in_force() -> None:
    """Given version 2 from the 25th, when refused on the 20th and on the 25th, then versions 1 and 2 are named."""
    history = granted()
    history.flags(DAY, "PolicyVersionPublished", policy_body(2, "2025-03-25"))
    for day, version in ((DAY, 1), ("2025-03-25", 2)):
        answer = history.say(day, "QuotaGranted", grant_body())
        assert isinstance(answer, Refused)
        assert {one.policy_version for one in answer.refusals} == {version}


@pytest.mark.parametrize(
    ("registered", "flags"),
    [
        ("2025-03-04", ()),  # by version 1: 15 days, due on the 19th
        ("2025-03-10", ("late-transfer",)),  # by version 2: 5 days, due on the 15th
    ],
)
def test_a_term_is_judged_by_the_version_of_the_registration_date(
    registered: str, flags: tuple[str, ...]
) -> None:
    """Given a shorter term from the 10th on, then cars registered before keep theirs, though recorded later."""
    history = until(*ROAD[:4])(FOREVER)
    history.flags("2025-03-10", "PolicyVersionPublished", policy_body(2, "2025-03-10", deadline__days=5))
    history.flags("2025-03-10", "VehicleRegistered", registered_body(CAR, LINE, registered))
    transfer = transfer_body(CAR, LINE, "2025-03-19")
    assert history.flags("2025-03-19", "PendingExportTransferRecorded", transfer) == flags


def test_what_was_accepted_under_a_version_stays_accepted() -> None:
    """Given a total granted under version 1, when version 2 caps the city below it, then it stays granted."""
    history = granted(5)
    before = history.replayed.pair(grant_body()["app_id"].rpartition("-q")[0])
    history.flags(DAY, "PolicyVersionPublished", policy_body(2, DAY, city_cap=1))
    assert history.replayed.pair(grant_body()["app_id"].rpartition("-q")[0]) == before


def test_by_working_days_the_term_ends_later() -> None:
    """Given deadline.unit WORKING_DAYS, then a proof on calendar day 18 is in time; by calendar days late."""
    for unit, late in (("CALENDAR_DAYS", True), ("WORKING_DAYS", False)):
        history = until(*ROAD[:4])(FOREVER)
        history.flags(
            "2025-03-01", "PolicyVersionPublished", policy_body(2, "2025-03-01", deadline__unit=unit)
        )
        history.flags("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
        history.flags("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE))
        proof = proof_body(CAR, LINE, "2025-03-21T09:00:00+08:00")
        history.flags("2025-03-21", "TransferProofSubmitted", proof, attachment("登记证书", CAR))
        acceptance = acceptance_body(CAR, LINE, 18, late)
        flags = history.flags("2025-03-24", "TransferProofAccepted", acceptance)
        assert flags == (("late-proof",) if late else ())


@pytest.mark.parametrize(
    ("at", "late"), [("2025-03-18T23:59:59+08:00", False), ("2025-03-19T00:00:00+08:00", True)]
)
def test_the_last_second_of_the_last_day_is_in_time(at: str, late: bool) -> None:
    """Given a proof one second before or at midnight after the due date, then only the second is late."""
    history = until(*ROAD[:6])(FOREVER)
    history.flags(
        "2025-03-19", "TransferProofSubmitted", proof_body(CAR, LINE, at), attachment("登记证书", CAR)
    )
    days = 16 if late else 15
    history.flags("2025-03-20", "TransferProofAccepted", acceptance_body(CAR, LINE, days, late))


def test_a_year_without_its_table_leaves_late_open() -> None:
    """Given a registration whose due date needs the table of 2026, when accepted, then late has to be null."""
    car, line = vin(1), line_id(1)
    history = until(*ROAD[:4])(FOREVER)
    history.flags("2025-12-20", "VehicleRegistered", registered_body(car, line, "2025-12-20"))
    history.flags("2025-12-22", "PendingExportTransferRecorded", transfer_body(car, line, "2025-12-22"))
    proof = proof_body(car, line, "2025-12-23T09:00:00+08:00", invoice_on=None)
    history.flags("2025-12-23", "TransferProofSubmitted", proof, attachment("登记证书", car))
    known = acceptance_body(car, line, 3, False)
    assert history.codes("2025-12-24", "TransferProofAccepted", known) == ("numbers-differ",)
    assert history.flags("2025-12-24", "TransferProofAccepted", {**known, "late": None}) == ()


def test_a_calendar_published_later_settles_what_was_open() -> None:
    """Given the same car, when the table of 2026 is published first, then late is false."""
    car, line = vin(1), line_id(1)
    history = until(*ROAD[:4])(FOREVER)
    history.flags("2025-12-20", "VehicleRegistered", registered_body(car, line, "2025-12-20"))
    history.flags("2025-12-22", "PendingExportTransferRecorded", transfer_body(car, line, "2025-12-22"))
    proof = proof_body(car, line, "2025-12-23T09:00:00+08:00", invoice_on=None)
    history.flags("2025-12-23", "TransferProofSubmitted", proof, attachment("登记证书", car))
    history.flags("2025-12-23", "HolidayCalendarPublished", calendar_body(2026))
    assert history.flags("2025-12-24", "TransferProofAccepted", acceptance_body(car, line, 3, False)) == ()


def test_counts_that_cannot_be_compared_are_flagged() -> None:
    """Given a period upside down and a count of a foreign name, then both are flagged; known names are not."""
    history = granted()
    assert history.flags(DAY, "ReconciliationStatementFiled", counts_body(granted=1, proved=0)) == ()
    odd = counts_body("2025-03-31", "2025-03-01", released=1)
    flags = history.flags(DAY, "ReconciliationStatementFiled", odd)
    assert flags == ("period-disordered", "unknown-count")


def test_a_case_is_about_somebody() -> None:
    """Given a case without an enterprise or a car, when opened, then refused; with a car alone, accepted."""
    history = granted()
    nobody = case_body(usccs=[])
    assert history.codes(DAY, "ViolationCaseOpened", nobody) == ("empty-case",)
    assert history.flags(DAY, "ViolationCaseOpened", {**nobody, "vins": [CAR]}) == ()


def test_a_case_is_opened_on_the_day_it_happened() -> None:
    """Given a case opened on a day, when recorded, then the record has that day."""
    history = granted()
    history.flags(DAY, "ViolationCaseOpened", case_body())
    case = history.replayed.case("CASE-1")
    assert case is not None
    assert case.opened_on.isoformat() == DAY
