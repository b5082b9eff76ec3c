"""C13: each top-up strictly above 80 % of the total, at application and at decision, with the true numbers.

"超过80%" excludes 80 % itself (民法典 art. 1259): ``used · 100 > 80 · total``, in integers. Used is K, or
T + X + D where the policy in force says that proved units count (``topup.basis``); total is G with earlier
top-ups, both of the pair, as the ledger stood at the entry.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from domain import bodies as b
from domain.calendar import shanghai_date
from domain.identifiers import pair_of
from projections.proof.accounts import Pair
from projections.proof.amended import Amendment
from projections.proof.published import Published
from projections.proof.types import Event, StatementResult, judged


@dataclass(frozen=True, slots=True)
class TopUp:
    """An application for more or its grant, as stated, and K and G of the pair when the ledger took it."""

    index: int
    on: date
    app_id: str
    stated_used: int
    stated_total: int
    used: int
    total: int
    granted: bool

    @property
    def above_threshold(self) -> bool:
        """Say whether strictly more than 80 % was used."""
        return self.used * 100 > 80 * self.total


@dataclass(slots=True)
class TopUps:
    """Applications and grants by place; folded before the books post the grant itself."""

    known: dict[int, TopUp] = field(default_factory=dict)

    def fold(self, event: Event, pair: Callable[[str], Pair], published: Published) -> None:
        """Take in an application or a grant; all else passes by."""
        match event.statement.body:
            case b.TopUpApplicationReceived(app_id=app_id) | b.QuotaToppedUp(app_id=app_id):
                stood = pair(pair_of(app_id))
                policy = published.in_force(shanghai_date(event.recorded_at))
                by_proof = policy is not None and policy.topup_basis == "PROVED"
                self._know(event, stood.proved if by_proof else stood.used, stood.total)
            case _:
                pass

    def amend(self, amendment: Amendment) -> None:
        """A replacement is judged by how the ledger stood at the place that it takes."""
        stood = self.known.pop(amendment.place, None)
        if stood is not None and amendment.replacement is not None:
            self._know(amendment.replacement, stood.used, stood.total)

    def _know(self, event: Event, used: int, total: int) -> None:
        body = event.statement.body
        if isinstance(body, b.TopUpApplicationReceived | b.QuotaToppedUp):
            granted = isinstance(body, b.QuotaToppedUp)
            self.known[event.place] = TopUp(
                event.index, event.effective_date, body.app_id, body.used, body.total, used, total, granted
            )

    def result(self, as_of: date) -> StatementResult:
        """Answer C13."""
        applied: dict[str, TopUp] = {}
        wrong: dict[int, str] = {}
        granted = 0
        for _, one in sorted(self.known.items()):
            if not one.granted:
                applied[one.app_id] = one
            elif one.on <= as_of:
                granted += 1
                if reason := self._wrong(applied.get(one.app_id), one):
                    wrong[one.index] = reason
        detail = "; ".join(f"{index}: {reason}" for index, reason in sorted(wrong.items())[:3])
        return judged("C13", detail or f"{granted} top-ups", set(wrong), [])

    @staticmethod
    def _wrong(applied: TopUp | None, grant: TopUp) -> str | None:
        if applied is None:
            return f"{grant.app_id}: no application is on record"
        if not applied.above_threshold:
            return f"{grant.app_id}: {applied.used} of {applied.total} used when applied for"
        if not grant.above_threshold:
            return f"{grant.app_id}: {grant.used} of {grant.total} used when granted"
        if (grant.stated_used, grant.stated_total) != (grant.used, grant.total):
            return (
                f"{grant.app_id}: {grant.stated_used} of {grant.stated_total} stated, "
                f"{grant.used} of {grant.total} in the ledger"
            )
        return None
