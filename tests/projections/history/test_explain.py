"""Exactly the entries that make up a balance, a flag or a finding."""

import json
from random import Random

import pytest

from projections.history.articles import ARTICLES
from projections.history.chains import NoHistory
from projections.history.explain import NoFlag, explain_balance, explain_city, explain_flag
from projections.history.findings import NotAnswered, explain_finding
from tests.projections.history.conftest import Played
from tests.support.naive import Naive

_NEEDS = {
    "late-submission": {"PolicyVersionPublished", "HolidayCalendarPublished", "VehicleRegistered"},
    "late-proof": {
        "PolicyVersionPublished",
        "HolidayCalendarPublished",
        "VehicleRegistered",
        "PendingExportTransferRecorded",
        "TransferProofSubmitted",
    },
    "late-deregistration": {"VehicleRegistered", "CustomsExportConfirmed"},
    "domestic-use": {"VehicleRegistered", "PendingExportTransferRecorded"},
    "suspended": {"EnterpriseSuspended"},
    "second-declaration": {"CustomsExportConfirmed"},
    "document-reused": {"TransferProofSubmitted"},
    "plate-issued": set(),
    "bad-declaration": set(),
}


def test_postings_add_up_to_every_balance(season: Played) -> None:
    """Given every account of every pair, when explained, then its postings add up, and each has its rule."""
    state = Naive(season.lines).state()
    pairs = [key[5:] for key in state.changes if key.startswith("pair:")]
    dice = Random(1)
    moved = 0
    for pair_id in pairs:
        for account in ("ISS", "UNB", *dice.sample(["AV", "A", "C", "R", "T", "X", "D", "N"], 2)):
            postings = explain_balance(season.store, pair_id, account)
            balance = state.pair(pair_id).balances[account]

            assert sum(one.units for one in postings) == balance
            assert all(one.units and one.told.header.type in ARTICLES for one in postings)
            assert not postings or postings[-1].balance == balance
            moved += len(postings)
    assert moved > 50


def test_a_pair_that_nobody_named_has_no_balance(season: Played) -> None:
    """Given a pair without entries, when its balance is explained, then it has no history."""
    exporter = season.subjects("enterprise:")[0][11:]
    with pytest.raises(NoHistory, match="nothing is recorded"):
        explain_balance(season.store, f"{exporter}-{exporter}-9", "AV")


def test_a_flag_rests_on_the_entries_of_its_rule(season: Played) -> None:
    """Given flags of many kinds, when explained, then exactly the types that the rule needs stand behind them."""
    seen = set()
    for line in season.lines:
        for code in json.loads(season.store.flags(line.index)):
            if code in seen or code not in _NEEDS:
                continue
            seen.add(code)
            found = explain_flag(season.store, line.index, code)
            types = {one.header.type for one in found.entries}

            assert found.told.index == line.index
            assert types == _NEEDS[code], (line.index, code)
            assert all(one.index < line.index for one in found.entries)
    assert seen >= _NEEDS.keys() - {"second-declaration"}


def test_a_licence_with_other_dates_rests_on_the_registration(season: Played) -> None:
    """Given a licence whose date is not the ledger's, when its flag is explained, then by the registration that it misstates."""
    licences = [line for line in season.lines if line.header["type"] == "ExportLicenceIssued"]
    index = next(
        line.index
        for line in licences
        if "licence-dates-differ" in json.loads(season.store.flags(line.index))
    )
    (registered,) = explain_flag(season.store, index, "licence-dates-differ").entries

    assert registered.header.type == "VehicleRegistered"
    assert registered.tagged("vin")[0] in {
        one["vin"] for one in season.lines[index].content["body"]["vehicles"]
    }


def test_the_city_adds_up_with_what_belongs_to_no_pair(season: Played) -> None:
    """Given an account of the city, when explained, then its postings add up over all pairs and those of none."""
    state = Naive(season.lines).state()
    pairs = [key[5:] for key in state.changes if key.startswith("pair:")]
    for account in ("D", "UNB"):
        moved = explain_city(season.store, account)
        of_pairs = [one for one in moved if one.posting.pair_id is not None]

        assert sum(one.units for one in of_pairs) == sum(state.pair(each).balances[account] for each in pairs)
        assert sum(one.units for one in moved) == moved[-1].balance
    assert [one for one in explain_city(season.store, "UNB") if one.posting.pair_id is None]


def test_a_top_up_below_the_threshold_rests_on_use_and_total(season: Played) -> None:
    """Given an application below 80 %, when its flag is explained, then by what moved use or total before it."""
    index = next(
        line.index for line in season.lines if "below-threshold" in json.loads(season.store.flags(line.index))
    )
    found = explain_flag(season.store, index, "below-threshold")

    assert {one.header.type for one in found.entries} >= {"QuotaGranted"}
    assert all(one.index < index for one in found.entries)


def test_a_flag_that_is_not_there_cannot_be_explained(season: Played) -> None:
    """Given an entry without a flag, or none, when explained, then it is said what it carries."""
    with pytest.raises(NoFlag, match="carries no flag, not late-proof"):
        explain_flag(season.store, 1, "late-proof")
    with pytest.raises(NoHistory, match="its size is"):
        explain_flag(season.store, len(season.lines), "late-proof")


def test_a_finding_names_what_the_verifier_names(season: Played) -> None:
    """Given a refuted statement, when explained for all and for one car, then by its entries, and those of the car."""
    found = explain_finding(season.store, "C22")
    car = Random(1).choice(found.entries).tagged("vin")[0]

    assert found.result.verdict.value == "REFUTED"
    assert [one.index for one in found.entries] == list(found.result.entries)
    assert [one.tagged("vin") for one in explain_finding(season.store, "C22", car).entries] == [[car]]


@pytest.mark.parametrize(("code", "told"), [("C01", "verify"), ("C99", "C01 to C36")])
def test_what_entries_alone_do_not_answer(season: Played, code: str, told: str) -> None:
    """Given a statement about integrity, or none, when explained, then it is said who answers it."""
    with pytest.raises(NotAnswered, match=told):
        explain_finding(season.store, code)
