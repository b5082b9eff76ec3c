"""Statements of account (对账单) that the agencies filed, for reconciliation by agency."""

import json
from collections.abc import Iterator

from domain.bodies import ReconciliationStatementFiled
from projections.view import Folded, Page, Row, Written
from projections.views.said import standing_rows


class Reconciliations:
    """See :class:`projections.view.View`: one row a statement of account that stands."""

    table = "reconciliation"
    columns = ("idx", "agency", "period_from", "period_to", "list_sha256", "counts", "differences")
    owner = "idx"

    def rows(self, page: Page) -> Written:
        """Return the statements of account of the page."""
        return standing_rows(page, _filed)


def _filed(one: Folded) -> Iterator[Row]:
    said = one.said
    if said is not None and isinstance(body := said.body, ReconciliationStatementFiled):
        counts = json.dumps(dict(body.counts), sort_keys=True, ensure_ascii=False)
        period = (body.period_from.isoformat(), body.period_to.isoformat())
        yield (one.index, said.agency, *period, body.list_sha256, counts, body.differences)
