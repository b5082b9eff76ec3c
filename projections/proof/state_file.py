r"""The auditor's own state between two audits, as a file (docs/spec/verifier-state.md).

    gzip of  <head, one JSON object>\n<body, one JSON object>\n<SHA-256 of all before, lower-case hex>\n

The head says of which ledger, at which size and root, under which anchor and by which verifier; the body is
what pass and checker know. The digest finds damage; that nobody changed the file on purpose is for its owner
to see to, so the file is his alone (mode 0600), and none that comes with the evidence is taken.
"""

import gzip
import json
import os
import tempfile
import zlib
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from ledger.anchor import Anchor
from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint
from ledger.verification import PassState
from projections.proof.state import ProofState, read, write
from projections.proof.verifier import verifier_identity

FORMAT: Final = "quota-ledger-audit-state/1"
MAX_STATE_BYTES: Final = 4 * 1024**3
"""Unpacked; at some hundreds of bytes an entry this is room for ten million entries."""

_HEAD: Final = {"anchor", "format", "origin", "root", "size", "verifier"}


class AnotherLedger(ValueError):
    """The state is of another ledger, or was made under another anchor."""


@dataclass(frozen=True, slots=True)
class AuditState:
    """A state that was read; ``passed`` and ``proof`` are None if another verifier wrote it."""

    checkpoint: Checkpoint
    """Origin, size and root, as the earlier audit found them."""
    verifier: str
    passed: PassState | None
    proof: ProofState | None


def write_state(path: Path, anchor: Anchor, passed: PassState, proof: ProofState) -> None:
    """Write a state, whole or not at all; one that is there is replaced.

    Raises:
        OSError: it cannot be written.
    """
    head = {
        "anchor": _digest(anchor.to_bytes()),
        "format": FORMAT,
        "origin": anchor.origin,
        "root": b64encode(passed.root).decode(),
        "size": passed.size,
        "verifier": verifier_identity(),
    }
    body = {"pass": write(PassState, passed), "proof": write(ProofState, proof)}
    data = _line(head) + _line(body)
    data += _digest(data).encode() + b"\n"
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(number, "wb") as file:
            file.write(gzip.compress(data, compresslevel=1, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def read_state(path: Path, anchor: Anchor) -> AuditState:
    """Return the state in a file, if it was made under this anchor.

    Raises:
        OSError: it cannot be read.
        Malformed: it is damaged, or no state.
        AnotherLedger: it was made under another anchor.
    """
    head_line, body_line = _lines(path)
    head = _object(head_line)
    if head.keys() != _HEAD or head["format"] != FORMAT:
        raise Malformed(f"not of the format {FORMAT}")
    if head["origin"] != anchor.origin or head["anchor"] != _digest(anchor.to_bytes()):
        raise AnotherLedger(f"made of {head['origin']} under another anchor than this of {anchor.origin}")
    try:
        checkpoint = Checkpoint(head["origin"], head["size"], b64decode(head["root"], validate=True))
    except (TypeError, ValueError) as error:
        raise Malformed(str(error)) from None
    if head["verifier"] != verifier_identity():
        return AuditState(checkpoint, str(head["verifier"]), None, None)
    body = _object(body_line)
    passed: PassState = read(PassState, body.get("pass"))
    proof: ProofState = read(ProofState, body.get("proof"))
    if (passed.size, passed.root, proof.size) != (checkpoint.size, checkpoint.root, checkpoint.size):
        raise Malformed("head and body differ")
    return AuditState(checkpoint, verifier_identity(), passed, proof)


def _lines(path: Path) -> tuple[bytes, bytes]:
    """Return head and body of a file whose digest is right."""
    try:
        with gzip.open(path) as file:
            data = file.read(MAX_STATE_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise Malformed("damaged, or no state of an audit") from None
    if len(data) > MAX_STATE_BYTES:
        raise Malformed(f"more than {MAX_STATE_BYTES} bytes")
    lines = data.split(b"\n")
    if len(lines) != 4 or lines[3] or _digest(b"%s\n%s\n" % (lines[0], lines[1])).encode() != lines[2]:
        raise Malformed("its digest is not that of its bytes")
    return lines[0], lines[1]


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Malformed("its lines are not JSON objects")
    return value


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
