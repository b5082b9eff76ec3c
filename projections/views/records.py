"""The folded records that the views stand on, as text."""

from domain.records import Nothing, dump_record
from projections.view import Page, Written


class Records:
    """See :class:`projections.view.View`: one row a record, with the entry that changed it last."""

    table = "view_record"
    columns = ("key", "idx", "text")
    owner = "key"

    def rows(self, page: Page) -> Written:
        """Return the records that the page changed."""
        records = page.state.changes
        nothing = dump_record(Nothing())
        rows = [(key, index, dump_record(records[key])) for key, index in page.changed.items()]
        return Written(list(page.changed), [row for row in rows if row[2] != nothing])
