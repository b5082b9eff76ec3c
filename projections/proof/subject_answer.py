"""The answer about a subject bundle: is the history whole, is its page right, were its cars exported?"""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from ledger.bundle import DOCUMENTS
from ledger.bundle_files import Files
from ledger.canonical import Malformed
from ledger.entry import MAX_ENTRY_BYTES
from ledger.envelope import MAX_ENVELOPE_BYTES
from ledger.source import Break
from ledger.subject_bundle import ENTRIES, ENVELOPES, SUMMARY_PATH
from ledger.verification import SubjectVerification
from projections.proof.answer import EXIT_CODES, Overall, headline_json, left_open, statement_json
from projections.proof.attachments import Attachments
from projections.proof.subject import SubjectView, read_subject
from projections.proof.summary import render_summary
from projections.proof.summary_entries import signers_of
from projections.proof.types import Event, StatementResult, Verdict

MAX_DOCUMENT_BYTES: Final = 256 * 1024 * 1024
MAX_SUMMARY_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SubjectAnswer:
    """Integrity of one history, and C36 for its cars; no view where the history is not whole."""

    integrity: SubjectVerification
    view: SubjectView | None
    documents: StatementResult | None = None
    """C08 for the entries of the history; None where no document is at hand."""

    @property
    def verdict(self) -> Overall:
        """The worst first, as for a whole ledger; the books of one history alone are never asked."""
        if self.integrity.verdict != "UNDETERMINED" or self.view is None:
            return self.integrity.verdict
        verdict = self.view.headline.verdict
        return "PROVED" if verdict is Verdict.PROVED else verdict.value

    @property
    def exit_code(self) -> int:
        """0 proved, 1 broken, 4 not anchored or against the anchor, 5 refuted, 6 open (0 if lenient)."""
        code = EXIT_CODES[self.verdict]
        return 0 if self.verdict == "UNDETERMINED" and self.integrity.lenient else code

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``verify --json`` prints for a subject bundle."""
        whole = self.integrity.to_json() | {"verdict": self.verdict}
        if self.view is not None:
            whole |= {
                "statements": [statement_json(one) | left_open(one) for one in self._statements(self.view)],
                "headline": headline_json(self.view.headline),
            }
        return whole

    def _statements(self, view: SubjectView) -> list[StatementResult]:
        return [*([] if self.documents is None else [self.documents]), view.statement]


def answer_subject(
    verification: SubjectVerification, files: Files, documents: Path | None = None
) -> SubjectAnswer:
    """Read the history of a verified bundle and make its page again.

    A page that differs from what the entries give is a break of class ``malformed``; one that is not there is
    noted. Documents are looked up in the bundle itself and in the folder ``documents``.
    """
    complete_to, checkpoint = verification.complete_to, verification.checkpoint
    if complete_to is None or checkpoint is None or verification.subject is None:
        return SubjectAnswer(verification, None)
    numbers = [int(path.removeprefix(ENTRIES)) for path in files.paths if path.startswith(ENTRIES)]
    entries = {index: files.read(f"{ENTRIES}{index}", MAX_ENTRY_BYTES) for index in numbers}
    view = read_subject(verification.subject, entries)
    papers, verification = _documents(verification, view, files, documents)
    digests = [path.removeprefix(ENVELOPES) for path in files.paths if path.startswith(ENVELOPES)]
    envelopes = {digest: files.read(f"{ENVELOPES}{digest}", MAX_ENVELOPE_BYTES) for digest in digests}
    page = render_summary(view, complete_to, checkpoint, signers_of(entries, envelopes))
    if SUMMARY_PATH not in files.paths:
        notes = (*verification.notes, f"{SUMMARY_PATH} is not there")
        return SubjectAnswer(replace(verification, notes=notes), view, papers)
    if _read(files) != page:
        wrong = Break("malformed", None, f"{SUMMARY_PATH} is not the page that these entries make")
        return SubjectAnswer(replace(verification, breaks=(*verification.breaks, wrong)), view, papers)
    return SubjectAnswer(verification, view, papers)


def _documents(
    verification: SubjectVerification, view: SubjectView, files: Files, folder: Path | None
) -> tuple[StatementResult | None, SubjectVerification]:
    """Answer C08 for the entries of a history; what is wrong with a document is a break."""
    own: dict[str, int] = {}
    wrong = []
    paths = sorted(path for path in files.paths if path.startswith(DOCUMENTS))
    for path in paths:
        try:
            data = files.read(path, MAX_DOCUMENT_BYTES)
        except Malformed as error:
            wrong.append(Break("attachment", None, str(error)))
            continue
        if sha256(data).hexdigest() != path.removeprefix(DOCUMENTS):
            wrong.append(Break("attachment", None, f"{path!r}: its bytes do not hash to its name"))
            continue
        own[path.removeprefix(DOCUMENTS)] = len(data)
    if folder is None and not paths:
        return None, verification
    attachments = Attachments(folder, own)
    for event in view.events:
        if isinstance(event, Event):
            attachments.fold(event)
    (result,) = attachments.results()
    breaks = (*verification.breaks, *wrong, *attachments.breaks)
    return result, replace(verification, breaks=breaks)


def _read(files: Files) -> bytes | None:
    try:
        return files.read(SUMMARY_PATH, MAX_SUMMARY_BYTES)
    except Malformed:
        return None
