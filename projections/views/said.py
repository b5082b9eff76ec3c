"""Rows of what still holds: those of an entry go with its correction, which brings its own."""

from collections.abc import Callable, Iterable

from projections.view import Folded, Page, Row, Written


def standing_rows(page: Page, rows_of: Callable[[Folded], Iterable[Row]]) -> Written:
    """Return the rows of a page by entry, without those of entries that are corrected in it.

    Args:
        page: the page.
        rows_of: the rows of one entry; the owner of each is the entry's index.
    """
    first = page.entries[0].index if page.entries else 0
    gone: set[int] = set()
    rows: dict[int, list[Row]] = {}
    for one in page.entries:
        if one.corrects is not None:
            rows.pop(one.corrects, None)
            if one.corrects < first:
                gone.add(one.corrects)
        if found := [*rows_of(one)]:
            rows[one.index] = found
    return Written(sorted(gone), [row for some in rows.values() for row in some])
