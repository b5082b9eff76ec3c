"""What each entry does: when it takes effect, what it posts, and the balances after it."""

import orjson

from domain.postings import Posting
from domain.records import Pair
from projections.view import Folded, Page, Row, Written


class Effects:
    """See :class:`projections.view.View`: one row an entry."""

    table = "effect"
    columns = ("idx", "type", "agency", "effective_on", "recorded_at", "postings", "balances")
    owner = None

    def rows(self, page: Page) -> Written:
        """Return what the entries of the page do."""
        return Written((), [_row(one) for one in page.entries])


def _row(one: Folded) -> Row:
    header, postings = one.header, one.outcome.postings
    pairs = dict.fromkeys([each.pair_id for each in postings if each.pair_id is not None])
    return (
        header.index,
        header.type,
        None if one.statement is None else one.statement.agency,
        one.effective_on.isoformat(),
        header.recorded_at,
        orjson.dumps([_posting(each) for each in postings]).decode() if postings else "[]",
        orjson.dumps({pair_id: _balances(one, pair_id) for pair_id in pairs}).decode() if pairs else "{}",
    )


def _posting(one: Posting) -> dict[str, str | int | None]:
    return {
        "pair_id": one.pair_id, "source": one.source, "target": one.target, "units": one.units,
        "line_id": one.line_id, "vin": one.vin,
    }  # fmt: skip


def _balances(one: Folded, pair_id: str) -> dict[str, int]:
    pair = one.outcome.changes[f"pair:{pair_id}"]
    assert isinstance(pair, Pair)
    return dict(pair.balances)
