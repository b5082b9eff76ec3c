"""Where a pass over an intact ledger ended, so that a later one can go on from there.

A pass that goes on reads no entry below that size. It reads their leaf hashes, takes them for the ledger's
if they give the root that was found then, and builds the new tree on them: so the old tree is part of the
new one, and every checkpoint, link and ``seen`` behind it is held against the hashes of the audited entries.
A changed entry whose hash was left as it was is seen by a pass over the whole alone.

Only a pass without any break leaves a state. An intact ledger ends with a whole envelope and a whole refusal,
every entry in it is sound, and nothing in it is doubtful; so no more is needed than what stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.canonical import Malformed
from ledger.keys import Key
from ledger.merkle import HASH_SIZE, TILE_WIDTH, Tree, tile_width
from ledger.source import Source


class AnotherHistory(Exception):
    """The leaf hashes that lie there do not give the root that was audited, or are not all there."""


@dataclass(frozen=True, slots=True)
class PassState:
    """What a pass knows after its last entry.

    Attributes:
        size: the entries that it has passed; at least 1.
        root: of their tree.
        operator_key: the vkey that entry 0 names.
        housekeeping_keyid: of the operator's other key.
        keys: every key ever registered, by keyid.
        key_changes: how often an entry has changed them.
        max_ages: the versions of how old a signature may be: first day, hours.
        subjects: by subject key, number and leaf hash (hex) of its last entry.
        sequences: by signer, up to where every seq is used, and those used beyond.
        ids: the id of each statement, 16 bytes each, in the order of the entries.
        last_recorded_at: of the last entry, as its header has it.
        last_heads: index of the last HeadsCommitted.
        unknown_types: each type that the catalogue did not have, with the first entry of it.
        rows: how many rows of a store the entries account for, by table.
        envelopes: digests of those that entries of the last tile, not a full one, were the first to refer to.
    """

    size: int
    root: bytes
    operator_key: str | None
    housekeeping_keyid: str | None
    keys: Mapping[str, Key]
    key_changes: int
    max_ages: list[tuple[date, int]]
    subjects: dict[str, tuple[int, str]]
    sequences: dict[str, tuple[int, list[int]]]
    ids: bytes
    last_recorded_at: str
    last_heads: int | None
    unknown_types: dict[str, int]
    rows: dict[str, int]
    envelopes: tuple[str, ...]


def leaves_below(source: Source, state: PassState, size: int) -> list[bytes]:
    """Return the leaf hashes of the entries that were audited, as the tiles of the source have them.

    Args:
        source: where the tiles are.
        state: of the earlier pass.
        size: of the source now; its tiles are as wide as this size makes them.

    Raises:
        AnotherHistory: they do not give the state's root.
    """
    leaves: list[bytes] = []
    for number in range(-(-state.size // TILE_WIDTH) if state.size <= size else 0):
        try:
            data = source.read_tile(0, number, tile_width(size, 0, number))
        except (KeyError, Malformed):
            raise AnotherHistory from None
        leaves += [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]
    del leaves[state.size :]
    tree = Tree.empty()
    tree.append(leaves)
    if (tree.size, tree.root()) != (state.size, state.root):
        raise AnotherHistory
    return leaves
