"""Balances per pair, folded from the entries with records of its own."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.fold import fold
from domain.postings import ACCOUNTS
from domain.records import Pair, Record, dump_record, load_record
from domain.state import State
from domain.statements import MalformedStatement, UnknownType, parse_statement
from ledger.canonical import Malformed
from ledger.entry import parse_entry
from ledger.entry import parse_statement as parse_object
from ledger.records import ENTRY, REBUILT, read_target
from ledger.stores import AnyStore
from projections.runner import Connection, ViewStopped, position

COLUMNS: Final = (*ACCOUNTS, "UNB")
_INSERT: Final = (
    f"INSERT INTO balance (pair, {', '.join(name.lower() for name in COLUMNS)})"  # noqa: S608  our own names
    f" VALUES ({', '.join('?' for _ in range(len(COLUMNS) + 1))})"
    f" ON CONFLICT (pair) DO UPDATE SET {', '.join(f'{n.lower()} = excluded.{n.lower()}' for n in COLUMNS)}"
)
_SELECT: Final = f"SELECT pair, {', '.join(name.lower() for name in COLUMNS)} FROM balance ORDER BY pair"  # noqa: S608
# Keys compare by byte in both stores. The index says which transaction wrote a record: that may differ.
_DIFFERENT: Final = """
SELECT 'changed', count(*), min(r.key) FROM record AS r JOIN balance_record AS b ON b.key = r.key
WHERE b.text <> r.text
UNION ALL SELECT 'missing', count(*), min(b.key) FROM balance_record AS b
WHERE NOT EXISTS (SELECT 1 FROM record AS r WHERE r.key = b.key)
UNION ALL SELECT 'unknown', count(*), min(r.key) FROM record AS r
WHERE r.key <> ? AND NOT EXISTS (SELECT 1 FROM balance_record AS b WHERE b.key = r.key)
"""


@dataclass(frozen=True, slots=True)
class PairBalance:
    """The balances of one pair, in units, by account; UNB is the memo of unbacked registrations."""

    pair_id: str
    balances: Mapping[str, int]


class Balances:
    """See :class:`projections.runner.View`."""

    name = "balances"

    def clear(self, connection: Connection) -> None:
        """Delete every row."""
        connection.execute("DELETE FROM balance")
        connection.execute("DELETE FROM balance_record")

    def fold(self, connection: Connection, start: int, entries: Iterator[bytes]) -> None:
        """Take in the entries from index ``start`` on."""
        state = State(_Rows(connection))
        changed: dict[str, int] = {}
        for index, data in enumerate(entries, start):
            for key in _fold_entry(state, index, data):
                changed[key] = index
        records = state.changes
        connection.executemany(
            "INSERT INTO balance_record (key, idx, text) VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET idx = excluded.idx, text = excluded.text",
            [(key, index, dump_record(records[key])) for key, index in changed.items()],
        )
        connection.executemany(
            _INSERT,
            [
                (key.removeprefix("pair:"), *(record.balances[name] for name in COLUMNS))
                for key, record in records.items()
                if isinstance(record, Pair)
            ],
        )


def read_balances(store: AnyStore) -> tuple[int, list[PairBalance]]:
    """Return the view's position and its rows, both of one moment, in the order of the pairs' ids."""
    with store.view_transaction() as connection:
        rows = connection.execute(_SELECT).fetchall()
        size = position(connection, Balances())
    return size, [PairBalance(pair, dict(zip(COLUMNS, units, strict=True))) for pair, *units in rows]


@dataclass(frozen=True, slots=True)
class Replaced:
    """How the decision records differed from those of the entries, in records."""

    changed: int
    missing: int
    unknown: int
    """Records that no entry accounts for."""
    first: str | None
    """The first key of all that differed."""


def replace_decision_records(connection: Connection) -> Replaced:
    """Put this view's records in the place of those that decide, and return what was wrong with them.

    The view stands at the head. When anything differed, every process forgets the records that it remembers.
    """
    counts = dict[str, int]()
    firsts = list[str]()
    for kind, count, first in connection.execute(_DIFFERENT, (REBUILT,)):
        counts[kind] = count
        firsts += [first] if first is not None else []
    connection.execute("DELETE FROM record WHERE key <> ?", (REBUILT,))
    connection.execute("INSERT INTO record (key, idx, text) SELECT key, idx, text FROM balance_record")
    if firsts:
        connection.execute(
            "INSERT INTO record (key, idx, text) SELECT ?, size, '' FROM head WHERE size > 0"
            " ON CONFLICT (key) DO UPDATE SET idx = excluded.idx",
            (REBUILT,),
        )
    return Replaced(**counts, first=min(firsts, default=None))


def _fold_entry(state: State, index: int, data: bytes) -> Collection[str]:
    """Fold one entry and return the keys of the records that it changed."""
    try:
        entry = parse_entry(data)
        statement = parse_statement(parse_object(entry.statement))
    except UnknownType:
        return ()  # of a later version: it moves nothing that is known here
    except (Malformed, MalformedStatement) as error:
        raise ViewStopped(f"balances stop before entry {index}: {error}") from error
    outcome = fold(state, statement, index, datetime.fromisoformat(entry.header.recorded_at))
    state.apply(outcome.changes)
    return outcome.changes.keys()


class _Rows:
    """The view's own records and the entries, read in the transaction at hand."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        """Return the records that exist."""
        found: dict[str, Record] = {}
        for key in keys:
            if key.startswith(ENTRY):
                sql = "SELECT data FROM entry WHERE idx = ?"
                rows = self._connection.execute(sql, [int(key.removeprefix(ENTRY))])
                found.update((key, read_target(bytes(data))) for (data,) in rows)
        wanted = [key for key in keys if not key.startswith(ENTRY)]
        if not wanted:
            return found
        places = ", ".join("?" for _ in wanted)
        sql = f"SELECT key, text FROM balance_record WHERE key IN ({places})"  # noqa: S608  question marks alone
        rows = self._connection.execute(sql, wanted)
        return found | {key: load_record(key, text) for key, text in rows}
