"""What a client believes: receipts that verify, under checkpoints that only grow.

A receipt shows that its entry is under a checkpoint. That this checkpoint continues the one that was verified
before is shown by the published tiles, which anybody may read: the proof is made here, from them.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from api.client.folder import State
from ledger.anchor import Anchor
from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint, SignatureFailed, UnknownKeys, open_checkpoint
from ledger.entry import Header
from ledger.envelope import Seen
from ledger.merkle import (
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from ledger.tiles import tile_path
from ledger.verification import verify_receipt

Fetch = Callable[[str], bytes]
"""Returns the file at a path that the ledger publishes."""
_OWN_ITEM: Final = "the receipt is of another envelope, or of another of its statements"


class DoesNotVerify(Exception):
    """What a server sent does not verify; ``evidence`` is what was received."""

    def __init__(self, why: str, **evidence: Any) -> None:
        super().__init__(why)
        self.evidence = evidence


class Tiles:
    """The published tiles, as :mod:`ledger.merkle` reads them; each is fetched once."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._fetched: dict[str, bytes] = {}

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """Return the hashes of a tile; whoever reads them counts them."""
        path = f"/{tile_path(level, number, width)}"
        if path not in self._fetched:
            self._fetched[path] = self._fetch(path)
        return self._fetched[path]


def verified_receipts(
    receipts: Sequence[dict[str, Any]], envelope: bytes, statements: Sequence[bytes], anchor: Anchor
) -> tuple[list[Header], dict[int, str]]:
    """Return the headers that an envelope's receipts prove, and the checkpoints (size → note) behind them.

    Raises:
        DoesNotVerify: one does not, or is of something else.
    """
    if len(receipts) != len(statements):
        raise DoesNotVerify(f"{len(receipts)} receipts for {len(statements)} statements")
    digest = sha256(envelope).hexdigest()
    headers, notes = [], {}
    for item, (receipt, statement) in enumerate(zip(receipts, statements, strict=True), start=1):
        found = verify_receipt(json.dumps(receipt).encode(), statement, anchor)
        if found.exit_code or found.header is None or found.checkpoint is None or found.note is None:
            why = "; ".join([b.detail for b in found.breaks] or found.notes)
            raise DoesNotVerify(f"receipt of statement {item}: {why}", receipt=receipt)
        if (found.header.envelope, found.header.item) != (digest, item):
            raise DoesNotVerify(f"statement {item}: {_OWN_ITEM}", receipt=receipt)
        headers.append(found.header)
        notes[found.checkpoint.size] = found.note
    return headers, notes


def believed(state: State, note: str, anchor: Anchor, tiles: Tiles) -> State:
    """Return the state after a checkpoint that is consistent with what was verified before.

    Raises:
        DoesNotVerify: it is not signed by the operator's key, does not continue the remembered one (or the
            other way round), or the first one does not hold the anchor's entry 0.
    """
    if note == state.checkpoint:
        return state
    new = _opened(note, anchor)
    try:
        if state.checkpoint is None:
            path = inclusion_proof(tiles, 0, new.size)
            verify_inclusion(bytes.fromhex(anchor.genesis), 0, new.size, path, new.root)
            return replace(state, checkpoint=note)
        old = _opened(state.checkpoint, anchor)
        first, second = sorted((old, new), key=lambda checkpoint: checkpoint.size)
        path = consistency_proof(tiles, first.size, second.size)
        verify_consistency(first.size, second.size, path, first.root, second.root)
    except (ProofError, Malformed, ValueError) as error:
        raise DoesNotVerify(
            f"the checkpoint of size {new.size} does not agree with what was verified before: {error}",
            checkpoint=note,
        ) from None
    return replace(state, checkpoint=note) if new.size > old.size else state


def latest_seen(seen: Seen, headers: Sequence[Header], statements: Sequence[bytes]) -> Seen:
    """Return the entry of the highest index among what was seen and what is proved now."""
    header, statement = max(zip(headers, statements, strict=True), key=lambda pair: pair[0].index)
    if header.index <= seen.index:
        return seen
    return Seen(header.index, leaf_hash(header.line() + b"\n" + statement).hex())


def _opened(note: str, anchor: Anchor) -> Checkpoint:
    try:
        return open_checkpoint(note.encode(), anchor.operator_key)
    except (Malformed, SignatureFailed, UnknownKeys) as error:
        raise DoesNotVerify(f"checkpoint: {error}", checkpoint=note) from None
