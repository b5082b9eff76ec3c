"""What the commands share: exit codes, errors in one line, the database that ``--db`` names, output.

Exit codes: 0 done, 1 refused, 2 usage, 3 unavailable; ``verify`` has its own (docs/spec/ledger-format.md).
Results go to stdout, errors and progress to stderr.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from ledger import stores
from ledger.append import WrongKey
from ledger.canonical import Malformed
from ledger.export import ExportRefused
from ledger.keys import KeyRing, Unauthorised
from ledger.note import SignatureFailed, UnknownKeys
from ledger.opening import AlreadyOpened, load_ring
from ledger.signer import ReleaseRefused
from ledger.store import Reader, StoreError
from ledger.store_postgres import database_name, database_of
from ledger.stores import AnyStore, is_postgres, sqlite_file
from ledger.submission import NotAccepted
from projections.folding import ViewStopped

REFUSED: Final = 1
USAGE: Final = 2
UNAVAILABLE: Final = 3
MAX_INPUT_BYTES: Final = 64 * 1024 * 1024  # 1,000 statements of 44 KiB, escaped

DEFAULT_DB: Final = "sqlite:///./quota-ledger.db"
Db = Annotated[
    str, typer.Option("--db", envvar="QUOTA_LEDGER_DB", help="The ledger: sqlite:///PATH or postgresql://….")
]
KeysDir = Annotated[
    Path | None,
    typer.Option("--keys", envvar="QUOTA_LEDGER_KEYS", help="The operator's keys; default <db file>.keys."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write here instead of stdout.")]


class Stop(Exception):
    """A command ends here; the message says in one line what, where and what would be right."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(" ".join(message.split()))
        self.code = code


def console() -> Console:
    """Return the console for results; it follows the width and colours of what stdout is."""
    return Console(file=sys.stdout, highlight=False)


def json_text(value: Any) -> str:
    """Return JSON in one line, members in order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def print_json(value: Any) -> None:
    """Print one JSON object in one line on stdout."""
    sys.stdout.write(json_text(value) + "\n")


def files_of(url: str) -> Path:
    """Return the path whose name anchor and keys carry: the SQLite file, or ./DATABASE for PostgreSQL.

    Raises:
        Stop: usage: another form than ``sqlite:///PATH`` or ``postgresql://…``.
    """
    path = database_of(url) if is_postgres(url) else sqlite_file(url)
    if path is None:
        # A URL may hold a password, so it is not repeated.
        raise Stop(
            USAGE, f"--db: sqlite:///PATH, such as {DEFAULT_DB}, or postgresql://HOST/DATABASE is wanted"
        )
    return Path(path)


def shown(url: str) -> str:
    """Return a URL as people may see it: a SQLite file's path, a PostgreSQL URL without its password."""
    return database_name(url) if is_postgres(url) else str(files_of(url))


@contextmanager
def open_store(url: str, *, read_only: bool = False) -> Iterator[AnyStore]:
    """Open the ledger that ``--db`` names and close it again."""
    files_of(url)
    store = stores.open_store(url, read_only=read_only)
    try:
        yield store
    finally:
        store.close()


def beside(database: Path, suffix: str) -> Path:
    """Return the file beside the database with ``suffix`` after its whole name."""
    return database.with_name(database.name + suffix)


def read_file(path: Path, what: str, most: int = MAX_INPUT_BYTES) -> bytes:
    """Return a file's bytes, ``most`` of them at most.

    Raises:
        Stop: usage: it cannot be read, or is too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise Stop(USAGE, f"{what} {path}: {error.strerror}") from None
    if len(data) > most:
        raise Stop(USAGE, f"{what} {path}: more than {most} bytes")
    return data


def read_object(path: Path, what: str) -> dict[str, Any]:
    """Return the JSON object that a person wrote in a file; its form need not be canonical.

    Raises:
        Stop: it is no such file, or holds something else.
    """
    try:
        value = json.loads(read_file(path, what))
    except (ValueError, RecursionError) as error:
        raise Stop(REFUSED, f"{what} {path}: not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Stop(REFUSED, f"{what} {path}: a JSON object is wanted")
    return value


def write_out(data: bytes, out: Path | None) -> None:
    """Write to a new file, or to stdout when there is none.

    Raises:
        Stop: usage: the file exists already, or cannot be written.
    """
    if out is None:
        sys.stdout.write(data.decode() + "\n")
        return
    try:
        with out.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise Stop(USAGE, f"--out {out}: {error.strerror}; name a new file") from None


def key_ring(store: Reader) -> KeyRing:
    """Return the keys as the ledger's own entries name them.

    Raises:
        Stop: unavailable: the ledger has no entries.
    """
    ring, _ = load_ring(store)
    if ring.origin is None:
        raise Stop(UNAVAILABLE, "the ledger is empty; `quota-ledger init` opens one")
    return ring


def origin_of(store: Reader) -> str:
    """Return the name of the ledger."""
    origin = key_ring(store).origin
    assert origin is not None
    return origin


@contextmanager
def errors() -> Iterator[None]:
    """Turn what the ledger raises into one line and an exit code."""
    try:
        yield
    except Malformed as error:
        raise Stop(REFUSED, f"malformed: {error}") from error
    except (NotAccepted, Unauthorised) as error:
        raise Stop(REFUSED, f"{error.code}: {error}") from error
    except (AlreadyOpened, ExportRefused, ReleaseRefused, SignatureFailed, UnknownKeys, WrongKey) as error:
        raise Stop(REFUSED, str(error)) from error
    except (StoreError, ViewStopped) as error:
        raise Stop(UNAVAILABLE, str(error)) from error
    except OSError as error:
        raise Stop(UNAVAILABLE, f"{error.filename or 'system'}: {error.strerror}") from error
