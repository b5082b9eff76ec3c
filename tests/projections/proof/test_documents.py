"""C26: no scan, certificate number or invoice serves two cars."""

from typing import Any

import pytest

from tests.support.car_bodies import annulment_body
from tests.support.car_entries import holds
from tests.support.domain import attachment, cert_no, line_id, proof_body, registered_body, vin
from tests.support.proof import Entries, classified, refuted

FIRST, SECOND = vin(1), vin(2)
LINES = (line_id(1), line_id(2))


def handed_in(scan: str = SECOND, **second: object) -> tuple[Entries, int]:
    """Two cars registered, with a proof each; return the entry of the second proof."""
    entries = classified(2)
    for one, line in zip((FIRST, SECOND), LINES, strict=True):
        entries.say("2025-03-03", "VehicleRegistered", registered_body(one, line))
    body = proof_body(FIRST, LINES[0])
    entries.say("2025-03-11", "TransferProofSubmitted", body, attachment("登记证书", FIRST))
    body = proof_body(SECOND, LINES[1], **second)
    index = entries.say("2025-03-12", "TransferProofSubmitted", body, attachment("登记证书", scan))
    return entries, index


def test_documents_of_their_own_are_right() -> None:
    """Given two cars with documents of their own, then C26 holds and counts them."""
    entries, _ = handed_in()
    assert holds(entries, "C26")
    assert entries.answer("C26").detail == "6 documents, 0 of them used for more than one car"


@pytest.mark.parametrize(
    "reused",
    [
        {"scan": FIRST},
        {"invoice_no": f"INV-{FIRST}"},
        {"cert_no": cert_no(FIRST)},
        {"scan": FIRST, "invoice_no": f"INV-{FIRST}"},
    ],
)
def test_a_document_of_another_car_names_the_later_proof(reused: dict[str, Any]) -> None:
    """Given a proof with a document that another car's proof had first, then C26 names the later entry alone."""
    entries, index = handed_in(**reused)
    assert refuted(entries.answer("C26")) == (index,)
    assert holds(entries, "C26", as_of="2025-03-11")


def test_the_same_car_may_use_its_documents_again() -> None:
    """Given a proof of the same car handed in again with the same scan and invoice, then C26 holds."""
    entries, _ = handed_in()
    body = proof_body(FIRST, LINES[0], submission="S-again")
    entries.say("2025-03-14", "TransferProofSubmitted", body, attachment("登记证书", FIRST))
    assert holds(entries, "C26")


def test_another_attachment_may_be_shared() -> None:
    """Given one contract attached to both proofs, then C26 holds: only scans of certificates count."""
    entries, _ = handed_in()
    for one, line in zip((FIRST, SECOND), LINES, strict=True):
        body = proof_body(one, line, submission=f"S-{one}-2")
        entries.say("2025-03-14", "TransferProofSubmitted", body, attachment("合同"))
    assert holds(entries, "C26")


def test_a_certificate_number_registered_twice_names_the_second_car_once() -> None:
    """Given a second car registered and proved under the first one's number, then its registration is named."""
    entries = classified(2)
    entries.say("2025-03-03", "VehicleRegistered", registered_body(FIRST, LINES[0]))
    body = registered_body(SECOND, LINES[1], cert_no=cert_no(FIRST))
    index = entries.say("2025-03-04", "VehicleRegistered", body)
    entries.say("2025-03-11", "TransferProofSubmitted", proof_body(SECOND, LINES[1], cert_no=cert_no(FIRST)))
    assert refuted(entries.answer("C26")) == (index,)


def test_of_three_cars_with_one_scan_the_first_keeps_it() -> None:
    """Given three proofs with one scan, then C26 names the second and the third."""
    entries = classified(3)
    named = []
    for number in (1, 2, 3):
        body = proof_body(vin(number), line_id(number))
        named.append(entries.say("2025-03-11", "TransferProofSubmitted", body, attachment("登记证书", FIRST)))
    assert refuted(entries.answer("C26")) == tuple(named[1:])


def test_a_correction_or_a_clerical_annulment_takes_the_reuse_away() -> None:
    """Given a reused invoice number, when it is corrected or its registration annulled, then C26 holds."""
    entries, index = handed_in(invoice_no=f"INV-{FIRST}")
    entries.correct("2025-03-13", index, proof_body(SECOND, LINES[1]), f"vin:{SECOND}")
    assert holds(entries, "C26")
    entries, _ = handed_in(invoice_no=f"INV-{FIRST}")
    body = annulment_body(SECOND, LINES[1], "2025-03-13")
    entries.say("2025-03-13", "RegistrationAnnulled", body)
    assert holds(entries, "C26")


def test_when_the_first_use_is_taken_back_the_next_is_the_first() -> None:
    """Given one invoice for two cars, when the first proof is taken back, then C26 holds."""
    entries, index = handed_in(invoice_no=f"INV-{FIRST}")
    entries.correct("2025-03-13", index - 1, None, f"vin:{FIRST}")
    assert holds(entries, "C26")
