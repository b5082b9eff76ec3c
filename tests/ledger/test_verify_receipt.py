"""Receipts, verified offline against proofs that were made a second, plain way."""

import base64
import json
from hashlib import sha256
from typing import Any

import pytest

from ledger.anchor import parse_anchor
from ledger.verification import ReceiptVerification, verify_receipt
from tests.support.bundles import named
from tests.support.ledger_builder import ORIGIN, Builder, audit_path, canonical, history, merkle_root, note

_INDEX = 3


def _receipt(made: Builder, index: int = _INDEX, **members: Any) -> dict[str, Any]:
    hashes = [base64.b64encode(value).decode() for value in audit_path(index, made.leaves)]
    lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *hashes]
    header, statement = _parts(made, index)
    return {
        "flags": [],
        "format": "quota-ledger-receipt/1",
        "header": header.decode(),
        "proof": "\n".join(lines) + "\n\n" + made.checkpoint().decode(),
        "statement_sha256": _digest(statement),
    } | members


def _parts(made: Builder, index: int = _INDEX) -> tuple[bytes, bytes]:
    header, _, statement = made.entries[index].partition(b"\n")
    return header, statement


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _verify(receipt: object, made: Builder, anchor: bytes | None, *trusted: bytes) -> ReceiptVerification:
    return verify_receipt(
        canonical(receipt), _parts(made)[1], None if anchor is None else parse_anchor(anchor), named(trusted)
    )


@pytest.fixture(scope="module")
def made() -> Builder:
    return history()


@pytest.mark.parametrize("index", range(8))
def test_a_receipt_shows_that_its_statement_is_included(made: Builder, index: int) -> None:
    """Given a receipt, its statement and the anchor, when verified, then the statement is included."""
    answer = verify_receipt(
        canonical(_receipt(made, index)), _parts(made, index)[1], parse_anchor(made.anchor())
    )
    assert (answer.breaks, answer.verdict, answer.exit_code) == ((), "PROVED", 0)
    whole = answer.to_json()
    assert (whole["as_known_at"], whole["size"], whole["anchored"]) == (index, 8, True)
    json.dumps(whole)


def test_any_changed_byte_of_receipt_or_statement_is_found(made: Builder) -> None:
    """Given one byte changed, when verified, then it is not included, unreadable or of another key."""
    receipt, (_, statement) = canonical(_receipt(made)), _parts(made)
    anchor = parse_anchor(made.anchor())
    for at in range(len(receipt)):
        changed = receipt[:at] + bytes([receipt[at] ^ 1]) + receipt[at + 1 :]
        assert verify_receipt(changed, statement, anchor).exit_code in {1, 3, 4}, at
    for at in range(len(statement)):
        changed = statement[:at] + bytes([statement[at] ^ 1]) + statement[at + 1 :]
        assert verify_receipt(receipt, changed, anchor).exit_code == 1, at


@pytest.mark.parametrize(
    ("members", "class_"),
    [
        ({"proof": None}, "missing"),
        ({"proof": "no proof"}, "malformed"),
        ({"header": "{}"}, "malformed"),
        ({"statement_sha256": "0" * 64}, "leaf"),
    ],
)
def test_a_receipt_that_shows_nothing_is_broken(made: Builder, members: dict[str, Any], class_: str) -> None:
    """Given a receipt without proof, or with parts of another, when verified, then exit 1."""
    answer = _verify(_receipt(made, **members), made, made.anchor())
    assert ([b.class_ for b in answer.breaks], answer.exit_code) == ([class_], 1)


def test_a_receipt_without_proof_says_that_there_is_no_checkpoint_yet(made: Builder) -> None:
    """Given a receipt from before the first checkpoint, when verified, then the detail says so."""
    assert "no checkpoint yet" in _verify(_receipt(made, proof=None), made, made.anchor()).breaks[0].detail


def test_a_header_of_another_entry_is_broken(made: Builder) -> None:
    """Given the header or the proof of another entry, when verified, then exit 1."""
    header = _parts(made, 2)[0].decode()
    assert _verify(_receipt(made, header=header), made, made.anchor()).exit_code == 1
    assert _verify(_receipt(made, proof=_receipt(made, 2)["proof"]), made, made.anchor()).exit_code == 1


def test_without_anchor_a_receipt_is_unanchored(made: Builder) -> None:
    """Given no anchor, when verified, then exit 4, and the answer is called self-consistent only."""
    answer = _verify(_receipt(made), made, None)
    assert (answer.verdict, answer.exit_code) == ("UNANCHORED", 4)
    assert "self-consistent only" in answer.notes[0]


def test_a_receipt_of_another_operator_is_against_the_anchor(made: Builder) -> None:
    """Given a checkpoint of another key of the same name, when verified, then exit 4."""
    proof = _receipt(made)["proof"].partition("\n\n")[0] + "\n\n" + made.checkpoint(seed="other").decode()
    assert _verify(_receipt(made, proof=proof), made, made.anchor()).exit_code == 4


def test_a_receipt_of_another_history_is_against_the_anchor() -> None:
    """Given the receipt of entry 0 of a ledger made anew, when verified under the anchor, then exit 4."""
    other = Builder()
    other.now = other.now.replace(hour=1)
    other.open()
    answer = verify_receipt(
        canonical(_receipt(other, 0)), _parts(other, 0)[1], parse_anchor(history().anchor())
    )
    assert (answer.verdict, answer.exit_code) == ("UNANCHORED", 4)


def test_a_trusted_checkpoint_vouches_for_its_own_size(made: Builder) -> None:
    """Given a trusted checkpoint, then the same one vouches, another root is against it, another size noted."""
    receipt = _receipt(made)
    assert _verify(receipt, made, None, made.checkpoint()).exit_code == 0
    fork = note(f"{ORIGIN}\n8\n{base64.b64encode(bytes(32)).decode()}\n")
    assert _verify(receipt, made, made.anchor(), fork).exit_code == 4
    elsewhere = note(f"other.example/x\n8\n{base64.b64encode(merkle_root([])).decode()}\n", "other.example/x")
    assert _verify(receipt, made, None, elsewhere).exit_code == 4
    assert _verify(receipt, made, made.anchor(), elsewhere).exit_code == 4
    earlier = _verify(receipt, made, made.anchor(), made.checkpoint(5))
    assert (earlier.exit_code, len(earlier.notes)) == (0, 1)


def test_trusted_checkpoints_agree_with_one_another_even_where_the_receipt_cannot_tell(made: Builder) -> None:
    """Given two trusted checkpoints of one other size and two roots, when verified, then one is against it."""
    fork = note(f"{ORIGIN}\n5\n{base64.b64encode(bytes(32)).decode()}\n")
    answer = _verify(_receipt(made), made, made.anchor(), made.checkpoint(5), fork)
    assert ([b.class_ for b in answer.breaks], answer.exit_code) == (["inconsistent"], 4)
    assert (
        "trusted checkpoint 2: another root for size 5 than trusted checkpoint 1" in answer.breaks[0].detail
    )


@pytest.mark.parametrize("member", ["header", "statement_sha256", "proof"])
def test_a_receipt_with_a_lone_surrogate_is_unreadable(made: Builder, member: str) -> None:
    """Given half a character in a receipt, when verified, then exit 3, and the answer can be printed."""
    data = json.dumps(_receipt(made, **{member: "\ud800"})).encode()
    answer = verify_receipt(data, _parts(made)[1], parse_anchor(made.anchor()))
    assert answer.exit_code == 3
    json.dumps(answer.to_json(), ensure_ascii=False).encode()


def test_a_receipt_of_the_last_hours_of_time_has_a_date() -> None:
    """Given an entry recorded on 9999-12-31 in the evening, when its receipt is verified, then it is answered."""
    late = Builder()
    late.now = late.now.replace(year=9999, month=12, day=31, hour=20)
    late.open()
    answer = verify_receipt(canonical(_receipt(late, 0)), _parts(late, 0)[1], parse_anchor(late.anchor()))
    assert (answer.exit_code, answer.to_json()["as_of"]) == (0, "9999-12-31")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"format":"quota-ledger-receipt/1"}'])
def test_what_is_no_receipt_is_unreadable(made: Builder, data: bytes) -> None:
    """Given other bytes, when verified as a receipt, then exit 3."""
    answer = verify_receipt(data, _parts(made)[1], parse_anchor(made.anchor()))
    assert (answer.integrity, answer.verdict, answer.exit_code) == ("UNREADABLE", "UNREADABLE", 3)
