"""Two replays written apart: the books of the checker against the postings of the decisions."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decide import Accepted
from domain.records import Pair
from projections.proof.accounts import ACCOUNTS
from projections.proof.books import Books
from projections.proof.published import Published
from projections.proof.types import Event
from tests.support.domain import (
    APPLICATION,
    PAIR,
    Season,
    acceptance_body,
    application_body,
    approval_body,
    classified_body,
    customs_body,
    deregistered_body,
    grant_body,
    line_id,
    proof_body,
    registered_body,
    sent_body,
    transfer_body,
    use_body,
    vin,
)
from tests.support.history import History

CARS = [vin(1), vin(2)]
LINES = [line_id(1), line_id(2)]
SECOND = f"{PAIR}-2"


def statements() -> list[tuple[str, dict[str, Any]]]:
    """Return what may be said: the road of two cars, and turns off it."""
    found: list[tuple[str, dict[str, Any]]] = [
        ("UseApplicationReceived", use_body(CARS)),
        ("UseApplicationReceived", use_body(CARS, SECOND)),
        ("UseApplicationApproved", approval_body(CARS)),
        ("UseApplicationApproved", approval_body(CARS[:1])),
        ("UseApplicationApproved", approval_body(CARS, SECOND)),
        ("UsageNumberSent", sent_body(CARS)),
        ("QuotaAttributeClassified", classified_body(CARS)),
        ("TotalQuotaApplicationReceived", application_body(APPLICATION)),
        ("QuotaGranted", grant_body()),
    ]
    for number, (car, line) in enumerate(zip(CARS, LINES, strict=True), 1):
        found += [
            ("VehicleRegistered", registered_body(car, line)),
            ("VehicleRegistered", registered_body(car, None, cert_no=f"31000000000{number}")),
            ("VehicleRegistered", registered_body(car, LINES[0], cert_no=f"31000000001{number}")),
            ("PendingExportTransferRecorded", transfer_body(car, line)),
            ("TransferProofSubmitted", proof_body(car, line)),
            ("TransferProofAccepted", acceptance_body(car, line)),
            ("CustomsExportConfirmed", customs_body(car, number)),
            ("CustomsExportConfirmed", customs_body(car, number + 2)),
            ("VehicleDeregistered", deregistered_body(car)),
            ("VehicleDeregistered", deregistered_body(car, reason="OTHER")),
        ]
    return found


STATEMENTS = statements()


@settings(max_examples=200, deadline=None)
@given(said=st.lists(st.sampled_from(STATEMENTS), max_size=40), classified=st.booleans())
def test_what_the_decisions_post_is_what_the_checker_replays(
    said: list[tuple[str, dict[str, Any]]], classified: bool
) -> None:
    """Given any statements, when those that are accepted are replayed, then every account of a pair is the same."""
    season = Season(2)
    published = Published()
    books = Books(published)
    history = History()
    steps = [*season.set_up(), *(season.classified() if classified else ())]
    steps += [season.step("2025-03-12", kind, body) for kind, body in said]
    for step in steps:
        index = history.size
        if isinstance(history.take(step), Accepted):
            event = Event.of(index, f"{index:064x}", step.statement, step.recorded_at)
            published.fold(event)
            books.fold(event)
    decided = {
        key.removeprefix("pair:"): dict(record.balances)
        for key, record in history.stored.records().items()
        if isinstance(record, Pair)
    }
    replayed = {pair_id: pair.balances for pair_id, pair in books.pairs.items() if pair_id}
    empty = dict.fromkeys(ACCOUNTS, 0)
    for pair_id in decided.keys() | replayed.keys():
        assert replayed.get(pair_id, empty) == decided.get(pair_id, empty)
    assert not books.result().breaks
