"""Opens a ledger database by its URL."""

from typing import Final, TypeAlias

from ledger.store import StoreError
from ledger.store_postgres import PostgresStore
from ledger.store_sqlite import SqliteStore

AnyStore: TypeAlias = SqliteStore | PostgresStore

_SQLITE: Final = "sqlite:///"
_POSTGRES: Final = ("postgresql://", "postgres://")


def is_postgres(url: str) -> bool:
    """Return whether ``url`` names a PostgreSQL database."""
    return url.startswith(_POSTGRES)


def sqlite_file(url: str) -> str | None:
    """Return the path that a ``sqlite:///PATH`` names; None for anything else."""
    return url.removeprefix(_SQLITE) or None if url.startswith(_SQLITE) else None


def open_store(url: str, *, create: bool = False, read_only: bool = False) -> AnyStore:
    """Open the ledger that ``url`` names: ``sqlite:///PATH`` or ``postgresql://…``.

    Raises:
        StoreError: another form of URL, or the database cannot be opened.
        SchemaMismatch: it holds no ledger, or one of another schema version.
    """
    if is_postgres(url):
        return PostgresStore(url, create=create, read_only=read_only)
    path = sqlite_file(url)
    if path is None:
        raise StoreError("a ledger is named sqlite:///PATH or postgresql://HOST/DATABASE")
    return SqliteStore(path, create=create, read_only=read_only)
