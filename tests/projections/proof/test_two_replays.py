"""Two replays written apart: the books of the checker against the postings of the decisions."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decide import Accepted
from domain.records import Pair
from projections.proof.accounts import ACCOUNTS
from projections.proof.amended import Amended, Amendment
from projections.proof.books import Books
from projections.proof.published import Published
from projections.proof.types import Event
from tests.support.domain import (
    BATCH,
    EXPORTER,
    PAIR,
    Season,
    acceptance_body,
    approval_body,
    classified_body,
    customs_body,
    deregistered_body,
    line_id,
    proof_body,
    registered_body,
    sent_body,
    transfer_body,
    use_body,
    vin,
)
from tests.support.history import History
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

CARS = [vin(1), vin(2)]
LINES = [line_id(1), line_id(2)]
SECOND = f"{PAIR}-2"
CASE = {"case_id": "CASE-1", "usccs": [EXPORTER]}
Said = tuple[str, dict[str, Any]]


def decided_case() -> list[Said]:
    """Return a case from its opening to its decision."""
    return [
        ("ViolationCaseOpened", {**CASE, "ground": "NOT_EXPORTED", "vins": CARS}),
        ("HearingHeld", {**CASE, "on": "2025-03-12", "summary_sha256": None}),
        ("CaseDecided", {**CASE, "decision": "WARNING", "document_no": "沪商决-1", "reasons": "未出口"}),
    ]


def of_batches() -> list[Said]:
    """Return what may be said of two batches with the same cars."""
    return [
        ("UseApplicationReceived", use_body(CARS)),
        ("UseApplicationReceived", use_body(CARS, SECOND)),
        ("UseApplicationApproved", approval_body(CARS)),
        ("UseApplicationApproved", approval_body(CARS[:1])),
        ("UseApplicationApproved", approval_body(CARS, SECOND)),
        ("UseApplicationRejected", {"batch_id": BATCH, "reason": None}),
        ("UseApplicationWithdrawn", {"batch_id": BATCH, "reason": None}),
        ("UsageNumberSent", sent_body(CARS)),
        ("UsageNumberSent", sent_body(CARS, revision=2)),
        ("UsageNumberReturned", {"batch_id": BATCH, "reason": None, "revision": 1}),
        ("QuotaAttributeClassified", classified_body(CARS)),
        ("QuotaAttributeClassified", classified_body(CARS, SECOND)),
        ("QuotaReduced", reduced(60)),
    ]


def of_car(number: int) -> list[Said]:
    """Return what may be said of one car, on its road and off it."""
    car, line = CARS[number - 1], LINES[number - 1]
    return [
        ("VehicleRegistered", registered_body(car, line)),
        ("VehicleRegistered", registered_body(car, line, "2025-02-01")),
        ("VehicleRegistered", registered_body(car, None, cert_no=f"31000000000{number}")),
        ("VehicleRegistered", registered_body(car, LINES[0], cert_no=f"31000000001{number}")),
        ("VehicleRegistered", registered_body(car, f"{SECOND}-{number}", cert_no=f"31000000002{number}")),
        ("PendingExportTransferRecorded", transfer_body(car, line)),
        ("TransferReversed", transfer_reversed(car, line)),
        ("TransferProofSubmitted", proof_body(car, line)),
        ("TransferProofAccepted", acceptance_body(car, line)),
        ("TransferProofRejected", judged_proof(car, line, reason=None)),
        ("TransferProofRevoked", judged_proof(car, line, case_id=None)),
        ("CustomsExportConfirmed", customs_body(car, number)),
        ("CustomsExportConfirmed", customs_body(car, number + 2)),
        ("CustomsExportReversed", customs_reversed(car, number)),
        ("CustomsExportReversed", customs_reversed(car, number + 2)),
        ("VehicleDeregistered", deregistered_body(car)),
        ("VehicleDeregistered", deregistered_body(car, reason="OTHER")),
        ("RegistrationAnnulled", annulled("CLERICAL", car, line)),
        ("RegistrationAnnulled", annulled("FRAUD", car, line)),
        ("RegistrationRegularised", regularised(car, line)),
        ("RegistrationRegularised", regularised(car, f"{SECOND}-{number}")),
        ("NonExportDetermined", determination(car, line)),
        ("NonExportOverturned", determination(car, line)),
        ("ApprovedLineCancelled", cancelled(car, line)),
        ("ApprovedLineCancelled", cancelled(car, f"{SECOND}-{number}")),
    ]


STATEMENTS = [*of_batches(), *decided_case(), *of_car(1), *of_car(2)]
ROAD = [
    (kind, body)
    for car in (1, 2)
    for kind, body in (*decided_case(), *of_car(car))
    if kind in {"ViolationCaseOpened", "HearingHeld", "CaseDecided"}
    or (kind, body) in [of_car(car)[place] for place in (0, 5, 7, 8, 11, 21, 22, 15)]
]
"""Two cars registered, transferred, proved, released, deregistered; determined at the end, and not so."""


class Both:
    """One history, replayed twice."""

    def __init__(self) -> None:
        self.history = History()
        self.season = Season(2)
        self.published = Published()
        self.amended = Amended()
        self.books = Books(self.published)

    def replay(self) -> None:
        """Give the checker the last entry."""
        index = self.history.size - 1
        step = self.history.steps[index]
        event = Event.of(index, f"{index:064x}", step.statement, step.recorded_at)
        self.published.fold(event)
        said = self.amended.read(event)
        if isinstance(said, Amendment):
            self.books.amend(said)
        elif said is not None:
            self.books.fold(said)

    def say(self, said: Said) -> None:
        """Say something in March; what is refused leaves no trace."""
        if isinstance(self.history.take(self.season.step("2025-03-12", *said)), Accepted):
            self.replay()

    def correct(self, target: int, said: Said | None) -> None:
        """Correct an entry, to another body of its type or to nothing."""
        told = self.history.steps[target].statement
        body = said[1] if said and said[0] == told.type else None
        if isinstance(self.history.correct(target, body), Accepted):
            self.replay()

    def agree(self) -> None:
        """Fail unless every account of every pair is the same in both, and the checker found no break."""
        records = self.history.stored.records()
        decided = {key[5:]: record.balances for key, record in records.items() if isinstance(record, Pair)}
        replayed = {pair_id: pair.balances for pair_id, pair in self.books.pairs.items() if pair_id}
        empty = dict.fromkeys(ACCOUNTS, 0)
        for pair_id in decided.keys() | replayed.keys():
            assert replayed.get(pair_id, empty) == dict(decided.get(pair_id, empty))
        assert self.books.result().breaks == ()


TURNS = st.tuples(
    st.sampled_from(["road", "road", "turn", "correct"]),
    st.sampled_from(STATEMENTS),
    st.integers(0, 60),
)


@settings(max_examples=150, deadline=None)
@given(turns=st.lists(TURNS, max_size=40), classified=st.booleans())
def test_what_the_decisions_post_is_what_the_checker_replays(
    turns: list[tuple[str, Said, int]], classified: bool
) -> None:
    """Given any statements and corrections, when what is accepted is replayed, then every account is the same."""
    both = Both()
    for step in [*both.season.set_up(), *(both.season.classified() if classified else ())]:
        assert isinstance(both.history.take(step), Accepted)
        both.replay()
    start, road = both.history.size, iter(ROAD)
    for turn, said, number in turns:
        if turn == "correct" and both.history.size > start:
            both.correct(start + number % (both.history.size - start), said if number % 2 else None)
        elif turn == "road":
            both.say(next(road, said))
        else:
            both.say(said)
        both.agree()
