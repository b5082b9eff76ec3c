"""``report``: three forms, one digest; what is wrong is one line and an exit code."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli import run
from tests.support.cli import Cli
from tests.support.reports import FIRM

USAGE = 2


@pytest.fixture(scope="module")
def season_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('season')}/ledger.db"
    assert run(["demo", "--vehicles", "6", "--exporters", "1", "--db", url, "--json"]) == 0
    return url


@pytest.fixture
def season(cli: Cli, season_url: str, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("QUOTA_LEDGER_DB", season_url)
    return cli


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["statement", "--enterprise", FIRM, "--month", "2025-01"], "enterprise-statement"),
        (["statement", "--agency", "customs", "--month", "2025-01"], "agency-statement"),
        (["dossier", FIRM], "dossier"),
        (["city"], "city"),
        (["city", "--month", "2025-01"], "city"),
    ],
)
def test_each_report_in_three_forms_with_one_digest(season: Cli, arguments: list[str], kind: str) -> None:
    """Given a report, when written as PDF, workbook and JSON, then each line names one digest: that of the JSON."""
    told = season.json("report", *arguments)
    printed = season.out
    digest = hashlib.sha256(printed.encode()).hexdigest()
    for suffix, magic in ((".pdf", b"%PDF-1.7"), (".xlsx", b"PK"), (".json", b"{")):
        target = season.directory / f"report{suffix}"
        assert season("report", *arguments, "--out", target) == 0, season.err
        assert season.out.endswith(f"digest {digest}\n")
        assert target.read_bytes().startswith(magic)
    assert told["kind"] == kind
    assert (season.directory / "report.json").read_text(encoding="utf-8") == printed


def test_the_command_that_a_report_names_makes_it_again(season: Cli) -> None:
    """Given a report's own command and the checkpoint that it carries, when run, then the digest is the report's."""
    told = season.json("report", "dossier", FIRM)
    digest = hashlib.sha256(season.out.encode()).hexdigest()
    note = season.directory / "checkpoint.note"
    note.write_text(told["basis"]["note"], encoding="utf-8")
    command, _, program = told["commands"][-1]["command"].partition(" | ")
    words = command.replace("checkpoint.note", str(note)).split()

    assert (words[0], program) == ("quota-ledger", "sha256sum")
    assert season(*words[1:]) == 0, season.err
    assert hashlib.sha256(season.out.encode()).hexdigest() == digest


def test_the_ledger_that_a_report_names_is_verified_by_its_command(season: Cli, season_url: str) -> None:
    """Given the first command of a report, when run with the anchor, then the ledger is proved."""
    told = season.json("report", "city")
    note = season.directory / "checkpoint.note"
    note.write_text(told["basis"]["note"], encoding="utf-8")
    anchor = f"{season_url.removeprefix('sqlite:///')}.anchor.json"
    words = (
        told["commands"][0]["command"]
        .replace("checkpoint.note", str(note))
        .replace("anchor.json", anchor)
        .split()
    )
    assert season(*words[1:]) == 0, season.err
    assert "PROVED" in season.out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["city"], USAGE, "--out FILE.pdf, FILE.xlsx or FILE.json, or --json is wanted"),
        (["city", "--out", "city.doc"], USAGE, "ending in .pdf, .xlsx, .json"),
        (["statement", "--month", "2025-01", "--json"], USAGE, "a statement is of one of them"),
        (["statement", "--month", "2025-01", "--agency", "tax", "--json"], USAGE, "--agency tax: one of commerce"),
        (["statement", "--month", "2025-13", "--agency", "police", "--json"], USAGE, "--month 2025-13: a month"),
        (["statement", "--month", "2025-01", "--enterprise", "x", "--json"], USAGE, "neither an enterprise's code"),
        (["dossier", "LSVAB6189R2012345", "--json"], USAGE, "not a VIN"),
        (["dossier", "91310000132260250X", "--json"], 1, "nothing is recorded"),
        (["city", "--month", "2199-01", "--json"], 1, "month-ahead: 2199-01 begins after"),
        (["city", "--checkpoint", "nowhere.note", "--json"], USAGE, "--checkpoint nowhere.note"),
        (["city", "--db", "sqlite:///nowhere.db", "--json"], 3, "nowhere.db"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(season: Cli, arguments: list[str], code: int, message: str) -> None:
    """Given a wrong request, when made, then one line says what is wrong, and the exit code is the stated one."""
    assert season("report", *arguments) == code
    assert message in season.err
    assert len(season.err.splitlines()) == 1


def test_a_file_that_is_there_is_not_written_over(season: Cli, tmp_path: Path) -> None:
    """Given a name that is taken, then nothing is read or written."""
    taken = tmp_path / "city.json"
    taken.write_text("mine", encoding="utf-8")
    assert season("report", "city", "--out", taken) == USAGE
    assert "File exists" in season.err
    assert taken.read_text(encoding="utf-8") == "mine"


def test_a_ledger_without_a_checkpoint_says_how_one_is_made(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a ledger of which no checkpoint was released, then the report is unavailable."""
    cli.init()
    monkeypatch.setenv("QUOTA_LEDGER_DB", cli.db)
    assert cli("report", "city", "--json") == 3
    assert cli.err.startswith("quota-ledger: no-checkpoint: ")


def test_a_machine_without_the_font_is_told_before_the_ledger_is_read(
    season: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given no fontconfig, when a PDF is wanted, then exit code 3 and one line; the workbook needs no font."""
    from api.reports import fonts

    fonts._characters.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert season("report", "city", "--out", tmp_path / "city.pdf", "--db", "sqlite:///nowhere.db") == 3
    assert "report: fontconfig is needed: apt-get install" in season.err
    assert season("report", "city", "--out", tmp_path / "city.xlsx") == 0, season.err


def test_people_and_programs_agree(season: Cli) -> None:
    """Given --out and --json together, then the file is written and the object printed."""
    target = season.directory / "both.json"
    told = season.json("report", "city", "--out", target)
    assert json.loads(target.read_text(encoding="utf-8")) == told


def test_the_command_line_loads_no_page_maker() -> None:
    """Given the command line as `make demo` uses it, then neither page maker nor workbook writer is loaded, nor Pango."""
    code = "import sys, api.cli; print(sorted({'weasyprint', 'xlsxwriter', 'PIL'} & sys.modules.keys()))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
