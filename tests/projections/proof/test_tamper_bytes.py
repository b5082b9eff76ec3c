"""Every byte of a small subject bundle, changed one at a time; the whole bundle's walk is in test_verify_bundle.

Bytes that cannot matter: those of ``anchor.json``, which comes with the bundle, is for convenience and is never
read; and in a zip archive what it says beside names and contents (times, rights, versions, a comment's length).
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from domain.catalogue import CATALOGUE
from ledger.anchor import Anchor, parse_anchor
from ledger.bundle_files import open_files
from ledger.export_subject import export_subject
from ledger.note import NoteSigner
from ledger.source import Unreadable
from ledger.subject_bundle import HEADS_PATH
from ledger.verification import SubjectVerification, verify_subject
from projections.proof.subject_answer import SubjectAnswer, answer_subject
from projections.proof.summary import summary_of
from tests.support.bundles import MemoryFiles
from tests.support.desk import desk, enterprise
from tests.support.keys import LEDGER, private_key

PARTS = 8
SUBJECT = "enterprise:91310115PDY00001XD"
PAGE, ANCHOR = "summary.html", "anchor.json"
SOUND = 6


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The bundle of an enterprise with one entry: three entries, three envelopes, heads, page, anchor."""
    folder = tmp_path_factory.mktemp("small")
    with desk(folder) as at:
        at.send([enterprise(1)], "commerce-1")
        at.sequencer.commit_heads()
        note = at.store.checkpoint()
        assert note is not None
        key = NoteSigner(LEDGER, private_key("operator")).verifier_key
        anchor = Anchor(LEDGER, key, next(at.store.leaf_hashes(0, 1)).hex())
        export_subject(at.store, SUBJECT, note, anchor, folder / "bundle", summary=summary_of)
    paths = [path for path in (folder / "bundle").rglob("*") if path.is_file()]
    return {path.relative_to(folder / "bundle").as_posix(): path.read_bytes() for path in paths}


def _verified(files: Mapping[str, bytes], anchor: bytes) -> SubjectVerification:
    return verify_subject(
        MemoryFiles(files), anchor=parse_anchor(anchor), trusted=[], unanchored=False, lenient=False,
        types=CATALOGUE,
    )  # fmt: skip


def _answer(files: Mapping[str, bytes], anchor: bytes) -> SubjectAnswer:
    return answer_subject(_verified(files, anchor), MemoryFiles(files))


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]


def test_the_bundle_is_small_and_sound(files: Mapping[str, bytes]) -> None:
    """Given the bundle as it was written, when verified, then it is whole, and it has every kind of file."""
    answer = _answer(files, files[ANCHOR])
    assert (answer.integrity.breaks, answer.exit_code) == ((), SOUND)
    kinds = {path.partition("/")[0] for path in files}
    assert kinds == {"checkpoint", ANCHOR, "heads.json", PAGE, "entries", "envelopes"}


@pytest.mark.parametrize("part", range(PARTS))
def test_every_byte_of_entries_envelopes_heads_and_checkpoint_counts(
    part: int, files: Mapping[str, bytes]
) -> None:
    """Given any one byte changed, when verified, then the bundle is broken: exit 1."""
    places = [(path, at) for path in sorted(files) for at in range(len(files[path]))]
    for path, at in [place for place in places if place[0] not in {PAGE, ANCHOR}][part::PARTS]:
        answer = _verified(files | {path: _flip(files[path], at)}, files[ANCHOR])
        assert (answer.integrity, answer.exit_code) == ("BROKEN", 1), (path, at)


def test_every_byte_of_the_page_counts(files: Mapping[str, bytes]) -> None:
    """Given any one byte of the page changed, cut off or added, when compared, then exit 1."""
    verified, page = _verified(files, files[ANCHOR]), files[PAGE]
    for changed in (*(_flip(page, at) for at in range(len(page))), page[:-1], page + b"\n", b""):
        answer = answer_subject(verified, MemoryFiles(files | {PAGE: changed}))
        assert ([one.class_ for one in answer.integrity.breaks], answer.exit_code) == (["malformed"], 1)


def test_an_anchor_that_comes_along_does_not_matter(files: Mapping[str, bytes]) -> None:
    """Given any byte of the anchor in the bundle changed, when verified under one's own, then nothing changes."""
    kept, carried = files[ANCHOR], files[ANCHOR]
    sound = _answer(files, kept).to_json() | {"seconds": 0}
    for at in range(0, len(carried), 8):
        assert _answer(files | {ANCHOR: _flip(carried, at)}, kept).to_json() | {"seconds": 0} == sound
    assert _answer({path: data for path, data in files.items() if path != ANCHOR}, kept).exit_code == SOUND


def test_a_byte_of_the_archive_changes_the_answer_or_nothing(
    files: Mapping[str, bytes], tmp_path: Path
) -> None:
    """Given a byte of the zip changed, when verified, then it is not sound, or says just what it said before."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    sound, target = written.getvalue(), tmp_path / "bundle.zip"
    said = _verified(files, files[ANCHOR])
    for at in range(0, len(sound), 29):
        target.write_bytes(_flip(sound, at))
        found = _verified_zip(target, files[ANCHOR])
        if found is not None and found.exit_code == SOUND:
            assert (found.checkpoint, found.entries) == (said.checkpoint, said.entries), at


def _verified_zip(target: Path, anchor: bytes) -> SubjectVerification | None:
    """Return the answer about an archive; None when it cannot be opened, or shows no heads any more."""
    try:
        files = open_files(target)
    except Unreadable:
        return None
    if HEADS_PATH not in files.paths:
        return None
    verified = verify_subject(
        files, anchor=parse_anchor(anchor), trusted=[], unanchored=False, lenient=False, types=CATALOGUE
    )
    return answer_subject(verified, files).integrity
