"""ledger.proof: the tlog-proof text."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint, NoteSigner, SignatureFailed, UnknownKeys, sign_note
from ledger.merkle import ProofError
from ledger.proof import (
    MAX_EXTRA_BYTES,
    MAX_HASHES,
    MAX_PROOF_BYTES,
    InclusionText,
    encode_proof,
    parse_proof,
)
from tests.support.merkle import naive_path, naive_root, some_leaves

LOG = NoteSigner("demo.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = NoteSigner("other.example", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
LEAVES = some_leaves(7)
NOTE = sign_note(Checkpoint("demo.example/log", 7, naive_root(LEAVES)).text(), LOG)
PATH = naive_path(5, LEAVES)
TEXT = encode_proof(5, PATH, NOTE)


def test_worked_example() -> None:
    """Given an entry and its path, when the proof is written by hand, then it is the one that is encoded."""
    hashes = "".join(b64encode(value).decode() + "\n" for value in PATH)
    assert f"c2sp.org/tlog-proof@v1\nindex 5\n{hashes}\n{NOTE.decode()}" == TEXT
    assert encode_proof(5, PATH, NOTE, b"more") == TEXT.replace("index", "extra bW9yZQ==\nindex")
    assert parse_proof(TEXT) == InclusionText(5, tuple(PATH), NOTE)
    assert parse_proof(TEXT).verify(LEAVES[5], LOG.verifier_key).size == 7


def test_a_ledger_of_one_entry_has_no_hashes() -> None:
    """Given the only entry, when its proof is written, then no line stands between index and checkpoint."""
    note = sign_note(Checkpoint("demo.example/log", 1, LEAVES[0]).text(), LOG)
    text = encode_proof(0, [], note)
    assert text == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note.decode()}"
    assert parse_proof(text).verify(LEAVES[0], LOG.verifier_key).root == LEAVES[0]


@given(
    st.integers(0, 2**64 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=MAX_HASHES),
    st.none() | st.binary(min_size=1, max_size=300),
)
def test_any_proof_comes_back(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    """Given any parts, when they are written and parsed, then they are the same."""
    proof = InclusionText(index, tuple(hashes), NOTE, extra)
    assert parse_proof(proof.text()) == proof


def test_what_a_proof_does_not_show() -> None:
    """Given a proof, when the leaf, the index or the key is another, then each has its own error."""
    proof = parse_proof(TEXT)
    with pytest.raises(ProofError, match="does not lead to the root"):
        proof.verify(LEAVES[4], LOG.verifier_key)
    with pytest.raises(ProofError):
        parse_proof(TEXT.replace("index 5", "index 4")).verify(LEAVES[5], LOG.verifier_key)
    with pytest.raises(UnknownKeys):
        proof.verify(LEAVES[5], OTHER.verifier_key)
    with pytest.raises(SignatureFailed):
        parse_proof(TEXT.replace("\n7\n", "\n8\n")).verify(LEAVES[5], LOG.verifier_key)


def test_any_changed_byte_is_found() -> None:
    """Given a proof, when any one byte of it changes, then it is malformed or proves nothing."""
    data = TEXT.encode()
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises((Malformed, ProofError, UnknownKeys, SignatureFailed, UnicodeDecodeError)):
            parse_proof(changed.decode()).verify(LEAVES[5], LOG.verifier_key)


HEAD = "c2sp.org/tlog-proof@v1\n"
REST = f"\n{NOTE.decode()}"
HASH = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no empty line"),
        (HEAD + "index 0\n", "no empty line"),
        ("c2sp.org/tlog-proof@v2\nindex 0\n" + REST, "the first line is"),
        (HEAD + REST, "'index <N>' is wanted"),
        (HEAD + "extra bW9yZQ==\n" + REST, "'index <N>' is wanted"),
        (HEAD + "index 0\nextra bW9yZQ==\n" + REST, "hash 0: not padded"),
        (HEAD + "extra bW9yZQ==\nextra bW9yZQ==\nindex 0\n" + REST, "'index <N>' is wanted"),
        (HEAD + "extra \nindex 0\n" + REST, "extra data of 0 bytes"),
        (HEAD + "extra bW9yZQ=\nindex 0\n" + REST, "extra data: not padded"),
        (HEAD + "index 01\n" + REST, "index: '01' is not"),
        (HEAD + "index -1\n" + REST, "index: '-1' is not"),
        (HEAD + "index\n" + REST, "'index <N>' is wanted"),
        (HEAD + f"index {2**64}\n" + REST, "index: "),
        (HEAD + "index 0\nAAAA\n" + REST, "hash 0 has 3 bytes"),
        (HEAD + f"index 0\n{HASH} \n" + REST, "hash 0: not padded"),
        (HEAD + "index 0\n" + f"{HASH}\n" * 65 + REST, "65 hashes"),
        (HEAD + "index 0\n\ntext\n", "no empty line between"),
        (HEAD + "index 0\n\n\ud800" + REST, "lone surrogate"),
        (HEAD.replace("\n", "\r\n") + "index 0\n" + REST, "the first line is"),
        ("x" * (MAX_PROOF_BYTES + 1), "at most"),
    ],
)
def test_malformed_proofs(text: str, said: str) -> None:
    """Given a text that is no tlog-proof, when it is parsed, then the error says why."""
    with pytest.raises(Malformed, match=said):
        parse_proof(text)


def test_parts_that_no_proof_can_have() -> None:
    """Given parts out of bounds, when a proof is written, then that is refused."""
    with pytest.raises(Malformed, match="index -1"):
        encode_proof(-1, [], NOTE)
    with pytest.raises(Malformed, match="65 hashes"):
        encode_proof(0, [bytes(32)] * 65, NOTE)
    with pytest.raises(Malformed, match="hash 1 has 31 bytes"):
        encode_proof(0, [bytes(32), bytes(31)], NOTE)
    with pytest.raises(Malformed, match="extra data"):
        encode_proof(0, [], NOTE, bytes(MAX_EXTRA_BYTES + 1))
    with pytest.raises(Malformed, match="note"):
        encode_proof(0, [], b"no note")
