"""ledger.note: signed notes, taken apart and put together a second time by hand."""

from base64 import b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import Malformed
from ledger.note import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Note,
    NoteSignature,
    NoteSigner,
    SignatureFailed,
    UnknownKeys,
    VerifierKey,
    decode_base64,
    parse_note,
    sign_note,
    verify_note,
)

LOG = NoteSigner("demo.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = NoteSigner("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
STRANGER = NoteSigner("stranger.example", Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34))))
TEXT = "first line\n\nsecond line\n"


def test_worked_example() -> None:
    """Given a key and a text, when the note is built by hand, then it is the one that is signed."""
    private_key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public_key = private_key.public_key().public_bytes_raw()
    key_id = sha256(b"demo.example/log\n\x01" + public_key).digest()[:4]
    signature = b64encode(key_id + private_key.sign(TEXT.encode())).decode()
    by_hand = f"{TEXT}\n— demo.example/log {signature}\n".encode()

    assert sign_note(TEXT, LOG) == by_hand
    assert parse_note(by_hand) == Note(
        TEXT, (NoteSignature("demo.example/log", key_id, private_key.sign(TEXT.encode())),)
    )
    vkey = f"demo.example/log+{key_id.hex()}+{b64encode(bytes([1]) + public_key).decode()}"
    assert str(LOG.verifier_key) == vkey
    assert VerifierKey.parse(vkey) == LOG.verifier_key
    assert verify_note(parse_note(by_hand), [VerifierKey.parse(vkey)]) == [LOG.verifier_key]


def test_several_signatures() -> None:
    """Given a note of three signers, when two are known, then these two are named, in the note's order."""
    note = parse_note(sign_note(TEXT, LOG, STRANGER, WITNESS))

    assert verify_note(note, [WITNESS.verifier_key, LOG.verifier_key]) == [
        LOG.verifier_key,
        WITNESS.verifier_key,
    ]
    assert verify_note(note, [STRANGER.verifier_key]) == [STRANGER.verifier_key]


def test_a_signature_twice_counts_once() -> None:
    """Given the same line twice, when the note is verified, then one key signed it."""
    note = parse_note(sign_note(TEXT, LOG, LOG))
    assert verify_note(note, [LOG.verifier_key]) == [LOG.verifier_key]


def test_unknown_keys() -> None:
    """Given a note by others, when it is verified, then the error is another than for a bad signature."""
    with pytest.raises(UnknownKeys, match=r"signed by stranger\.example"):
        verify_note(parse_note(sign_note(TEXT, STRANGER)), [LOG.verifier_key])
    with pytest.raises(UnknownKeys):
        verify_note(parse_note(sign_note(TEXT, LOG)), [])


def test_a_name_or_an_id_alone_is_no_key() -> None:
    """Given lines that share only the name or only the ID with a known key, then they are ignored."""
    key = LOG.verifier_key
    same_name = NoteSignature(key.name, b"\x00\x01\x02\x03", bytes(64))
    same_id = NoteSignature("other.example", key.key_id, bytes(64))

    with pytest.raises(UnknownKeys):
        verify_note(Note(TEXT, (same_name, same_id)), [key])
    assert verify_note(Note(TEXT, (same_name, same_id, LOG.sign(TEXT))), [key]) == [key]


@pytest.mark.parametrize("signature", [bytes(64), b"\x01", bytes(63), bytes(65)])
def test_a_failing_known_key_refuses_the_note(signature: bytes) -> None:
    """Given a good line and a bad one of another known key, when it is verified, then it is refused."""
    bad = NoteSignature("witness.example", WITNESS.verifier_key.key_id, signature)
    note = Note(TEXT, (LOG.sign(TEXT), bad))

    with pytest.raises(SignatureFailed, match=r"witness\.example"):
        verify_note(note, [LOG.verifier_key, WITNESS.verifier_key])
    assert verify_note(note, [LOG.verifier_key]) == [LOG.verifier_key]


def test_any_changed_byte_is_found() -> None:
    """Given a signed note, when any one byte of it changes, then it is malformed, unknown or failed."""
    data = sign_note(TEXT, LOG)
    for place in range(len(data)):
        for flip in (1, 0x20, 0x80):
            changed = data[:place] + bytes([data[place] ^ flip]) + data[place + 1 :]
            with pytest.raises((Malformed, UnknownKeys, SignatureFailed)):
                verify_note(parse_note(changed), [LOG.verifier_key])


LINE = f"— {LOG.verifier_key.name} {b64encode(bytes(68)).decode()}\n"


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("", "no empty line"),
        ("text\n", "no empty line"),
        (f"text\n{LINE}", "no empty line"),
        (f"text\n\n{LINE[:-1]}", "does not end in a newline"),
        (f"\n\n{LINE}\n", "does not end in a newline"),
        ("text\n\n\n", "does not end in a newline"),
        ("text\n\nx\n", "an em dash"),
        (f"text\n\n{LINE}x\n", "an em dash"),
        (f"text\n\n-{LINE[1:]}", "an em dash"),
        (f"text\n\n—  {LINE[2:]}", "key name ''"),
        ("text\n\n— name\n", "nothing follows"),
        ("text\n\n— name \n", "nothing follows"),
        ("text\n\n— name AAAAAA==\n", "nothing follows"),
        ("text\n\n— na+me AAAAAAA=\n", "key name"),
        ("text\n\n— na\u00a0me AAAAAAA=\n", "key name"),
        ("text\n\n— name AAAAAAA= \n", "not padded standard base64"),
        ("text\n\n— name AAAAAAA\n", "not padded standard base64"),
        ("text\n\n— name AAAAAA_=\n", "not padded standard base64"),
        ("text\n\n— name AAAAAAB=\n", "stray bits"),
        (f"te\tt\n\n{LINE}", "control character"),
        (f"text\r\n\n{LINE}", "control character"),
        (f"te\x00t\n\n{LINE}", "control character"),
    ],
)
def test_malformed_notes(note: str, said: str) -> None:
    """Given bytes that are no signed note, when they are parsed, then the error says why."""
    with pytest.raises(Malformed, match=said):
        parse_note(note.encode())


def test_not_utf8() -> None:
    """Given bytes that are not UTF-8, when they are parsed, then the error names the place."""
    with pytest.raises(Malformed, match="not UTF-8 at byte 4"):
        parse_note(b"text\xff\n\n" + LINE.encode())


def test_bounds() -> None:
    """Given a note at its limits and one beyond, when they are parsed, then only the first is taken."""
    text = "x" * (MAX_NOTE_BYTES - len(LINE.encode()) - 2) + "\n"
    assert parse_note(f"{text}\n{LINE}".encode()).text == text
    with pytest.raises(Malformed, match=f"{MAX_NOTE_BYTES + 1} bytes"):
        parse_note(f"x{text}\n{LINE}".encode())

    assert len(parse_note(f"text\n\n{LINE * MAX_SIGNATURES}".encode()).signatures) == MAX_SIGNATURES
    with pytest.raises(Malformed, match="101 signatures"):
        parse_note(f"text\n\n{LINE * (MAX_SIGNATURES + 1)}".encode())


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_text_comes_back(line: str) -> None:
    """Given any text without control characters, when it is signed and parsed, then it is the same."""
    data = sign_note(line + "\n", LOG, WITNESS)
    note = parse_note(data)
    assert note.text == line + "\n"
    assert note.to_bytes() == data
    assert verify_note(note, [WITNESS.verifier_key]) == [WITNESS.verifier_key]


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", "", "text\n\n— injected AAAAAAA="])
def test_texts_that_cannot_be_signed(text: str) -> None:
    """Given a text that no note can hold, when it is to be signed, then that is refused."""
    with pytest.raises(Malformed):
        sign_note(text, LOG)


def test_a_note_needs_a_signer() -> None:
    """Given no signer, when a note is made, then that is refused."""
    with pytest.raises(Malformed):
        sign_note(TEXT)


GOOD = str(LOG.verifier_key)
NAME, ID, KEY = GOOD.split("+", 2)


@pytest.mark.parametrize(
    ("vkey", "said"),
    [
        ("", "is wanted"),
        (f"{NAME}+{ID}", "is wanted"),
        (f"+{ID}+{KEY}", "key name ''"),
        (f"na me+{ID}+{KEY}", "key name 'na me'"),
        (f"{NAME}x+{ID}+{KEY}", "its key ID is"),
        (f"{NAME}+{ID.upper()}+{KEY}", "its key ID is"),
        (f"{NAME}+00000000+{KEY}", "its key ID is"),
        (f"{NAME}+{ID}+{KEY}\n", "not padded standard base64"),
        (f"{NAME}+{ID}+{KEY[:-4]}", "not an Ed25519 key"),
        (f"{NAME}+{ID}+{b64encode(bytes([4]) + bytes(32)).decode()}", "not an Ed25519 key"),
        (f"{NAME}+{ID}+{b64encode(bytes([1]) + bytes(32)).decode()}", "small order"),
        (f"{NAME}+{ID}+{b64encode(bytes([1]) + bytes([255] * 32)).decode()}", "not canonical"),
    ],
)
def test_malformed_verifier_keys(vkey: str, said: str) -> None:
    """Given a text that is no verifier key, when it is parsed, then the error says why."""
    with pytest.raises(Malformed, match=said):
        VerifierKey.parse(vkey)


def test_base64_is_its_own_encoding() -> None:
    """Given base64 that others write in two ways, when it is decoded, then only one way is taken."""
    assert decode_base64("AAE=", "here") == b"\x00\x01"
    for text in ("AAF=", "AAE", "AAE=\n", " AAE=", "AAE==", "AA-_", "AÄE="):
        with pytest.raises(Malformed, match="here"):
            decode_base64(text, "here")
