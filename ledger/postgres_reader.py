"""Reading a ledger in PostgreSQL: a lent connection a query, rows in the binary form."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias

import psycopg
from typing_extensions import override

from ledger.sql_reader import SqlReader
from ledger.store import ConnectionLost, StoreError

PgConnection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

_FETCH = 2_000


class PostgresReader(SqlReader):
    """The reading half, on whatever connection ``connect`` lends."""

    _IN = "= ANY(?)"
    _HEADS = """
SELECT wanted.key, last.number, entry.leaf FROM unnest(?::text[]) AS wanted (key)
CROSS JOIN LATERAL (SELECT number, idx FROM subject WHERE subject.key = wanted.key
                    ORDER BY number DESC LIMIT 1) AS last
JOIN entry USING (idx)
"""

    _WANTED = "unnest(?::text[], ?::bigint[]) AS wanted (name, number)"

    def __init__(self, connect: Callable[[], AbstractContextManager[PgConnection]]) -> None:
        self._connect = connect

    @override
    def _column(self, column: str, start: int, stop: int) -> Iterator[bytes]:
        # The range may be the whole ledger. It is read in queries of their own rather than by a cursor,
        # which would hold a connection while the caller works and end with it.
        sql = f"SELECT idx, {column} FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx LIMIT ?"  # noqa: S608
        while True:
            page = self._rows(sql, start, stop, _FETCH)
            for _, value in page:
                yield value
            if len(page) < _FETCH:
                return
            start = page[-1][0] + 1

    @override
    def has_table(self, name: str) -> bool:
        return self._rows("SELECT to_regclass(?) IS NOT NULL", f"quota_ledger.{name}") == [(True,)]

    @override
    def _rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with postgres_errors(), self._connect() as connection:
            return connection.execute(sql.replace("?", "%s"), parameters, binary=True).fetchall()

    @override
    def _list(self, keys: Collection[str]) -> list[str]:
        return list(keys)

    @override
    def _pairs(self, pairs: Collection[tuple[str, int]]) -> Sequence[object]:
        return [[name for name, _ in pairs], [number for _, number in pairs]]


@contextmanager
def postgres_errors(name: str = "PostgreSQL") -> Iterator[None]:
    """Turn the driver's errors into ours; they begin with ``name``."""
    try:
        yield
    except psycopg.Error as error:
        kind = ConnectionLost if _is_lost(error) else StoreError
        raise kind(f"{name}: {message_of(error)}") from error


def _is_lost(error: psycopg.Error) -> bool:
    """Return whether a connection died: the server ended it (57P01 to 57P05), or it is simply gone."""
    return isinstance(error, psycopg.OperationalError) and (
        error.sqlstate is None or error.sqlstate.startswith(("57P", "08"))
    )


def message_of(error: psycopg.Error) -> str:
    """Return what the server said, in one line; it holds no password."""
    return error.diag.message_primary or " ".join(str(error).split())
