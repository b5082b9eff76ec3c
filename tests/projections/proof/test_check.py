"""The checker as a whole: what it reports, as known and as of, and that no order of facts breaks it."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from projections.proof.accounts import ACCOUNTS
from projections.proof.batches import Batches
from projections.proof.books import Books
from projections.proof.check import Checker, check
from projections.proof.decisions import Decisions
from projections.proof.state import read, write
from projections.proof.statements import INTEGRITY, STATEMENTS, UNKNOWABLE
from projections.proof.types import BooksVerdict, Verdict
from tests.support.domain import (
    BATCH,
    EXPORTER,
    PAIR,
    acceptance_body,
    approval_body,
    classified_body,
    customs_body,
    deregistered_body,
    grant_body,
    proof_body,
    registered_body,
    reinstated_body,
    sent_body,
    suspended_body,
    transfer_body,
    vin,
)
from tests.support.proof import CAR, LINE, exported, granted, registered
from tests.support.proof_bodies import (
    annulled,
    cancelled,
    customs_reversed,
    determination,
    domestic,
    judged_proof,
    loaded,
    more_applied,
    more_granted,
    reduced,
    regularised,
    road_use,
    transfer_reversed,
)

# --- the catalogue ---


def test_the_catalogue_has_every_statement_in_order() -> None:
    """Given the catalogue, then it has C01 to C36, each with both languages and its source."""
    assert list(STATEMENTS) == [f"C{number:02}" for number in range(1, 37)]
    assert set(INTEGRITY) < set(STATEMENTS)
    for info in STATEMENTS.values():
        assert all((info.title.zh, info.title.en, info.proves.zh, info.proves.en, info.source))
        for path in re.findall(r"[\w/-]+(?:\.md|/)(?= |;|$)", info.source):
            assert (Path(__file__).parents[3] / path).exists(), "a reader has what is cited"
        assert "eyes" not in info.title.en, "two registered identities signed, no more is known"


def test_what_statements_leave_open_is_explained() -> None:
    """Given what is unknowable, then Z01 to Z10 are each left open by a statement that says so."""
    assert list(UNKNOWABLE) == [f"Z{number:02}" for number in range(1, 11)]
    assert {code for info in STATEMENTS.values() for code in info.open} == set(UNKNOWABLE)


# --- the report ---


def test_an_empty_ledger_has_nothing_to_object_to() -> None:
    """Given no entries, then the books balance, every statement is proved, and there is no day."""
    report = check([])
    assert (report.as_known_at, report.as_of) == (None, None)
    assert report.books.verdict is BooksVerdict.BALANCED
    assert {one.verdict for one in report.statements} == {Verdict.PROVED}


def test_a_report_is_as_of_the_day_of_its_last_entry() -> None:
    """Given a season, then the report names its last entry and the Shanghai day on which it was recorded."""
    entries = exported()
    report = entries.report()
    assert report.as_known_at == len(entries.events) - 1
    assert report.as_of == date(2025, 5, 10)


def test_a_report_as_known_at_an_entry_is_that_of_the_shorter_ledger() -> None:
    """Given a season, then as known at each entry it is what a ledger that ends there reports."""
    entries = exported(2)
    for index in range(len(entries.events)):
        assert check(entries.events, None, index) == check(entries.events[: index + 1])


def test_a_checker_goes_on_where_it_stopped() -> None:
    """Given a checker asked half way, when it takes in the rest, then it reports as one that was never asked."""
    entries = exported(2)
    checker = Checker()
    for event in entries.events[:20]:
        checker.fold(event)
    checker.report()
    for event in entries.events[20:]:
        checker.fold(event)
    assert checker.report() == check(entries.events)


def test_what_the_books_and_decisions_remember_survives_json() -> None:
    """Given a season with a correction, then each of these parts is the same after it was saved and read."""
    entries = exported(3)
    entries.correct("2025-06-02", entries.index_of("VehicleRegistered"), None, f"vin:{CAR}")
    checker = Checker()
    for event in entries.events:
        checker.fold(event)
    groups = [group for group in checker.groups if isinstance(group, Books | Batches | Decisions)]
    assert len(groups) == 3
    for part in (checker.published, checker.amended, *groups):
        assert read(type(part), json.loads(json.dumps(write(type(part), part)))) == part


def test_statements_come_in_the_order_of_the_catalogue() -> None:
    """Given a report, then its codes ascend, none comes twice, and integrity is left to others."""
    codes = [one.code for one in exported().report().statements]
    assert codes == sorted(set(codes))
    assert not set(codes) & set(INTEGRITY)
    assert {"C09", "C10", "C11", "C12", "C13", "C14", "C17", "C21", "C28", "C36"} <= set(codes)


# --- entries of unknown type ---


def test_an_unknown_entry_about_a_firm_leaves_the_books_undetermined() -> None:
    """Given a season, when an entry of unknown type names the exporter, then the books are undetermined."""
    entries = exported()
    entries.unread("2025-06-02", f"enterprise:{EXPORTER}")
    assert entries.report().books.verdict is BooksVerdict.UNDETERMINED


def test_an_unknown_entry_about_nobody_changes_nothing() -> None:
    """Given a season, when an entry of unknown type concerns the keys alone, then all stays proved."""
    entries = exported()
    entries.unread("2025-06-02", "ledger:keys")
    assert entries.report().headline.verdict is Verdict.PROVED
    assert entries.report().books.verdict is BooksVerdict.BALANCED


def test_an_unknown_entry_about_a_firm_leaves_a_statement_about_cars_alone() -> None:
    """Given a season, when an entry of unknown type names a firm, then C17, which looks at cars, stays proved."""
    entries = exported()
    entries.unread("2025-06-02", f"enterprise:{EXPORTER}")
    assert entries.answer("C17").verdict is Verdict.PROVED
    assert entries.answer("C36").verdict is Verdict.UNDETERMINED


# --- any order ---

TWO = [CAR, vin(2)]
POOL: list[tuple[str, dict[str, Any]]] = [
    ("QuotaGranted", grant_body()),
    ("QuotaReduced", reduced(60)),
    ("PairClosed", {"pair_id": PAIR}),
    ("TopUpApplicationReceived", more_applied(1, 100)),
    ("QuotaToppedUp", more_granted(1, 100)),
    ("UseApplicationApproved", approval_body(TWO)),
    ("UseApplicationApproved", approval_body(TWO, f"{PAIR}-2")),
    ("UseApplicationWithdrawn", {"batch_id": BATCH, "reason": None}),
    ("UsageNumberSent", sent_body(TWO)),
    ("UsageNumberReturned", {"batch_id": BATCH, "reason": None, "revision": 1}),
    ("QuotaAttributeClassified", classified_body(TWO)),
    ("QuotaAttributeClassified", classified_body(TWO, f"{PAIR}-2")),
    ("ApprovedLineCancelled", cancelled()),
    ("VehicleRegistered", registered_body(CAR, LINE)),
    ("VehicleRegistered", registered_body(CAR, LINE, "2025-06-02", cert_no="310000999999")),
    ("VehicleRegistered", registered_body(CAR, None, "2025-06-02", cert_no="310000888888")),
    ("VehicleRegistered", registered_body(vin(2), f"{PAIR}-2-2")),
    ("PendingExportTransferRecorded", transfer_body(CAR, LINE)),
    ("TransferReversed", transfer_reversed()),
    ("TransferProofSubmitted", proof_body(CAR, LINE)),
    ("TransferProofAccepted", acceptance_body(CAR, LINE)),
    ("TransferProofRejected", judged_proof(reason=None)),
    ("TransferProofRevoked", judged_proof(case_id=None)),
    ("CustomsExportConfirmed", customs_body(CAR)),
    ("CustomsExportConfirmed", customs_body(CAR, 2)),
    ("CustomsExportReversed", customs_reversed()),
    ("PortLoadingConfirmed", loaded()),
    ("VehicleDeregistered", deregistered_body(CAR)),
    ("VehicleDeregistered", deregistered_body(CAR, reason="OTHER")),
    ("RegistrationAnnulled", annulled("CLERICAL")),
    ("RegistrationAnnulled", annulled("FRAUD")),
    ("RegistrationRegularised", regularised()),
    ("NonExportDetermined", determination()),
    ("NonExportOverturned", determination()),
    ("DomesticUseRecorded", domestic()),
    ("RoadUseReported", road_use()),
    ("EnterpriseSuspended", suspended_body()),
    ("EnterpriseReinstated", reinstated_body()),
]
DAYS = st.sampled_from(["2025-02-12", "2025-03-03", "2025-03-20", "2025-06-02"])
SAID = st.tuples(DAYS, st.integers(0, len(POOL) - 1), st.none() | st.integers(0, 40), st.booleans())


@settings(max_examples=300, deadline=None)
@given(said=st.lists(SAID, max_size=30), registered_first=st.booleans())
def test_no_order_of_facts_and_corrections_breaks_the_checker(
    said: list[tuple[str, int, int | None, bool]], registered_first: bool
) -> None:
    """Given any statements in any order, some of them corrected, then the accounts sum to zero and the cars agree."""
    entries = registered() if registered_first else granted()
    for day, number, target, replaced in said:
        if target is None or target >= len(entries.events):
            entries.say(day, *POOL[number])
        else:
            entries.correct(day, target, POOL[number][1] if replaced else None, f"vin:{CAR}")
    checker = Checker()
    for event in entries.events:
        checker.fold(event)
        for pair in checker.books.pairs.values():
            assert sum(units for account, units in pair.balances.items() if account != "UNB") == 0
            assert pair.used == pair.backed
            assert all(pair.balances[account] >= 0 for account in ACCOUNTS if account not in {"ISS", "AV"})
    report = checker.report()
    assert not [one for one in report.books.breaks if "cars =" in one.detail]
    assert report == check(entries.events)
    for one in report.statements:
        assert (one.verdict is Verdict.REFUTED) == bool(one.entries)
        assert set(one.entries) <= set(range(len(entries.events)))
