"""``quota-ledger verify``: a ledger, an evidence bundle or a receipt, against an anchor.

Exit codes: 0 all is proved (a receipt: included), 1 integrity broken, 2 usage, 3 nothing verifiable could be
opened, 4 not anchored or against the anchor, 5 the books do not balance or a statement is refuted, 6 neither,
and the headline is open (``--lenient`` makes it 0).
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from api.cli.audit_state import new_file, own_file, read_own, write_own
from api.cli.context import (
    DEFAULT_DB,
    USAGE,
    Db,
    Json,
    Stop,
    files_of,
    print_json,
    read_file,
)
from api.cli.moments import day_of, moment_of
from api.cli.report import print_verification, progress_bar
from domain.catalogue import CATALOGUE
from ledger.anchor import Anchor, read_anchor
from ledger.bundle import BundleSource
from ledger.bundle_files import Files, open_files
from ledger.canonical import Malformed
from ledger.source import Source, Unreadable
from ledger.store import StoreError
from ledger.store_audit import PostgresSource, StoreSource
from ledger.stores import is_postgres
from ledger.subject_bundle import HEADS_PATH
from ledger.verification import Trusted, unreadable, verify_receipt, verify_subject
from projections.comparing import compare_views
from projections.extracts import MAX_EXTRACT_BYTES, BadExtract, Extract, parse_extract
from projections.proof.answer import Answer, answered, unread
from projections.proof.audit import Audit
from projections.proof.comparison import Comparable, Comparison
from projections.proof.follower import known_at
from projections.proof.state_file import AuditState
from projections.proof.stored import read_stored
from projections.proof.subject_answer import SubjectAnswer, answer_subject

_SQLITE: Final = b"SQLite format 3\x00"
_WHOLE_ONLY: Final = "--save-state and --resume ask the whole ledger"


def verify(
    target: Annotated[
        Path | None,
        typer.Argument(help="A bundle (directory or zip), a receipt or a database; default --db."),
    ] = None,
    anchor: Annotated[Path | None, typer.Option(help="anchor.json, from elsewhere than the target.")] = None,
    trust: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that you trust (repeatable).")
    ] = None,
    statement: Annotated[Path | None, typer.Option(help="The statement that a receipt is about.")] = None,
    as_known_at: Annotated[
        str | None, typer.Option(metavar="INDEX|DATE", help="Only entries up to this one, or this day.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only what took effect by this day.")
    ] = None,
    documents: Annotated[
        Path | None, typer.Option(help="A folder with documents, each named by its SHA-256.")
    ] = None,
    compare: Annotated[
        list[Path] | None, typer.Option(help="An agency's extract as CSV (repeatable).")
    ] = None,
    save_state: Annotated[
        Path | None, typer.Option(metavar="STATE", help="Keep here what the next audit goes on from.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="STATE", help="Audit what is new since this state of yours.")
    ] = None,
    unanchored: Annotated[bool, typer.Option("--unanchored", help="Answer without an anchor too.")] = False,
    lenient: Annotated[bool, typer.Option("--lenient", help="An open headline is exit code 0.")] = False,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Verify a ledger, a bundle or a receipt."""
    meant = None if anchor is None else read_anchor_file(anchor)
    trusted = [_trusted(path) for path in trust or ()]
    if statement is not None:
        if target is None:
            raise Stop(USAGE, "RECEIPT is missing: --statement FILE belongs to a receipt")
        if save_state is not None or resume is not None:
            raise Stop(USAGE, f"--statement: {_WHOLE_ONLY}")
        exact = read_file(statement, "--statement")
        receipt = verify_receipt(read_file(target, "receipt"), exact, meant, trusted)
        print_json(receipt.to_json()) if as_json else print_verification(receipt.to_json())
        raise typer.Exit(receipt.exit_code)
    question = Question(
        unanchored=unanchored,
        lenient=lenient,
        as_known_at=None if as_known_at is None else moment_of("--as-known-at", as_known_at),
        as_of=None if as_of is None else day_of("--as-of", as_of),
        documents=documents if documents is None else _folder(documents),
        extracts=tuple((path.name, _extract(path)) for path in compare or ()),
        save_state=save_state,
        resume=resume,
        quiet=as_json,
    )
    answer = verify_target(target or (db if is_postgres(db) else files_of(db)), meant, trusted, question)
    print_json(answer.to_json()) if as_json else print_verification(answer.to_json())
    raise typer.Exit(answer.exit_code)


@dataclass(frozen=True, slots=True)
class Question:
    """What a verification is asked besides which ledger it is."""

    unanchored: bool = False
    lenient: bool = False
    as_known_at: int | date | None = None
    as_of: date | None = None
    documents: Path | None = None
    extracts: tuple[tuple[str, Extract], ...] = ()
    save_state: Path | None = None
    resume: Path | None = None
    quiet: bool = False
    """Whether no bar shows how far it is, not even on a terminal."""


def verify_target(
    target: Path | str, anchor: Anchor | None, trusted: list[Trusted], question: Question | None = None
) -> Answer | SubjectAnswer:
    """Verify a bundle (of a ledger or one history) or a database; what cannot be opened is an answer too."""
    asked = question or Question()
    store: StoreSource | PostgresSource | None = None
    try:
        source: Source
        if isinstance(target, str):
            source = store = PostgresSource(target)
        elif target.is_file() and _begins(target, _SQLITE):
            source = store = StoreSource(target)
        elif target.is_file() and _begins(target, b"{"):
            raise Stop(USAGE, f"{target}: to verify a receipt, --statement FILE names its statement")
        else:
            files = open_files(target)
            if HEADS_PATH in files.paths:
                return _verify_history(files, anchor, trusted, asked)
            source = BundleSource(files)
        return _verify_whole(source, store, anchor, trusted, asked, target)
    except (Unreadable, StoreError) as error:
        return unread(unreadable(str(error), unanchored=asked.unanchored, lenient=asked.lenient))
    finally:
        if store is not None:
            store.close()


def _verify_history(
    files: Files, anchor: Anchor | None, trusted: list[Trusted], asked: Question
) -> SubjectAnswer:
    if asked != Question(
        unanchored=asked.unanchored,
        lenient=asked.lenient,
        documents=asked.documents,
        quiet=asked.quiet,
    ):
        options = "--as-known-at, --as-of, --compare, --save-state and --resume"
        raise Stop(USAGE, f"{options} ask the whole ledger; this is the bundle of one history")
    verification = verify_subject(
        files,
        anchor=anchor,
        trusted=trusted,
        unanchored=asked.unanchored,
        lenient=asked.lenient,
        types=CATALOGUE,
    )
    return answer_subject(verification, files, asked.documents)


def _verify_whole(
    source: Source,
    store: StoreSource | PostgresSource | None,
    anchor: Anchor | None,
    trusted: list[Trusted],
    asked: Question,
    target: Path | str,
) -> Answer:
    stored = None if store is None else read_stored(store)
    until = None if asked.as_known_at is None else known_at(asked.as_known_at)
    audit = Audit(
        source,
        anchor,
        trusted,
        unanchored=asked.unanchored,
        lenient=asked.lenient,
        until=until,
        documents=asked.documents,
        snapshot_at=None if stored is None else stored.size,
        comparable=Comparable() if asked.extracts else None,
        keep=asked.save_state is not None,
    )
    state: AuditState | None = None
    if asked.resume is not None:
        if asked.extracts:
            raise Stop(USAGE, "--compare: no state holds what extracts are set against; leave --resume out")
        meant = own_file("--resume", asked.resume, target, anchor)
        state = read_own(asked.resume, meant, until, asked.as_known_at)
    if asked.save_state is not None:
        if until is not None:
            raise Stop(USAGE, "--save-state: a state is of the whole ledger; leave --as-known-at out")
        own_file("--save-state", asked.save_state, target, anchor)
        new_file(asked.save_state)
    with progress_bar("verifying", hidden=asked.quiet) as bar:
        verification, follower = audit.run(bar) if state is None else audit.resume(state, bar)
    if verification.unreadable:
        return unread(verification)
    views = None
    if store is not None and follower.snapshot is not None:  # the pass has come to where the views stand
        with progress_bar("comparing the views", hidden=asked.quiet) as bar:
            views = compare_views(store, bar)
    report = follower.checker.report(asked.as_of)
    if verification.integrity != "BROKEN":  # in a broken ledger what was asked for may be what is lost
        _some_entry(asked.as_known_at, verification.size, report.as_known_at)
    comparisons: tuple[Comparison, ...] = ()
    if follower.comparable is not None and report.as_of is not None:
        comparisons = tuple(
            follower.comparable.compare(name, extract, report.as_of) for name, extract in asked.extracts
        )
    answer = answered(verification, follower, report, stored=stored, views=views, comparisons=comparisons)
    if asked.save_state is not None and anchor is not None:
        write_own(asked.save_state, anchor, verification, follower)
    return answer


def _some_entry(moment: int | date | None, size: int, last: int | None) -> None:
    """Stop where a moment is beyond the end of the ledger or before its first entry: nothing was asked."""
    if isinstance(moment, int) and moment >= size:
        raise Stop(USAGE, f"--as-known-at {moment}: the ledger has entries 0 to {size - 1}")
    if moment is not None and last is None:
        raise Stop(USAGE, f"--as-known-at {moment}: no entry was recorded by then")


def _trusted(path: Path) -> Trusted:
    try:
        return Trusted.read(f"trusted checkpoint {path}", read_file(path, "--trust"))
    except Malformed as error:
        raise Stop(USAGE, f"--trust {path}: {error}") from None


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise Stop(USAGE, f"--documents {path}: not a directory")
    return path


def _extract(path: Path) -> Extract:
    try:
        return parse_extract(read_file(path, "--compare", MAX_EXTRACT_BYTES))
    except BadExtract as error:
        raise Stop(USAGE, f"--compare {path}: {error}") from None


def read_anchor_file(path: Path) -> Anchor:
    """Return the anchor that a person names.

    Raises:
        Stop: usage: it cannot be read, or is none.
    """
    try:
        return read_anchor(path)
    except OSError as error:
        raise Stop(USAGE, f"--anchor {path}: {error.strerror}") from None
    except Malformed as error:
        raise Stop(USAGE, f"--anchor {path}: {error}") from None


def _begins(path: Path, magic: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(magic)) == magic
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
