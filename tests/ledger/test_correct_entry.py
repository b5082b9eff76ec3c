"""Corrections through the sequencer: the target is read from the store, and whom they concern is checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.append import Declined, Entered
from ledger.entry import derive, parse_entry
from ledger.entry import parse_statement as parse_object
from ledger.merkle import leaf_hash
from projections.decision_records import replace_decision_records
from projections.runner import catch_up, rebuild
from projections.views.balances import read_balances
from tests.support import domain as of
from tests.support.desk import Desk, desk, statement

CAR = of.vin(1)
LINE = f"{of.PAIR}-1-1"


@pytest.fixture
def at(tmp_path: Path, url: str) -> Iterator[Desk]:
    """A ledger with one registration at entry 1, on a line that nobody approved."""
    with desk(tmp_path, url) as opened:
        outcome = opened.send([registration()], "police-1")
        assert outcome == Entered((1,), replayed=False)
        yield opened


def registration(line: str | None = LINE) -> bytes:
    """Return a registration of the car."""
    return statement("VehicleRegistered", of.registered_body(CAR, line, on="2026-01-04"), "police")


def correction(at: Desk, replacement: dict[str, Any] | None = None, **more: Any) -> bytes:
    """Return a correction of entry 1 that names whom it concerns."""
    (data,) = at.store.entries(1, 2)
    told = parse_object(parse_entry(data).statement)
    concerns = set(derive(told).subjects)
    if replacement is not None:
        concerns |= set(derive({**told, "body": replacement}).subjects)
    body = {
        "concerns": sorted(concerns),
        "reason": "录入有误",
        "replacement": replacement,
        "target_index": 1,
        "target_leaf": leaf_hash(data).hex(),
    }
    return statement("EventCorrected", {**body, **more}, "police")


def codes(outcome: Any) -> list[str]:
    """Return the codes of a refusal."""
    assert isinstance(outcome, Declined), outcome
    return [item.code for item in outcome.items]


def unbacked(at: Desk) -> tuple[dict[str, int], int]:
    """Return the memo UNB of each pair and of the city, as the view has them."""
    catch_up(at.store)
    book = read_balances(at.store)
    return {row.pair_id: row.balances["UNB"] for row in book.pairs}, book.city["UNB"]


def test_a_correction_reads_its_target_from_the_store(at: Desk) -> None:
    """Given a registration entered, when corrected to name no line, then books and a rebuild agree."""
    assert unbacked(at) == ({of.PAIR: 1}, 1)
    replaced = of.registered_body(CAR, None, on="2026-01-04")
    assert at.send([correction(at, replaced)], "police-1", "police-2") == Entered((2,), replayed=False)
    assert unbacked(at) == ({of.PAIR: 0}, 1)  # it counts for the city now
    with at.store.view_transaction() as connection:
        kept = connection.execute("SELECT key, text FROM record ORDER BY key").fetchall()
    rebuild(at.store, finish=replace_decision_records)
    with at.store.view_transaction() as connection:
        assert connection.execute("SELECT key, text FROM record ORDER BY key").fetchall() == kept
    assert not [key for key, _ in kept if key.startswith("entry:")], "an entry is never stored twice"


def test_a_correction_needs_two_officers_and_happens_once(at: Desk) -> None:
    """Given one signer, then refused; given two, entered; a second correction of the same entry, refused."""
    assert codes(at.send([correction(at)], "police-1")) == ["four-eyes"]
    assert isinstance(at.send([correction(at)], "police-1", "police-2"), Entered)
    again = correction(at, reason="再次更正")
    assert codes(at.send([again], "police-1", "police-2")) == ["already-corrected"]


@pytest.mark.parametrize("change", ["fewer", "more", "order"])
def test_a_correction_names_exactly_whom_it_concerns(at: Desk, change: str) -> None:
    """Given concerns that lack a key, have one too many, or are out of order, then the correction is refused."""
    whole = parse_object(correction(at))["body"]["concerns"]
    stated = {"fewer": whole[:-1], "more": [*whole, "vin:Z"], "order": whole[::-1]}[change]
    assert codes(at.send([correction(at, concerns=stated)], "police-1", "police-2")) == ["concerns-differ"]
    assert isinstance(at.send([correction(at, reason="补全")], "police-1", "police-2"), Entered)


def test_a_replacement_about_another_car_concerns_both(at: Desk) -> None:
    """Given a correction to another VIN, when entered, then the chains of both cars hold it."""
    replaced = of.registered_body(of.vin(2), LINE, on="2026-01-04")
    assert isinstance(at.send([correction(at, replaced)], "police-1", "police-2"), Entered)
    for car in (CAR, of.vin(2)):
        assert 2 in at.store.subject_indexes(f"vin:{car}")


def test_an_entry_that_is_not_there_cannot_be_corrected(at: Desk) -> None:
    """Given an index beyond the ledger, its own or one with another leaf, then the correction is refused."""
    for index, code in ((2**53 - 1, "unknown-target"), (4, "unknown-target"), (0, "target-differs")):
        outcome = at.send([correction(at, target_index=index)], "police-1", "police-2")
        assert codes(outcome) == [code]
