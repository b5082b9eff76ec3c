"""``verify``: is this the ledger that was signed for, and is it the one that the anchor means?"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from time import perf_counter
from typing import Final

from ledger.anchor import Anchor
from ledger.canonical import Malformed
from ledger.entry import parse_entry, parse_statement
from ledger.keys import KeyRing, Unauthorised
from ledger.merkle import leaf_hash
from ledger.note import VerifierKey
from ledger.source import Gap, Source, Unreadable
from ledger.store import StoreError
from ledger.verification.anchoring import Commitments, check_genesis, gather
from ledger.verification.result import OPEN_QUESTION, Breaks, Verification
from ledger.verification.tree import TreePass
from ledger.verification.types import Types, shanghai_date
from ledger.verification.walk import Progress, Walk

_SELF_CONSISTENT: Final = "self-consistent only: without an anchor a ledger made anew looks the same"


def unreadable(reason: str, *, unanchored: bool = False, lenient: bool = False) -> Verification:
    """Return the answer when nothing verifiable could be opened (exit code 3)."""
    return Verification(
        None, 0, None, None, False, None, None, (), True, unanchored, lenient, (reason,), 0.0
    )  # fmt: skip


def verify_source(
    source: Source,
    *,
    anchor: Anchor | None,
    trusted: Sequence[bytes],
    unanchored: bool,
    lenient: bool,
    types: Types,
    progress: Progress | None = None,
) -> Verification:
    """Verify a whole ledger in one pass.

    Args:
        source: the bundle or store.
        anchor: which ledger it should be, from elsewhere; None for none.
        trusted: checkpoint notes of size ≥ 1 that the verifier trusts.
        unanchored: answer without an anchor too.
        lenient: an open headline is exit code 0.
        types: the catalogue, type → agencies and four eyes. Other types keep their integrity checks.
        progress: told (entries done, entries) now and then.

    Returns:
        The answer; nothing that the source holds raises.
    """
    began = perf_counter()
    breaks = Breaks()
    try:
        commitments = gather(source.checkpoints(), trusted, anchor, _own_key(source), breaks)
        size = source.size(commitments.own_size)
    except (StoreError, Unreadable) as error:
        return unreadable(str(error), unanchored=unanchored, lenient=lenient)
    if size == 0:
        return unreadable("the ledger has no entry", unanchored=unanchored, lenient=lenient)
    tree = TreePass(source, commitments, breaks)
    root: str | None = None
    try:
        walk = Walk(source, types, tree, breaks)
        walk.run(size, progress)
        root = _finish(source, walk, tree, breaks, size)
        notes = _notes(source, walk, breaks, tree.size)
    except StoreError as error:
        breaks.add("malformed", tree.size, f"the store cannot be read on: {error}")
        return _answer(
            None, tree.size, None, commitments, "", breaks, [], anchor, trusted, unanchored, lenient, began
        )
    if anchor is not None and tree.size > 0:
        check_genesis(anchor, tree.leaf(0), breaks)
    origin = walk.ring.origin or (None if anchor is None else anchor.origin)
    return _answer(
        origin, tree.size, root, commitments, walk.last_recorded_at, breaks, notes, anchor, trusted,
        unanchored, lenient, began,
    )  # fmt: skip


def _own_key(source: Source) -> VerifierKey | None:
    """Return the operator key that entry 0 names, if its bytes are those that their stored hash is of."""
    first = next(source.rows(source.size(None)), None)
    if first is None or isinstance(first, Gap) or first.leaf not in {None, leaf_hash(first.data)}:
        return None
    ring = KeyRing()
    try:
        entry = parse_entry(first.data)
        statement = parse_statement(entry.statement)
        body = statement.get("body")
        ring.apply(0, entry.header.type, body if isinstance(body, dict) else {}, agency="operator")
    except (Malformed, Unauthorised):
        return None
    return None if ring.operator_key is None else VerifierKey.parse(ring.operator_key)


def _finish(source: Source, walk: Walk, tree: TreePass, breaks: Breaks, size: int) -> str | None:
    """Ask what only the end can answer; return the root in base64 if the entries suffice for one."""
    for fault in source.faults(size):
        tell = breaks.follow if fault.class_ == "envelope" else breaks.add
        tell(fault.class_, fault.index, fault.detail, cause=fault)
    if walk.stopped_at is not None:
        return None
    root = tree.finish()
    audit = source.audit()
    if audit is not None and tree.size > 0:
        for fault in audit.finish(tree.size, tree.leaf(tree.size - 1), walk.last_recorded_at):
            breaks.follow(fault.class_, fault.index, fault.detail)
    return b64encode(root).decode()


def _notes(source: Source, walk: Walk, breaks: Breaks, size: int) -> list[str]:
    notes = source.notes()
    for name, index in walk.envelopes.unknown_types.items():
        notes.append(f"{name} (first in entry {index}) is not known here: only its integrity was checked")
    # A lost or changed entry would look like a gap too.
    for signer, gaps in () if breaks.found else walk.sequences.gaps():
        key = walk.ring.keys.get(signer)
        who = "an unknown key" if key is None else f"{key.agency}, {key.officer}"
        ranges = ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in gaps[:10])
        notes.append(f"seq {ranges} of signer {signer} ({who}) is nowhere: its agency can say why")
    if walk.housekeeping.overdue(size):
        notes.append("the operator owes a HeadsCommitted: completeness is shown only up to the last one")
    if walk.stopped_at is not None:
        notes.append(
            f"entries from {walk.stopped_at} on were not looked at: neither they nor hashes are there"
        )
    if breaks.following:
        notes.append(f"{breaks.following} further deviations follow from what is listed, or exceed the list")
    return notes


def _answer(
    origin: str | None,
    size: int,
    root: str | None,
    commitments: Commitments,
    recorded_at: str,
    breaks: Breaks,
    notes: list[str],
    anchor: Anchor | None,
    trusted: Sequence[bytes],
    unanchored: bool,
    lenient: bool,
    began: float,
) -> Verification:
    anchored = anchor is not None or bool(trusted)
    if commitments.text is None:
        notes.append("no checkpoint is there")
    elif commitments.own_size is not None and commitments.own_size < size:
        notes.append(f"the newest checkpoint commits to {commitments.own_size} of {size} entries")
    if not anchored:
        notes.append(_SELF_CONSISTENT)
    notes.append(f"C36 {OPEN_QUESTION}")
    return Verification(
        origin=origin,
        size=size,
        root=root,
        checkpoint=commitments.text,
        anchored=anchored,
        as_known_at=size - 1 if size else None,
        as_of=shanghai_date(datetime.fromisoformat(recorded_at)).isoformat() if recorded_at else None,
        breaks=tuple(breaks.found),
        unreadable=False,
        unanchored=unanchored,
        lenient=lenient,
        notes=tuple(notes),
        seconds=round(perf_counter() - began, 3),
    )
