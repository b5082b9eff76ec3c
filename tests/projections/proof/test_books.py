"""The books, replayed apart from the decisions: the posting table, the law after every entry, C10–C12, C17."""

from collections.abc import Callable

import pytest

from projections.proof.accounts import ACCOUNTS
from projections.proof.amended import Amended, Amendment
from projections.proof.books import Books
from projections.proof.published import Published
from projections.proof.types import BooksVerdict, Event, Verdict
from tests.support.domain import (
    BATCH,
    PAIR,
    acceptance_body,
    approval_body,
    classified_body,
    customs_body,
    declaration,
    deregistered_body,
    grant_body,
    line_id,
    policy_body,
    proof_body,
    registered_body,
    sent_body,
    transfer_body,
    use_body,
    vin,
)
from tests.support.proof import CAR, LINE, Entries, classified, exported, granted, refuted, registered
from tests.support.proof_bodies import (
    annulled,
    cancelled,
    customs_reversed,
    determination,
    judged_proof,
    reduced,
    regularised,
    transfer_reversed,
)

DAY = "2025-06-02"


def balances(entries: Entries, pair_id: str = PAIR) -> dict[str, int]:
    """Return the accounts of a pair that are not empty."""
    published, amended = Published(), Amended()
    books = Books(published)
    for event in entries.events:
        assert isinstance(event, Event)
        published.fold(event)
        said = amended.read(event)
        if isinstance(said, Amendment):
            books.amend(said)
        elif said is not None:
            books.fold(said)
    found = books.pairs[pair_id].balances
    assert set(found) == set(ACCOUNTS)
    return {account: units for account, units in found.items() if units}


# --- a car in each account ---


def approved() -> Entries:
    """A car in A."""
    entries = granted()
    entries.say("2025-02-10", "UseApplicationReceived", use_body([CAR]))
    entries.say("2025-02-12", "UseApplicationApproved", approval_body([CAR]))
    return entries


def proved() -> Entries:
    """A car in T."""
    entries = registered()
    entries.say("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE))
    entries.say("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE))
    entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE))
    return entries


def released() -> Entries:
    """A car in X, proved."""
    entries = proved()
    entries.say("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    return entries


def released_unproved() -> Entries:
    """A car in X without a proof."""
    entries = registered()
    entries.say("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    return entries


def determined() -> Entries:
    """A car in N."""
    entries = registered()
    entries.say("2025-05-05", "NonExportDetermined", determination())
    return entries


def unbacked() -> Entries:
    """A car registered on a line of no batch."""
    entries = granted()
    entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, f"{PAIR}-9-1"))
    return entries


PLACES: dict[str, Callable[[], Entries]] = {
    "A": approved,
    "C": classified,
    "R": registered,
    "T": proved,
    "X": released,
    "D": exported,
    "N": determined,
    "UNB": unbacked,
}

SAID = {
    "registered": ("VehicleRegistered", registered_body(CAR, LINE, DAY, cert_no="310000999999")),
    "accepted": ("TransferProofAccepted", acceptance_body(CAR, LINE)),
    "proof revoked": ("TransferProofRevoked", judged_proof(case_id=None)),
    "transfer reversed": ("TransferReversed", transfer_reversed()),
    "released": ("CustomsExportConfirmed", customs_body(CAR, 7)),
    "release reversed": ("CustomsExportReversed", customs_reversed()),
    "deregistered, export": ("VehicleDeregistered", deregistered_body(CAR, DAY)),
    "deregistered, other": ("VehicleDeregistered", deregistered_body(CAR, DAY, reason="OTHER")),
    "annulled, clerical": ("RegistrationAnnulled", annulled("CLERICAL")),
    "annulled, fraud": ("RegistrationAnnulled", annulled("FRAUD")),
    "determined": ("NonExportDetermined", determination()),
}

# The table of domain.md section 4: . nothing, ! refused, + and - the memo UNB, an account: the unit moves there.
TABLE = """
registered           | + R + + + + + +
accepted             | ! ! T ! . . ! !
proof revoked        | ! ! ! R . . ! !
transfer reversed    | . . . R . . . .
released             | . . X X . . . .
release reversed     | . . . . T . . .
deregistered, export | . . D D D . . .
deregistered, other  | . . N N N . . .
annulled, clerical   | . . C C . . . -
annulled, fraud      | . . N N . . . .
determined           | ! ! N N N N ! !
"""
CELLS = [
    (said.strip(), place, cell)
    for said, cells in (row.split("|") for row in TABLE.strip().splitlines())
    for place, cell in zip(PLACES, cells.split(), strict=True)
]


@pytest.mark.parametrize(("said", "place", "cell"), CELLS)
def test_the_posting_table(said: str, place: str, cell: str) -> None:
    """Given a car in an account, when a statement about it is entered, then its unit moves as the table says."""
    entries = PLACES[place]()
    before = balances(entries)
    index = entries.say(DAY, *SAID[said])
    expected = dict(before)
    if cell in {"+", "-"}:
        expected["UNB"] = expected.get("UNB", 0) + (1 if cell == "+" else -1)
    elif cell not in {".", "!"}:
        expected[place] -= 1
        expected[cell] = expected.get(cell, 0) + 1
    assert balances(entries) == {account: units for account, units in expected.items() if units}
    books = entries.report().books
    if cell == "!":
        assert [one.index for one in books.breaks] == [index]
        assert refuted(entries.answer("C11")) == (index,)
    else:
        assert books.verdict is BooksVerdict.BALANCED


def test_a_release_taken_back_goes_to_t_only_when_proved() -> None:
    """Given a car released without a proof, when the release is reversed, then its unit stands in R."""
    entries = released_unproved()
    entries.say(DAY, "CustomsExportReversed", customs_reversed())
    assert balances(entries) == {"ISS": -100, "AV": 99, "R": 1}


def test_a_release_stands_while_another_declaration_does() -> None:
    """Given a car on two declarations, when one is reversed, then its unit stays in X until the other is."""
    entries = released()
    entries.say("2025-04-11", "CustomsExportConfirmed", customs_body(CAR, 2))
    entries.say("2025-04-12", "CustomsExportReversed", customs_reversed(number=1))
    assert balances(entries)["X"] == 1
    entries.say("2025-04-13", "CustomsExportReversed", customs_reversed(number=2))
    assert balances(entries) == {"ISS": -100, "AV": 99, "T": 1}


def test_a_fallen_determination_puts_the_unit_where_the_other_facts_do() -> None:
    """Given a car determined in R and then released, when the determination falls, then it stands in X."""
    entries = determined()
    entries.say("2025-05-10", "CustomsExportConfirmed", customs_body(CAR, on="2025-05-10"))
    assert balances(entries)["N"] == 1
    entries.say("2025-05-12", "NonExportOverturned", determination())
    assert balances(entries) == {"ISS": -100, "AV": 99, "X": 1}


def test_an_annulment_under_a_determination_takes_effect_when_that_falls() -> None:
    """Given a determined car annulled as clerical, when the determination falls, then its line is classified."""
    entries = determined()
    entries.say("2025-05-10", "RegistrationAnnulled", annulled("CLERICAL", on="2025-05-10"))
    assert balances(entries)["N"] == 1
    entries.say("2025-05-12", "NonExportOverturned", determination())
    assert balances(entries) == {"ISS": -100, "AV": 99, "C": 1}


def test_a_line_classified_late_goes_where_the_registration_already_is() -> None:
    """Given a car registered, released before its line is classified, when it is, then its unit is in X."""
    entries = approved()
    entries.say("2025-02-13", "UsageNumberSent", sent_body([CAR]))
    entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
    entries.say("2025-03-05", "CustomsExportConfirmed", customs_body(CAR, on="2025-03-05"))
    assert balances(entries) == {"ISS": -100, "AV": 99, "A": 1, "UNB": 1}
    entries.say("2025-03-03", "QuotaAttributeClassified", classified_body([CAR]))
    assert balances(entries) == {"ISS": -100, "AV": 99, "X": 1}


def test_a_registration_before_the_day_of_classification_stays_unbacked() -> None:
    """Given a car registered the day before its line is classified, then it stays in UNB until regularised."""
    entries = approved()
    entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
    entries.say("2025-03-04", "QuotaAttributeClassified", classified_body([CAR]))
    assert balances(entries) == {"ISS": -100, "AV": 99, "C": 1, "UNB": 1}
    entries.say("2025-03-10", "RegistrationRegularised", regularised())
    assert balances(entries) == {"ISS": -100, "AV": 99, "R": 1}


def test_what_goes_back_to_the_pair() -> None:
    """Given two lines, when one is cancelled and the batch withdrawn, then both units are available again."""
    entries = classified(2)
    entries.say(DAY, "ApprovedLineCancelled", cancelled())
    assert balances(entries) == {"ISS": -100, "AV": 99, "C": 1}
    entries.say(DAY, "UseApplicationWithdrawn", {"batch_id": BATCH, "reason": None})
    assert balances(entries) == {"ISS": -100, "AV": 100}


def test_a_registration_without_a_line_concerns_the_city() -> None:
    """Given a registration that shows no line, then UNB of the city rises and no pair moves."""
    entries = granted()
    entries.say(DAY, "VehicleRegistered", registered_body(CAR, None, DAY))
    assert balances(entries, "") == {"UNB": 1}
    assert balances(entries) == {"ISS": -100, "AV": 100}


def test_the_same_unbacked_registration_twice_counts_once() -> None:
    """Given an unbacked registration, when the same certificate is stated again, then UNB stays at one."""
    entries = unbacked()
    entries.say(DAY, "VehicleRegistered", registered_body(CAR, f"{PAIR}-9-1"))
    assert balances(entries) == {"ISS": -100, "AV": 100, "UNB": 1}


# --- the law ---


def test_a_season_that_obeys_balances() -> None:
    """Given five cars exported by the rules, then the books balance and C10, C11, C12 and C17 are proved."""
    entries = exported(5)
    assert entries.report().books.verdict is BooksVerdict.BALANCED
    for code in ("C10", "C11", "C12", "C17"):
        assert entries.answer(code).verdict is Verdict.PROVED


def test_an_approval_beyond_the_grant_is_named() -> None:
    """Given a grant of one unit, when two cars are approved, then C10 and C12 name the approval alone."""
    entries = granted(1)
    index = entries.say("2025-02-12", "UseApplicationApproved", approval_body([CAR, vin(2)]))
    entries.say("2025-02-13", "UsageNumberSent", sent_body([CAR, vin(2)]))
    assert refuted(entries.answer("C10")) == (index,)
    assert refuted(entries.answer("C12")) == (index,)
    books = entries.report().books
    assert books.verdict is BooksVerdict.UNBALANCED
    assert [one.index for one in books.breaks] == [index]
    assert "AV = -1" in books.breaks[0].detail


def test_a_reduction_below_what_is_approved_is_named() -> None:
    """Given one unit approved of two, when two are taken back, then the reduction is named."""
    entries = classified(1, units=2)
    index = entries.say(DAY, "QuotaReduced", reduced(2))
    assert refuted(entries.answer("C12")) == (index,)


def test_a_reduction_within_what_is_available_is_none() -> None:
    """Given one unit approved of two, when one is taken back, then the books balance."""
    entries = classified(1, units=2)
    entries.say(DAY, "QuotaReduced", reduced(1))
    assert balances(entries) == {"ISS": -1, "C": 1}
    assert entries.answer("C12").verdict is Verdict.PROVED


def test_an_overdraft_is_named_once_and_again_only_when_it_grows() -> None:
    """Given an overdrawn pair, then entries that leave it so are not named, one that adds to it is."""
    entries = granted(1)
    first = entries.say("2025-02-12", "UseApplicationApproved", approval_body([CAR, vin(2)]))
    entries.say("2025-02-17", "QuotaAttributeClassified", classified_body([CAR, vin(2)]))
    second = entries.say("2025-02-18", "UseApplicationApproved", approval_body([vin(3)], f"{PAIR}-2"))
    assert refuted(entries.answer("C10")) == (first, second)


def test_non_negative_accounts_are_law_in_the_order_of_the_ledger() -> None:
    """Given a grant dated after the approval but entered before it, then nothing is overdrawn."""
    entries = Entries([])
    entries.say("2025-03-01", "QuotaGranted", grant_body())
    entries.say("2025-02-12", "UseApplicationApproved", approval_body([CAR]))
    assert entries.answer("C10").verdict is Verdict.PROVED


# --- C17 ---


def test_a_vin_approved_while_live_in_another_line_is_named() -> None:
    """Given a car in an approved line, when another batch approves it too, then C17 names the second approval."""
    entries = classified()
    index = entries.say(DAY, "UseApplicationApproved", approval_body([CAR], f"{PAIR}-2"))
    assert refuted(entries.answer("C17")) == (index,)


def test_a_vin_twice_in_one_approval_is_named() -> None:
    """Given one approval with two lines of the same car, then C17 names it."""
    entries = granted()
    lines = [{"line_id": line_id(1), "vin": CAR}, {"line_id": line_id(2), "vin": CAR}]
    index = entries.say(DAY, "UseApplicationApproved", approval_body([CAR, CAR], lines=lines))
    assert refuted(entries.answer("C17")) == (index,)


def test_a_vin_approved_anew_after_cancellation_is_no_finding() -> None:
    """Given a cancelled line, when its car is approved in another batch, then C17 is proved."""
    entries = classified()
    entries.say(DAY, "ApprovedLineCancelled", cancelled())
    entries.say(DAY, "UseApplicationApproved", approval_body([CAR], f"{PAIR}-2"))
    assert entries.answer("C17").verdict is Verdict.PROVED


@pytest.mark.parametrize(("reuse", "verdict"), [(False, Verdict.REFUTED), (True, Verdict.PROVED)])
def test_whether_a_car_may_use_quota_again_is_a_parameter(reuse: bool, verdict: Verdict) -> None:
    """Given an exported car, when it is approved again, then C17 depends on vin.reuse_after_end."""
    entries = exported()
    entries.say(DAY, "PolicyVersionPublished", policy_body(2, DAY, vin__reuse_after_end=reuse))
    entries.say(DAY, "UseApplicationApproved", approval_body([CAR], f"{PAIR}-2"))
    assert entries.answer("C17").verdict is verdict


def test_a_duplicate_in_an_application_alone_is_no_finding() -> None:
    """Given a live car, when another application names it and is never approved, then C17 is proved."""
    entries = classified()
    entries.say(DAY, "UseApplicationReceived", use_body([CAR], f"{PAIR}-2"))
    assert entries.answer("C17").verdict is Verdict.PROVED


@pytest.mark.parametrize("code", ["C10", "C11", "C12", "C13", "C17"])
def test_an_entry_of_unknown_type_about_a_car_leaves_the_books_open(code: str) -> None:
    """Given a season by the rules, when an unknown entry names a car, then nothing about units is proved any more."""
    entries = exported()
    entries.unread(DAY, f"vin:{CAR}")
    answer = entries.answer(code)
    assert answer.verdict is Verdict.UNDETERMINED
    assert answer.missing == (f"what entry {len(entries.events) - 1} says",)


# --- corrections ---


def test_a_grant_corrected_is_reversed_and_posted_anew_as_one_entry() -> None:
    """Given 100 units granted and one used, when the grant is corrected to 90, then the books balance at 90."""
    entries = registered()
    grant = entries.index_of("QuotaGranted")
    entries.correct(DAY, grant, grant_body(units=90))
    assert balances(entries) == {"ISS": -90, "AV": 89, "R": 1}
    assert entries.report().books.verdict is BooksVerdict.BALANCED


def test_a_grant_corrected_below_what_is_approved_names_the_correction() -> None:
    """Given two units approved, when the grant is corrected to one, then C12 names the correction."""
    entries = classified(2)
    index = entries.correct(DAY, entries.index_of("QuotaGranted"), grant_body(units=1))
    assert refuted(entries.answer("C12")) == (index,)


def test_a_registration_taken_back_is_as_though_never_said() -> None:
    """Given a registered car, when its registration is corrected away, then its line is classified again."""
    entries = registered()
    entries.correct(DAY, entries.index_of("VehicleRegistered"), None, f"vin:{CAR}")
    assert balances(entries) == {"ISS": -100, "AV": 99, "C": 1}
    assert entries.report().headline.verdict is Verdict.PROVED


def test_a_registration_corrected_to_another_line_moves_both() -> None:
    """Given a car registered on a line of another, when that is corrected, then the right line is used."""
    entries = classified(2)
    wrong = entries.say("2025-03-03", "VehicleRegistered", registered_body(vin(2), LINE))
    assert balances(entries) == {"ISS": -100, "AV": 98, "C": 2, "UNB": 1}
    entries.correct(DAY, wrong, registered_body(vin(2), line_id(2)), f"vin:{vin(2)}")
    assert balances(entries) == {"ISS": -100, "AV": 98, "C": 1, "R": 1}


def test_a_correction_finds_its_target_whatever_it_says_it_concerns() -> None:
    """Given a correction that names no car, then the registration that it corrects is taken back all the same."""
    entries = registered()
    entries.correct(DAY, entries.index_of("VehicleRegistered"), None)
    assert balances(entries) == {"ISS": -100, "AV": 99, "C": 1}


def test_what_is_approved_by_a_correction_waits_for_its_own_classification() -> None:
    """Given a classified batch, when its approval is corrected to another car, then that one is approved only."""
    entries = classified()
    target = entries.index_of("UseApplicationApproved")
    entries.correct(DAY, target, approval_body([vin(2)]), f"vin:{CAR}", f"vin:{vin(2)}")
    assert balances(entries) == {"ISS": -100, "AV": 99, "A": 1}
    entries.say(DAY, "QuotaAttributeClassified", classified_body([vin(2)]))
    entries.say(DAY, "VehicleRegistered", registered_body(vin(2), LINE, DAY))
    assert balances(entries) == {"ISS": -100, "AV": 99, "R": 1}


def test_a_classification_taken_back_puts_its_lines_back() -> None:
    """Given a classified batch, when the classification is corrected away, then its lines are approved only."""
    entries = classified(2)
    entries.correct(DAY, entries.index_of("QuotaAttributeClassified"), None)
    assert balances(entries) == {"ISS": -100, "AV": 98, "A": 2}


def test_a_withdrawal_leaves_a_registered_line_alone_whatever_is_corrected_later() -> None:
    """Given a batch withdrawn after one car's registration, when that is taken back, then its line is classified."""
    entries = registered()
    entries.say("2025-03-04", "UseApplicationWithdrawn", {"batch_id": BATCH, "reason": None})
    entries.correct(DAY, entries.index_of("VehicleRegistered"), None, f"vin:{CAR}")
    assert balances(entries) == {"ISS": -100, "AV": 99, "C": 1}


def test_declarations_keep_the_best_evidence() -> None:
    """Given a release signed by customs, when the exporter's copy follows, then the unit is customs-proved."""
    entries = released()
    copy = customs_body(CAR, evidence="EXPORTER_COPY", declaration_no=declaration(1))
    entries.say("2025-04-11", "CustomsExportConfirmed", copy)
    assert entries.report().headline.customs_proved == 1
