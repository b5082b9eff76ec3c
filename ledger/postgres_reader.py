"""Reading a ledger in PostgreSQL: a pooled connection a query, rows in the binary form."""

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import count
from typing import Any, TypeAlias

import psycopg
from psycopg.pq import TransactionStatus
from typing_extensions import override

from ledger.sql_reader import SqlReader
from ledger.store import StoreError

PgConnection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

_FETCH = 2_000
_NUMBERS = count(1)


class PostgresReader(SqlReader):
    """The reading half, on whatever connection ``connect`` lends."""

    _IN = "= ANY(?)"
    _HEADS = """
SELECT wanted.key, last.number, entry.leaf FROM unnest(?::text[]) AS wanted (key)
CROSS JOIN LATERAL (SELECT number, idx FROM subject WHERE subject.key = wanted.key
                    ORDER BY number DESC LIMIT 1) AS last
JOIN entry USING (idx)
"""

    def __init__(self, connect: Callable[[], AbstractContextManager[PgConnection]]) -> None:
        self._connect = connect

    @override
    def used_sequences(self, pairs: Collection[tuple[str, int]]) -> Collection[tuple[str, int]]:
        rows = self._rows(
            "SELECT signer, seq FROM sequence JOIN unnest(?::text[], ?::bigint[]) AS wanted (signer, seq)"
            " USING (signer, seq)",
            [signer for signer, _ in pairs],
            [seq for _, seq in pairs],
        )
        return {(signer, seq) for signer, seq in rows}

    @override
    def _column(self, column: str, start: int, stop: int) -> Iterator[bytes]:
        sql = f"SELECT {column} FROM entry WHERE idx >= %s AND idx < %s ORDER BY idx"  # noqa: S608
        if stop - start <= _FETCH:
            for (value,) in self._rows(sql, start, stop):
                yield value
            return
        # The range may be the whole ledger: the server hands it out in parts.
        with (
            postgres_errors(),
            self._connect() as connection,
            _in_transaction(connection),
            connection.cursor(f"part_{next(_NUMBERS)}", binary=True) as cursor,
        ):
            cursor.itersize = _FETCH
            for (value,) in cursor.execute(sql, (start, stop)):
                yield value

    @override
    def _rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with postgres_errors(), self._connect() as connection:
            return connection.execute(sql.replace("?", "%s"), parameters, binary=True).fetchall()

    @override
    def _list(self, keys: Collection[str]) -> list[str]:
        return list(keys)


def _in_transaction(connection: PgConnection) -> AbstractContextManager[object]:
    """Begin a transaction where none is open; a savepoint would tie readers to one another's order."""
    idle = connection.info.transaction_status is TransactionStatus.IDLE
    return connection.transaction() if idle else nullcontext()


@contextmanager
def postgres_errors() -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except psycopg.Error as error:
        raise StoreError(f"PostgreSQL: {message_of(error)}") from error


def message_of(error: psycopg.Error) -> str:
    """Return what the server said, in one line; it holds no password."""
    return error.diag.message_primary or " ".join(str(error).split())
