"""A season as envelopes: what tests and benchmarks enter, or look at without a ledger.

A lot is what one envelope signs. A correction names the index and leaf hash of its target, which only the
ledger can tell, so whoever makes statements says where the target stands.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from uuid import UUID

from api.demo.acts import Act, lots
from api.demo.keys import ORIGIN
from ledger.canonical import canonical_bytes
from ledger.entry import derive

Place = tuple[int, str]
"""Index and leaf hash (hex) of an entry."""
NOWHERE: Final[Place] = (0, "00" * 32)
"""Stands for the target of a correction in a season that is not played."""


@dataclass(frozen=True, slots=True)
class Lot:
    """What one envelope signs: the acts and their statements, in order."""

    acts: list[Act]
    statements: list[bytes]

    @property
    def first(self) -> Act:
        """Any of the acts: agency, moment and officers are the same."""
        return self.acts[0]


class Writer:
    """Makes statements of acts; the same seed gives the same ids."""

    def __init__(self, seed: int) -> None:
        # Not for secrets: the same seed gives the same ids.
        self._random = Random(f"ids {seed}")  # noqa: S311

    def statement(self, act: Act, place: Callable[[Act], Place]) -> bytes:
        """Return the statement of an act, canonical; ``place`` tells where the target of a correction is."""
        act.statement_id = str(UUID(int=self._random.getrandbits(128), version=4))
        body = act.body
        if act.corrects is not None:
            body = body | self._target(act.corrects, body["replacement"], place(act.corrects))
        return canonical_bytes(_whole(act, body))

    @staticmethod
    def _target(target: Act, replacement: dict[str, Any] | None, place: Place) -> dict[str, Any]:
        concerned = set(derive(_whole(target, target.body)).subjects)
        if replacement is not None:
            concerned |= set(derive(_whole(target, replacement)).subjects)
        return {"concerns": sorted(concerned), "target_index": place[0], "target_leaf": place[1]}


def _whole(act: Act, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "agency": act.agency,
        "attachments": act.attachments,
        "body": body,
        "id": act.statement_id,
        "ledger": ORIGIN,
        "occurred_at": (act.occurred_at or act.at).isoformat(),
        "type": act.type,
        "version": 1,
    }


def stream(acts: Iterable[Act], seed: int) -> Iterator[Lot]:
    """Yield the lots of a season that is not played: corrections name :data:`NOWHERE`."""
    writer = Writer(seed)
    for lot in lots(acts):
        yield Lot(lot, [writer.statement(act, lambda _: NOWHERE) for act in lot])
