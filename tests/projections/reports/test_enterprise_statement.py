"""An enterprise's statement: opening, entries and closing add up, month after month, to the stored balances."""

from typing import Any

import pytest

from projections.history.chains import NoHistory
from projections.history.replay import NO_BALANCES
from projections.reports import enterprise_statement
from projections.reports.months import Month
from projections.reports.report import ReportRefused
from tests.support.reports import FIRM, PAIR, Season, day_of, moved

Statements = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def statements(season: Season) -> Statements:
    """The statements of an exporter, by month."""
    return {
        month: enterprise_statement.build(season.store, FIRM, Month.parse(month)).content
        for month in season.months()
    }


def test_months_lead_from_nothing_to_what_is_stored(season: Season, statements: Statements) -> None:
    """Given a firm, when every month is stated, then each line adds up, months join, the last is what is stored."""
    balances: dict[str, dict[str, int]] = {}
    for month, content in statements.items():
        for account in content["accounts"]:
            running = balances.get(account["pair_id"], NO_BALANCES)
            assert account["opening"] == running, month
            for line in account["lines"]:
                running = moved(dict(running), line["moves"])
                assert line["balances"] == running, line["index"]
            assert account["closing"] == running == moved(account["opening"], account["moved"])
            balances[account["pair_id"]] = dict(running)
    stored = season.pairs()
    assert balances == {pair_id: units for pair_id, units in stored.items() if FIRM in pair_id.split("-")}


def test_both_firms_of_a_pair_see_the_same_account(season: Season, statements: Statements) -> None:
    """Given a month with postings, when the upstream's is stated, then its account is the exporter's but for the role."""
    month = max(statements, key=lambda one: len(statements[one]["accounts"][0]["lines"]))
    upstream = enterprise_statement.build(season.store, PAIR.split("-")[1], Month.parse(month)).content
    (theirs,) = [one for one in upstream["accounts"] if one["pair_id"] == PAIR]
    (ours,) = statements[month]["accounts"]

    assert (ours["role"], theirs["role"]) == ("EXPORTER", "UPSTREAM")
    same = ("opening", "closing", "moved", "exporter", "upstream")
    assert {name: ours[name] for name in same} == {name: theirs[name] for name in same}
    moves = [[line for line in one["lines"] if line["moves"]] for one in (ours, theirs)]
    assert moves[0] == moves[1] != []


def test_every_entry_that_names_the_firm_stands_in_its_month(season: Season, statements: Statements) -> None:
    """Given a firm, when its months are stated, then each entry of its chain is there once as a line or refusal."""
    named = {line.index for line in season.lines if f"enterprise:{FIRM}" in line.subjects}
    for month, content in statements.items():
        lines = [line["index"] for account in content["accounts"] for line in account["lines"]]
        shown = [*lines, *(one["index"] for key in ("other", "refused") for one in content[key])]
        inside = {index for index in named if day_of(season.lines[index]).isoformat().startswith(month)}
        assert len(shown) == len(set(shown)), month
        assert inside <= set(shown), month
        assert all(day_of(season.lines[index]).isoformat().startswith(month) for index in shown)


def test_a_refused_submission_is_listed_apart_with_article_and_signer(season: Season) -> None:
    """Given a submission that was refused, when its month is stated, then it moves nothing and says by whom and why."""
    refused = next(
        one
        for one in season.lines
        if one.header["type"] == "SubmissionRefused"
        and f"enterprise:{FIRM}" in one.subjects
        and one.content["body"]["items"][0]["code"] == "vin-live"
    )
    month = Month.parse(day_of(refused).isoformat()[:7])
    content = enterprise_statement.build(season.store, FIRM, month).content
    one = next(each for each in content["refused"] if each["index"] == refused.index)

    assert (one["agency"], one["officer"][:9]) == ("commerce", "commerce-")
    assert one["items"][0]["code"] == "vin-live"
    assert one["items"][0]["article"] == "沪商规〔2024〕19号 措施5"
    assert one["items"][0]["zh"] == "车辆…已占用额度:…(…)"
    assert all(refused.index != line["index"] for each in content["accounts"] for line in each["lines"])


def test_it_names_its_basis_and_its_commands(season: Season) -> None:
    """Given a statement, then it says on which checkpoint it stands, the whole period, and how it is verified."""
    content = enterprise_statement.build(season.store, FIRM, Month.parse("2025-09")).content
    commands = [one["command"] for one in content["commands"]]

    assert content["basis"]["size"] == len(season.lines)
    assert content["basis"]["note"].startswith(f"{content['basis']['origin']}\n{len(season.lines)}\n")
    assert content["period"] == {
        "month": "2025-09", "first": "2025-09-01", "last": "2025-09-30", "whole": True,
        "by": "recorded_at", "zone": "Asia/Shanghai",
    }  # fmt: skip
    assert content["accounts"][0]["pair_id"] == PAIR
    assert content["subject"]["name"].endswith("（虚构）")
    assert f"quota-ledger export --enterprise {FIRM} --fresh --out {FIRM}" in commands
    assert f"report statement --enterprise {FIRM} --month 2025-09 --checkpoint" in commands[-1]


def test_the_month_of_the_last_entry_is_not_over_yet(season: Season) -> None:
    """Given the month in which the checkpoint stands, then the statement says that it is not whole."""
    content = enterprise_statement.build(season.store, FIRM, Month.parse(season.months()[-1])).content
    assert content["period"]["whole"] is False


def test_what_cannot_be_stated(season: Season) -> None:
    """Given a month ahead of the ledger or an unknown firm, then there is no statement."""
    with pytest.raises(ReportRefused, match="2199-01 begins after"):
        enterprise_statement.build(season.store, FIRM, Month.parse("2199-01"))
    with pytest.raises(NoHistory):
        enterprise_statement.build(season.store, "91310000132260250X", Month.parse("2025-09"))
