"""The history of one enterprise or car as files: paths and ``heads.json`` (docs/spec/subject-bundle.md).

checkpoint  anchor.json  heads.json  summary.html  entries/<index>  envelopes/<sha256>
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ledger.canonical import Malformed, load_object
from ledger.entry import KEYS_SUBJECT, POLICY_SUBJECT, Header
from ledger.heads import HeadProof
from ledger.proof import MAX_HASHES, InclusionText, parse_proof

FORMAT: Final = "quota-ledger-heads/1"
HEADS_PATH: Final = "heads.json"
SUMMARY_PATH: Final = "summary.html"
ENTRIES: Final = "entries/"
ENVELOPES: Final = "envelopes/"
MAX_HEADS_BYTES: Final = 256 * 1024 * 1024
"""Some 40,000 cars with an audit path of 64 hashes each."""

SUBJECT: Final = re.compile(r"(enterprise:[0-9A-HJ-NPQRTUWXY]{18}|vin:[0-9A-HJ-NPR-Z]{17})\Z")
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_KEY = re.compile(r"[a-z]+:[!-~]{1,150}\Z")
_HEAD_MEMBERS: Final = {"index", "key", "leaf", "number", "path"}


@dataclass(frozen=True, slots=True)
class Chain:
    """What ``heads.json`` says of one key: the leaf of its head, or its neighbours when it has no entry."""

    key: str
    heads: tuple[HeadProof, ...]


@dataclass(frozen=True, slots=True)
class HeadsFile:
    """``heads.json``: whose history this is, the HeadsCommitted behind it, and where each chain ends."""

    subject: str
    proof: InclusionText
    """That the HeadsCommitted entry is in the ledger; its index is the size that the heads are of."""
    chains: tuple[Chain, ...]
    """Keys ascending."""

    def to_bytes(self) -> bytes:
        """Return the file: canonical JSON (RFC 8785) and a newline."""
        whole = {
            "chains": [
                {
                    "heads": [
                        {
                            "index": head.index,
                            "key": head.key,
                            "leaf": head.leaf,
                            "number": head.number,
                            "path": [value.hex() for value in head.path],
                        }
                        for head in chain.heads
                    ],
                    "key": chain.key,
                }
                for chain in self.chains
            ],
            "format": FORMAT,
            "index": self.proof.index,
            "proof": self.proof.text(),
            "subject": self.subject,
        }
        # The proof has line breaks, which statements may not have; this is RFC 8785 all the same.
        return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def parse_heads_file(data: bytes) -> HeadsFile:
    """Return what ``heads.json`` says; nothing is verified.

    Raises:
        Malformed: it is not of the format.
    """
    if len(data) > MAX_HEADS_BYTES:
        raise Malformed(f"{HEADS_PATH}: {len(data)} bytes, at most {MAX_HEADS_BYTES} are allowed")
    whole = load_object(data, what=HEADS_PATH)
    if whole.keys() != {"chains", "format", "index", "proof", "subject"} or whole["format"] != FORMAT:
        raise Malformed(f"{HEADS_PATH}: not of the format {FORMAT}")
    subject, chains = whole["subject"], whole["chains"]
    if not isinstance(subject, str) or not SUBJECT.match(subject):
        raise Malformed(f"{HEADS_PATH}: subject is no enterprise:<USCC> or vin:<VIN>")
    if not isinstance(whole["proof"], str):
        raise Malformed(f"{HEADS_PATH}: proof is not a text")
    proof = parse_proof(whole["proof"])
    if isinstance(whole["index"], bool) or whole["index"] != proof.index:
        raise Malformed(f"{HEADS_PATH}: index is not that of the proof, {proof.index}")
    if not isinstance(chains, list):
        raise Malformed(f"{HEADS_PATH}: chains is not a list")
    parsed: list[Chain] = []
    for value in chains:
        chain = _chain(value)
        if parsed and parsed[-1].key >= chain.key:
            raise Malformed(f"{HEADS_PATH}: chain {chain.key} is out of order or twice")
        parsed.append(chain)
    file = HeadsFile(subject, proof, tuple(parsed))
    if file.to_bytes() != data:
        raise Malformed(f"{HEADS_PATH}: not canonical JSON (RFC 8785) and one newline")
    return file


def required_chains(subject: str, headers: Iterable[Header]) -> dict[str, int | None]:
    """Return the chains that the bundle of ``subject`` has, each with the entry that names it first, if any.

    ``headers`` are those of the subject's own chain. An enterprise's bundle has the chains of the cars named
    there; a car's has no other car's, though one statement may name many.
    """
    chains: dict[str, int | None] = {subject: None, KEYS_SUBJECT: None, POLICY_SUBJECT: None}
    if subject.startswith("enterprise:"):
        for header in headers:
            for link in header.subjects:
                if link.key.startswith("vin:"):
                    chains.setdefault(link.key, header.index)
    return chains


def _chain(value: Any) -> Chain:
    if not isinstance(value, dict) or value.keys() != {"heads", "key"}:
        raise Malformed(f"{HEADS_PATH}: a chain has not exactly the members heads and key")
    heads = value["heads"]
    if not isinstance(heads, list) or len(heads) > 2:
        raise Malformed(f"{HEADS_PATH}: heads is not a list of two at most")
    return Chain(_key(value["key"]), tuple(_head(head) for head in heads))


def _head(value: Any) -> HeadProof:
    if not isinstance(value, dict) or value.keys() != _HEAD_MEMBERS:
        raise Malformed(f"{HEADS_PATH}: a head has not exactly {', '.join(sorted(_HEAD_MEMBERS))}")
    path = value["path"]
    if not isinstance(path, list) or len(path) > MAX_HASHES:
        raise Malformed(f"{HEADS_PATH}: path is not a list of {MAX_HASHES} hashes at most")
    return HeadProof(
        _key(value["key"]),
        _whole(value["number"], "number", 1),
        _hash(value["leaf"]),
        _whole(value["index"], "index", 0),
        tuple(bytes.fromhex(_hash(item)) for item in path),
    )


def _key(value: Any) -> str:
    if not isinstance(value, str) or not _KEY.match(value):
        raise Malformed(f"{HEADS_PATH}: {value!r} is no subject key")
    return value


def _whole(value: Any, name: str, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise Malformed(f"{HEADS_PATH}: {name} is not a whole number from {least}")
    return value


def _hash(value: Any) -> str:
    if not isinstance(value, str) or not _HASH.match(value):
        raise Malformed(f"{HEADS_PATH}: a hash is not 64 lower-case hex digits")
    return value
