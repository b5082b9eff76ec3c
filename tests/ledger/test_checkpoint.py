"""ledger.checkpoint: three lines, and the key that signs them."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import Malformed
from ledger.checkpoint import (
    Checkpoint,
    NoteSigner,
    SignatureFailed,
    UnknownKeys,
    check_origin,
    open_checkpoint,
    parse_checkpoint_text,
    parse_decimal,
    sign_note,
)

ORIGIN = "demo.example/export-quota"
LOG = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
ROOT = bytes(range(32))
ROOT_64 = b64encode(ROOT).decode()


def test_worked_example() -> None:
    """Given a size and a root, when the checkpoint is written, then it is these three lines."""
    text = "demo.example/export-quota\n8\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert Checkpoint(ORIGIN, 8, ROOT).text() == text
    assert parse_checkpoint_text(text) == Checkpoint(ORIGIN, 8, ROOT)


@given(st.integers(0, 2**64 - 1), st.binary(min_size=32, max_size=32))
def test_any_checkpoint_comes_back(size: int, root: bytes) -> None:
    """Given any size and root, when they are signed and opened, then they are the same."""
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert open_checkpoint(sign_note(checkpoint.text(), LOG, OTHER), LOG.verifier_key) == checkpoint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{ORIGIN}\n8\n{ROOT_64}", "three lines"),
        (f"{ORIGIN}\n8\n", "three lines"),
        (f"{ORIGIN}\n8\n{ROOT_64}\nextension\n", "three lines"),
        (f"{ORIGIN}\n8\n{ROOT_64}\n\n", "three lines"),
        (f"\n8\n{ROOT_64}\n", "origin"),
        (f"https://{ORIGIN}\n8\n{ROOT_64}\n", "without its scheme"),
        (f"{ORIGIN}\n08\n{ROOT_64}\n", "plain decimal"),
        (f"{ORIGIN}\n+8\n{ROOT_64}\n", "plain decimal"),
        (f"{ORIGIN}\n-1\n{ROOT_64}\n", "plain decimal"),
        (f"{ORIGIN}\n٨\n{ROOT_64}\n", "plain decimal"),
        (f"{ORIGIN}\n8 \n{ROOT_64}\n", "plain decimal"),
        (f"{ORIGIN}\n{2**64}\n{ROOT_64}\n", "plain decimal"),
        (f"{ORIGIN}\n8\n{ROOT_64[:-1]}\n", "not padded"),
        (f"{ORIGIN}\n8\n{ROOT_64[:-2]}9=\n", "stray bits"),
        (f"{ORIGIN}\n8\nAAAA\n", "the root has 3 bytes"),
    ],
)
def test_malformed_checkpoints(text: str, said: str) -> None:
    """Given a text that is no checkpoint, when it is parsed, then the error says why."""
    with pytest.raises(Malformed, match=said):
        parse_checkpoint_text(text)
    with pytest.raises(Malformed):
        open_checkpoint(sign_note(text, LOG), LOG.verifier_key)


def test_a_size_that_cannot_be() -> None:
    """Given a negative size, when a checkpoint is made, then that is refused."""
    with pytest.raises(Malformed, match="size -1"):
        Checkpoint(ORIGIN, -1, ROOT)


@pytest.mark.parametrize(
    "origin", ["a", "demo.example/export-quota", "localhost:8080/x", "a/b://c", "x" * 200, "!~"]
)
def test_origins(origin: str) -> None:
    """Given a scheme-less URL of at most 200 bytes, when it is checked, then a key can have its name."""
    check_origin(origin)
    signer = NoteSigner(origin, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    checkpoint = Checkpoint(origin, 0, ROOT)
    assert open_checkpoint(sign_note(checkpoint.text(), signer), signer.verifier_key) == checkpoint


@pytest.mark.parametrize(
    "origin",
    ["", "x" * 201, "a b", "a+b", "a\nb", "a\u00a0b", "上海.example", "a\x7fb", "http://a", "H2-x.y://a"],
)
def test_origins_refused(origin: str) -> None:
    """Given anything else, when it is checked, then it is malformed."""
    with pytest.raises(Malformed, match="origin"):
        check_origin(origin)


def test_the_key_has_to_be_the_ledgers() -> None:
    """Given a checkpoint by another key of the same name, when it is opened, then its key is unknown."""
    note = sign_note(Checkpoint(ORIGIN, 8, ROOT).text(), OTHER)
    with pytest.raises(UnknownKeys):
        open_checkpoint(note, LOG.verifier_key)


def test_the_signature_has_to_fit() -> None:
    """Given the signature of another checkpoint, when it is opened, then it failed."""
    note = sign_note(Checkpoint(ORIGIN, 8, ROOT).text(), LOG)
    with pytest.raises(SignatureFailed):
        open_checkpoint(note.replace(b"\n8\n", b"\n9\n"), LOG.verifier_key)


def test_the_origin_has_to_be_the_keys_name() -> None:
    """Given a rightly signed checkpoint of another ledger, when it is opened, then it is refused."""
    note = sign_note(Checkpoint("other.example", 8, ROOT).text(), LOG)
    with pytest.raises(Malformed, match=r"the origin is 'other\.example'"):
        open_checkpoint(note, LOG.verifier_key)


def test_decimals() -> None:
    """Given decimal numbers, when they are parsed, then the largest is 2^64 − 1."""
    assert [parse_decimal(text, "size") for text in ("0", "10", str(2**64 - 1))] == [0, 10, 2**64 - 1]
    for text in ("", "00", "1_0", str(2**64), "9" * 5000, "1\n"):
        with pytest.raises(Malformed, match="size"):
            parse_decimal(text, "size")
