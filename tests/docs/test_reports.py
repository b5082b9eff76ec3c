"""The page about reports: its commands run as they stand, and its limits are those of the code."""

import json
import os
import subprocess
from pathlib import Path

from openpyxl import load_workbook

from api.reports.excel import MAX_CELL
from api.reports.excel import MAX_ROWS as SHEET_ROWS
from api.reports.fonts import PACKAGES
from api.reports.pdf import MAX_ROWS as PAGE_ROWS
from tests.docs.test_agency import _bin
from tests.docs.test_readme import ROOT, blocks
from tests.support.pages import texts

PAGE = "docs/reports.md"


def test_the_commands_make_reports_and_verify_them(tmp_path: Path) -> None:
    """Given the page's commands in order, when a shell runs them, then each ends well and the reports are there."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("QUOTA_LEDGER_")}
    script = "\n".join(text for _, text in blocks(PAGE))
    env = kept | {"PATH": _bin(tmp_path / "bin"), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    assert "检查机关盖章处" in "".join(texts(tmp_path / "dossier.pdf"))
    assert "期末余额" in "".join(texts(tmp_path / "statement.pdf"))
    assert "签署条目" in load_workbook(tmp_path / "customs.xlsx").sheetnames
    assert json.loads((tmp_path / "city.json").read_text("utf-8"))["kind"] == "city"


def test_the_limits_are_those_of_the_code() -> None:
    """Given the table of limits, then it states the numbers that the code holds to, and the packages it asks for."""
    text = (ROOT / PAGE).read_text("utf-8")
    for limit in (PAGE_ROWS, SHEET_ROWS, MAX_CELL):
        assert f"{limit:,}" in text
    assert set(PACKAGES.split()) <= set(text.replace("`", " ").replace("(", " ").split())
