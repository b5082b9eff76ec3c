"""Subject bundles: whole under the committed heads, nothing of others in them, and what is taken is found."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.catalogue import CATALOGUE
from ledger.anchor import Anchor
from ledger.bundle_files import open_files
from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint
from ledger.export import ExportRefused
from ledger.export_subject import export_subject
from ledger.heads_reader import HeadsReader
from ledger.note import NoteSigner, sign_note
from ledger.subject_bundle import parse_heads_file
from ledger.verification import SubjectVerification, verify_source, verify_subject
from projections.proof.summary import summary_of
from tests.support.bundles import named
from tests.support.desk import Desk, desk, enterprise, policy, rows_of, statement
from tests.support.keys import LEDGER, keyid, private_key, registration_body

CODE = "91310115PDY00001XD"
SUBJECT = f"enterprise:{CODE}"
OTHER = "91310114PDY000028Y"


def _anchor(at: Desk) -> Anchor:
    genesis = next(at.store.leaf_hashes(0, 1)).hex()
    return Anchor(LEDGER, NoteSigner(LEDGER, private_key("operator")).verifier_key, genesis)


def _played(at: Desk) -> None:
    """Enter 0 opened, 1 key, 2-3 two enterprises in a lot, 4 policy, 5 a refusal, 6 revoked, 7 a refusal."""
    body = registration_body("new", "commerce", officer="commerce-3", event_types=("EnterpriseRegistered",))
    at.send([statement("AgencyKeyRegistered", body)], "commerce-1", "commerce-2")
    at.send([enterprise(2), enterprise(1)], "new", agency="commerce")
    at.send([policy()], "commerce-1", "commerce-2")
    for number in (1, 2):
        at.send([enterprise(1, id=f"00000000-0000-4000-8000-00000000000{number}")], "commerce-1")
        if number == 1:
            revoked = {"keyid": keyid("new"), "reason": "示例"}
            at.send([statement("AgencyKeyRevoked", revoked)], "commerce-1")


def _export(at: Desk, out: Path, subject: str = SUBJECT) -> int:
    note = at.store.checkpoint()
    assert note is not None
    return export_subject(at.store, subject, note, _anchor(at), out, summary=summary_of)


def _verify(path: Path, anchor: Anchor | None, **given: Any) -> SubjectVerification:
    return verify_subject(
        open_files(path), anchor=anchor, trusted=named(given.get("trusted", [])), types=CATALOGUE,
        unanchored=given.get("unanchored", False), lenient=given.get("lenient", False),
    )  # fmt: skip


def _found(answer: SubjectVerification) -> list[tuple[str, int | None]]:
    return [(found.class_, found.index) for found in answer.breaks]


@pytest.fixture
def at(tmp_path: Path, url: str) -> Iterator[Desk]:
    with desk(tmp_path, url) as opened:
        _played(opened)
        yield opened


@pytest.fixture
def bundle(at: Desk, tmp_path: Path) -> Path:
    """The bundle of the first enterprise, behind whose heads the ledger has gone on."""
    at.sequencer.commit_heads()
    at.send([enterprise(3)], "commerce-1")
    assert _export(at, tmp_path / "bundle") == 8
    return tmp_path / "bundle"


def test_the_bundle_is_whole_and_says_what_it_rests_on(at: Desk, bundle: Path) -> None:
    """Given a subject's bundle, when verified, then it is whole up to the heads, which it takes on trust."""
    answer = _verify(bundle, _anchor(at))
    assert (_found(answer), answer.verdict, answer.exit_code, answer.complete_to) == (
        [],
        "UNDETERMINED",
        6,
        8,
    )
    assert _verify(bundle, _anchor(at), lenient=True).exit_code == 0
    assert f"the history of {SUBJECT} is whole up to size 8" in answer.notes[0]
    assert "rests on" in answer.notes[1]
    assert "full audit" in answer.notes[1]
    printed = answer.to_json()
    assert (printed["subject"], printed["as_known_at"], printed["size"]) == (SUBJECT, 7, 10)


def test_nothing_of_others_is_in_the_bundle(bundle: Path) -> None:
    """Given another enterprise in the same lot, when exported, then not one file names it."""
    held = sorted(int(path.name) for path in (bundle / "entries").iterdir())
    assert held == [0, 1, 3, 4, 5, 6, 7, 8]
    assert not [path for path in bundle.rglob("*") if path.is_file() and OTHER.encode() in path.read_bytes()]


def test_the_same_history_gives_the_same_bytes(at: Desk, bundle: Path, tmp_path: Path) -> None:
    """Given one checkpoint, when exported again as zip twice, then the archives agree and verify."""
    for name in ("one.zip", "two.zip"):
        _export(at, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert _verify(tmp_path / "one.zip", _anchor(at)).exit_code == 6


@pytest.mark.parametrize(
    ("index", "wanted"),
    [
        (7, ("missing", None)),  # the last of the enterprise
        (5, ("missing", 7)),  # one in the middle
        (3, ("missing", 5)),  # the first
        (6, ("missing", None)),  # the revocation, the last of the keys
        (1, ("missing", 6)),  # the registration of a key
        (4, ("missing", None)),  # the policy
        (0, ("missing", 1)),
        (8, ("missing", 8)),  # the heads
    ],
)
def test_an_entry_taken_out_is_found(
    at: Desk, bundle: Path, index: int, wanted: tuple[str, int | None]
) -> None:
    """Given a bundle without one entry, with or without its envelope, when verified, then it is missed."""
    digest = json.loads((bundle / f"entries/{index}").read_bytes().partition(b"\n")[0])["envelope"]
    (bundle / f"entries/{index}").unlink()
    answer = _verify(bundle, _anchor(at))
    assert wanted in _found(answer)
    assert (answer.exit_code, answer.complete_to) == (1, None)
    (bundle / f"envelopes/{digest}").unlink()
    assert wanted in _found(_verify(bundle, _anchor(at)))


def test_every_flipped_byte_of_an_entry_or_envelope_is_found(at: Desk, bundle: Path) -> None:
    """Given one changed byte in any entry or envelope, when verified, then the bundle is broken."""
    for path in [*(bundle / "entries").iterdir(), *(bundle / "envelopes").iterdir()]:
        sound = path.read_bytes()
        for place in range(0, len(sound), max(1, len(sound) // 7)):
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
            assert _verify(bundle, _anchor(at)).exit_code == 1, (path.name, place)
        path.write_bytes(sound)
    assert _verify(bundle, _anchor(at)).exit_code == 6


def test_a_broken_history_names_whom_it_touches(at: Desk, bundle: Path) -> None:
    """Given a changed entry of the subject, when verified, then the note names the subject, and only it."""
    path = bundle / "entries/5"
    path.write_bytes(path.read_bytes().replace(b'"part":1', b'"part":2'))
    told = [note for note in _verify(bundle, _anchor(at)).notes if note.startswith("touched")]
    assert [note.partition(": ")[2] for note in told] == [SUBJECT]


def test_a_missing_envelope_and_one_too_many_are_found(at: Desk, bundle: Path) -> None:
    """Given an envelope lost, or one that no entry refers to, when verified, then it is found."""
    one = next((bundle / "envelopes").iterdir())
    (bundle / f"envelopes/{'0' * 64}").write_bytes(one.read_bytes())
    assert _found(_verify(bundle, _anchor(at))) == [("envelope", None)]
    (bundle / f"envelopes/{'0' * 64}").unlink()
    one.unlink()
    assert {class_ for class_, _ in _found(_verify(bundle, _anchor(at)))} == {"envelope"}


def test_entries_of_others_or_behind_the_heads_do_not_belong(at: Desk, bundle: Path) -> None:
    """Given an entry of another enterprise, or one behind the heads, when put in, then it is found."""
    for index in (2, 9):
        (bundle / f"entries/{index}").write_bytes(next(at.store.entries(index, index + 1)))
        assert ("malformed", index) in _found(_verify(bundle, _anchor(at)))
        (bundle / f"entries/{index}").unlink()


def test_a_later_entry_of_the_subject_is_behind_its_head(at: Desk, bundle: Path) -> None:
    """Given an entry of the subject behind the committed heads, when put in, then its chain goes too far."""
    at.send([enterprise(1, id="00000000-0000-4000-8000-000000000003")], "commerce-1")
    (bundle / "entries/10").write_bytes(next(at.store.entries(10, 11)))
    assert ("subject_chain", 10) in _found(_verify(bundle, _anchor(at)))


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda w: w["chains"].pop(0), "missing"),
        (lambda w: w["chains"][0]["heads"][0].update(number=2), "heads"),
        (lambda w: w["chains"][0]["heads"][0].update(leaf="0" * 64), "heads"),
        (lambda w: w["chains"][0]["heads"].clear(), "heads"),
        (lambda w: w.update(subject=f"enterprise:{OTHER}"), "missing"),
        (lambda w: w.update(index=7), "malformed"),
        (lambda w: w.update(more=1), "malformed"),
        (lambda w: w.update(subject="ledger:keys"), "malformed"),
        (lambda w: w.update(proof=w["proof"].replace("index 8", "index 08")), "malformed"),
        (lambda w: w["chains"].reverse(), "malformed"),
        (lambda w: w["chains"][0]["heads"][0].update(path=["zz"]), "malformed"),
        (lambda w: w["chains"][0].update(heads=[{}] * 3), "malformed"),
    ],
)
def test_heads_json_that_says_something_else_is_found(
    at: Desk, bundle: Path, change: Any, wanted: str
) -> None:
    """Given a member of heads.json changed, when verified, then the bundle is broken by that class."""
    whole = json.loads((bundle / "heads.json").read_bytes())
    change(whole)
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (bundle / "heads.json").write_text(text + "\n", encoding="utf-8")
    answer = _verify(bundle, _anchor(at))
    assert wanted in {class_ for class_, _ in _found(answer)}
    assert answer.exit_code == 1


def test_heads_json_in_another_form_is_malformed(bundle: Path) -> None:
    """Given the same members not in canonical form, when parsed, then it is refused."""
    data = (bundle / "heads.json").read_bytes()
    assert parse_heads_file(data).to_bytes() == data
    for changed in (data[:-1], data.replace(b",", b", ", 1), b"[]", b"{}"):
        with pytest.raises(Malformed, match=re.escape("heads.json")):
            parse_heads_file(changed)


def test_a_history_that_does_not_exist_is_shown_to_be_none(at: Desk, tmp_path: Path) -> None:
    """Given a car that nobody named, when its bundle is verified, then it is whole with no entry of it."""
    at.sequencer.commit_heads()
    _export(at, tmp_path / "none", "vin:LSVAB6189R2012345")
    answer = _verify(tmp_path / "none", _anchor(at))
    assert (answer.exit_code, answer.complete_to) == (6, 8)
    chain = next(
        c for c in json.loads((tmp_path / "none/heads.json").read_bytes())["chains"] if c["key"][0] == "v"
    )
    assert [head["key"] for head in chain["heads"]] == ["ledger:policy"]


def test_wrong_heads_signed_by_the_operator_are_found_by_a_full_audit_alone(
    at: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given heads that leave out a subject's last entry, then the bundle holds, and the audit names them."""
    sound = HeadsReader.heads

    def lying(reader: HeadsReader, size: int) -> Iterator[tuple[str, int, bytes]]:
        for key, number, leaf in sound(reader, size):
            before = (2, next(reader.leaf_hashes(5, 6)))
            yield key, *(before if key == SUBJECT else (number, leaf))

    monkeypatch.setattr(HeadsReader, "heads", lying)
    at.sequencer.commit_heads()
    _export(at, tmp_path / "bundle")
    assert _found(_verify(tmp_path / "bundle", _anchor(at))) == [("subject_chain", 7)]
    left_out = (tmp_path / "bundle/entries/7").read_bytes()
    (tmp_path / "bundle/entries/7").unlink()
    (tmp_path / "bundle/envelopes" / json.loads(left_out.partition(b"\n")[0])["envelope"]).unlink()
    answer = _verify(tmp_path / "bundle", _anchor(at))
    assert (_found(answer), answer.exit_code) == ([], 6)
    assert "rests on the operator's word" in answer.notes[1]
    source = rows_of(at.url)
    audit = verify_source(
        source, anchor=_anchor(at), trusted=[], unanchored=False, lenient=True, types=CATALOGUE
    )  # fmt: skip
    source.close()
    assert [(found.class_, found.index) for found in audit.breaks] == [("heads", 8)]
    monkeypatch.undo()
    with pytest.raises(ExportRefused, match="not those that entry 8 commits to"):
        _export(at, tmp_path / "again")


def test_without_an_anchor_or_against_it_the_exit_code_is_4(at: Desk, bundle: Path) -> None:
    """Given no anchor, another genesis, or a trusted checkpoint, when verified, then 4, 4 and 6."""
    assert _verify(bundle, None).exit_code == 4
    assert _verify(bundle, None, unanchored=True).exit_code == 6
    other = Anchor(LEDGER, _anchor(at).operator_key, "0" * 64)
    answer = _verify(bundle, other)
    assert (_found(answer), answer.exit_code) == ([("inconsistent", 0)], 4)
    note = (bundle / "checkpoint").read_bytes()
    assert _verify(bundle, None, trusted=[note]).exit_code == 6
    at.send([enterprise(1)], "commerce-1")
    later = at.store.checkpoint()
    at.send([enterprise(1, id="00000000-0000-4000-8000-000000000004")], "commerce-1")
    later = at.store.checkpoint()
    assert later is not None
    answer = _verify(bundle, None, trusted=[later])
    assert (answer.exit_code, "cannot be compared" in " ".join(answer.notes)) == (4, True)


def test_trusted_checkpoints_agree_with_one_another_even_where_the_bundle_cannot_tell(
    at: Desk, bundle: Path
) -> None:
    """Given two trusted checkpoints of one other size and two roots, when verified, then one is against it."""
    operator = NoteSigner(LEDGER, private_key("operator"))
    one, other = (sign_note(Checkpoint(LEDGER, 5, bytes([fill]) * 32).text(), operator) for fill in (1, 2))
    assert _verify(bundle, _anchor(at), trusted=[one, one]).exit_code == 6
    answer = _verify(bundle, _anchor(at), trusted=[one, other])
    assert (_found(answer), answer.exit_code) == ([("inconsistent", None)], 4)
    assert "trusted checkpoint 2 has another root than trusted checkpoint 1" in answer.breaks[0].detail


def test_a_checkpoint_of_another_size_or_none_is_found(at: Desk, bundle: Path) -> None:
    """Given the checkpoint replaced by a later one, or taken, when verified, then it is found."""
    at.send([enterprise(1, id="00000000-0000-4000-8000-000000000005")], "commerce-1")
    later = at.store.checkpoint()
    assert later is not None
    (bundle / "checkpoint").write_bytes(later)
    assert ("checkpoint", None) in _found(_verify(bundle, _anchor(at)))
    (bundle / "checkpoint").unlink()
    assert ("checkpoint", None) in _found(_verify(bundle, _anchor(at)))


def test_export_refuses_without_heads_or_subject(at: Desk, tmp_path: Path) -> None:
    """Given no heads below the checkpoint, or no such key, when exported, then nothing is written."""
    with pytest.raises(ExportRefused, match="checkpoint --heads"):
        _export(at, tmp_path / "out")
    with pytest.raises(ExportRefused, match="neither"):
        _export(at, tmp_path / "out", "enterprise:1")
    assert not (tmp_path / "out").exists()


def test_files_beside_the_bundle_are_noted_and_others_found(at: Desk, bundle: Path) -> None:
    """Given a strange file, when verified, then it is noted; among the entries it is a break."""
    shutil.copy(bundle / "entries/0", bundle / "letter.txt")
    answer = _verify(bundle, _anchor(at))
    assert (answer.exit_code, "letter.txt" in " ".join(answer.notes)) == (6, True)
    shutil.copy(bundle / "entries/0", bundle / "entries/00")
    assert _found(_verify(bundle, _anchor(at))) == [("malformed", None)]
