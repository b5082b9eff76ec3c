"""Which entries a document is attached to, by its digest; what was corrected since counts too."""

from collections.abc import Iterator

from ledger.canonical import Malformed
from ledger.entry import parse_statement
from ledger.stores import AnyStore
from projections.reading import LIVE
from projections.view import Folded, Page, Written


class Attachments:
    """See :class:`projections.view.View`: one row a document and entry."""

    table = "attachment"
    columns = ("sha256", "idx")
    owner = None

    def rows(self, page: Page) -> Written:
        """Return the documents of the page."""
        found = dict.fromkeys((digest, one.index) for one in page.entries for digest in _digests(one))
        return Written((), list(found))


def attached_to(store: AnyStore, digest: str) -> list[int]:
    """Return the indexes of the entries to which the views have seen a document attached, in order."""
    rows = store.view_rows(f"SELECT idx FROM attachment WHERE sha256 = ? AND {LIVE} ORDER BY idx", digest)  # noqa: S608  our own names
    return [index for (index,) in rows]


def _digests(one: Folded) -> Iterator[str]:
    if one.statement is not None:
        yield from (each.sha256 for each in one.statement.attachments)
        return
    try:
        attachments = parse_statement(one.text).get("attachments")
    except Malformed:
        return  # of a later version: nothing is known of its form
    for each in attachments if isinstance(attachments, list) else ():
        if isinstance(each, dict) and isinstance(each.get("sha256"), str):
            yield each["sha256"]
