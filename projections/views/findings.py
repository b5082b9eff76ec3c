"""Findings: the flags of the entries that hold, by the statement of the verifier that each bears on."""

from collections.abc import Iterator

from domain.errors import FLAGS
from projections.view import Folded, Page, Row, Written
from projections.views.said import standing_rows


class Findings:
    """See :class:`projections.view.View`: one row an entry and flag."""

    table = "finding"
    columns = ("idx", "code", "control", "type", "effective_on", "recorded_on")
    owner = "idx"

    def rows(self, page: Page) -> Written:
        """Return the flags of the page; those of an entry that is corrected go."""
        return standing_rows(page, _flags)


def _flags(one: Folded) -> Iterator[Row]:
    said = one.said or one.statement
    for code in one.outcome.flags if said is not None else ():
        assert said is not None
        dates = (one.effective_on.isoformat(), one.recorded_on.isoformat())
        yield (one.index, code, FLAGS[code].control, said.type, *dates)
