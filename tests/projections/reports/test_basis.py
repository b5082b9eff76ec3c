"""A report stands on its checkpoint, on both kinds of store, and on nothing that was recorded later."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.checkpoint import Checkpoint, SignatureFailed, UnknownKeys, sign_note
from ledger.note import NoteSigner
from ledger.stores import AnyStore
from projections.reports import agency_statement, city, dossier, enterprise_statement
from projections.reports.months import Month
from projections.reports.report import Report, ReportRefused
from tests.support.desk import desk, enterprise
from tests.support.keys import LEDGER, private_key
from tests.support.reports import FIRM, played_season

Build = Callable[[AnyStore, Month, bytes | None], Report]
BUILD: dict[str, Build] = {
    "enterprise": lambda store, month, note: enterprise_statement.build(store, FIRM, month, note),
    "agency": lambda store, month, note: agency_statement.build(store, "commerce", month, note),
    "dossier": lambda store, month, note: dossier.build(store, FIRM, note),
    "city": lambda store, month, note: city.build(store, month, note),
}


@pytest.mark.parametrize("kind", BUILD)
def test_the_same_checkpoint_gives_the_same_bytes_when_the_ledger_has_grown(
    tmp_path: Path, url: str, kind: str
) -> None:
    """Given a report on a checkpoint, when more is recorded, then the report on that checkpoint is what it was."""
    january = Month.parse("2026-01")
    with desk(tmp_path, url) as at:
        at.send([enterprise()], "commerce-1")
        note = at.store.checkpoint()
        assert note is not None
        before = BUILD[kind](at.store, january, None)
        at.clock.turn(minutes=5)
        at.send([enterprise(2)], "commerce-1")
        again, now = (BUILD[kind](at.store, january, stand) for stand in (note, None))

    assert again.to_bytes() == before.to_bytes()
    assert again.digest == before.digest != now.digest
    assert now.content["basis"]["size"] == 3


def test_a_season_on_either_store(tmp_path: Path, url: str) -> None:
    """Given a season on SQLite or PostgreSQL, then all four reports can be made of it."""
    with played_season(tmp_path, url, "--vehicles", "6", "--exporters", "1") as season:
        for build in BUILD.values():
            report = build(season.store, Month.parse("2025-01"), None)
            assert report.content["basis"]["size"] == len(season.lines)


def test_without_a_checkpoint_there_is_no_report(tmp_path: Path) -> None:
    """Given a ledger of which none was released, then the report says how one is made."""
    with desk(tmp_path, signer=False) as at, pytest.raises(ReportRefused) as refused:
        city.build(at.store)
    assert refused.value.code == "no-checkpoint"
    assert "checkpoint --release" in str(refused.value)


@pytest.mark.parametrize(
    ("size", "root", "message"),
    [
        (0, None, "covers 0 entries"),
        (9, None, "covers 9 entries, the ledger has 2"),
        (2, b"\7" * 32, "root at size 2"),
    ],
)
def test_a_checkpoint_of_another_tree_is_refused(
    tmp_path: Path, size: int, root: bytes | None, message: str
) -> None:
    """Given a note that the operator's key signed and the tree contradicts, then there is no report."""
    with desk(tmp_path) as at:
        at.send([enterprise()], "commerce-1")
        text = Checkpoint(LEDGER, size, root or bytes(32)).text()
        note = sign_note(text, NoteSigner(LEDGER, private_key("operator")))
        with pytest.raises(ReportRefused, match=message) as refused:
            city.build(at.store, None, note)
    assert refused.value.code == "checkpoint-differs"


def test_a_checkpoint_that_another_key_signed_is_refused(tmp_path: Path) -> None:
    """Given a note of the right name signed by somebody else, then it is no checkpoint of this ledger."""
    with desk(tmp_path) as at:
        text = Checkpoint(LEDGER, 1, bytes(32)).text()
        note = sign_note(text, NoteSigner(LEDGER, private_key("somebody")))
        with pytest.raises((UnknownKeys, SignatureFailed)):
            city.build(at.store, None, note)
