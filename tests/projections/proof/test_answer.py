"""The whole answer: three questions, the worst verdict first, one exit code, one JSON object."""

import json
from dataclasses import replace

import pytest

from ledger.source import Break
from ledger.verification import Verification, unreadable
from projections.differing import Compared, TableDiffers, not_compared
from projections.proof.answer import Answer, answered, unread
from projections.proof.comparison import Comparison, Difference
from projections.proof.follower import Follower
from projections.proof.statements import STATEMENTS
from projections.proof.stored import StoredBalances
from projections.proof.types import Headline, Verdict
from tests.support.domain import PAIR, Season
from tests.support.proof import Entries

INTACT = Verification("test.example/l", 9, "root", "note", True, (), False, False, False, (), 0.1)
CARS = 2
EQUAL = Compared(())
"""All views' rows as they should be."""


def asked(
    verification: Verification = INTACT,
    *,
    entries: Entries | None = None,
    stored: StoredBalances | None = None,
    comparisons: tuple[Comparison, ...] = (),
) -> Answer:
    """Follow the entries of a season in which every car is exported, and put the answers together."""
    follower = Follower(snapshot_at=None if stored is None else stored.size)
    for event in (entries or exported()).events:
        follower.take(event)
    return answered(verification, follower, follower.checker.report(), stored=stored, comparisons=comparisons)


def exported() -> Entries:
    """Return a season whose cars all leave."""
    return Entries(Season(CARS).steps())


def verdicts(answer: Answer) -> dict[str, Verdict]:
    """Return the verdict of each statement."""
    return {one.code: one.verdict for one in answer.statements}


def test_a_ledger_whose_cars_all_left() -> None:
    """Given an intact, anchored ledger whose cars all left, then the verdict is PROVED and the code 0."""
    answer = asked()
    assert (answer.verdict, answer.exit_code) == ("PROVED", 0)
    assert set(verdicts(answer)) == set(STATEMENTS)
    assert {code for code, one in verdicts(answer).items() if one is not Verdict.PROVED} == {"C07", "C08"}


def test_the_json_object_has_its_members_in_their_order() -> None:
    """Given an answer, when printed, then it has exactly the members that readers rely on."""
    whole = asked().to_json()
    assert list(whole) == [
        "format", "origin", "size", "root", "checkpoint", "anchored", "as_known_at", "as_of", "integrity", "books",
        "statements", "headline", "verdict", "notes", "seconds",
    ]  # fmt: skip
    assert (whole["as_known_at"], whole["as_of"]) == (len(exported().events) - 1, "2025-05-10")
    assert whole["books"] == {"verdict": "BALANCED", "breaks": []}
    assert [one["code"] for one in whole["statements"]] == [f"C{number:02}" for number in range(1, 37)]
    assert set(whole["statements"][0]) == {"code", "title", "verdict", "entries", "detail", "open"}
    assert whole["statements"][0]["open"] == ["Z01", "Z10"]
    assert whole["headline"] == {
        "verdict": "PROVED", "exit_proved": 0, "customs_proved": CARS, "on_track": 0, "undetermined": 0,
        "exceptions": 0,
    }  # fmt: skip
    json.dumps(whole)


def test_nothing_used_is_said() -> None:
    """Given a ledger without one registration, then it is PROVED, and a note says that it is so of nothing."""
    answer = asked(entries=Entries(Season(0).set_up()))
    assert answer.verdict == "PROVED"
    assert "no car was registered: C36 is PROVED of nothing" in answer.to_json()["notes"]
    assert asked().to_json()["notes"] == []


def test_cars_on_their_way_leave_the_headline_open() -> None:
    """Given cars registered and not yet transferred, then 6, and with --lenient 0."""
    season = Season(CARS)
    registered = Entries([*season.set_up(), *season.classified(), *list(season.exported())[:2]])
    answer = asked(entries=registered)
    assert (answer.verdict, answer.exit_code) == ("UNDETERMINED", 6)
    assert answer.headline == Headline(Verdict.UNDETERMINED, 0, 0, 1, 0, 0)
    assert asked(replace(INTACT, lenient=True), entries=registered).exit_code == 0


def test_a_refuted_statement() -> None:
    """Given a plate issued, then REFUTED and 5, naming the entry; lenient changes nothing."""
    entries = exported()
    index = entries.index_of("VehicleRegistered")
    event = entries.events[index]
    body = event.statement.body.model_copy(update={"physical_plate_issued": True})  # type: ignore[union-attr]
    entries.events[index] = replace(event, statement=replace(event.statement, body=body))  # type: ignore[union-attr,type-var]
    answer = asked(replace(INTACT, lenient=True), entries=entries)
    assert (answer.verdict, answer.exit_code) == ("REFUTED", 5)
    assert [one.entries for one in answer.statements if one.verdict is Verdict.REFUTED] == [(index,)]


def test_a_broken_ledger_proves_nothing() -> None:
    """Given a changed entry, then 1, C01 names it, nothing else is PROVED but what integrity itself says."""
    answer = asked(replace(INTACT, breaks=(Break("leaf", 4, "changed"),)))
    assert (answer.verdict, answer.exit_code) == ("BROKEN", 1)
    assert verdicts(answer)["C01"] is Verdict.REFUTED
    proved = {code for code, one in verdicts(answer).items() if one is Verdict.PROVED}
    assert proved == {"C02", "C03", "C04"}
    assert answer.to_json()["books"]["verdict"] == "UNDETERMINED"
    assert answer.headline.verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize(
    ("class_", "code"),
    [("signature", "C02"), ("authority", "C03"), ("four_eyes", "C04"), ("time", "C05"), ("heads", "C01")],
)
def test_each_class_of_break_refutes_its_statement(class_: str, code: str) -> None:
    """Given a break, then the statement of its class is REFUTED at its entry."""
    answer = asked(replace(INTACT, breaks=(Break(class_, 3, "…"),)))  # type: ignore[arg-type]
    refuted = {one.code: one.entries for one in answer.statements if one.verdict is Verdict.REFUTED}
    assert refuted == {code: (3,)}


def test_without_an_anchor() -> None:
    """Given no anchor, then 4 even where a statement is refuted; --unanchored answers all the same."""
    assert asked(replace(INTACT, anchored=False)).exit_code == 4
    assert asked(replace(INTACT, anchored=False, unanchored=True)).exit_code == 0
    against = Comparison("police.csv", "police", 1, (Difference("extract", "LSV", 2, None),))
    assert asked(replace(INTACT, anchored=False), comparisons=(against,)).exit_code == 4


def test_nothing_could_be_opened() -> None:
    """Given nothing readable, then 3 and every statement is open."""
    answer = unread(unreadable("no such file"))
    assert (answer.verdict, answer.exit_code) == ("UNREADABLE", 3)
    assert set(verdicts(answer).values()) == {Verdict.UNDETERMINED}


def stored_after(entries: Entries) -> StoredBalances:
    """Return what a store keeps that took in every entry."""
    follower = Follower(snapshot_at=len(entries.events))
    for event in entries.events:
        follower.take(event)
    rows = {pair: dict(one.balances) for pair, one in follower.checker.books.pairs.items()}
    return StoredBalances(len(entries.events), rows)


def report_of(entries: Entries, stored: StoredBalances, views: Compared | None = EQUAL) -> Answer:
    """Answer for a store; the follower's snapshot is that of its last entry."""
    follower = Follower(snapshot_at=stored.size)
    for event in entries.events:
        follower.take(event)
    return answered(INTACT, follower, follower.checker.report(), stored=stored, views=views)


def test_stored_balances_equal_a_replay() -> None:
    """Given a store whose balances are the checker's and whose rows are the replay's, then C07 is PROVED."""
    assert verdicts(report_of(exported(), stored_after(exported())))["C07"] is Verdict.PROVED


def test_an_altered_row_of_a_projection() -> None:
    """Given one unit moved in a stored row, then C07 is REFUTED, the books UNBALANCED, and the code 5."""
    stored = stored_after(exported())
    stored.rows[PAIR]["AV"] += 1  # type: ignore[index]
    answer = report_of(exported(), stored)
    assert (answer.verdict, answer.exit_code) == ("REFUTED", 5)
    assert verdicts(answer)["C07"] is Verdict.REFUTED
    assert answer.to_json()["books"]["verdict"] == "UNBALANCED"


def test_an_altered_row_of_any_view() -> None:
    """Given balances that agree and a row of another view that does not, then C07 is REFUTED and the row named."""
    views = Compared((TableDiffers("clock", 0, 1, 0, "vin:LSV"),))
    answer = report_of(exported(), stored_after(exported()), views)
    (c07,) = (one for one in answer.statements if one.code == "C07")
    assert (answer.exit_code, c07.verdict, answer.books.verdict.value) == (5, Verdict.REFUTED, "UNBALANCED")
    assert c07.detail == "view clock: 0 rows changed, 1 missing, 0 unknown, the first vin:LSV"


@pytest.mark.parametrize("views", [None, not_compared("they are of another shape")])
def test_views_that_were_not_compared(views: Compared | None) -> None:
    """Given balances that agree and rows that were not compared, then C07 is open: balances alone prove it not."""
    assert verdicts(report_of(exported(), stored_after(exported()), views))["C07"] is Verdict.UNDETERMINED


def test_a_projection_that_was_not_reached() -> None:
    """Given a stored view ahead of what was taken in, then C07 is open and nothing is accused."""
    assert verdicts(asked(stored=StoredBalances(10_000, {})))["C07"] is Verdict.UNDETERMINED


def test_an_extract_that_differs() -> None:
    """Given an agency's list with a car that the ledger has not, then C35 is REFUTED and the list is told."""
    against = Comparison("police.csv", "police", 3, (Difference("extract", "LSV", 2, None),))
    answer = asked(comparisons=(against,))
    assert (answer.exit_code, verdicts(answer)["C35"]) == (5, Verdict.REFUTED)
    assert answer.to_json()["comparisons"] == [
        {
            "name": "police.csv", "kind": "police", "rows": 3,
            "differences": [{"side": "extract", "what": "LSV", "line": 2, "index": None}],
        }
    ]  # fmt: skip


def test_an_extract_that_agrees() -> None:
    """Given a list without differences, then it is told and changes nothing."""
    answer = asked(comparisons=(Comparison("police.csv", "police", 3, ()),))
    assert answer.exit_code == 0
