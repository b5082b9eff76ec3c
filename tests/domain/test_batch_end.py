"""Lines that leave a batch: cancelled, withdrawn, sent back, without their attribute; the way back in."""

import pytest

from tests.support.domain import (
    BATCH,
    EXPORTER,
    LETTER_ATTACHMENTS,
    PAIR,
    UPSTREAM,
    Season,
    application_body,
    approval_body,
    classified_body,
    deregistered_body,
    grant_body,
    letter_body,
    line_id,
    registered_body,
    sent_body,
    use_body,
    vin,
    wrong_vin,
)
from tests.support.history import History
from tests.support.quota import (
    cancelled_body,
    closed_body,
    ended_body,
    reduced_body,
    returned_body,
    unattributed_body,
)
from tests.support.stages import FORM, granted

DAY = "2025-03-20"
VINS = [vin(1), vin(2), vin(3)]
SECOND = f"{PAIR}-2"


def sent(vins: list[str] = VINS) -> History:
    """Three cars whose number was sent."""
    history = granted(3)
    history.flags("2025-02-10", "UseApplicationReceived", use_body(vins), FORM)
    history.flags("2025-02-12", "UseApplicationApproved", approval_body(vins))
    history.flags("2025-02-13", "UsageNumberSent", sent_body(vins))
    return history


def classified() -> History:
    """Three cars classified."""
    history = sent()
    history.flags("2025-02-17", "QuotaAttributeClassified", classified_body(VINS))
    return history


def test_a_cancelled_line_gives_its_unit_back_and_frees_its_car() -> None:
    """Given a line cancelled in A, then its unit is available and its car can be approved in another batch."""
    history = sent()
    history.flags(DAY, "ApprovedLineCancelled", cancelled_body(line_id(2), vin(2)))
    assert history.balances(PAIR) == {"ISS": -3, "AV": 1, "A": 2}
    assert history.flags(DAY, "UseApplicationReceived", use_body([vin(2)], SECOND), FORM) == ()
    assert history.flags(DAY, "UseApplicationApproved", approval_body([vin(2)], SECOND)) == ()
    assert history.balances(PAIR) == {"ISS": -3, "A": 3}


def test_after_a_cancellation_the_number_is_sent_anew() -> None:
    """Given a number sent for three and one line cancelled, then only a new revision for two is classified."""
    history = sent()
    history.flags(DAY, "ApprovedLineCancelled", cancelled_body(line_id(2), vin(2)))
    codes = history.codes(DAY, "QuotaAttributeClassified", classified_body(VINS))
    assert codes == ("numbers-differ", "hash-mismatch")
    left = [vin(1), vin(3)]
    codes = history.codes(DAY, "QuotaAttributeClassified", classified_body(left))
    assert codes == ("numbers-differ",)
    assert history.flags(DAY, "UsageNumberSent", sent_body(left, revision=2)) == ()
    assert history.flags(DAY, "QuotaAttributeClassified", classified_body(left, revision=2)) == ()
    assert history.balances(PAIR) == {"ISS": -3, "AV": 1, "C": 2}


def test_a_number_sent_back_is_sent_again_with_the_next_revision() -> None:
    """Given a number returned by transport, then only the latest can be, and the next revision follows."""
    history = sent()
    assert history.codes(DAY, "UsageNumberReturned", returned_body(2)) == ("wrong-revision",)
    assert history.flags(DAY, "UsageNumberReturned", returned_body(1)) == ()
    assert history.codes(DAY, "UsageNumberSent", sent_body(VINS)) == ("wrong-revision",)
    assert history.flags(DAY, "UsageNumberSent", sent_body(VINS, revision=2)) == ()


@pytest.mark.parametrize(
    ("line", "one", "code"),
    [
        (line_id(1), vin(2), "line-not-live"),
        (line_id(9), vin(1), "line-not-live"),
        (line_id(1), vin(1), "wrong-state"),
        (line_id(1, SECOND), vin(1), "unknown-batch"),
        (line_id(2), wrong_vin(2), "bad-check-digit"),
    ],
)
def test_only_a_live_unregistered_line_of_that_car_is_cancelled(line: str, one: str, code: str) -> None:
    """Given another car, an unknown or registered line, or a wrong VIN, when cancelled, then it is refused."""
    history = classified()
    history.flags("2025-03-03", "VehicleRegistered", registered_body(vin(1), line_id(1)))
    assert code in history.codes(DAY, "ApprovedLineCancelled", cancelled_body(line, one))


def test_a_withdrawn_batch_keeps_what_is_registered() -> None:
    """Given one of three cars registered, when the application is withdrawn, then two units go back."""
    history = classified()
    history.flags("2025-03-03", "VehicleRegistered", registered_body(vin(1), line_id(1)))
    assert history.flags(DAY, "UseApplicationWithdrawn", ended_body(BATCH)) == ()
    assert history.balances(PAIR) == {"ISS": -3, "AV": 2, "R": 1}
    batch = history.replayed.batch(BATCH)
    assert batch is not None
    assert (batch.status, batch.approved) == ("ENDED", (line_id(1),))


def test_a_car_registered_on_a_line_that_went_back_is_unbacked() -> None:
    """Given a cancelled line, when its car is registered on it, then the memo rises and no unit moves."""
    history = classified()
    history.flags(DAY, "ApprovedLineCancelled", cancelled_body(line_id(1), vin(1)))
    flags = history.flags(DAY, "VehicleRegistered", registered_body(vin(1), line_id(1), DAY))
    assert "unbacked" in flags
    assert history.balances(PAIR) == {"ISS": -3, "AV": 1, "C": 2, "UNB": 1}


def test_a_withdrawn_attribute_is_open_until_its_line_is_cancelled() -> None:
    """Given attributes withdrawn from two cars, when one line is cancelled, then one item stays open."""
    history = classified()
    body = unattributed_body(vin(1), vin(2))
    assert history.flags(DAY, "QuotaAttributeWithdrawn", body) == ("attribute-withdrawn",)
    history.flags(DAY, "ApprovedLineCancelled", cancelled_body(line_id(1), vin(1)))
    batch = history.replayed.batch(BATCH)
    assert batch is not None
    assert batch.open_items() == (vin(2),)
    assert history.balances(PAIR) == {"ISS": -3, "AV": 1, "C": 2}


def test_an_attribute_of_a_foreign_or_wrong_car_is_flagged() -> None:
    """Given a car that is not in the batch, with a wrong VIN, when its attribute is withdrawn, then flagged."""
    flags = classified().flags(DAY, "QuotaAttributeWithdrawn", unattributed_body(wrong_vin(9)))
    assert flags == ("bad-vin", "nothing-to-end")


def test_two_batches_cannot_take_more_than_is_available() -> None:
    """Given two applications for two of three units, when both are approved, then the second is refused."""
    history = granted(3)
    for batch, vins in ((BATCH, VINS[:2]), (SECOND, [vin(4), vin(5)])):
        history.flags("2025-02-10", "UseApplicationReceived", use_body(vins, batch), FORM)
    history.flags(DAY, "UseApplicationApproved", approval_body(VINS[:2]))
    codes = history.codes(DAY, "UseApplicationApproved", approval_body([vin(4), vin(5)], SECOND))
    assert codes == ("over-available",)


def test_a_closed_pair_gives_way_to_a_successor_and_its_cars_run_on() -> None:
    """Given a pair with an exported car, when it is closed, then its facts still post and a successor is granted."""
    season = Season(1, 2)
    history = History([*season.set_up(), *season.classified(), *list(season.exported())[:-1]])
    history.flags("2025-05-01", "QuotaReduced", reduced_body(1))
    assert history.flags("2025-05-01", "PairClosed", closed_body()) == ()
    assert history.flags("2025-05-10", "VehicleDeregistered", deregistered_body(vin(1))) == ()
    assert history.balances(PAIR) == {"ISS": -1, "D": 1}
    second = f"{EXPORTER}-{UPSTREAM}-2"
    history.flags(DAY, "CommitmentLetterSigned", letter_body(second), *LETTER_ATTACHMENTS)
    history.flags(DAY, "TotalQuotaApplicationReceived", application_body(f"{second}-q1"))
    assert history.flags(DAY, "QuotaGranted", grant_body(f"{second}-q1")) == ()
    assert history.replayed.enterprise(EXPORTER).active_pairs == (second,)
    assert history.replayed.enterprise(UPSTREAM).upstream_of == (second,)
