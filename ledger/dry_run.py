"""A dry run: what the ledger would make of unsigned statements now. Nothing is written, nothing is locked.

It says what the rules say, not who may sign: keys and sequence numbers belong to an envelope. Another entry
may come first, so an answer holds for the head that it names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.bodies import VehicleRegistered
from domain.calendar import rolled_due, strict_due
from domain.catalogue import CATALOGUE
from domain.errors import Refusal
from domain.postings import Posting
from domain.state import State
from domain.statements import Statement
from ledger.builder import EntryBuilder
from ledger.canonical import Malformed
from ledger.clock import format_instant
from ledger.entry import parse_entry
from ledger.entry import parse_statement as parse_json
from ledger.envelope import statement_hash
from ledger.judge import Judgement, Objection, Standing, check_key_statement, enter
from ledger.keys import HOUSEKEEPING_TYPES, Unauthorised
from ledger.opening import load_ring
from ledger.reading import read_statement
from ledger.records import RecordCache, StoredRecords
from ledger.store import Reader

_NO_ENVELOPE = "0" * 64


@dataclass(frozen=True, slots=True)
class Due:
    """The last days on which a registered car's acts are in time; None where a holiday table is missing.

    Attributes:
        strict: before rolling past rest days.
        rolled: after it.
    """

    strict: date | None
    rolled: date | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of one statement; ``code`` is None when it would be accepted."""

    item: int
    sha256: str
    type: str | None
    four_eyes: bool
    """Whether an envelope with it needs two officers."""
    code: str | None
    detail: str
    reasons: tuple[Refusal, ...]
    flags: tuple[str, ...]
    postings: tuple[Posting, ...]
    due: Due | None
    """Of a VehicleRegistered, when a policy is in force on its day."""


def dry_run(reader: Reader, statements: Sequence[bytes], now: datetime) -> tuple[int, list[Preview]]:
    """Judge statements one after the other, each on top of those before it that would be accepted.

    Args:
        reader: an opened ledger.
        statements: the exact bytes of each.
        now: the instant that their entries would carry, aware.

    Returns:
        The size of the ledger that they were judged against, and an answer to each.
    """
    head = reader.head()
    ring, _ = load_ring(reader)
    assert ring.origin is not None, "entry 0 names the ledger"
    ids = [found for raw in statements if (found := _id(raw)) is not None]
    standing = Standing(
        ring.origin, ring, State(StoredRecords(RecordCache(), reader)), reader.find_statements(ids), set()
    )
    recorded_at = datetime.fromisoformat(max(format_instant(now), head.recorded_at))
    builder = EntryBuilder(reader, head, format_instant(recorded_at))
    run = _Run(reader, Judgement(standing), builder, recorded_at)
    return head.size, [run.preview(item, raw) for item, raw in enumerate(statements, start=1)]


class _Run:
    """The standing as the statements before have left it."""

    def __init__(
        self, reader: Reader, judgement: Judgement, builder: EntryBuilder, recorded_at: datetime
    ) -> None:
        self._reader = reader
        self._judgement = judgement
        self._builder = builder
        self._recorded_at = recorded_at

    def preview(self, item: int, raw: bytes) -> Preview:
        digest = statement_hash(raw)
        try:
            statement, outcome = enter(
                read_statement(raw), item, _NO_ENVELOPE, self._judgement, self._builder, self._recorded_at,
                self._statement_at, self._authorise,
            )  # fmt: skip
        except Objection as no:
            kind = _type(raw)
            four_eyes = kind is not None and CATALOGUE[kind].four_eyes
            return Preview(item, digest, kind, four_eyes, no.code, str(no), no.reasons, (), (), None)
        return Preview(
            item, digest, statement.type, statement.spec.four_eyes, None, "", (),
            outcome.flags, outcome.postings, self._due(statement),
        )  # fmt: skip

    def _authorise(self, statement: Statement, whole: dict[str, Any]) -> None:
        if statement.type == "LedgerOpened" or statement.type in HOUSEKEEPING_TYPES:
            raise Unauthorised("type-not-allowed", "the operator's entries are written by the ledger itself")
        if statement.agency not in statement.spec.agencies:
            raise Unauthorised(
                "wrong-agency", f"{statement.type} is not a statement that {statement.agency} makes"
            )
        check_key_statement(self._judgement.standing, statement, whole)

    def _statement_at(self, index: int) -> bytes:
        return parse_entry(next(iter(self._reader.entries(index, index + 1)))).statement

    def _due(self, statement: Statement) -> Due | None:
        body, state = statement.body, self._judgement.standing.state
        if not isinstance(body, VehicleRegistered):
            return None
        params = state.policy_on(body.registered_on)
        if params is None:
            return None
        term = (body.registered_on, params.deadline_days, params.deadline_unit)
        return Due(
            strict_due(*term, state.year_table),
            rolled_due(*term, roll=params.deadline_roll, tables=state.year_table),
        )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        return parse_json(raw)
    except Malformed:
        return {}


def _id(raw: bytes) -> str | None:
    found = _object(raw).get("id")
    return found if isinstance(found, str) else None


def _type(raw: bytes) -> str | None:
    found = _object(raw).get("type")
    return found if isinstance(found, str) and found in CATALOGUE else None
