"""An upstream of several exporters: a list of its own, and a hit only where they share a document."""

import pytest

from domain.identifiers import organisation_code_check, uscc_check
from tests.support import domain as d
from tests.support.leads import Leads

NAME = "shared-upstream"
SECOND_PAIR = f"{d.OTHER}-{d.UPSTREAM}-1"
_17 = "91310112PDY00004" + organisation_code_check("PDY00004")
ELSEWHERE = _17 + uscc_check(_17)
BOTH = (f"enterprise:{d.UPSTREAM}", *sorted((f"enterprise:{d.EXPORTER}", f"enterprise:{d.OTHER}")))


def two_exporters(at: Leads, upstream: str = d.UPSTREAM) -> None:
    """Register a car of an exporter, and one of another whose upstream is the same unless told otherwise."""
    pairs = (d.PAIR, f"{d.OTHER}-{upstream}-1")
    for pair in pairs:
        at.granted(pair)
    for number, pair in enumerate(pairs, 1):
        at.classified([d.vin(number)], f"{pair}-1")
    for number, pair in enumerate(pairs, 1):
        body = d.registered_body(d.vin(number), f"{pair}-1-1", owner_uscc=pair.split("-")[1])
        at.say("2025-03-03", "VehicleRegistered", body)


def submit(at: Leads, number: int, pair: str, **more: object) -> int:
    body = d.proof_body(d.vin(number), f"{pair}-1-1", **more)
    return at.say("2025-03-11", "TransferProofSubmitted", body, d.attachment("登记证书", d.vin(number)))


def test_serving_two_exporters_is_lawful(at: Leads) -> None:
    """Given an upstream of two exporters with documents of their own, then it is listed on request and is no hit."""
    two_exporters(at)
    submit(at, 1, d.PAIR)
    submit(at, 2, SECOND_PAIR)

    assert at.ask(NAME) == []
    (listed,) = at.ask(NAME, least=0)
    assert listed.subjects == BOTH
    assert listed.figures == {
        "exporters": 2, "cars": sorted([f"{d.EXPORTER}: 1", f"{d.OTHER}: 1"]), "shared_documents": 0,
    }  # fmt: skip
    assert len(listed.entries) == 2


def test_a_shared_invoice_makes_it_a_hit(at: Leads) -> None:
    """Given one invoice in the proofs of both exporters, when asked, then upstream and exporters are named by it."""
    two_exporters(at)
    entries = (submit(at, 1, d.PAIR, invoice_no="INV-7"), submit(at, 2, SECOND_PAIR, invoice_no="INV-7"))

    (hit,) = at.ask(NAME)
    assert (hit.subjects, hit.entries) == (BOTH, entries)
    assert hit.figures["shared_documents"] == 1
    assert at.ask(NAME, least=2) == []


def test_a_corrected_use_shares_nothing(at: Leads) -> None:
    """Given a shared invoice, when the second proof is taken back, then nothing is shared."""
    two_exporters(at)
    submit(at, 1, d.PAIR, invoice_no="INV-7")
    index = submit(at, 2, SECOND_PAIR, invoice_no="INV-7")
    at.correct("2025-03-12", index, None)

    assert at.ask(NAME) == []
    assert len(at.ask(NAME, least=0)) == 1


@pytest.mark.parametrize("least", [0, 1])
def test_exporters_of_two_upstreams_are_none(at: Leads, least: int) -> None:
    """Given exporters with an upstream each and one invoice, when asked, then no upstream has two exporters."""
    two_exporters(at, ELSEWHERE)
    submit(at, 1, d.PAIR, invoice_no="INV-7")
    submit(at, 2, f"{d.OTHER}-{ELSEWHERE}-1", invoice_no="INV-7")

    assert at.ask(NAME, least=least) == []


def test_one_exporter_that_uses_a_document_twice_shares_nothing(at: Leads) -> None:
    """Given one invoice on two cars of one exporter, and another exporter of the upstream, then none is shared."""
    two_exporters(at)
    at.classified([d.vin(3)], f"{d.PAIR}-2", "2025-03-03")
    at.say("2025-03-03", "VehicleRegistered", d.registered_body(d.vin(3), f"{d.PAIR}-2-1"))
    submit(at, 1, d.PAIR, invoice_no="INV-7")
    body = d.proof_body(d.vin(3), f"{d.PAIR}-2-1", invoice_no="INV-7")
    at.say("2025-03-11", "TransferProofSubmitted", body, d.attachment("登记证书", d.vin(3)))

    assert len(at.ask("same-invoice")) == 1
    assert at.ask(NAME) == []
