"""The page for agencies: its commands run as they stand, against a real server on a port."""

import os
import re
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from httpx2 import Client, TransportError

from ledger.stores import open_store
from tests.docs.test_readme import blocks
from tests.support.cli import Cli
from tests.support.server import COMMAND, free_port

ROOT = Path(__file__).resolve().parents[2]
_HEADING = re.compile(r"^## (\d)\. ", re.MULTILINE)


def _bin(directory: Path) -> str:
    """Return a PATH on which `quota-ledger` and `python3` are those of this tree."""
    directory.mkdir()
    for name, words in (("quota-ledger", ' -c "from api.cli import main; main()"'), ("python3", "")):
        command = directory / name
        command.write_text(f'#!/bin/sh\nexec {sys.executable}{words} "$@"\n')
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return f"{directory}{os.pathsep}{os.environ['PATH']}"


def test_both_languages_have_the_same_sections_and_commands() -> None:
    """Given agency.md and agency.zh.md, then sections and command blocks are alike."""
    here, there = (f"docs/agency{language}.md" for language in ("", ".zh"))
    assert len(blocks(here)) >= 8
    assert blocks(here) == blocks(there)
    assert _HEADING.findall((ROOT / here).read_text()) == _HEADING.findall((ROOT / there).read_text())


def test_the_commands_sign_send_and_prove(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Given a server and two officers' keys, when the page's commands run in order, then a key, a lot of 300 cars and a correction are in the ledger, in three envelopes."""
    cli = Cli(tmp_path, capsys)
    cli.init()
    work = tmp_path / "agency"
    work.mkdir()
    for name in ("police-1.pem", "police-2.pem"):
        (cli.keys / name).rename(work / name)
    cli.anchor.rename(work / "anchor.json")
    address = f"http://127.0.0.1:{(port := free_port())}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUOTA_LEDGER_")}
    told = kept | {"PATH": _bin(tmp_path / "bin"), "PYTHONPATH": str(ROOT), "LEDGER": address, "NO_PROXY": "*"}
    serving = [*COMMAND, "serve", "--db", cli.db, "--keys", str(cli.keys), "--port", str(port)]
    log = tmp_path / "server.log"
    with log.open("wb") as file, subprocess.Popen(serving, env=told, stdout=file, stderr=file) as server:
        try:
            _wait_for(address, server, log)
            script = "\n".join(text for _, text in blocks("docs/agency.md"))
            ran = subprocess.run(
                ["sh", "-eu", "-c", script], cwd=work, env=told, capture_output=True, text=True, timeout=300
            )
        finally:
            server.terminate()
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    assert "300 entered" in ran.stdout
    with closing(open_store(cli.db, read_only=True)) as store:
        entries = [data.decode() for data in store.entries(1, store.head().size)]
    types = [re.findall(r'"type":"(\w+)","v":1}', entry)[0] for entry in entries]
    assert types == ["AgencyKeyRegistered", *["VehicleRegistered"] * 300, "EventCorrected"]
    assert len({re.findall(r'"envelope":"(\w+)"', entry)[0] for entry in entries}) == 3


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    with Client(trust_env=False) as client:
        while time.monotonic() < until:
            assert server.poll() is None, log.read_text()
            try:
                if client.get(f"{address}/readyz").status_code == 200:
                    return
            except TransportError:
                time.sleep(0.1)
    raise AssertionError(log.read_text())
