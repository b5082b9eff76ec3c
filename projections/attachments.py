"""Which entries a document is attached to, by its digest."""

from collections.abc import Iterator
from typing import Final

from ledger.canonical import Malformed
from ledger.entry import parse_entry, parse_statement
from ledger.stores import AnyStore
from projections.runner import Connection, ViewStopped

_INSERT: Final = "INSERT INTO attachment (sha256, idx) VALUES (?, ?) ON CONFLICT DO NOTHING"


class Attachments:
    """See :class:`projections.runner.View`."""

    name = "attachments"

    def clear(self, connection: Connection) -> None:
        """Delete every row."""
        connection.execute("DELETE FROM attachment")

    def fold(self, connection: Connection, start: int, entries: Iterator[bytes]) -> None:
        """Take in the entries from index ``start`` on."""
        rows = [
            (digest, index) for index, data in enumerate(entries, start) for digest in _digests(index, data)
        ]
        connection.executemany(_INSERT, rows)


def attached_to(store: AnyStore, digest: str) -> list[int]:
    """Return the indexes of the entries to which the view has seen a document attached, in order."""
    rows = store.view_rows("SELECT idx FROM attachment WHERE sha256 = ? ORDER BY idx", digest)
    return [index for (index,) in rows]


def _digests(index: int, data: bytes) -> list[str]:
    try:
        attachments = parse_statement(parse_entry(data).statement).get("attachments")
    except Malformed as error:
        raise ViewStopped(f"attachments stop before entry {index}: {error}") from error
    if not isinstance(attachments, list):  # of a later version: nothing is known of its form
        return []
    found = (one.get("sha256") for one in attachments if isinstance(one, dict))
    return [digest for digest in found if isinstance(digest, str)]
