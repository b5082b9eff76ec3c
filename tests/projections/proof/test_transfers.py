"""C23 and C24: between the two firms of the pair, and in agreement with the police record."""

import pytest

from tests.support.car_bodies import annulment_body, revocation_body, struck_body, substitute_body
from tests.support.car_entries import CAR_KEY, accepted, holds, is_open, submitted, transferred
from tests.support.domain import EXPORTER, OTHER, acceptance_body, proof_body, registered_body, transfer_body
from tests.support.proof import CAR, LINE, classified, refuted, registered

TRANSFER = "PendingExportTransferRecorded"


# --- C23 ---


def test_from_upstream_to_exporter_is_right() -> None:
    """Given a transfer between the two firms of the pair, then C23 holds."""
    assert holds(transferred(), "C23")


@pytest.mark.parametrize("wrong", [{"to_uscc": OTHER}, {"from_uscc": OTHER}])
def test_a_transfer_between_others_is_named(wrong: dict[str, str]) -> None:
    """Given a transfer to or from a third firm, then C23 names it, and not before it took effect."""
    entries = transferred(**wrong)
    assert refuted(entries.answer("C23")) == (entries.index_of(TRANSFER),)
    assert holds(entries, "C23", as_of="2025-03-09")


def test_a_correction_takes_the_wrong_buyer_away() -> None:
    """Given a transfer entered with the wrong buyer, when it is corrected, then C23 holds."""
    entries = transferred(to_uscc=OTHER)
    target = entries.index_of(TRANSFER)
    entries.correct("2025-03-11", target, transfer_body(CAR, LINE), CAR_KEY)
    assert holds(entries, "C23")


def test_a_struck_transfer_is_not_asked() -> None:
    """Given a transfer to a third firm, when the police strike it, then C23 holds from that day on."""
    entries = transferred(to_uscc=OTHER)
    entries.say("2025-03-12", "TransferReversed", struck_body(CAR, LINE, "2025-03-12"))
    assert holds(entries, "C23")
    assert not holds(entries, "C23", as_of="2025-03-11")


def test_a_designated_substitute_may_take_the_car() -> None:
    """Given a substitute designated for the car, then the transfer to it is right, and to another still wrong."""
    entries = transferred(to_uscc=OTHER)
    entries.say("2025-03-12", "SubstituteExporterDesignated", substitute_body(OTHER, CAR))
    assert holds(entries, "C23")
    assert not holds(entries, "C23", as_of="2025-03-11")


def test_a_substitute_may_buy_from_the_exporter_but_from_no_stranger() -> None:
    """Given a substitute, then it may take the car from the exporter and not from a third firm."""
    entries = transferred()
    entries.say("2025-03-12", "SubstituteExporterDesignated", substitute_body(OTHER, CAR))
    second = transfer_body(CAR, LINE, "2025-03-14", from_uscc=EXPORTER, to_uscc=OTHER)
    entries.say("2025-03-14", TRANSFER, second)
    assert holds(entries, "C23")
    index = entries.say("2025-03-15", TRANSFER, {**second, "from_uscc": OTHER})
    assert refuted(entries.answer("C23")) == (index,)


def test_an_annulled_registration_takes_its_transfer_with_it() -> None:
    """Given a wrong transfer, when the registration is annulled as clerical, then C23 holds."""
    entries = transferred(to_uscc=OTHER)
    entries.say("2025-03-12", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-12"))
    assert holds(entries, "C23")


def test_a_transfer_without_any_line_is_open() -> None:
    """Given a car registered and transferred without a line, then C23 cannot tell the pair."""
    entries = classified()
    entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, None))
    entries.say("2025-03-10", TRANSFER, transfer_body(CAR, None))
    assert is_open(entries, "C23")


def test_a_transfer_of_an_unknown_registration_is_judged_by_its_own_line() -> None:
    """Given a transfer under a certificate that nobody registered, then C23 holds it against the line it names."""
    entries = classified()
    index = entries.say("2025-03-10", TRANSFER, transfer_body(CAR, LINE, to_uscc=OTHER))
    assert refuted(entries.answer("C23")) == (index,)


# --- C24 ---


def test_an_acceptance_that_agrees_with_the_record_is_right() -> None:
    """Given a proof under the registered certificate with the right days, then C24 holds."""
    assert holds(accepted(), "C24")


def test_wrong_days_are_named_and_corrected() -> None:
    """Given an acceptance that states a day too few, then C24 names it until it is corrected."""
    entries = submitted()
    index = entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE, 7))
    assert refuted(entries.answer("C24")) == (index,)
    assert holds(entries, "C24", as_of="2025-03-11")
    entries.correct("2025-03-13", index, acceptance_body(CAR, LINE, 8), CAR_KEY)
    assert holds(entries, "C24")


def test_a_proof_of_another_certificate_is_named() -> None:
    """Given a proof that states another certificate number, when it is accepted, then C24 names the acceptance."""
    entries = transferred()
    entries.say("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE, cert_no="310000999999"))
    index = entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE))
    assert refuted(entries.answer("C24")) == (index,)


def test_an_acceptance_without_a_transfer_or_submission_is_named() -> None:
    """Given no transfer, or no such submission, when a proof is accepted, then C24 names the acceptance."""
    entries = registered()
    entries.say("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE))
    index = entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE))
    assert refuted(entries.answer("C24")) == (index,)
    entries = submitted()
    body = acceptance_body(CAR, LINE, submission="S-unknown")
    index = entries.say("2025-03-12", "TransferProofAccepted", body)
    assert refuted(entries.answer("C24")) == (index,)


def test_a_proof_handed_in_before_the_transfer_is_named() -> None:
    """Given a proof of the 9th and a transfer of the 10th, when it is accepted, then C24 names the acceptance."""
    entries = transferred()
    body = proof_body(CAR, LINE, "2025-03-09T09:00:00+08:00")
    entries.say("2025-03-11", "TransferProofSubmitted", body)
    index = entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE, 6))
    assert refuted(entries.answer("C24")) == (index,)


def test_a_revoked_or_annulled_acceptance_is_not_asked() -> None:
    """Given a wrong acceptance, when it is revoked or its registration annulled as clerical, then C24 holds."""
    for type_name, body in (
        ("TransferProofRevoked", revocation_body(CAR, LINE)),
        ("RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-14")),
    ):
        entries = submitted()
        entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE, 7))
        entries.say("2025-03-14", type_name, body)
        assert holds(entries, "C24")
        assert not holds(entries, "C24", as_of="2025-03-13")


def test_a_proof_of_the_day_of_the_transfer_is_right() -> None:
    """Given transfer and proof on the same day, when the proof is accepted, then C24 holds."""
    entries = transferred()
    entries.say("2025-03-10", "TransferProofSubmitted", proof_body(CAR, LINE, "2025-03-10T17:00:00+08:00"))
    entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE, 7))
    assert holds(entries, "C24")


def test_an_acceptance_entered_before_its_submission_is_named() -> None:
    """Given an acceptance, when its submission is entered only after it, then C24 names the acceptance."""
    entries = transferred()
    index = entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE))
    entries.say("2025-03-12", "TransferProofSubmitted", proof_body(CAR, LINE))
    assert refuted(entries.answer("C24")) == (index,)
