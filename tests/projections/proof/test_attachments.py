"""C08: documents are compared with the digests and lengths that entries name."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from projections.proof.attachments import Attachments
from projections.proof.types import Event, StatementResult, Verdict
from tests.support.domain import letter_body, statement

SCAN = b"%PDF-1.7 a letter"
NAME = hashlib.sha256(SCAN).hexdigest()


def answer(folder: Path | None, size: int = len(SCAN)) -> tuple[Attachments, StatementResult]:
    """Fold two letters to which the same scan is attached, and one entry without any."""
    attachments = Attachments(folder)
    scan = {"bytes": size, "kind": "承诺书", "media_type": "application/pdf", "sha256": NAME}
    for index, attached in enumerate(([scan], [scan], [])):
        said = statement("CommitmentLetterSigned", letter_body(), number=index + 1, attachments=attached)
        attachments.fold(Event.of(index, "00" * 32, said, datetime(2026, 1, 5, 4, tzinfo=UTC)))
    (result,) = attachments.results()
    return attachments, result


def test_no_documents_given() -> None:
    """Without a folder the statement is open and says of which entries documents are missing."""
    attachments, result = answer(None)
    assert (result.verdict, result.entries) == (Verdict.UNDETERMINED, ())
    assert result.missing == ("documents of 2 entries (first 0, 1)",)
    assert attachments.breaks == []


def test_the_document_is_there(tmp_path: Path) -> None:
    """A document that hashes to its name proves the statement."""
    (tmp_path / NAME).write_bytes(SCAN)
    assert answer(tmp_path)[1].verdict is Verdict.PROVED


def test_another_document_lies_under_the_name(tmp_path: Path) -> None:
    """A replaced document is a break of class attachment at the first entry that names it."""
    (tmp_path / NAME).write_bytes(SCAN[:-1] + b"!")
    attachments, result = answer(tmp_path)
    assert [(one.class_, one.index) for one in attachments.breaks] == [("attachment", 0)]
    assert [one.index for one in answer(tmp_path, size=3)[0].breaks] == [0], "its length is no second break"
    assert (result.verdict, result.entries) == (Verdict.REFUTED, (0,))


def test_the_stated_length_is_wrong(tmp_path: Path) -> None:
    """A document of another length than stated is a break at every entry that states it."""
    (tmp_path / NAME).write_bytes(SCAN)
    attachments, result = answer(tmp_path, size=3)
    assert [one.index for one in attachments.breaks] == [0, 1]
    assert result.entries == (0, 1)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_lies_under_the_name(make: Callable[[Path], object], tmp_path: Path) -> None:
    """What cannot be read as a file, a pipe or device that never ends too, is a break, not an error."""
    make(tmp_path / NAME)
    assert answer(tmp_path)[1].verdict is Verdict.REFUTED


def test_some_documents_are_missing(tmp_path: Path) -> None:
    """A folder without the document leaves the statement open."""
    assert answer(tmp_path)[1].verdict is Verdict.UNDETERMINED
