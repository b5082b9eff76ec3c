"""The last checkpoint that was released: whose it is, what it covers, how long the rest has been waiting."""

from datetime import datetime, timedelta
from typing import Final

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.clock import Clock
from ledger.doctor.finding import AUDIT, Outcome, failed, ok, warning
from ledger.entry import parse_entry
from ledger.merkle import tree_at
from ledger.note import VerifierKey
from ledger.opening import load_ring
from ledger.store import Reader

MAX_WAIT: Final = timedelta(hours=1)
"""Entries that no checkpoint covers for longer are a warning."""
RELEASE: Final = "`quota-ledger checkpoint --release` where the operator's checkpoint key is"


def operator_key(store: Reader) -> VerifierKey:
    """Return the checkpoint key that the ledger's own entries name.

    Raises:
        ValueError: there is none.
    """
    text = load_ring(store)[0].operator_key
    if text is None:
        raise ValueError("no entry names the operator's checkpoint key")
    return VerifierKey.parse(text)


def stored_checkpoint(store: Reader) -> Checkpoint | None:
    """Return the latest checkpoint of the store, None before the first.

    Raises:
        Malformed, SignatureFailed, UnknownKeys: it is none that the operator signed.
    """
    note = store.checkpoint()
    return None if note is None else open_checkpoint(note, operator_key(store))


def check_checkpoint(store: Reader, clock: Clock) -> Outcome:
    """Compare the latest checkpoint with the tree, and say how much it leaves uncovered."""
    checkpoint = stored_checkpoint(store)
    size = store.head().size
    if checkpoint is None:
        return (
            warning(f"none is released, {size} entries wait", RELEASE) if size else ok("none, and no entries")
        )
    if checkpoint.size > size:
        return failed(f"it covers {checkpoint.size} entries, the head says {size}", AUDIT)
    if not same_root(store, checkpoint):
        return failed(f"its root at size {checkpoint.size} is not that of the store's tree", AUDIT)
    lag = size - checkpoint.size
    if not lag:
        return ok(f"it covers all {size} entries, the last {_age(store, size - 1, clock)} old")
    waiting = _age(store, checkpoint.size, clock)
    found = f"it covers {checkpoint.size} of {size} entries, {lag} wait, the first for {waiting}"
    return warning(found, RELEASE) if waiting > MAX_WAIT else ok(found)


def same_root(store: Reader, checkpoint: Checkpoint) -> bool:
    """Return whether the store's tiles have the checkpoint's root at its size."""
    return tree_at(store, checkpoint.size).root() == checkpoint.root


def _age(store: Reader, index: int, clock: Clock) -> timedelta:
    """Return the time since an entry was recorded, in whole seconds."""
    header = parse_entry(next(iter(store.entries(index, index + 1)))).header
    return timedelta(seconds=round((clock() - datetime.fromisoformat(header.recorded_at)).total_seconds()))
