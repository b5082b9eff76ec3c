"""One document on two cars: found while both statements stand, and only then."""

import pytest

from projections.patterns.hit import Hit
from tests.support import domain as d
from tests.support.leads import Leads
from tests.support.vehicles import annulled_body, sent_back_body

ONE, TWO, THREE = d.vin(1), d.vin(2), d.vin(3)
SCANS = {one: d.attachment("登记证书", one) for one in (ONE, TWO, THREE)}


def registered(at: Leads, *numbers: int) -> dict[str, int]:
    """Register cars, by number, on their lines."""
    at.with_cars(3)
    return {
        d.vin(n): at.say("2025-03-03", "VehicleRegistered", d.registered_body(d.vin(n), d.line_id(n)))
        for n in numbers
    }


def submit(at: Leads, number: int, scan: str | None = None, **more: object) -> int:
    """Hand in the proof of a car, its own unless told otherwise."""
    one = d.vin(number)
    body = d.proof_body(one, d.line_id(number), **more)
    return at.say("2025-03-11", "TransferProofSubmitted", body, SCANS[scan or one])


def found(at: Leads, *names: str) -> dict[str, list[Hit]]:
    every = names or ("same-scan", "same-certificate", "same-invoice")
    return {name: hits for name in every if (hits := at.ask(name))}


def test_each_car_with_its_own_documents_is_no_hit(at: Leads) -> None:
    """Given two cars with documents of their own, when asked, then there is none."""
    registered(at, 1, 2)
    submit(at, 1)
    submit(at, 2)

    assert found(at) == {}


def test_a_scan_on_two_cars_is_found(at: Leads) -> None:
    """Given the scan of one car with another's proof, when asked, then both are named with their first uses."""
    registered(at, 1, 2)
    first, second = submit(at, 1), submit(at, 2, ONE)

    figures = {"document": SCANS[ONE]["sha256"], "cars": 2, "exporters": 1}
    assert found(at) == {"same-scan": [Hit((f"vin:{ONE}", f"vin:{TWO}"), (first, second), figures)]}


def test_one_car_may_show_its_documents_twice(at: Leads) -> None:
    """Given a proof that is rejected and handed in again, when asked, then one car with one scan is none."""
    registered(at, 1)
    submit(at, 1)
    at.say("2025-03-12", "TransferProofRejected", sent_back_body(ONE, d.line_id(1)))
    submit(at, 1, submission="S-again")

    assert found(at) == {}


def test_a_rejected_proof_counts(at: Leads) -> None:
    """Given an invoice that a rejected proof showed first, when another car shows it, then it is found."""
    registered(at, 1, 2)
    first = submit(at, 1, invoice_no="INV-7")
    at.say("2025-03-12", "TransferProofRejected", sent_back_body(ONE, d.line_id(1)))
    second = submit(at, 2, invoice_no="INV-7")

    assert [hit.entries for hit in found(at)["same-invoice"]] == [(first, second)]


def test_a_certificate_is_compared_with_registrations(at: Leads) -> None:
    """Given a proof under the certificate of another car's registration, when asked, then both are named."""
    places = registered(at, 1, 2)
    proof = submit(at, 2, cert_no=d.cert_no(ONE))

    assert [hit.entries for hit in found(at)["same-certificate"]] == [(places[ONE], proof)]


def test_three_cars_are_one_hit(at: Leads) -> None:
    """Given one invoice on three cars, when asked, then there is one hit with all three."""
    registered(at, 1, 2, 3)
    for number in (1, 2, 3):
        submit(at, number, invoice_no="INV-7")

    (hit,) = found(at)["same-invoice"]
    assert hit.subjects == (f"vin:{ONE}", f"vin:{TWO}", f"vin:{THREE}")
    assert hit.figures["cars"] == 3


def test_what_was_corrected_away_does_not_count(at: Leads) -> None:
    """Given a reused invoice, when the second proof is taken back, then there is none."""
    registered(at, 1, 2)
    submit(at, 1, invoice_no="INV-7")
    second = submit(at, 2, invoice_no="INV-7")
    assert found(at) != {}

    at.correct("2025-03-12", second, None)
    assert found(at) == {}


def test_a_replacement_counts_in_its_place(at: Leads) -> None:
    """Given two honest proofs, when one is corrected to the other's invoice, then the correction is named."""
    registered(at, 1, 2)
    first, second = submit(at, 1, invoice_no="INV-7"), submit(at, 2)
    assert found(at) == {}

    by = at.correct("2025-03-12", second, d.proof_body(TWO, d.line_id(2), invoice_no="INV-7"))
    assert [hit.entries for hit in found(at)["same-invoice"]] == [(first, by)]


@pytest.mark.parametrize(("kind", "hits"), [("CLERICAL", 0), ("FRAUD", 1)])
def test_a_clerical_annulment_makes_a_certificate_free(at: Leads, kind: str, hits: int) -> None:
    """Given a certificate typed for the wrong car and annulled, when its own car has it, then only a fraud counts."""
    at.with_cars(3)
    wrong = d.registered_body(ONE, d.line_id(1), cert_no=d.cert_no(TWO))
    at.say("2025-03-03", "VehicleRegistered", wrong)
    at.say("2025-03-03", "RegistrationAnnulled", annulled_body(kind, ONE, cert_no=d.cert_no(TWO)))
    at.say("2025-03-04", "VehicleRegistered", d.registered_body(TWO, d.line_id(2)))

    assert len(at.ask("same-certificate")) == hits


def test_an_annulled_registration_that_is_made_again_counts(at: Leads) -> None:
    """Given a registration annulled and made anew under another car's certificate, then the new one is named."""
    places = registered(at, 2)
    taken = d.registered_body(ONE, d.line_id(1), cert_no=d.cert_no(TWO))
    at.say("2025-03-03", "VehicleRegistered", taken)
    at.say("2025-03-03", "RegistrationAnnulled", annulled_body("CLERICAL", ONE, cert_no=d.cert_no(TWO)))
    assert found(at) == {}

    again = at.say("2025-03-04", "VehicleRegistered", taken)
    assert [hit.entries for hit in found(at)["same-certificate"]] == [(places[TWO], again)]
