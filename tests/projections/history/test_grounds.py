"""Exactly the entries that make up a finding of the verifier."""

from random import Random

import pytest

from projections.history.articles import rule_of
from projections.history.findings import answers, explain_finding
from projections.history.gathering import read_entry
from projections.history.grounds import Grounds, Shown
from projections.history.told import event_of, told
from projections.proof.follower import Follower
from projections.proof.types import StatementResult, Verdict
from tests.projections.history.conftest import Played

_TERM = {"PolicyVersionPublished", "HolidayCalendarPublished", "VehicleRegistered"}
_LATE = _TERM | {"PendingExportTransferRecorded", "TransferProofSubmitted"}
_MADE_UP_BY = {
    ("late-proof", "C22"): _LATE,
    ("rejected-then-late", "C22"): _LATE | {"TransferProofRejected"},
    ("never-proved", "C22"): _TERM,
    ("never-proved", "C34"): _TERM,
    ("never-proved", "C36"): _TERM,
    ("before-classification", "C15"): {
        "UseApplicationApproved",
        "VehicleRegistered",
        "QuotaAttributeClassified",
    },
    ("without-line", "C36"): {"VehicleRegistered"},
    ("brand-differs", "C15"): {
        "UseApplicationReceived",
        "UseApplicationApproved",
        "QuotaAttributeClassified",
        "VehicleRegistered",
    },
    ("approved-while-withdrawn", "C21"): {"UseApplicationApproved", "QualificationWithdrawn"},
    ("registered-while-suspended", "C28"): {
        "EnterpriseSuspended",
        "SuspensionNoticeServed",
        "VehicleRegistered",
    },
    ("domestic-use", "C33"): {"VehicleRegistered", "PendingExportTransferRecorded", "DomesticUseRecorded"},
    ("domestic-use", "C36"): {"VehicleRegistered", "PendingExportTransferRecorded", "DomesticUseRecorded"},
    ("road-use-without-case", "C36"): {"VehicleRegistered", "RoadUseReported"},
    ("road-use-without-case", "C34"): {"PolicyVersionPublished", "VehicleRegistered", "RoadUseReported"},
    ("fraud", "C36"): {"VehicleRegistered", "RegistrationAnnulled"},
    ("export-lost", "C36"): {"VehicleRegistered", "VehicleDeregistered", "CustomsExportReversed"},
    ("late-deregistration", "C30"): {"VehicleRegistered", "CustomsExportConfirmed", "VehicleDeregistered"},
    ("never-deregistered", "C30"): {"VehicleRegistered", "CustomsExportConfirmed"},
    ("two-declarations", "C29"): {"VehicleRegistered", "CustomsExportConfirmed"},
    ("plate-issued", "C20"): {"VehicleRegistered"},
    ("licence-too-large", "C31"): {"ExportLicenceIssued"},
}
"""The types of entries that a planted violation rests on, by its kind and the statement that it refutes."""
_DOCUMENTS = {"reused-invoice", "reused-scan", "reused-certificate"}


def _shown(season: Played, code: str, index: int, vin: str | None = None) -> Shown:
    one = read_entry(season.store, index)
    assert one is not None
    return Grounds(season.store, len(season.lines)).of(code, one, vin)


def test_what_was_planted_is_among_what_makes_the_finding_up(season: Played) -> None:
    """Given every planted violation, when its finding is explained, then its entries are listed, and those of its rule."""
    seen = set()
    for planted in season.key:
        for code, indexes in planted["codes"].items():
            for index in indexes:
                shown = _shown(season, code, index)
                listed = {one.index for one in shown.grounds}
                types = {one.header.type for one in shown.grounds}

                assert index in listed
                assert all(rule_of(one.header.type) for one in shown.grounds)
                if (rule := (planted["kind"], code)) in _MADE_UP_BY:
                    seen.add(rule)
                    assert types == _MADE_UP_BY[rule], (planted, shown.says)
                if planted["kind"] in _DOCUMENTS:
                    cars = {vin for one in shown.grounds for vin in one.tagged("vin")}
                    assert len(shown.grounds) == len(cars) == 2
    assert seen == _MADE_UP_BY.keys()


def test_without_one_of_them_the_whole_ledger_does_not_say_it(season: Played) -> None:
    """Given findings of many statements, when the ledger is checked without one of their grounds, then not that finding."""
    whole = {one.code: one for one in answers(season.store, len(season.lines))}
    asked = [
        (code, index)
        for code, one in whole.items()
        if code in {"C21", "C23", "C25", "C26", "C27", "C28", "C29", "C30", "C33"}
        for index in one.entries
    ]
    for code, index in Random(2).sample(asked, 8):
        grounds = _shown(season, code, index).grounds
        without = Random(index).choice(grounds)
        assert index not in _answer_without(season, code, without.index).entries, (code, index, without.index)


def _answer_without(season: Played, code: str, left_out: int) -> StatementResult:
    follower = Follower()
    for line in season.lines:
        if line.index != left_out:
            follower.take(event_of(told(line.data)))
    return next(one for one in follower.checker.report().statements if one.code == code)


def test_a_finding_says_in_what_manner_an_entry_shows_it(season: Played) -> None:
    """Given exceptions and terms, when explained, then it is said whether late or missing, and why an exception."""
    says = {
        (planted["kind"], code): _shown(season, code, index).says
        for planted in season.key
        for code, (index, *_) in planted["codes"].items()
    }

    assert says["late-proof", "C22"] == ("LATE",)
    assert says["never-proved", "C22"] == ("MISSING",)
    assert says["domestic-use", "C36"] == ("domestic use after the transfer",)
    assert says["overdue-without-case", "C34"] == ("overdue, no case",)
    assert says["without-line", "C34"] == ("unbacked, no case",)


def test_a_statement_of_account_rests_on_what_the_ledger_counts(season: Played) -> None:
    """Given a misstated count, when explained, then which count differs, and the entries counted in its period."""
    index = next(one["codes"]["C35"][0] for one in season.key if one["kind"] == "misstated-account")
    shown = _shown(season, "C35", index)
    body = season.lines[index].content["body"]
    (told_,) = shown.says
    name, _, figures = told_.partition(": ")
    counted = [one for one in shown.grounds if one.index != index]

    assert figures == f"{body['counts'][name]} stated, {len(counted)} in the ledger"
    assert len(counted) == body["counts"][name] - 1
    days = (one.effective_date.isoformat() for one in counted)
    assert all(body["period_from"] <= day <= body["period_to"] for day in days)
    types = {"registered": "VehicleRegistered", "transferred": "PendingExportTransferRecorded"}
    assert {one.header.type for one in counted} == {types[name]}


def test_the_answer_for_one_car_speaks_of_this_car(season: Played) -> None:
    """Given a car that a statement names and one that it does not, when asked about each, then each has its answer."""
    late = next(one["vin"] for one in season.key if one["kind"] == "late-proof")
    other = next(one["vin"] for one in season.key if one["kind"] == "domestic-use")

    found = explain_finding(season.store, "C22", late)
    assert (found.result.verdict, found.result.detail) == (
        Verdict.REFUTED,
        "1 registrations: 1 LATE, 0 MISSING",
    )
    found = explain_finding(season.store, "C22", other)
    assert (found.result.verdict, found.entries) == (Verdict.PROVED, ())
    assert explain_finding(season.store, "C36", other).result.detail.startswith("1 exception, 0 exit-proved")
    unknown = explain_finding(season.store, "C22", "1M8GDM9AXKP042788").result
    assert unknown.detail == "nothing is recorded of 1M8GDM9AXKP042788"
    assert "judges no car" in explain_finding(season.store, "C16", late).result.detail


@pytest.mark.parametrize("code", ["C15", "C20", "C22", "C25", "C26", "C29", "C30", "C33", "C34", "C36"])
def test_the_answers_for_all_cars_are_that_of_the_ledger(season: Played, code: str) -> None:
    """Given every planted car, when a statement is answered for each, then those are refuted that the ledger names."""
    whole = answers(season.store, len(season.lines))
    entries = next(one.entries for one in whole if one.code == code)
    named = {vin for index in entries for vin in told(season.lines[index].data).tagged("vin")}
    grounds = Grounds(season.store, len(season.lines))
    for vin in {one["vin"] for one in season.key if one["vin"]}:
        own = grounds.answer(code, vin)
        assert own is not None
        # Of two cars with one document the later is named; alone, each knows of the other's use.
        assert (own.verdict is Verdict.REFUTED) is (vin in named), (code, vin, own)
