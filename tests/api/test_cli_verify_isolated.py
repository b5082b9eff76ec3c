"""A bundle verifies with nothing at hand: no network, no byte written to any file, nothing left behind."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger.anchor import Anchor, write_anchor
from ledger.export import export_bundle
from ledger.export_subject import export_subject
from ledger.note import NoteSigner
from projections.proof.summary import summary_of
from tests.support.alone import run_alone, run_program
from tests.support.desk import desk, enterprise
from tests.support.keys import LEDGER, private_key


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A folder with an anchor, a whole bundle and a subject bundle, each as directory and as zip."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    with desk(tmp_path) as at:
        at.send([enterprise(1)], "commerce-1")
        at.sequencer.commit_heads()
        note = at.store.checkpoint()
        assert note is not None
        key = NoteSigner(LEDGER, private_key("operator")).verifier_key
        anchor = Anchor(LEDGER, key, next(at.store.leaf_hashes(0, 1)).hex())
        write_anchor(folder / "anchor.json", anchor)
        for name in ("whole", "whole.zip"):
            export_bundle(at.store, note, anchor, folder / name)
        for name in ("subject", "subject.zip"):
            export_subject(
                at.store, "enterprise:91310115PDY00001XD", note, anchor, folder / name, summary=summary_of
            )
    return folder


def _listed(folder: Path) -> dict[str, tuple[int, int]]:
    """Return every path below a folder with its size and time of change."""
    stats = {path.relative_to(folder).as_posix(): path.stat() for path in folder.rglob("*")}
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in stats.items()}


@contextmanager
def _unchanged(folder: Path) -> Iterator[None]:
    before = _listed(folder)
    yield
    assert _listed(folder) == before


@pytest.mark.parametrize(
    ("name", "code"), [("whole", 0), ("whole.zip", 0), ("subject", 6), ("subject.zip", 6)]
)
def test_a_bundle_verifies_cut_off_from_everything(
    evidence: Path, tmp_path: Path, name: str, code: int
) -> None:
    """Given no network and no file that can be written to, when verified, then intact and nothing is new."""
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    places = {"HOME": str(home), "TMPDIR": str(home / "tmp"), "XDG_CACHE_HOME": str(home)}
    with _unchanged(tmp_path):
        done = run_alone(
            "verify", name, "--anchor", "anchor.json", "--json",
            cwd=evidence, cut_off=True, env=places,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (code, "")
    assert json.loads(done.stdout)["integrity"] == {"verdict": "INTACT", "breaks": []}


def test_what_cuts_off_does_cut_off(tmp_path: Path) -> None:
    """Given the same isolation, when a program connects or writes, then it fails: the test above shows something."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        reach = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
        assert run_program(reach, cwd=tmp_path).returncode == 0
        assert "unreachable" in run_program(reach, cwd=tmp_path, cut_off=True).stderr
    write = "import pathlib; pathlib.Path('new').write_text('x')"
    assert "File too large" in run_program(write, cwd=tmp_path, cut_off=True).stderr
