"""What the checker knows after an audit, apart from whoever asks next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from projections.proof import car_facts
from projections.proof.applications import Applications
from projections.proof.batches import Batches
from projections.proof.books import Books
from projections.proof.car_facts import CarFact
from projections.proof.car_statements import CarStatements
from projections.proof.check import Checker
from projections.proof.codec import Codec
from projections.proof.codes import Codes
from projections.proof.decisions import Decisions
from projections.proof.files import CarFiles
from projections.proof.follower import Follower, Until, balances_of
from projections.proof.group import Group
from projections.proof.published import Published
from projections.proof.record import Recording

Balances = dict[str, dict[str, int]]

_CAR_FACTS: Final = tuple(
    one
    for one in vars(car_facts).values()
    if isinstance(one, type) and issubclass(one, CarFact) and one is not CarFact
)
_FAMILIES: Final[Mapping[type, Sequence[type]]] = MappingProxyType(
    {Group: (Books, Batches, Decisions, Applications, Codes, CarStatements), CarFact: _CAR_FACTS}
)
_SHARED: Final = (Published, CarFiles, Books)


class ViewBehind(Exception):
    """The stored balances lie between two sizes at which the earlier audits looked at them."""


@dataclass(frozen=True, slots=True)
class ProofState:
    """The checker and what goes along with it, after ``size`` entries.

    Attributes:
        snapshot_at: where the stored balances stood when they were compared, None if there were none.
        snapshot: the balances of the replay there.
    """

    size: int
    checker: Checker
    recording: Recording
    snapshot_at: int | None
    snapshot: Balances | None


def state_of(follower: Follower, size: int) -> ProofState:
    """Return what a follower knows that has taken in ``size`` entries; it is shared, so ask it no more."""
    checker = follower.checker
    checker.groups = [group for group in checker.groups if group is not follower.comparable]
    snapshot = follower.snapshot
    return ProofState(
        size,
        checker,
        follower.recording,
        None if snapshot is None else follower.snapshot_at,
        None if snapshot is None else {pair: dict(row) for pair, row in snapshot.items()},
    )


def go_on(
    state: ProofState, *, until: Until | None, documents: Path | None, snapshot_at: int | None
) -> Follower:
    """Return a follower that goes on behind the entries of a state.

    Raises:
        ViewBehind: the balances at ``snapshot_at`` are no longer known.
    """
    follower = Follower(until=until, documents=documents, snapshot_at=snapshot_at, checker=state.checker)
    follower.recording = state.recording
    follower.attachments.take(state.checker.amended.named())  # the documents are looked at anew
    if snapshot_at == state.size:
        follower.snapshot = balances_of(state.checker)
    elif snapshot_at is not None and snapshot_at == state.snapshot_at:
        follower.snapshot = state.snapshot
    elif snapshot_at and snapshot_at < state.size:
        raise ViewBehind
    return follower


def write(kind: type, value: Any) -> Any:
    """Return a state as what JSON can hold."""
    return Codec(_FAMILIES, _SHARED).write(kind, value)


def read(kind: type, written: Any) -> Any:
    """Return a state as it was written.

    Raises:
        Malformed: it was not.
    """
    return Codec(_FAMILIES, _SHARED).read(kind, written)
