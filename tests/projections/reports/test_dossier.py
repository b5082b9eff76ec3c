"""The dossier holds what the history, the checker and the decisions say of an enterprise."""

import pytest

from projections.history.findings import explain_finding
from projections.reports import dossier
from projections.reports.report import Report
from tests.support.reports import FIRM, PAIR, Season


@pytest.fixture(scope="module")
def report(season: Season) -> Report:
    return dossier.build(season.store, FIRM)


def test_pairs_stand_as_they_are_stored(season: Season, report: Report) -> None:
    """Given a firm, then its pairs have the stored balances, and cars in each account as many as units."""
    stored = season.pairs()
    cars = report.content["cars"]
    (pair,) = report.content["pairs"]

    assert pair["balances"] == stored[PAIR]
    for account in ("A", "C", "R", "T", "X", "D", "N"):
        held = [one for one in cars if one["account"] == account and one["line_id"].startswith(PAIR)]
        assert len(held) == stored[PAIR][account], account


def test_every_flag_and_attachment_of_its_entries_is_there(season: Season, report: Report) -> None:
    """Given the entries of a firm, then each is listed, each flag explained, each document with its digest."""
    indexes = [one["index"] for one in report.content["entries"]]
    named = {line.index for line in season.lines if f"enterprise:{FIRM}" in line.subjects}
    documents = [
        (index, each["sha256"]) for index in indexes for each in season.lines[index].content["attachments"]
    ]
    flags = {code for one in report.content["flagged"] for code in one["flags"]}

    assert named <= set(indexes)
    assert [(one["index"], one["sha256"]) for one in report.content["documents"]] == documents
    assert {one["code"] for one in report.content["flags"]} == flags
    assert len(flags) > 20


def test_statements_name_the_entries_that_the_checker_names(season: Season, report: Report) -> None:
    """Given the checker's findings over the whole ledger, then the dossier names those of the firm's own entries."""
    own = {one["index"] for one in report.content["entries"]}
    for one in report.content["statements"]:
        if one["code"] in {"C15", "C22", "C26", "C36"}:
            found = explain_finding(season.store, one["code"]).result
            assert one["verdict"] == found.verdict.value == "REFUTED"
            assert one["own"] == [index for index in found.entries if index in own]
            assert len(one["own"]) + one["others"] == len(found.entries)


def test_a_car_shows_its_days_papers_and_level(report: Report) -> None:
    """Given cars that left and cars that did not, then each shows dates in order, its release, and its level."""
    cars = report.content["cars"]
    gone = next(one for one in cars if one["level"] == "exit-proved" and one["late"] is False)
    overdue = next(one for one in cars if "OVERDUE" in one["overlays"])

    assert gone["registered_on"] <= gone["transferred_on"] <= gone["declarations"][0]["released_on"]
    assert gone["proof"] == "ACCEPTED"
    assert gone["brand_model"]
    assert overdue["level"] == "exception"
    assert overdue["rolled_due"] < report.content["basis"]["as_of"]


def test_suspension_cases_refusals_and_clocks_are_there(report: Report) -> None:
    """Given a firm that was suspended, investigated and refused, then all of it is in its dossier."""
    content = report.content
    assert {one["basis"] for one in content["suspensions"]} == {"INTERIM"}
    assert all(one["noticed_at"] for one in content["suspensions"])
    assert {one["status"] for one in content["cases"]} >= {"OPEN", "DECIDED"}
    assert all(one["entries"] for one in content["cases"])
    assert content["refused"]
    assert {one["status"] for one in content["deadlines"]} >= {"OVERDUE"}
    assert content["enterprise"]["filings"][0]["filing_no"]


def test_without_findings_only_the_firms_own_file_is_read(season: Season, report: Report) -> None:
    """Given the option, then statements are left out, the command says so, and all else is alike."""
    short = dossier.build(season.store, FIRM, findings=False)
    assert short.content["statements"] is None
    assert "--without-findings" in short.content["commands"][-1]["command"]
    same = report.content.keys() - {"statements", "commands"}
    assert {name: short.content[name] for name in same} == {name: report.content[name] for name in same}


def test_every_firm_has_a_dossier(season: Season) -> None:
    """Given every firm of the season, exporters and upstreams, then a dossier can be made of it."""
    for uscc in season.firms():
        content = dossier.build(season.store, uscc, findings=False).content
        assert content["subject"] == {"uscc": uscc, "name": content["subject"]["name"]}
        assert content["entries"]
