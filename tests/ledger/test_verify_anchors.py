"""Anchors, trusted checkpoints and checkpoints: a ledger made anew or cut back, and damaged notes."""

import base64

import pytest

from tests.support.bundles import found, verify_files
from tests.support.ledger_builder import EXPORTER, ORIGIN, Builder, history, merkle_root, note


def _remade() -> Builder:
    """Return another ledger of the same name under the same keys, as its operator could make it."""
    made = Builder()
    made.now = made.now.replace(hour=1)
    made.open()
    for _ in range(7):
        made.enter([made.enterprise(EXPORTER)], ["commerce-1"])
    return made


def test_without_anchor_the_answer_is_unanchored() -> None:
    """Given no anchor, when verified, then exit 4; when asked for without, then it says so and goes on."""
    files = history().files()
    plain, asked = verify_files(files, None), verify_files(files, None, unanchored=True)
    assert (plain.integrity, plain.verdict, plain.exit_code) == ("INTACT", "UNANCHORED", 4)
    assert (asked.verdict, asked.exit_code, asked.anchored) == ("UNDETERMINED", 6, False)
    assert all(any("self-consistent only" in n for n in answer.notes) for answer in (plain, asked))


def test_a_ledger_made_anew_fails_against_the_anchor() -> None:
    """Given a sound ledger with another entry 0, when verified under the anchor, then exit 4."""
    answer = verify_files(_remade().files(), history().anchor())
    assert found(answer) == [("inconsistent", 0)]
    assert (answer.integrity, answer.verdict, answer.exit_code) == ("INTACT", "UNANCHORED", 4)


def test_a_ledger_made_anew_under_another_key_fails_against_the_anchor() -> None:
    """Given a sound ledger of another operator, when verified under the anchor, then exit 4."""
    other = Builder("plain.example/another")
    other.open()
    answer = verify_files(other.files(), history().anchor())
    assert found(answer) == [("inconsistent", None), ("inconsistent", 0)]
    assert answer.exit_code == 4


def test_a_ledger_made_anew_fails_against_a_trusted_checkpoint() -> None:
    """Given a sound ledger with another history, when an earlier checkpoint is trusted, then exit 4."""
    answer = verify_files(_remade().files(), None, trusted=[history().checkpoint(5)])
    assert found(answer) == [("inconsistent", None)]
    assert (answer.anchored, answer.exit_code) == (True, 4)


@pytest.mark.parametrize("size", [1, 5, 8])
def test_a_trusted_checkpoint_anchors_a_ledger_that_extends_it(size: int) -> None:
    """Given a trusted checkpoint of the ledger's own past, when verified, then it is anchored."""
    made = history()
    answer = verify_files(made.files(), None, trusted=[made.checkpoint(size)])
    assert (found(answer), answer.anchored, answer.exit_code) == ([], True, 6)


def test_a_ledger_cut_back_fails_against_a_trusted_checkpoint() -> None:
    """Given a ledger of fewer entries with a right checkpoint of its own, when verified, then exit 4."""
    made = history()
    last = made.checkpoint()
    cut = history()
    del cut.entries[6:], cut.envelopes[-2:]
    assert found(verify_files(cut.files(), made.anchor())) == []
    answer = verify_files(cut.files(), made.anchor(), trusted=[last])
    assert found(answer) == [("inconsistent", None)]
    assert answer.exit_code == 4


def test_trusted_checkpoints_are_consistent_with_one_another() -> None:
    """Given two trusted checkpoints of one size and two roots, when verified, then one is against it."""
    made = history()
    fork = note(f"{ORIGIN}\n5\n{base64.b64encode(bytes(32)).decode()}\n")
    answer = verify_files(made.files(), made.anchor(), trusted=[made.checkpoint(5), fork])
    assert found(answer) == [("inconsistent", None)]
    assert "trusted checkpoint 2" in answer.breaks[0].detail


@pytest.mark.parametrize(
    "trusted",
    [
        b"no note", note(f"{ORIGIN}\n0\n{base64.b64encode(merkle_root([])).decode()}\n"),
        history().checkpoint(5, seed="someone"), history().checkpoint(5).replace(b"\n5\n", b"\n6\n"),
    ],
)  # fmt: skip
def test_a_trusted_note_that_is_no_checkpoint_of_the_ledger_anchors_nothing(trusted: bytes) -> None:
    """Given no note, size 0, another key or a changed text, when trusted, then exit 4."""
    made = history()
    answer = verify_files(made.files(), made.anchor(), trusted=[trusted])
    assert (found(answer), answer.exit_code) == ([("inconsistent", None)], 4)


def test_a_checkpoint_of_another_key_is_against_the_ledger() -> None:
    """Given a checkpoint signed by another key of the same name, with anchor or without, then exit 4."""
    made = history()
    files = made.files() | {"checkpoint": made.checkpoint(seed="someone")}
    for anchor in (made.anchor(), None):
        answer = verify_files(files, anchor, unanchored=True)
        assert (found(answer), answer.exit_code) == ([("inconsistent", None)], 4)


def test_a_countersigned_checkpoint_is_the_ledgers_own() -> None:
    """Given a second signature by a key that nobody knows, when verified, then it is ignored."""
    made = history()
    witness = note(made.checkpoint().decode().partition("\n\n")[0] + "\n", "witness.example", "w")
    files = made.files()
    files["checkpoint"] += witness.partition(b"\n\n")[2]
    assert found(verify_files(files, made.anchor())) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.replace(b"\n8\n", b"\n7\n"), lambda data: data + b"\n", lambda data: data[:-1],
        lambda data: b"", lambda data: b"\xff" + data, lambda data: data.replace(b"plain", b"plane", 1),
    ],
)  # fmt: skip
def test_a_damaged_checkpoint_is_a_break_and_the_entries_are_still_verified(damage: object) -> None:
    """Given a changed checkpoint, when verified, then checkpoint breaks and the rest is sound."""
    made = history()
    files = made.files()
    files["checkpoint"] = damage(files["checkpoint"])  # type: ignore[operator]
    answer = verify_files(files, made.anchor())
    assert (found(answer), answer.exit_code, answer.size) == ([("checkpoint", None)], 1, 8)


def test_a_bundle_without_checkpoint_is_broken() -> None:
    """Given entries and no checkpoint, when verified, then checkpoint breaks."""
    made = history()
    files = made.files()
    del files["checkpoint"]
    assert found(verify_files(files, made.anchor())) == [("checkpoint", None)]


def test_a_root_that_the_entries_do_not_have_is_a_break_even_if_signed() -> None:
    """Given a checkpoint that the operator signed over another tree, when verified, then tree breaks."""
    made = history()
    files = made.files() | {"checkpoint": note(f"{ORIGIN}\n8\n{base64.b64encode(bytes(32)).decode()}\n")}
    assert found(verify_files(files, made.anchor())) == [("tree", None)]


def test_a_checkpoint_without_entries_is_broken() -> None:
    """Given nothing but a signed checkpoint, of 8 entries or of none, then the entries are missing."""
    made = history()
    empty = note(f"{ORIGIN}\n0\n{base64.b64encode(merkle_root([])).decode()}\n")
    for checkpoint in (made.checkpoint(), empty):
        answer = verify_files({"checkpoint": checkpoint}, made.anchor())
        assert (found(answer), answer.exit_code) == ([("missing", 0)], 1)


def test_a_checkpoint_beyond_bounds_is_a_break() -> None:
    """Given a checkpoint of two mebibytes, when verified, then checkpoint breaks."""
    made = history()
    answer = verify_files(made.files() | {"checkpoint": bytes(1 << 21)}, made.anchor())
    assert found(answer) == [("checkpoint", None)]


@pytest.mark.parametrize("size", [9, 2**60])
def test_entries_that_the_checkpoint_commits_to_and_are_not_there_are_missing(size: int) -> None:
    """Given a signed checkpoint over more entries than there are, when verified, then they are missing."""
    made = history()
    root = base64.b64encode(bytes(32)).decode()
    files = made.files() | {"checkpoint": note(f"{ORIGIN}\n{size}\n{root}\n")}
    answer = verify_files(files, made.anchor())
    assert answer.breaks[0].class_ == "missing"
    assert answer.exit_code == 1
