"""The file of an auditor's state: read as it was written, or refused in one clear line."""

import gzip
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger.anchor import Anchor, parse_anchor
from ledger.canonical import Malformed
from ledger.verification import PassState
from projections.proof import state_file
from projections.proof.follower import Follower
from projections.proof.state import ProofState, state_of
from projections.proof.state_file import AnotherLedger, AuditState, read_state, write_state
from tests.support.bundles import verify_files
from tests.support.ledger_builder import Builder, history
from tests.support.proof import exported

MADE = history()
ANCHOR = parse_anchor(MADE.anchor())


def passed() -> PassState:
    """Return what a pass over a history with keys, a refusal and heads leaves."""
    state = verify_files(MADE.files(), MADE.anchor(), keep=True).state
    assert state is not None
    return state


def proof() -> ProofState:
    """Return what the checker knows after a season with a correction and an entry of unknown type."""
    entries = exported(2)
    entries.correct("2025-06-02", entries.index_of("VehicleRegistered"), None)
    entries.unread("2025-06-03", "ledger:policy")
    follower = Follower()
    for event in entries.events:
        follower.take(event)
    return state_of(follower, len(MADE.entries))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A state that was written."""
    write_state(tmp_path / "state", ANCHOR, passed(), proof())
    return tmp_path / "state"


def read(path: Path, anchor: Anchor = ANCHOR) -> AuditState:
    return read_state(path, anchor)


def rewritten(path: Path, change: Callable[[Any, Any], None]) -> Path:
    """Change head and body of a state and put the right digest behind them."""
    lines = gzip.decompress(path.read_bytes()).split(b"\n")
    head, body = json.loads(lines[0]), json.loads(lines[1])
    change(head, body)
    data = b"%s\n%s\n" % (json.dumps(head).encode(), json.dumps(body).encode())
    path.write_bytes(gzip.compress(data + sha256(data).hexdigest().encode() + b"\n"))
    return path


def test_a_state_is_read_as_it_was_written(path: Path) -> None:
    """Given a state with keys, corrections and every group, when read, then it is the same, and shared parts are shared."""
    state = read(path)
    assert state.passed == passed()
    assert state.proof == proof()
    assert (state.checkpoint.size, state.checkpoint.origin) == (8, ANCHOR.origin)
    checker = state.proof.checker
    assert checker.groups[0] is checker.books
    assert checker.books.published is checker.published is state.proof.recording.published


def test_the_same_state_is_the_same_file(path: Path, tmp_path: Path) -> None:
    """Given a state written twice, then the files are equal, and they are their owner's alone."""
    write_state(tmp_path / "again", ANCHOR, passed(), proof())
    assert (tmp_path / "again").read_bytes() == path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_state_that_cannot_be_written_leaves_the_old_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a full disk, when a state is to be replaced, then the old one stays and nothing lies beside it."""
    before = path.read_bytes()

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_state(path, ANCHOR, passed(), proof())
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_every_damage_is_seen(path: Path) -> None:
    """Given a byte of what is packed changed, or the file cut short, then it is refused as damaged."""
    packed = path.read_bytes()
    data = gzip.decompress(packed)
    for place in range(0, len(data), 97):
        path.write_bytes(gzip.compress(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :], 1))
        with pytest.raises(Malformed):
            read(path)
    for damaged in (b"", b"{}", packed[:-1], packed[: len(packed) // 2], packed[:40] + b"\0" + packed[41:]):
        path.write_bytes(damaged)
        with pytest.raises(Malformed):
            read(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda head, body: head.update(format="quota-ledger-audit-state/2"),
        lambda head, body: head.update(more=1),
        lambda head, body: head.update(size="8"),
        lambda head, body: head.update(size=7),
        lambda head, body: head.update(root="AA=="),
        lambda head, body: body.update({"pass": None}),
        lambda head, body: body["pass"].pop(),
        lambda head, body: body["proof"][1][3][1].__setitem__(0, "Path"),
        lambda head, body: body.pop("proof"),
    ],
)
def test_what_is_not_of_the_form_is_refused(path: Path, change: Callable[[Any, Any], None]) -> None:
    """Given a state with the right digest and a member that it cannot have, then it is refused, and nothing else is made."""
    with pytest.raises(Malformed):
        read(rewritten(path, change))


def test_a_state_of_another_ledger_is_refused(path: Path) -> None:
    """Given an anchor with another key, origin or entry 0 than the state was made under, then it is refused."""
    other = Builder("other.example/export-quota")
    other.open()
    anchors = (
        parse_anchor(other.anchor()),
        Anchor(ANCHOR.origin, ANCHOR.operator_key, "0" * 64),
    )
    for anchor in anchors:
        with pytest.raises(AnotherLedger, match="under another anchor"):
            read(path, anchor)


def test_a_state_of_another_verifier_says_only_what_it_found(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a state of another version, then its size and root are read and nothing of its rules."""
    monkeypatch.setattr(state_file, "verifier_identity", lambda: "9.9.9 0")
    state = read(path)
    assert (state.checkpoint.size, state.passed, state.proof) == (8, None, None)


def test_a_state_beyond_the_bound_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a state that unpacks to more than the bound, then it is refused before all of it is unpacked."""
    monkeypatch.setattr(state_file, "MAX_STATE_BYTES", 1_000)
    with pytest.raises(Malformed, match="more than 1000 bytes"):
        read(path)
