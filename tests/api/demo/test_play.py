"""A season through the real path: nothing is refused that should not be, and nothing taken."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.cli.init import open_database, sign_opening
from api.demo.acts import Act, moment
from api.demo.cases import Case
from api.demo.firms import open_files
from api.demo.fleet import enterprise
from api.demo.keys import OFFICERS, ORIGIN, season_keys
from api.demo.pace import FIRST_DAY
from api.demo.play import DemoDeclined, Played, SimulatedClock, play, types_of
from api.demo.season import season
from domain.calendar import SHANGHAI
from ledger.sequencer import Sequencer
from ledger.stores import open_store
from tests.support.cli import Cli

INFORMATION = {
    "attribute-withdrawn",
    "below-threshold",
    "export-reversed",
    "transfer-reversed",
    "upstream-shared",
    "vin-unverifiable",
}
"""Flags that tell of something rare and lawful."""


def entered(directory: Path, acts: list[Act]) -> tuple[Played, list[dict[str, Any]]]:
    keys = season_keys(1)
    clock = SimulatedClock(moment(FIRST_DAY, 8))
    url = f"sqlite:///{directory}/played.db"
    opening = sign_opening(ORIGIN, keys, "0" * 64, "00000000-0000-4000-8000-000000000001", clock, OFFICERS)
    open_database(url, *opening, directory / "anchor.json", clock)
    with closing(open_store(url)) as store, Sequencer(store, keys["housekeeping"], clock=clock) as sequencer:
        done = play(acts, store, sequencer, clock, keys, 1, lambda _: None)
        entries = [data.partition(b"\n") for data in store.entries(0, store.head().size)]
    return done, [json.loads(head) | json.loads(statement) for head, _, statement in entries]


def test_a_clean_season_has_no_refusal_and_no_flag_of_a_violation(cli: Cli) -> None:
    """Given sixty cars, when their season is played, then all are exported, and flags only inform."""
    told = cli.json("demo", "--db", cli.db)
    with closing(sqlite3.connect(cli.database)) as connection:
        flags = {flag for (text,) in connection.execute("SELECT text FROM flag") for flag in json.loads(text)}

    assert "SubmissionRefused" not in told["types"]
    assert told["answers"] is None
    assert flags <= INFORMATION
    assert sum(told["types"].values()) == told["size"]
    totals = [pair["balances"] for pair in told["pairs"]]
    assert sum(one["D"] for one in totals) == 60
    assert all(one[account] == 0 for one in totals for account in ("A", "C", "R", "T", "X", "N", "UNB"))


def test_what_happens_at_one_moment_is_recorded_then(tmp_path: Path) -> None:
    """Given a season, when played, then it is recorded within half a day of its signing, never before."""
    _, entries = entered(tmp_path, list(season(1, 2, 1)))

    recorded = [one["recorded_at"] for one in entries]
    assert recorded == sorted(recorded)
    assert len(set(recorded)) < len(recorded)


def test_a_correction_names_its_target(tmp_path: Path) -> None:
    """Given a season with corrections, when played, then each names index and type of what it corrects."""
    _, entries = entered(tmp_path, list(season(3, 60, 1)))
    corrections = [one for one in entries if one["type"] == "EventCorrected"]

    assert len(corrections) >= 4
    for one in corrections:
        target = entries[one["body"]["target_index"]]
        assert target["agency"] == one["agency"]
        replacement = one["body"]["replacement"]
        assert replacement is None or replacement.keys() == target["body"].keys()


def files() -> Iterator[Act]:
    return open_files([(enterprise(1, "汽车出口"), "EXPORTER")], FIRST_DAY)


def test_a_refusal_that_is_not_meant_stops_the_season(tmp_path: Path) -> None:
    """Given an enterprise that is put on file twice, when played, then the season stops and says where."""
    twice = list(files()) + [act for act in files() if act.type == "EnterpriseRegistered"]
    twice[-1].at += timedelta(hours=1)

    with pytest.raises(DemoDeclined, match=r"EnterpriseRegistered of 2024-11-04 10:05.*enterprise-known"):
        entered(tmp_path, twice)


def test_a_refusal_that_is_meant_is_counted(tmp_path: Path) -> None:
    """Given a case that is opened before there is a policy, when it is meant to be refused, then it is counted."""
    case = Case("C-1", "OTHER", [enterprise(1, "汽车出口").uscc]).opened(moment(FIRST_DAY, 12))
    case.refused = True
    done, entries = entered(tmp_path, [*files(), case])

    assert done.refusals == 1
    assert types_of(done, len(entries)) == {
        "EnterpriseRegistered": 1, "ExportQualificationFiled": 1, "LedgerOpened": 1, "SubmissionRefused": 1,
    }  # fmt: skip


def test_what_should_be_refused_and_is_taken_stops_the_season(tmp_path: Path) -> None:
    """Given a lawful act that is meant to be refused, when played, then the season stops."""
    acts = list(files())
    acts[-1].refused = True

    with pytest.raises(DemoDeclined, match="taken, though it breaks a rule"):
        entered(tmp_path, acts)


def test_a_checkpoint_is_released_every_month(cli: Cli) -> None:
    """Given a season, when it is played, then there is a checkpoint a month, the last of the whole ledger."""
    told = cli.json("demo", "--db", cli.db)
    with closing(sqlite3.connect(cli.database)) as connection:
        sizes = [size for (size,) in connection.execute("SELECT size FROM checkpoint ORDER BY size")]
        moments = [
            moment for (data,) in connection.execute("SELECT data FROM entry ORDER BY idx")
            for moment in [json.loads(data.partition(b"\n")[0])["recorded_at"]]
        ]  # fmt: skip

    assert sizes[-1] == told["size"]
    first_of_month = [n for n in range(1, len(moments)) if _month(moments[n]) != _month(moments[n - 1])]
    assert sizes == [*first_of_month, told["size"]]


def _month(recorded_at: str) -> tuple[int, int]:
    local = datetime.fromisoformat(recorded_at).astimezone(SHANGHAI)
    return local.year, local.month
