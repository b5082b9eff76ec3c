"""Writes what a page changes in the tables of the views, with their position, in one transaction.

Nothing here knows what the rows mean, so that a process which only writes starts quickly.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, NamedTuple, Protocol, cast

from ledger.store_postgres import Portable
from ledger.stores import AnyStore

_OWNERS: Final = 1_000
"""How many owners' rows one statement deletes."""


class Rows(Protocol):
    """What a query has found."""

    def fetchone(self) -> Any:
        """Return the next row, None when there is none."""

    def fetchall(self) -> list[Any]:
        """Return the rows that remain."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """The writing connection of either store, in a transaction; parameters are written ``?``."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Rows:
        """Run one statement."""

    def executemany(self, sql: str, parameters: Sequence[Sequence[Any]], /) -> object:
        """Run one statement for each row."""


class Change(NamedTuple):
    """What a page does to a table: the rows of ``gone`` owners go, then ``rows`` come.

    ``columns`` and ``rows`` are without the generation; ``owner`` is the column that names whose a row is.
    """

    table: str
    columns: Sequence[str]
    owner: str | None
    gone: Sequence[str | int]
    rows: Sequence[Sequence[str | int | None]]


class Superseded(Exception):
    """The generation that was being filled is gone."""

    def __init__(self) -> None:
        super().__init__("another rebuild has begun since")


def transaction(store: AnyStore) -> AbstractContextManager[Connection]:
    """Begin to write rows of views; where the store can, without keeping those from writing who append."""
    return cast("AbstractContextManager[Connection]", store.side_transaction())


def locked_size(connection: Connection, generation: int) -> int:
    """Return how far a generation has come; nobody else writes it before the transaction's end.

    Raises:
        Superseded: it is gone.
    """
    # A change that changes nothing locks the row where rows have locks, and says whether it is there.
    sql = "UPDATE view_set SET size = size WHERE generation = ? RETURNING size"
    row = connection.execute(sql, [generation]).fetchone()
    if row is None:
        raise Superseded
    return cast("int", row[0])


def write_page(
    connection: Connection, generation: int, start: int, size: int, changes: Iterable[Change]
) -> bool:
    """Write a page; say whether it was written, or another process has come first and nothing was.

    Args:
        connection: in a transaction.
        generation: to be filled.
        start: where it stands before the page.
        size: where it stands after it.
        changes: of all tables.

    Raises:
        Superseded: the generation is gone.
    """
    if locked_size(connection, generation) != start:
        return False
    for change in changes:
        _replace(connection, generation, change)
    connection.execute("UPDATE view_set SET size = ?, reason = NULL WHERE generation = ?", [size, generation])
    return True


def _replace(connection: Connection, generation: int, change: Change) -> None:
    for at in range(0, len(change.gone), _OWNERS):
        some = change.gone[at : at + _OWNERS]
        connection.execute(
            f"DELETE FROM {change.table} WHERE generation = ?"  # noqa: S608  our own names
            f" AND {change.owner} IN ({', '.join('?' * len(some))})",
            [generation, *some],
        )
    columns, rows = ("generation", *change.columns), [(generation, *row) for row in change.rows]
    if isinstance(connection, Portable):
        connection.copy(change.table, columns, rows)
    elif rows:
        connection.executemany(
            f"INSERT INTO {change.table} ({', '.join(columns)})"  # noqa: S608  our own names
            f" VALUES ({', '.join('?' * len(columns))})",
            rows,
        )
