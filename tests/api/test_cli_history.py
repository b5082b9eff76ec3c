"""``history``, ``deadlines`` and ``explain`` on a season with violations of every kind."""

import json
from pathlib import Path

import pytest

from api.cli import run
from tests.support.cli import Cli

FIRM = "91310000PDY000036B"
PAIR = f"{FIRM}-91310115PDY0000443-1"
LATE_FIRM = "91310115PDY00001XD"


@pytest.fixture(scope="module")
def season_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('season')}/ledger.db"
    assert run(["demo", "--faults", "--db", url, "--json"]) == 0
    return url


@pytest.fixture
def season(cli: Cli, season_url: str, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("QUOTA_LEDGER_DB", season_url)
    return cli


def test_history_tells_who_signed_what_and_where_it_stands(season: Cli) -> None:
    """Given a firm, when its history is asked for, then signers, papers, balances, flags and clocks are there."""
    told = season.json("history", FIRM)
    granted = next(one for one in told["entries"] if one["type"] == "QuotaGranted")
    flagged = [each for one in told["entries"] for each in one["flags"]]
    last = [each for one in told["entries"] for each in one["balances"] if each["pair_id"] == PAIR][-1]

    assert told["format"] == "quota-ledger-history/1"
    assert [one["index"] for one in told["entries"]] == sorted(one["index"] for one in told["entries"])
    assert granted["officers"] == ["commerce-1", "commerce-2"]
    assert granted["balances"][0]["before"]["AV"] == 0 < granted["balances"][0]["after"]["AV"]
    assert any(one["attachments"] for one in told["entries"])
    assert all(one["zh"] and one["en"] and one["control"] for one in flagged)
    assert told["standing"]["pairs"][PAIR]["balances"] == last["after"]
    assert told["standing"]["cases"]
    assert any(one["refused"] and one["refused"][0]["article"] for one in told["entries"])
    assert any(one["deadlines"] for one in told["entries"])


def test_history_for_people_is_a_table(season: Cli) -> None:
    """Given a car, when its history is asked for without --json, then every step and how far it is whole is shown."""
    vin = next(iter(season.json("history", FIRM)["standing"]["cars"]))
    assert season("history", vin) == 0, season.err

    for told in ("核定使用", "额度属性分类", "注册登记", "hang together"):
        assert told in season.out


def test_history_for_people_says_what_was_decided_and_by_whom(season: Cli) -> None:
    """Given corrections, refusals and decisions, when the history is printed, then their substance is in the table, uncut."""
    told = season.json("history", LATE_FIRM)
    entries = told["entries"]
    correction = next(one for one in entries if one["corrects"] and not one["corrects"]["taken_back"])
    refused = next(one for one in entries if one["tried"] and one["tried"]["officer"])
    decided = next(one for one in entries if one["type"] == "CaseDecided")
    released = next(one for one in entries if one["type"] == "CustomsExportConfirmed")
    target = next(one for one in entries if one["index"] == correction["corrects"]["index"])
    (change, *_) = correction["corrects"]["changes"]
    paper = next(one["attachments"][0] for one in entries if one["attachments"])

    assert season("history", LATE_FIRM) == 0
    rows = [line.split("│")[1:-1] for line in season.out.splitlines() if line.startswith("│")]
    told_rows = [row for row in rows if len(row) == 5]  # the clocks below have six columns
    words = " ".join("".join("".join(column).split()) for column in zip(*told_rows, strict=True))
    for shown in (
        f"corrects entry {target['index']}: {change['member']} {change['then']} → {change['now']}",
        f"tried by {refused['tried']['agency']}, {refused['tried']['officer']}, seq {refused['tried']['seq']}",
        f"decision {decided['body']['decision']}",
        f"declaration_no {released['body']['declaration_no']}",
        f"{paper['kind']} {paper['sha256'][:16]}",
    ):
        assert "".join(shown.split()) in words, shown
    assert target["body"][change["member"]] == change["then"]
    # Nothing is cut: what tells two batches apart stands at the end of an id.
    assert all(one["body"]["batch_id"] in words for one in entries if "batch_id" in (one["body"] or {}))


def test_history_as_known_at_and_as_of(season: Cli) -> None:
    """Given a firm, when asked as known at an index or day and as of a day, then nothing later is told."""
    early = season.json("history", LATE_FIRM, "--as-known-at", "300")
    day = season.json("history", LATE_FIRM, "--as-known-at", "2025-03-01", "--as-of", "2025-02-01")

    assert max(one["index"] for one in early["entries"]) <= 300
    assert all(one["recorded_at"] < "2025-03-01T16" for one in day["entries"])
    assert all(one["effective_date"] <= "2025-02-01" for one in day["entries"])
    assert (day["order"], day["as_of"], day["as_known_at"]) == ("effective", "2025-02-01", "2025-03-01")


def test_a_story_is_stepped_through_on_the_command_line(season: Cli) -> None:
    """Given a car's story, when gone through by two and back, then no entry is lost, and it stands as after the last."""
    vin = next(iter(season.json("history", LATE_FIRM)["standing"]["cars"]))
    whole = season.json("history", vin)
    indexes = [one["index"] for one in whole["entries"]]
    page, seen, firsts = season.json("history", vin, "--limit", "2"), list[int](), list[int]()
    while True:
        seen += [one["index"] for one in page["entries"]]
        firsts.append(page["entries"][0]["index"])
        last = page
        if page["next"] is None:
            break
        page = season.json("history", vin, "--limit", "2", "--from", page["next"])
    assert seen == indexes
    assert last["standing"] == whole["standing"]
    back = [last["previous"]]
    while (before := season.json("history", vin, "--limit", "2", "--from", back[-1])["previous"]) is not None:
        back.append(before)
    assert back == firsts[-2::-1]
    step = season.json("history", vin, "--limit", "1", "--from", indexes[4])
    known = season.json("history", vin, "--as-known-at", indexes[4])
    assert step["standing"] == known["standing"]
    assert season("history", vin, "--limit", "1", "--from", indexes[1]) == 0
    assert (
        f"1 of {len(indexes)} entries; --from {indexes[0]}: the previous ones; --from {indexes[2]}"
        in season.out
    )


def test_history_since_a_moment_is_what_was_learnt(season: Cli) -> None:
    """Given a correction, when the moment before it is compared with now, then the target is unsaid."""
    told = season.json("history", LATE_FIRM)
    target = next(one for one in told["entries"] if one["corrected_by"] is not None)
    moment = str(target["corrected_by"] - 1)
    found = season.json("history", LATE_FIRM, "--since", moment, "--as-of", "2099-01-01")

    assert target["index"] in found["unsaid"]
    assert all(one["index"] > int(moment) for one in found["learnt"])
    assert {"path", "then", "now"} == set(found["changes"][0])
    assert season("history", LATE_FIRM, "--since", moment) == 0
    assert "known then" in season.out


def test_deadlines_of_one_firm_are_among_those_of_all(season: Cli) -> None:
    """Given a day in the season, when deadlines are listed, then one firm's are those of all that are its own."""
    whole = season.json("deadlines", "--on", "2025-03-20")
    own = season.json("deadlines", FIRM, "--on", "2025-03-20")
    mine = [one for one in whole["deadlines"] if FIRM in f"{one['pair_id']} {one['subject']}"]

    assert own["deadlines"] == mine != whole["deadlines"]
    assert {"CASE", "EXPORT_TERM"} <= {one["kind"] for one in whole["deadlines"]}
    assert season("deadlines", "--on", "2025-06-01") == 0
    assert "OVERDUE" in season.out


def test_explain_adds_up_a_balance(season: Cli) -> None:
    """Given an account, when explained, then its postings with their rules add up to what `balance` says."""
    said = season.json("explain", "balance", PAIR, "D")
    assert said["balance"] == sum(one["units"] for one in said["entries"]) > 0
    assert all(one["article"] and one["posting"]["pair_id"] == PAIR for one in said["entries"])
    state = season.json("history", FIRM)["standing"]["pairs"][PAIR]["balances"]
    assert said["balance"] == state["D"]
    assert season("explain", "balance", PAIR, "D") == 0
    assert "注销登记" in season.out


def test_explain_the_city(season: Cli) -> None:
    """Given registrations without a line, when the city's UNB is explained, then they are in it, as `balance` has it."""
    said = season.json("explain", "balance", "city", "UNB")
    assert said["balance"] == season.json("balance")["city"]["UNB"]
    assert any(one["posting"]["pair_id"] is None for one in said["entries"])
    assert season("explain", "balance", "city", "UNB") == 0
    assert "UNB of the city" in season.out


def test_explain_finding_of_a_car_that_it_does_not_name(season: Cli) -> None:
    """Given a car that was in time, when C22 is explained for it, then the answer is the car's, and no entry is named."""
    told = season.json("history", LATE_FIRM)
    late = next(one for one in told["entries"] for each in one["flags"] if each["code"] == "late-proof")
    named = season.json("explain", "finding", "C22")["entries"]
    other = next(vin for vin in told["standing"]["cars"] if vin not in {one["body"]["vin"] for one in named})

    assert season("explain", "finding", "C22", other) == 0
    assert f"PROVED ({other})" in season.out
    assert f"it names no entry about {other}" in season.out
    assert season("explain", "finding", "C22", late["body"]["vin"]) == 0
    assert season.out.startswith("C22 ")
    assert "C22 (C22)" not in season.out
    for told_ in ("LATE", "节假日", "提交证明"):
        assert told_ in season.out


def test_explain_a_flag_and_a_finding(season: Cli) -> None:
    """Given a late proof, when flag and finding are explained, then registration and rule stand there."""
    told = season.json("history", LATE_FIRM)
    late = next(one for one in told["entries"] for each in one["flags"] if each["code"] == "late-proof")
    flag = season.json("explain", "flag", str(late["index"]), "late-proof")
    finding = season.json("explain", "finding", "C22", late["body"]["vin"])
    registered = next(one for one in flag["entries"] if one["type"] == "VehicleRegistered")

    assert flag["control"] == "C22"
    assert [one["index"] for one in finding["entries"]] == [registered["index"]]
    assert (finding["verdict"], finding["vin"]) == ("REFUTED", late["body"]["vin"])
    assert season("explain", "flag", str(late["index"]), "late-proof") == 0
    assert "措施5" in season.out
    assert season("explain", "finding", "C22") == 0
    assert "REFUTED" in season.out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["history", "shanghai"], 2, "neither an enterprise's code"),
        (["history", "1M8GDM9AXKP042788"], 1, "nothing is recorded"),
        (["history", FIRM, "--as-known-at", "99999"], 1, "entries 0 to"),
        (["history", FIRM, "--since", "99999"], 1, "entries 0 to"),
        (
            ["history", FIRM, "--since", "2026-04-10", "--as-known-at", "300"],
            2,
            "--since 2026-04-10 is after 300",
        ),
        (["history", FIRM, "--as-of", "2020-01-01"], 1, "nothing of it had taken effect by 2020-01-01"),
        (["history", FIRM, "--as-of", "tomorrow"], 2, "a day YYYY-MM-DD"),
        (["deadlines", "x"], 2, "neither an enterprise's code"),
        (["deadlines", "--on", "2025-13-01"], 2, "a day YYYY-MM-DD"),
        (["explain", "balance", "x", "AV"], 2, "a pair id"),
        (["explain", "balance", PAIR, "Z"], 2, "one of ISS"),
        (["explain", "balance", f"{PAIR}1", "AV"], 1, "nothing is recorded"),
        (["explain", "flag", "1", "late-proof"], 1, "carries no flag"),
        (["explain", "flag", "99999", "late-proof"], 1, "not in the ledger"),
        (["explain", "finding", "C01"], 2, "verify"),
        (["explain", "finding", "C22", "x"], 2, "a VIN has 17"),
        (["history", FIRM, "--db", "sqlite:///nowhere.db"], 3, "nowhere.db"),
    ],
)
def test_a_question_that_cannot_be_answered(
    season: Cli, arguments: list[str], code: int, message: str
) -> None:
    """Given a wrong question, when asked, then one line says what is wrong, and the exit code is the stated one."""
    assert season(*arguments) == code
    assert message in season.err
    assert len(season.err.splitlines()) == 1


def test_an_empty_ledger_has_no_story(cli: Cli) -> None:
    """Given a new ledger, when deadlines are listed, then there are none."""
    cli.init()
    assert cli("deadlines", "--db", cli.db, "--json") == 0, cli.err
    assert json.loads(cli.out)["deadlines"] == []
    assert Path(cli.database).exists()
