"""The golden edge cases of domain.md, section 7, that concern cars, each by its name."""

from datetime import date

import pytest

from domain.clocks import Term, export_term
from domain.statements import MalformedStatement, parse_statement
from tests.support.cars import CAR, LINE, SCAN, classified, proved, registered
from tests.support.domain import (
    OTHER,
    PAIR,
    acceptance_body,
    approval_body,
    classified_body,
    customs_body,
    declaration,
    deregistered_body,
    line_id,
    proof_body,
    registered_body,
    sent_body,
    statement_object,
    transfer_body,
    use_body,
    vin,
)
from tests.support.quota import cancelled_body
from tests.support.vehicles import approved, exported, licence_body


@pytest.mark.parametrize(
    ("on", "strict", "rolled", "next_day"),
    [
        ("2024-11-15", "2024-11-30", "2024-12-02", "2024-12-03"),
        ("2025-09-20", "2025-10-05", "2025-10-09", "2025-10-10"),
    ],
)
def test_a_term_that_ends_on_a_rest_day_ends_on_the_next_working_day(
    on: str, strict: str, rolled: str, next_day: str
) -> None:
    """Given a registration, when transferred on the rolled day or the next, then in time or late."""
    history = registered(on)
    policy = history.replayed.policy_on(date.fromisoformat(on))
    assert policy is not None
    term = export_term(date.fromisoformat(on), policy, history.replayed.year_table)
    assert term == Term(date.fromisoformat(strict), date.fromisoformat(rolled))
    in_time = transfer_body(CAR, LINE, rolled)
    assert history.flags(next_day, "PendingExportTransferRecorded", in_time) == ()
    late = transfer_body(CAR, LINE, next_day)
    assert history.flags(next_day, "PendingExportTransferRecorded", late) == ("late-transfer",)


@pytest.mark.parametrize(
    ("at", "days", "late"),
    [
        ("2024-12-02T23:59:59+08:00", 17, False),
        ("2024-12-02T15:59:59Z", 17, False),
        ("2024-12-03T00:00:00+08:00", 18, True),
        ("2024-12-02T16:00:00Z", 18, True),
    ],
)
def test_the_last_second_of_the_last_day_in_shanghai_is_in_time(at: str, days: int, late: bool) -> None:
    """Given a due date of 2 December 2024, when submitted at 23:59:59 or 00:00:00, then in time or late."""
    history = registered("2024-11-15")
    history.say("2024-12-02", "PendingExportTransferRecorded", transfer_body(CAR, LINE, "2024-12-02"))
    proof = proof_body(CAR, LINE, at, invoice_on="2024-12-02")
    flags = history.flags("2024-12-03", "TransferProofSubmitted", proof, SCAN)
    assert flags == (("late-submission",) if late else ())
    accepted = history.flags("2024-12-04", "TransferProofAccepted", acceptance_body(CAR, LINE, days, late))
    assert accepted == (("late-proof",) if late else ())


@pytest.mark.parametrize(("on", "flags"), [("2026-02-28", ()), ("2026-03-01", ("late-deregistration",))])
def test_a_car_cleared_on_31_december_is_deregistered_by_the_end_of_february(
    on: str, flags: tuple[str, ...]
) -> None:
    """Given a release of 31 December 2025, when deregistered on 28 February or the day after, then so flagged."""
    history = proved()
    history.flags("2025-12-31", "CustomsExportConfirmed", customs_body(CAR, on="2025-12-31"))
    assert history.flags(on, "VehicleDeregistered", deregistered_body(CAR, on)) == flags


@pytest.mark.parametrize(
    ("applied_on", "flags"), [("2026-05-30", ("after-sales-letter-missing",)), ("2026-05-31", ())]
)
def test_day_180_and_day_181_of_648(applied_on: str, flags: tuple[str, ...]) -> None:
    """Given a registration of 1 December 2025, when a licence is applied for on day 180 or 181, then so flagged."""
    history = registered("2025-12-01")
    history.say("2025-12-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE, "2025-12-10"))
    body = licence_body(
        (CAR, "2025-12-01", "2025-12-10"),
        applied_on=applied_on,
        valid_from="2026-06-01",
        valid_to="2026-12-01",
    )
    assert history.flags("2026-06-01", "ExportLicenceIssued", body) == flags


def test_a_vin_may_be_approved_again_after_its_line_was_cancelled() -> None:
    """Given an approved line cancelled, when its VIN is approved in another batch, then it takes one unit."""
    history = approved()
    batch = f"{PAIR}-2"
    history.flags("2025-02-20", "UseApplicationReceived", use_body([CAR], batch))
    again = approval_body([CAR], batch)
    assert history.codes("2025-02-21", "UseApplicationApproved", again) == ("vin-live",)
    assert history.flags("2025-02-22", "ApprovedLineCancelled", cancelled_body(LINE, CAR)) == ()
    assert history.balances(PAIR) == {"ISS": -100, "AV": 100}
    assert history.flags("2025-02-23", "UseApplicationApproved", again) == ()
    history.flags("2025-02-24", "UsageNumberSent", sent_body([CAR], batch))
    history.flags("2025-02-25", "QuotaAttributeClassified", classified_body([CAR], batch))
    body = registered_body(CAR, line_id(1, batch))
    assert history.flags("2025-03-03", "VehicleRegistered", body) == ()
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1}


def test_a_correction_cannot_be_corrected() -> None:
    """Given a corrected registration, when the correction is corrected, then it is refused."""
    history = registered()
    history.correct(history.size - 1, registered_body(CAR, LINE, "2025-03-02"))
    answer = history.correct(history.size - 1)
    assert [one.code for one in answer.refusals] == ["not-correctable"]


def test_the_same_scan_for_two_vins_is_flagged() -> None:
    """Given a scan handed in for one car, when it comes for another, then it is accepted and flagged."""
    history = classified(2)
    for number in (1, 2):
        body = registered_body(vin(number), line_id(number))
        history.flags("2025-03-03", "VehicleRegistered", body)
    first = proof_body(vin(1), line_id(1))
    assert history.flags("2025-03-11", "TransferProofSubmitted", first, SCAN) == ()
    second = proof_body(vin(2), line_id(2))
    assert history.flags("2025-03-11", "TransferProofSubmitted", second, SCAN) == ("document-reused",)


def test_a_transfer_to_the_wrong_exporter_is_flagged_and_its_proof_refused() -> None:
    """Given a transfer from U to another exporter, then it is flagged, and its proof cannot be accepted."""
    history = registered()
    wrong = transfer_body(CAR, LINE, to_uscc=OTHER)
    assert history.flags("2025-03-10", "PendingExportTransferRecorded", wrong) == ("wrong-parties",)
    history.flags("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE), SCAN)
    codes = history.codes("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE))
    assert codes == ("transfer-mismatch",)


def test_a_declaration_with_the_import_flag_is_flagged() -> None:
    """Given a declaration number of an import, when confirmed, then it posts T→X and is flagged."""
    history = proved()
    body = customs_body(CAR, declaration_no=declaration(1, "1"))
    assert history.flags("2025-04-10", "CustomsExportConfirmed", body) == ("bad-declaration",)
    assert history.balances(PAIR)["X"] == 1
    assert exported().balances(PAIR) == history.balances(PAIR)


def test_the_letter_o_in_a_vin_is_malformed() -> None:
    """Given a VIN with O for 0, when parsed, then it is malformed: no car can be meant."""
    body = {**registered_body(CAR, LINE), "vin": CAR.replace("0", "O", 1)}
    with pytest.raises(MalformedStatement, match="no I, O, Q"):
        parse_statement(statement_object("VehicleRegistered", body))
