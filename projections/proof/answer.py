"""The whole answer of ``verify``: integrity, books and statements, with one verdict and one exit code.

When several verdicts apply the worst counts: 1 BROKEN, 3 UNREADABLE, 4 UNANCHORED, 5 REFUTED, 6 UNDETERMINED.
What is read from a broken ledger proves nothing: every PROVED becomes UNDETERMINED, what stands against it
is still told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from ledger.verification import Verification
from projections.differing import Compared
from projections.proof.comparison import Comparison
from projections.proof.follower import Follower
from projections.proof.integrity import integrity_statements
from projections.proof.statements import STATEMENTS
from projections.proof.stored import StoredBalances, compare_stored
from projections.proof.types import (
    BooksBreak,
    BooksResult,
    BooksVerdict,
    Headline,
    Report,
    StatementResult,
    Verdict,
)

Overall = Literal["PROVED", "BROKEN", "UNREADABLE", "UNANCHORED", "REFUTED", "UNDETERMINED"]
EXIT_CODES: Final[Mapping[Overall, int]] = {
    "PROVED": 0,
    "BROKEN": 1,
    "UNREADABLE": 3,
    "UNANCHORED": 4,
    "REFUTED": 5,
    "UNDETERMINED": 6,
}
_UNREAD: Final = "nothing was read"
_NOTHING_USED: Final = "no car was registered: C36 is PROVED of nothing"
_IN_INTEGRITY: Final = frozenset({"C01", "C02", "C03", "C04"})


@dataclass(frozen=True, slots=True)
class Answer:
    """The three answers for one ledger, as known at an entry and as of a day."""

    integrity: Verification
    as_known_at: int | None
    as_of: str | None
    books: BooksResult
    statements: tuple[StatementResult, ...]
    headline: Headline
    comparisons: tuple[Comparison, ...] = ()

    @property
    def verdict(self) -> Overall:
        """The answer to all questions at once, the worst first."""
        if self.integrity.verdict != "UNDETERMINED":
            return self.integrity.verdict
        refuted = any(one.verdict is Verdict.REFUTED for one in self.statements)
        if refuted or self.books.verdict is BooksVerdict.UNBALANCED:
            return "REFUTED"
        proved = self.headline.verdict is Verdict.PROVED and self.books.verdict is BooksVerdict.BALANCED
        return "PROVED" if proved else "UNDETERMINED"

    @property
    def exit_code(self) -> int:
        """See the module; ``lenient`` makes 6 a 0."""
        code = EXIT_CODES[self.verdict]
        return 0 if code == EXIT_CODES["UNDETERMINED"] and self.integrity.lenient else code

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``verify --json`` prints; ``comparisons`` is there when there are any."""
        told = self.integrity.to_json()
        whole = {
            **{name: told[name] for name in ("format", "origin", "size", "root", "checkpoint", "anchored")},
            "as_known_at": self.as_known_at,
            "as_of": self.as_of,
            "integrity": told["integrity"],
            "books": {
                "verdict": self.books.verdict.value,
                "breaks": [{"index": one.index, "detail": one.detail} for one in self.books.breaks],
            },
            "statements": [statement_json(one) | left_open(one) for one in self.statements],
            "headline": headline_json(self.headline),
            "verdict": self.verdict,
            "notes": told["notes"],
            "seconds": told["seconds"],
        }
        if self.comparisons:
            whole["comparisons"] = [_comparison(one) for one in self.comparisons]
        return whole


def unread(verification: Verification) -> Answer:
    """Return the answer when nothing could be opened: everything is open."""
    statements = tuple(StatementResult(code, Verdict.UNDETERMINED, (), _UNREAD) for code in STATEMENTS)
    nothing = Headline(Verdict.UNDETERMINED, 0, 0, 0, 0, 0)
    return Answer(verification, None, None, BooksResult(BooksVerdict.UNDETERMINED), statements, nothing)


def answered(
    verification: Verification,
    follower: Follower,
    report: Report,
    *,
    stored: StoredBalances | None = None,
    views: Compared | None = None,
    comparisons: Iterable[Comparison] = (),
) -> Answer:
    """Put the answers of one pass together.

    Args:
        verification: integrity, of the whole ledger.
        follower: followed that pass.
        report: its checker's, as of the day asked for.
        stored: the balances of the store that was verified, None for a bundle.
        views: the rows of all its views, where they were compared.
        comparisons: extracts that were set against the ledger.
    """
    against = tuple(comparisons)
    breaks = (*verification.breaks, *follower.attachments.breaks)
    integrity = replace(verification, breaks=breaks)
    found = {one.code: one for one in integrity_statements(breaks, verification.size)}
    for one in (*follower.results(), *report.statements, compare_stored(stored, follower.snapshot, views)):
        found[one.code] = _both(found[one.code], one) if one.code in found else one
    if against:
        found["C35"] = _with_extracts(found["C35"], against)
    books, headline = _with_stored(report.books, found["C07"]), report.headline
    if integrity.integrity == "BROKEN":
        found = {code: one if code in _IN_INTEGRITY else _open(one) for code, one in found.items()}
        if books.verdict is BooksVerdict.BALANCED:
            books = BooksResult(BooksVerdict.UNDETERMINED)
        if headline.verdict is Verdict.PROVED:
            headline = replace(headline, verdict=Verdict.UNDETERMINED)
    as_of = None if report.as_of is None else report.as_of.isoformat()
    if headline == Headline(Verdict.PROVED, 0, 0, 0, 0, 0):
        integrity = replace(integrity, notes=(_NOTHING_USED, *integrity.notes))
    statements = tuple(found[code] for code in STATEMENTS)
    return Answer(integrity, report.as_known_at, as_of, books, statements, headline, against)


def _open(one: StatementResult) -> StatementResult:
    if one.verdict is not Verdict.PROVED:
        return one
    return replace(one, verdict=Verdict.UNDETERMINED, missing=("an unbroken ledger",))


def _both(first: StatementResult, second: StatementResult) -> StatementResult:
    """Return two halves of one statement as one: the worse verdict, all entries."""
    order = [Verdict.REFUTED, Verdict.UNDETERMINED, Verdict.PROVED]
    entries = tuple(sorted({*first.entries, *second.entries}))
    missing = (*first.missing, *second.missing)
    verdict = min(first.verdict, second.verdict, key=order.index)
    return StatementResult(first.code, verdict, entries, f"{first.detail}; {second.detail}", missing)


def _with_stored(books: BooksResult, stored: StatementResult) -> BooksResult:
    """The second question asks for stored projections too: they equal a replay, row by row."""
    if stored.verdict is not Verdict.REFUTED:
        return books
    breaks = (*books.breaks, BooksBreak(None, stored.detail))
    return BooksResult(BooksVerdict.UNBALANCED, breaks)


def _with_extracts(one: StatementResult, comparisons: tuple[Comparison, ...]) -> StatementResult:
    """An agency's extract says what its statement of account says: a difference refutes C35."""
    differing = [(found, each) for found in comparisons for each in found.differences]
    if not differing:
        return one
    entries = {each.index for _, each in differing if each.index is not None}
    told = "; ".join(f"{found.name}: {len(found.differences)} differences" for found in comparisons)
    refuted = StatementResult("C35", Verdict.REFUTED, tuple(sorted(entries)), told)
    return _both(one, refuted)


def statement_json(one: StatementResult) -> dict[str, Any]:
    """Return one member of ``statements``."""
    title = STATEMENTS[one.code].title
    missing = f"; missing: {', '.join(one.missing)}" if one.missing else ""
    return {
        "code": one.code,
        "title": {"zh": title.zh, "en": title.en},
        "verdict": one.verdict.value,
        "entries": list(one.entries),
        "detail": f"{one.detail}{missing}",
    }


def left_open(one: StatementResult) -> dict[str, Any]:
    """Return the member that says which of Z01–Z10 a statement leaves open, whatever its verdict."""
    return {"open": list(STATEMENTS[one.code].open)}


def headline_json(one: Headline) -> dict[str, Any]:
    """Return the member ``headline``."""
    return {
        "verdict": one.verdict.value,
        "exit_proved": one.exit_proved,
        "customs_proved": one.customs_proved,
        "on_track": one.on_track,
        "undetermined": one.undetermined,
        "exceptions": one.exceptions,
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    differences = [
        {"side": each.side, "what": each.what, "line": each.line, "index": each.index}
        for each in one.differences
    ]
    return {"name": one.name, "kind": one.kind, "rows": one.rows, "differences": differences}
