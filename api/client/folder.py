"""The folder of a client: what must outlive the process, readable by its owner alone.

    state.json     what was verified last, and which sequence numbers are used
    outbox/        submissions without an answer, each written before it is sent
    settled/       submissions with their answers, ``<name>.json`` and ``<name>.answer.json``
    halted.json    evidence of what did not verify; while it is there nothing is sent
    lock           held by the process that works with the folder

A submission is named ``<first 16 digits of the first signer's keyid>-<seq>``, so that names sort by ``seq``.
Every file is whole or not there: it is written beside its name and put in its place when it is durable.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from api.client.errors import Distrust, InUse
from ledger.anchor import Anchor
from ledger.canonical import Malformed, load_object
from ledger.envelope import Head, Seen

FORMAT: Final = "quota-ledger-client/1"


@dataclass(frozen=True, slots=True)
class State:
    """What the client holds to be true.

    Attributes:
        seen: the latest entry that it has verified.
        checkpoint: the note of the largest checkpoint that it has verified, None before the first.
        seqs: keyid → the highest sequence number that is used.
    """

    seen: Seen
    checkpoint: str | None = None
    seqs: Mapping[str, int] = field(default_factory=dict)

    def used(self, keyid: str, seq: int) -> "State":
        """Return the state in which ``seq`` of a signer is used up."""
        return replace(self, seqs={**self.seqs, keyid: max(seq, self.seqs.get(keyid, 0))})


class Folder:
    """A client's folder, locked while it is open."""

    def __init__(self, path: Path, anchor: Anchor) -> None:
        """Open the folder, or make it.

        Raises:
            InUse: another process works with it.
            Malformed: it belongs to another ledger, or its state cannot be read.
            Distrust: something did not verify, and nobody has looked at it yet.
        """
        self.path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("outbox", "settled"):
            (path / name).mkdir(mode=0o700, exist_ok=True)
        self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self.halted.exists():
                raise Distrust("halted: what was received before did not verify", self.halted)
            self._origin = anchor.origin
            self.state = self._read(anchor)
        except BlockingIOError:
            os.close(self._lock)
            raise InUse(f"{path}: another process works with this folder") from None
        except BaseException:
            os.close(self._lock)
            raise

    @property
    def halted(self) -> Path:
        """Where evidence lies when there is some."""
        return self.path / "halted.json"

    def close(self) -> None:
        """Let others work with it."""
        os.close(self._lock)

    def save(self, state: State) -> None:
        """Replace the state."""
        whole = {
            "checkpoint": state.checkpoint,
            "format": FORMAT,
            "origin": self._origin,
            "seen": [state.seen.index, state.seen.leaf_hash],
            "seqs": dict(state.seqs),
        }
        write_whole(self.path / "state.json", _text(whole))
        self.state = state

    def keep(self, head: Head, submission: bytes) -> str:
        """Put a submission into the outbox and return its name; from then on it is not lost."""
        name = name_of(head)
        write_whole(self.path / "outbox" / f"{name}.json", submission)
        return name

    def waiting(self) -> list[tuple[str, bytes]]:
        """Return name and bytes of what has no answer yet, by signer and sequence number."""
        return [(path.stem, path.read_bytes()) for path in sorted((self.path / "outbox").glob("*-*.json"))]

    def settle(self, name: str, answer: bytes, state: State) -> None:
        """Keep the answer to a submission, and what it taught; then take the submission out of the outbox."""
        write_whole(self.path / "settled" / f"{name}.answer.json", answer)
        self.save(state)
        # A crash before this line leaves it in the outbox: it is sent again, and answered as before.
        (self.path / "outbox" / f"{name}.json").replace(self.path / "settled" / f"{name}.json")

    def halt(self, why: str, evidence: Mapping[str, Any]) -> Distrust:
        """Keep evidence of what does not verify, and return what is to be raised."""
        write_whole(self.halted, _text({"why": why, **evidence}))
        return Distrust(why, self.halted)

    def _read(self, anchor: Anchor) -> State:
        path = self.path / "state.json"
        if not path.exists():
            return State(Seen(0, anchor.genesis))
        whole = load_object(path.read_bytes(), what=str(path))
        if whole.get("format") != FORMAT or whole.get("origin") != anchor.origin:
            raise Malformed(f"{path}: not a state of {FORMAT} for {anchor.origin}")
        try:
            index, leaf = whole["seen"]
            return State(Seen(index, leaf), whole["checkpoint"], dict(whole["seqs"]))
        except (KeyError, TypeError, ValueError):
            raise Malformed(f"{path}: checkpoint, seen or seqs is not as a client writes it") from None


def name_of(head: Head) -> str:
    """Return the name of a submission."""
    return f"{head.signers[0][:16]}-{head.seq:016d}"


def _text(whole: Mapping[str, Any]) -> bytes:
    return json.dumps(whole, indent=1).encode() + b"\n"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file of mode 0600: at every instant it is the whole old one, or the whole new one, durable."""
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
