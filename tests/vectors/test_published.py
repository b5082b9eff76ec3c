"""Vectors that others published, read from the folder QUOTA_LEDGER_VECTORS: run by ``make vectors`` alone.

The Merkle proofs come from transparency-dev/merkle, checkpoints, tiles and entry bundles from
transparency-dev/tessera (the files name the commits). They are not part of this project.
"""

import json
import os
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.merkle import ProofError, Tree, leaf_hash, verify_consistency, verify_inclusion
from ledger.note import NoteSigner, VerifierKey, sign_note
from ledger.tiles import decode_entries, encode_entries

pytestmark = pytest.mark.vectors


def load(name: str) -> dict[str, Any]:
    """Return a vector file."""
    content = json.loads(Path(os.environ["QUOTA_LEDGER_VECTORS"], name).read_text("utf-8"))
    assert isinstance(content, dict)
    return content


def hashes(proof: list[str] | None) -> list[bytes]:
    """Return a proof's hashes; the vectors write an empty proof as null too."""
    return [b64decode(value) for value in proof or []]


def refused(verify: Callable[..., None], *arguments: object) -> bool:
    """Return whether a verification raises ProofError."""
    try:
        verify(*arguments)
    except ProofError:
        return True
    return False


def test_inclusion_proofs_are_judged_as_published() -> None:
    """Given every published inclusion proof, then the good ones verify and the bad ones are refused."""
    judged = {True: 0, False: 0}
    for case in load("merkle-inclusion.json")["cases"]:
        leaf, root = b64decode(case["leafHash"] or ""), b64decode(case["root"] or "")
        arguments = (leaf, case["leafIdx"], case["treeSize"], hashes(case["proof"]), root)
        judged[case["wantErr"]] += 1
        assert refused(verify_inclusion, *arguments) == case["wantErr"], case["file"]
    assert judged == {True: 80, False: 6}


def test_consistency_proofs_are_judged_as_published() -> None:
    """Given every published consistency proof, then the good ones verify and the bad ones are refused."""
    judged = {True: 0, False: 0}
    for case in load("merkle-consistency.json")["cases"]:
        old_root, root = b64decode(case["root1"] or ""), b64decode(case["root2"] or "")
        arguments = (case["size1"], case["size2"], hashes(case["proof"]), old_root, root)
        judged[case["wantErr"]] += 1
        assert refused(verify_consistency, *arguments) == case["wantErr"], case["file"]
    assert judged == {True: 92, False: 6}


def test_checkpoints_tiles_and_entry_bundles_are_the_published_bytes() -> None:
    """Given the published log's words and test key, when it grows, then every file is equal byte for byte."""
    log = load("tlog-tiles.json")
    key = VerifierKey.parse(log["verifier_key"])
    secret = b64decode(log["test_private_key"].split("+", 4)[4])
    signer = NoteSigner(key.name, Ed25519PrivateKey.from_private_bytes(secret[1:]))  # byte 0: the algorithm
    assert str(signer.verifier_key) == log["verifier_key"]
    words = [b"one", b"two", b"three", b"four", b"five", b"six", b"seven"]
    assert [state["size"] for state in log["states"]] == list(range(8))
    for state in log["states"]:
        entries = words[: state["size"]]
        tree = Tree.empty()
        assert tree.append(leaf_hash(entry) for entry in entries) == []
        checkpoint = Checkpoint(key.name, tree.size, tree.root())
        published = state["checkpoint"].encode()
        assert sign_note(checkpoint.text(), signer) == published
        assert open_checkpoint(published, key) == checkpoint
        assert b"".join(tile.data for tile in tree.partial_tiles()).hex() == state["tile_0_000"]
        assert encode_entries(entries).hex() == state["entries_000"]
        if entries:
            assert decode_entries(bytes.fromhex(state["entries_000"]), 0, len(entries)) == entries
