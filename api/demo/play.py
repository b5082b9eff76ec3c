"""Plays a season through the real path: officers sign envelopes, the sequencer decides and appends.

The clock is simulated and goes from act to act. Keys follow from the seed, so the same seed gives the same
statements; that is good enough for a ledger whose name begins with ``demo.``, and no other is ever played.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.demo.acts import Act, lots
from ledger.append import Declined
from ledger.canonical import canonical_bytes
from ledger.clock import format_instant
from ledger.envelope import Seen, sign_envelope
from ledger.sequencer import Sequencer
from ledger.store import Store

ORIGIN: Final = "demo.example/export-quota"
_SIGNED_BEFORE: Final = timedelta(seconds=30)
_RECORDED_AFTER: Final = timedelta(minutes=1)


class DemoDeclined(Exception):
    """The ledger refused a statement of the season, which should keep every rule."""


class SimulatedClock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the simulated present in UTC."""
        return self.now.astimezone(UTC)


def demo_keys(seed: int, names: Sequence[str]) -> dict[str, Ed25519PrivateKey]:
    """Return a private key for each name. Anybody can make them: they protect nothing."""
    return {
        name: Ed25519PrivateKey.from_private_bytes(
            sha256(f"quota-ledger demo {seed} {name}".encode()).digest()
        )
        for name in names
    }


def play(
    acts: Sequence[Act],
    store: Store,
    sequencer: Sequencer,
    clock: SimulatedClock,
    keys: dict[str, Ed25519PrivateKey],
    seed: int,
    progress: Callable[[int, int], None],
) -> int:
    """Enter every act and return how many envelopes it took.

    Args:
        acts: the season.
        store: the ledger, opened with ``keys``.
        sequencer: writes it with ``clock``.
        clock: is moved from lot to lot.
        keys: officers ``<agency>-1`` and ``<agency>-2``.
        seed: gives the statements their ids.
        progress: told (statements entered, statements in all).

    Raises:
        DemoDeclined: a statement was refused.
    """
    # Not for secrets: the same seed gives the same ids.
    random = Random(f"ids {seed}")  # noqa: S311
    seen = Seen(0, next(iter(store.leaf_hashes(0, 1))).hex())
    used_seq: dict[str, int] = {"commerce-1": 1}  # who signed entry 0 first
    done = envelopes = 0
    for lot in lots(acts):
        first = lot[0]
        statements = [_statement(act, random) for act in lot]
        officers = [f"{first.agency}-{number + 1}" for number in range(first.officers)]
        used_seq[officers[0]] = seq = used_seq.get(officers[0], 0) + 1
        signed_at = format_instant(first.at + _RECORDED_AFTER - _SIGNED_BEFORE)
        clock.now = max(clock.now, first.at + _RECORDED_AFTER)
        raw = sign_envelope(
            first.agency, ORIGIN, seen, seq, signed_at, statements, [keys[name] for name in officers]
        )
        outcome = sequencer.append(raw, statements)
        if isinstance(outcome, Declined):
            refused = next(item for item in outcome.items if item.code != "not-entered")
            raise DemoDeclined(f"{lot[refused.item - 1].type}: {refused.code}: {refused.detail}")
        last = outcome.indexes[-1]
        seen = Seen(last, next(iter(store.leaf_hashes(last, last + 1))).hex())
        done += len(lot)
        envelopes += 1
        progress(done, len(acts))
    return envelopes


def _statement(act: Act, random: Random) -> bytes:
    return canonical_bytes(
        {
            "agency": act.agency,
            "attachments": act.attachments,
            "body": act.body,
            "id": str(UUID(int=random.getrandbits(128), version=4)),
            "ledger": ORIGIN,
            "occurred_at": act.at.isoformat(),
            "type": act.type,
            "version": 1,
        }
    )
