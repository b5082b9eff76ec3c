"""Plays a season through the real path: officers sign envelopes, the sequencer decides and appends.

The clock is simulated and goes from act to act. What is signed within half a day is entered together, as by
a busy sequencer; a correction waits until its target stands. Keys follow from the seed, so the same seed
gives the same statements; that is good enough for a ledger whose name begins with ``demo.``, and no other is
ever played.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.demo.acts import Act, lots
from api.demo.keys import ORIGIN
from api.demo.stream import Lot, Place, Writer
from ledger.append import Declined
from ledger.clock import format_instant
from ledger.envelope import Seen, sign_envelope
from ledger.sequencer import Sequencer
from ledger.store import Store

_SIGNED_AFTER: Final = timedelta(seconds=30)
_RECORDED_AFTER: Final = timedelta(minutes=1)
_HALF_DAY_HOURS: Final = 12
_MAX_TOGETHER: Final = 100
"""Envelopes of one transaction."""


class DemoDeclined(Exception):
    """The ledger refused a statement of the season that it should take, or took one that it should refuse."""


class SimulatedClock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the simulated present in UTC."""
        return self.now.astimezone(UTC)


@dataclass(slots=True)
class Played:
    """What was entered: envelopes in all, statements by type, entries about refused envelopes.

    ``refused`` gives the first of these entries by the id of the refused statement.
    """

    envelopes: int = 0
    refusals: int = 0
    statements: Counter[str] = field(default_factory=Counter)
    refused: dict[str, int] = field(default_factory=dict)


def types_of(played: Played, size: int) -> dict[str, int]:
    """Return how many of the ``size`` entries are of each type, by its name; the ledger's own included."""
    housekeeping = Counter({"LedgerOpened": 1, "SubmissionRefused": played.refusals})
    counts = played.statements + housekeeping
    counts["HeadsCommitted"] = size - counts.total()
    return {name: count for name, count in sorted(counts.items()) if count}


def play(
    acts: Iterable[Act],
    store: Store,
    sequencer: Sequencer,
    clock: SimulatedClock,
    keys: dict[str, Ed25519PrivateKey],
    seed: int,
    progress: Callable[[int], None],
    release: Callable[[], object] | None = None,
) -> Played:
    """Enter every act.

    Args:
        acts: the season, in the order of time.
        store: the ledger, opened with ``keys``.
        sequencer: writes it with ``clock``.
        clock: is moved from group to group.
        keys: those of all officers, by name.
        seed: gives the statements their ids.
        progress: told how many cars are registered.
        release: releases a checkpoint; called whenever a month is over, and at the end.

    Raises:
        DemoDeclined: a statement was refused that should not be, or the other way round.
    """
    player = _Player(store, sequencer, clock, keys, Writer(seed))
    month = None
    for group in _groups(lots(acts)):
        this = group[0][0].at.replace(day=1).date()
        if release is not None and month not in {None, this}:
            release()
        month = this
        player.enter(group)
        progress(player.played.statements["VehicleRegistered"])
    if release is not None:
        release()
    return player.played


def _groups(all_lots: Iterable[list[Act]]) -> Iterator[list[list[Act]]]:
    """Yield the lots of half a day together; a correction begins another group."""
    group: list[list[Act]] = []
    half_day = None
    for lot in all_lots:
        at = lot[0].at
        this = (at.date(), at.hour < _HALF_DAY_HOURS)
        waits = any(act.corrects is not None for act in lot)
        if group and (this != half_day or waits or len(group) == _MAX_TOGETHER):
            yield group
            group = []
        half_day = this
        group.append(lot)
    if group:
        yield group


class _Player:
    """Signs and enters group after group."""

    def __init__(
        self,
        store: Store,
        sequencer: Sequencer,
        clock: SimulatedClock,
        keys: dict[str, Ed25519PrivateKey],
        writer: Writer,
    ) -> None:
        self.played = Played()
        self._store = store
        self._sequencer = sequencer
        self._clock = clock
        self._keys = keys
        self._writer = writer
        self._used_seq: dict[str, int] = {"commerce-1": 1}  # who signed entry 0 first
        self._seen = self._entry(0)
        self._places: WeakKeyDictionary[Act, int] = WeakKeyDictionary()

    def enter(self, group: list[list[Act]]) -> None:
        """Enter the lots of a group in one transaction, at the moment of the last of them."""
        made = [Lot(lot, [self._writer.statement(act, self._place) for act in lot]) for lot in group]
        envelopes = [(self._sign(lot), lot.statements) for lot in made]
        self._clock.now = max(self._clock.now, made[-1].first.at + _RECORDED_AFTER)
        outcomes = self._sequencer.append_together(envelopes)
        for lot, outcome in zip(made, outcomes, strict=True):
            if isinstance(outcome, Declined):
                wrong = next(item for item in outcome.items if item.code != "not-entered")
                if not lot.first.refused:
                    act = lot.acts[wrong.item - 1]
                    raise DemoDeclined(f"{act.type} of {act.at}: {wrong.code}: {wrong.detail}")
                self.played.refusals += len(outcome.indexes)
                for act in lot.acts:
                    self.played.refused[act.statement_id or ""] = outcome.indexes[0]
            elif lot.first.refused:
                raise DemoDeclined(f"{lot.first.type} of {lot.first.at}: taken, though it breaks a rule")
            else:
                for act, index in zip(lot.acts, outcome.indexes, strict=True):
                    self._places[act] = index
            self.played.envelopes += 1
            self.played.statements.update(act.type for act in lot.acts if not act.refused)
        self._seen = self._entry(outcomes[-1].indexes[-1])

    def _sign(self, lot: Lot) -> bytes:
        officers = lot.first.signers
        self._used_seq[officers[0]] = seq = self._used_seq.get(officers[0], 0) + 1 + lot.first.skipped
        signed_at = format_instant(lot.first.at + _SIGNED_AFTER)
        keys = [self._keys[name] for name in officers]
        return sign_envelope(lot.first.agency, ORIGIN, self._seen, seq, signed_at, lot.statements, keys)

    def _place(self, act: Act) -> Place:
        seen = self._entry(self._places[act])
        return seen.index, seen.leaf_hash

    def _entry(self, index: int) -> Seen:
        return Seen(index, next(iter(self._store.leaf_hashes(index, index + 1))).hex())
