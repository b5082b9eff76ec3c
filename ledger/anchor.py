"""Anchors: what a verifier holds of a ledger from elsewhere, so that the ledger need not vouch for itself.

A ledger that names its own keys proves only that it agrees with itself. ``anchor.json`` is canonical JSON
(one newline at the end is allowed)::

    {"format":"quota-ledger-anchor/1","genesis":"<leaf hash of entry 0>","operator_key":"<vkey>","origin":"…"}

An anchor that comes with what it should anchor anchors nothing.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.canonical import Malformed, canonical_bytes, parse_canonical
from ledger.checkpoint import check_origin
from ledger.note import VerifierKey

FORMAT: Final = "quota-ledger-anchor/1"
MAX_ANCHOR_BYTES: Final = 4096

_HASH = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Which ledger (``origin``), whose checkpoints and which entry 0 (its leaf hash, lower-case hex)."""

    origin: str
    operator_key: VerifierKey
    genesis: str

    def __post_init__(self) -> None:
        check_origin(self.origin)
        if self.operator_key.name != self.origin:
            raise Malformed(
                f"anchor: the key is named {self.operator_key.name!r}, the origin {self.origin!r}"
            )
        if not _HASH.match(self.genesis):
            raise Malformed("anchor: genesis is not 64 lower-case hex digits")

    def to_bytes(self) -> bytes:
        """Return the anchor file: canonical JSON and a newline."""
        whole = {
            "format": FORMAT,
            "genesis": self.genesis,
            "operator_key": str(self.operator_key),
            "origin": self.origin,
        }
        return canonical_bytes(whole) + b"\n"


def parse_anchor(data: bytes) -> Anchor:
    """Return the anchor in ``data``.

    Raises:
        Malformed: it is none.
    """
    whole = parse_canonical(data.removesuffix(b"\n"), max_bytes=MAX_ANCHOR_BYTES, what="anchor")
    if whole.keys() != {"format", "genesis", "operator_key", "origin"} or whole["format"] != FORMAT:
        raise Malformed(f"anchor: not of the format {FORMAT}")
    if not all(isinstance(value, str) for value in whole.values()):
        raise Malformed("anchor: every member is a text")
    return Anchor(whole["origin"], VerifierKey.parse(whole["operator_key"]), whole["genesis"])


def read_anchor(path: str | Path) -> Anchor:
    """Return the anchor in a file.

    Raises:
        OSError: the file cannot be read.
        Malformed: it holds no anchor.
    """
    with Path(path).open("rb") as file:
        return parse_anchor(file.read(MAX_ANCHOR_BYTES + 2))


def write_anchor(path: str | Path, anchor: Anchor) -> None:
    """Write an anchor file; one that is there is not replaced.

    Raises:
        OSError: it is there, or cannot be written.
    """
    with Path(path).open("xb") as file:
        file.write(anchor.to_bytes())
