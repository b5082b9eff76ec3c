"""The catalogue of tampering: everything that an operator may do to a ledger, and what ``verify`` says to it.

Each row of ``CATALOGUE`` is done to one small honest ledger (``tests/support/images.py``) and asked of the real
``verify``: as a bundle, as a SQLite file, as a PostgreSQL database. The operator holds its own keys: whatever it
can sign, chain and count anew is made right again, so that the break which remains is one it cannot cover up.
``ELSEWHERE`` names the tests that show the rest of the list; ``BEYOND`` is what no ledger shows by itself, and
docs/spec/ledger-format.md, 7, says so.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from api.cli.verify import Question, verify_target
from ledger.anchor import parse_anchor
from ledger.stores import is_postgres, sqlite_file
from projections.proof.answer import Answer
from tests.support.bundles import named
from tests.support.images import Image, Record, played, put, rechained
from tests.support.ledger_builder import EXPORTER, UPSTREAM, canonical, leaf

HONEST = played()
ROOT = Path(__file__).parents[2]


class Row(NamedTuple):
    """What is done to the ledger, and what is found: class and index of the first break, and the exit code."""

    make: Callable[[], Image]
    class_: str
    index: int | None
    exit_code: int = 1
    in_bundle: int | None = None
    """The index in a bundle, where it is another one than in a store."""


def _records() -> list[Record]:
    return played().records()


def _edited(index: int) -> list[Record]:
    """Return the records with another name in one statement."""
    records = _records()
    changed = records[index].statement.replace("示例".encode(), "别名".encode())
    assert changed != records[index].statement
    records[index] = records[index]._replace(statement=changed)
    return records


def edit(*, rehash: bool = False) -> Image:
    made = played()
    made.kept, made.note = played().leaves, played().checkpoint()
    made.entries[2] = made.entries[2].replace("示例".encode(), "别名".encode())
    if rehash:
        made.kept[2] = leaf(made.entries[2])
    return made


def delete(index: int) -> Image:
    records = _records()
    del records[index]
    return rechained(records)


def insert(records: list[Record], index: int, record: Record) -> Image:
    records.insert(index, record)
    return rechained(records)


def swap(one: int, other: int) -> Image:
    records = _records()
    records[one], records[other] = records[other], records[one]
    return rechained(records)


def truncate() -> Image:
    made = played()
    made.note = made.checkpoint()
    del made.entries[8:], made.envelopes[-3:]
    return made


def roll_back() -> Image:
    return rechained(_records()[:7])


def fork() -> Image:
    """Another refusal in the place of what came after entry 6."""
    made = rechained(_records()[:7])
    raw = made.envelope([made.enterprise(UPSTREAM)], ["commerce-2"], seq=9)
    made.refused[7] = raw
    made.refuse(raw, "commerce-2", 9)
    return made


def envelope(index: int, change: Callable[[dict[str, Any]], Any]) -> Image:
    """Change an envelope and chain its entry anew."""
    records = _records()
    whole = json.loads(records[index].envelope)
    change(whole)
    records[index] = records[index]._replace(envelope=canonical(whole))
    return rechained(records)


def signed_by(*officers: str, statement: bytes | None = None, **head: Any) -> Image:
    """Enter one more statement under these officers' keys."""
    made = played()
    made.enter([statement or made.enterprise()], list(officers), **head)
    return made


def _another(whole: dict[str, Any]) -> None:
    """Put the signature of another envelope in the place of the second one."""
    other = json.loads(played().envelopes[0][1])
    whole["signatures"][1]["sig"] = other["signatures"][1]["sig"]


def small_order() -> Image:
    """Register the neutral element as a key, with the possession B ‖ 1, which fits every message under it."""
    made = played()
    base_point = bytes([0x58]) + bytes([0x66]) * 31
    forged = base64.b64encode(base_point + (1).to_bytes(32, "little")).decode()
    neutral = (1).to_bytes(32, "little").hex()
    made.register_key(
        "commerce-4", "commerce-4", ["commerce-1", "commerce-2"], public_key=neutral, possession=forged
    )
    return made


def recorded(*instants: str) -> Image:
    """Enter statements that were signed an hour apart, recorded at these instants."""
    made = played()
    for number, instant in enumerate(instants):
        made.enter(
            [made.enterprise()], ["commerce-1"], minutes=60, seq=20 + number,
            lie=lambda header, instant=instant: header.update(recorded_at=instant),
        )  # fmt: skip
    return made


def renumber() -> Image:
    """Leave entry 7 out of its enterprise's chain, and heads that fit."""
    made = rechained(_records()[:7])
    made.enter(
        [made.enterprise(EXPORTER)], ["commerce-1"], seq=30, lie=lambda header: header.update(subjects=[])
    )
    made.commit_heads()
    return made


def again(what: str) -> Image:
    record = _records()[7]
    made = played()
    if what == "envelope":
        made.enter([record.statement], [], envelope=record.envelope)
    else:
        made.enter([record.statement], ["commerce-2"])
    return made


def wrong_heads() -> Image:
    made = rechained(_records()[:8])
    made.commit_heads(root="ab" * 32)
    made.enter([made.enterprise(UPSTREAM)], ["commerce-2"], seq=2)
    made.commit_heads()
    return made


def made_anew() -> Image:
    made = Image()
    made.now = made.now.replace(hour=1)
    made.open()
    for _ in range(10):
        made.enter([made.enterprise(EXPORTER)], ["commerce-1"])
    return made


def unsigned() -> Image:
    made = played()
    made.append(made.enterprise(), None, None)
    return made


CATALOGUE = {
    "edit a payload": Row(edit, "leaf", 2),
    "… and its hash": Row(lambda: edit(rehash=True), "envelope", 2),
    "… and the whole chain after it": Row(lambda: rechained(_edited(2)), "envelope", 2),
    "delete an entry": Row(lambda: delete(4), "envelope", 5),
    "insert an entry that nobody signed": Row(unsigned, "envelope", 11),
    "insert a signed statement elsewhere": Row(
        lambda: insert(_records(), 1, _records()[7]), "envelope", 1
    ),
    "swap two entries of an envelope": Row(lambda: swap(2, 3), "envelope", 2),
    "swap two envelopes": Row(lambda: swap(6, 7), "envelope", 6),
    "truncate": Row(truncate, "missing", 8, in_bundle=0),
    "roll back": Row(roll_back, "inconsistent", None, 4),
    "fork": Row(fork, "inconsistent", None, 4),
    "replace an envelope by one of the same payload": Row(
        lambda: envelope(4, lambda whole: whole["signatures"].reverse()), "envelope", 4
    ),
    "strip a signature": Row(lambda: envelope(4, lambda whole: whole["signatures"].pop()), "envelope", 4),
    "add a signature": Row(
        lambda: envelope(7, lambda whole: whole["signatures"].append(
            {"keyid": "ab" * 32, "sig": base64.b64encode(bytes(64)).decode()})), "envelope", 7
    ),
    "move a signature from one envelope to another": Row(lambda: envelope(4, _another), "signature", 4),
    "sign alone what two must sign": Row(
        lambda: signed_by("commerce-1", statement=played().reduction()), "four_eyes", 11
    ),
    "sign with a revoked key": Row(lambda: signed_by("commerce-3"), "authority", 11),
    "sign with another agency's key": Row(lambda: signed_by("police-1"), "authority", 11),
    "register a key of small order": Row(small_order, "authority", 11),
    "freeze recorded_at": Row(
        lambda: recorded(*["2026-01-05T02:20:00.000000Z"] * 2), "time", 11
    ),
    "forge recorded_at backwards": Row(lambda: recorded("2026-01-05T02:00:30.000000Z"), "time", 11),
    "forge recorded_at days ahead": Row(lambda: recorded("2026-01-09T02:00:00.000000Z"), "time", 11),
    "drop an entry of one subject and renumber": Row(renumber, "keys", 7),
    "repeat an old envelope as a new entry": Row(lambda: again("envelope"), "replayed", 11),
    "repeat an old statement as a new entry": Row(lambda: again("statement"), "replayed", 11),
    "wrong heads between right ones": Row(wrong_heads, "heads", 8),
    "a new ledger under the old name": Row(made_anew, "inconsistent", None, 4),
}  # fmt: skip


ELSEWHERE = {
    "any byte of a bundle": "ledger/test_verify_bundle.py::test_every_byte_counts",
    "any byte of a subject bundle": "projections/proof/test_tamper_bytes.py"
    "::test_every_byte_of_entries_envelopes_heads_and_checkpoint_counts",
    "any byte of its page": "projections/proof/test_tamper_bytes.py::test_every_byte_of_the_page_counts",
    "any byte of a receipt": "ledger/test_verify_receipt.py"
    "::test_any_changed_byte_of_receipt_or_statement_is_found",
    "any row of a store": "ledger/test_verify_store.py::test_every_row_is_borne_out_by_the_entries",
    "leave an entry of any chain, a revocation too, out of a subject bundle": "ledger/test_subject_bundle.py"
    "::test_an_entry_taken_out_is_found",
    "leave a customs release out of an enterprise's bundle": "api/test_cli_subject.py"
    "::test_the_customs_release_of_one_car_taken_from_its_enterprise_is_found",
    "leave a reversal out of a car's bundle": "api/test_cli_subject.py"
    "::test_a_customs_reversal_left_out_of_a_cars_bundle_is_found",
    "commit heads that leave an entry out": "ledger/test_subject_bundle.py"
    "::test_wrong_heads_signed_by_the_operator_are_found_by_a_full_audit_alone",
    "enter a refused envelope later": "ledger/test_verify_signers.py"
    "::test_a_refused_number_cannot_be_entered_later",
    "a second form of a signature": "ledger/test_verify_signers.py"
    "::test_a_second_form_of_a_signature_is_refused",
    "sign an envelope with a point of small order": "ledger/test_ed25519.py"
    "::test_there_are_eight_points_of_small_order_and_none_is_a_key",
    "alter a projection row": "api/test_tamper_season.py"
    "::test_an_altered_row_of_the_stored_balances_is_found",
    "delete, alter or make up a row of any view": "api/test_tamper_views.py"
    "::test_rows_of_every_view_deleted_changed_and_made_up_are_found_and_mended",
    "replace a document": "api/test_tamper_season.py::test_a_replaced_document_is_found",
    "replace a document by one of another length": "projections/proof/test_attachments.py"
    "::test_the_stated_length_is_wrong",
    "a receipt of another ledger": "ledger/test_verify_receipt.py"
    "::test_a_receipt_of_another_history_is_against_the_anchor",
    "a receipt under another operator's key": "ledger/test_verify_receipt.py"
    "::test_a_receipt_of_another_operator_is_against_the_anchor",
    "the header or proof of another entry in a receipt": "ledger/test_verify_receipt.py"
    "::test_a_header_of_another_entry_is_broken",
    "something else in the place of a file": "api/test_cli_verify_malformed.py"
    "::test_a_bundle_of_which_something_cannot_be_read_is_broken",
    "show two verifiers two histories": "ledger/test_verify_anchors.py"
    "::test_trusted_checkpoints_are_consistent_with_one_another",
}


def _rewritten() -> Image:
    """All keys of all agencies at hand: the same entry 0, then another history, every signature right."""
    made = Image()
    made.open()
    for number in range(10):
        made.enter([made.enterprise((EXPORTER, UPSTREAM)[number % 2])], ["commerce-1"])
    return made


BEYOND = {
    "rewrite everything with all keys of all agencies": _rewritten,
    "roll back to what was there before": roll_back,
    "forge recorded_at within the age of a signature": lambda: recorded("2026-01-05T03:06:00.000000Z"),
}


def _answer(target: Path | str, *trusted: bytes, anchored: bool = True) -> Answer:
    anchor = parse_anchor(HONEST.anchor()) if anchored else None
    answer = verify_target(target, anchor, named(trusted), Question(unanchored=True))
    assert isinstance(answer, Answer)
    return answer


def _targets(url: str, made: Image, folder: Path) -> list[Path | str]:
    """Put a ledger into the store at ``url``, and into a bundle."""
    put(url, made)
    store: Path | str = url if is_postgres(url) else Path(sqlite_file(url) or "")
    return [made.write(folder / "bundle"), store]


def test_the_honest_ledger_is_intact(url: str, tmp_path: Path) -> None:
    """Given the ledger that nobody touched, when verified, then nothing is broken."""
    for target in _targets(url, played(), tmp_path):
        assert _answer(target, HONEST.checkpoint()).integrity.breaks == ()


def test_the_operator_chains_anew_what_it_likes() -> None:
    """Given the honest records, when entered once more, then the same ledger comes out: tampering starts there."""
    assert rechained(_records()).files() == HONEST.files()


@pytest.mark.parametrize("what", CATALOGUE)
def test_tampering_is_found(what: str, url: str, tmp_path: Path) -> None:
    """Given one row of the catalogue, when verified as bundle and store, then class, place and exit code are right."""
    row = CATALOGUE[what]
    trusted = [HONEST.checkpoint()] if row.exit_code == 4 else []
    for target in _targets(url, row.make(), tmp_path):
        answer = _answer(target, *trusted)
        found = [(one.class_, one.index) for one in answer.integrity.breaks]
        assert answer.exit_code == row.exit_code, found
        in_bundle = isinstance(target, Path) and target.is_dir()
        index = row.in_bundle if in_bundle and row.in_bundle is not None else row.index
        assert found[0] == (row.class_, index), found


@pytest.mark.parametrize("what", BEYOND)
def test_what_no_ledger_shows_by_itself(what: str, url: str, tmp_path: Path) -> None:
    """Given what lies beyond, when verified under the anchor alone, then nothing is broken: the spec says so."""
    for target in _targets(url, BEYOND[what](), tmp_path):
        assert _answer(target).integrity.breaks == ()
        assert _answer(target, anchored=False).integrity.breaks == ()
    said = " ".join((ROOT / "docs/spec/ledger-format.md").read_text("utf-8").split())
    assert "all keys of all agencies" in said
    assert "rolled back" in said


@pytest.mark.parametrize(
    "what", ["rewrite everything with all keys of all agencies", "roll back to what was there before"]
)
def test_a_checkpoint_that_somebody_kept_shows_it(what: str, url: str, tmp_path: Path) -> None:
    """Given the same and a checkpoint from before, when it is trusted, then exit 4."""
    for target in _targets(url, BEYOND[what](), tmp_path):
        answer = _answer(target, HONEST.checkpoint())
        assert [one.class_ for one in answer.integrity.breaks] == ["inconsistent"]
        assert answer.exit_code == 4


@pytest.mark.parametrize("what", ELSEWHERE)
def test_the_rest_of_the_list_is_tested_where_it_says(what: str) -> None:
    """Given a row that points to another test, when looked up, then a test of that name is there."""
    path, _, name = ELSEWHERE[what].partition("::")
    assert f"def {name}(" in (ROOT / "tests" / path).read_text("utf-8")
