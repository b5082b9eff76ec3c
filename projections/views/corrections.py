"""Which entries were corrected, and by which."""

from projections.view import Page, Written


class Corrections:
    """See :class:`projections.view.View`: one row a correction from which something follows."""

    table = "correction"
    columns = ("target", "idx")
    owner = None

    def rows(self, page: Page) -> Written:
        """Return the corrections of the page."""
        return Written((), [(one.corrects, one.index) for one in page.entries if one.corrects is not None])
