"""What the entries say about their own recording: C05 (instants) and C06 (corrections).

Read as the ledger has them: a correction does not unsay that something was recorded late.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Final

from pydantic import Field

from domain.bodies import EventCorrected
from domain.calendar import shanghai_date
from ledger.merkle import HASH_SIZE
from projections.proof.amended import NEVER_CORRECTED
from projections.proof.published import Published
from projections.proof.types import Event, StatementResult, judged

AGENCIES: Final = ("commerce", "transport", "police", "customs", "operator")
_UNREAD: Final = 255
_SHOWN: Final = 20


@dataclass(slots=True)
class Recording:
    """Folds every entry, corrections included, in the order of the ledger.

    Attributes:
        published: the policy versions, folded by the caller.
        agencies: by index, the place of its agency in ``AGENCIES``; 255 where the entry was not read.
        fixed: the entries that may never be corrected.
        corrected: the entries that were, with the correction's own index.
        leaf: returns the leaf hash of an entry that was taken in; None where nobody else keeps them.
        leaves: by index, the 32 bytes of its leaf hash, zeros where the entry was not read; without ``leaf``.
        ahead: entries that say to have happened after they were recorded.
        backdated: (entry, days) beyond ``backdating_days`` of the policy in force when it was recorded.
        wrong: entries of corrections that break C06, with the reason.
    """

    published: Published
    agencies: bytearray = field(default_factory=bytearray)
    fixed: set[int] = field(default_factory=set)
    corrected: dict[int, int] = field(default_factory=dict)
    leaf: Annotated[Callable[[int], bytes] | None, Field(exclude=True)] = field(default=None, compare=False)
    leaves: Annotated[bytearray, Field(exclude=True)] = field(default_factory=bytearray, compare=False)
    ahead: list[int] = field(default_factory=list)
    backdated: list[tuple[int, int]] = field(default_factory=list)
    wrong: dict[int, str] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Take in one entry."""
        statement, recorded, effective = (
            event.statement,
            shanghai_date(event.recorded_at),
            event.effective_date,
        )
        self.enter(event.index, bytes([AGENCIES.index(statement.agency)]), bytes.fromhex(event.leaf_hash))
        if statement.occurred_at > event.recorded_at:
            self.ahead.append(event.index)
        if effective < recorded:
            self.late([(event.index, recorded, (recorded - effective).days)])
        if isinstance(statement.body, EventCorrected):
            self._correction(event, statement.body)
        if statement.type in NEVER_CORRECTED:
            self.fixed.add(event.index)

    def enter(self, index: int, agencies: bytes, leaves: bytes) -> None:
        """Take in entries one behind the other, the first of them at an index.

        Args:
            index: of the first.
            agencies: of each, its place in ``AGENCIES``.
            leaves: their leaf hashes, joined.
        """
        gap = index - len(self.agencies)
        if self.leaf is None:
            assert len(self.leaves) == len(self.agencies) * HASH_SIZE, "behind a state somebody keeps them"
            self.leaves += bytes(HASH_SIZE * gap) + leaves
        self.agencies += bytes([_UNREAD]) * gap + agencies

    def late(self, entries: Iterable[tuple[int, date, int]]) -> None:
        """Take in the entries that take effect some days before the one on which they were recorded."""
        on, policy = None, None
        for index, recorded, days in entries:
            if recorded != on:
                on, policy = recorded, self.published.in_force(recorded)
            if policy is not None and days > policy.backdating_days:
                self.backdated.append((index, days))

    def _correction(self, event: Event, body: EventCorrected) -> None:
        target = body.target_index
        if target >= event.index or self.agencies[target] == _UNREAD:
            self.wrong[event.index] = f"there is no entry {target} before it that can be read"
            return
        if self._leaf(target).hex() != body.target_leaf:
            self.wrong[event.index] = f"the leaf hash of entry {target} is not {body.target_leaf}"
        elif self.agencies[target] != self.agencies[event.index]:
            self.wrong[event.index] = f"entry {target} is of {AGENCIES[self.agencies[target]]}"
        elif target in self.fixed:
            self.wrong[event.index] = f"entry {target} is of a type that is never corrected"
        elif target in self.corrected:
            self.wrong[event.index] = f"entry {target} was corrected by entry {self.corrected[target]}"
        else:
            self.corrected[target] = event.index

    def _leaf(self, index: int) -> bytes:
        if self.leaf is not None:
            return self.leaf(index)
        return bytes(self.leaves[index * HASH_SIZE : (index + 1) * HASH_SIZE])

    def results(self) -> Iterable[StatementResult]:
        """Answer C05 and C06; both are about the ledger as known, whatever the day."""
        late = ", ".join(f"{index} ({days} d)" for index, days in self.backdated[:_SHOWN])
        detail = f"{len(self.backdated)} entries recorded later than backdating_days after they took effect"
        if late:
            detail += f": {late}{' …' if len(self.backdated) > _SHOWN else ''}"
        if self.ahead:
            detail += f"; {len(self.ahead)} say to have happened after they were recorded"
        yield judged("C05", detail, set(self.ahead), [])
        told = "; ".join(f"{index}: {why}" for index, why in sorted(self.wrong.items())[:_SHOWN])
        yield judged("C06", told or f"{len(self.corrected)} corrections", set(self.wrong), [])
