"""Completeness of one subject's history, without the history: where its chain ends, under a checkpoint.

And of chains that were read: that each is whole as far as the last heads committed say where it ends.
"""

from collections.abc import Collection, Mapping

from ledger.entry import parse_entry, parse_statement
from ledger.heads import HEADS_COMMITTED, HeadsTree, verify_head
from ledger.merkle import inclusion_proof
from ledger.proof import InclusionText
from ledger.store import Reader
from ledger.subject_bundle import Chain, HeadsFile


class NoHeads(Exception):
    """No heads are committed below the checkpoint, or the store has not those that are."""


class NotWhole(Exception):
    """A chain does not end where the committed heads say that it ends."""


def subject_proof(reader: Reader, key: str, size: int, note: bytes) -> HeadsFile:
    """Return what ``heads.json`` says of one subject key; its time grows with the number of keys.

    Args:
        reader: the store.
        key: any subject key.
        size: of the checkpoint.
        note: the checkpoint.

    Raises:
        NoHeads: see there.
    """
    committed = reader.last_of_type(HEADS_COMMITTED, size)
    if committed is None:
        raise NoHeads(f"no heads are committed below size {size}")
    tree = _committed_tree(reader, committed, [key])
    proof = InclusionText(committed, tuple(inclusion_proof(reader, committed, size)), note)
    return HeadsFile(key, proof, (Chain(key, tree.prove(key)),))


def committed_heads(reader: Reader, committed: int) -> tuple[int, str]:
    """Return how many heads the HeadsCommitted at this index commits to, and their root (hex)."""
    data = next(iter(reader.entries(committed, committed + 1)))
    body = parse_statement(parse_entry(data).statement)["body"]
    return body["count"], body["root"]


def prove_whole(reader: Reader, committed: int, ends: Mapping[str, tuple[int, str] | None]) -> None:
    """Check that chains are whole below the HeadsCommitted at ``committed``.

    Its time grows with the number of keys: every head is hashed, and the root has to be the committed one.

    Args:
        reader: the store.
        committed: the index, which is the size that the heads are of.
        ends: of each chain number and leaf hash (hex) of its last entry below ``committed``, as it was read;
            None where it has none there.

    Raises:
        NoHeads: the store's heads are not those that the entry commits to.
        NotWhole: a chain was read to another end than the heads prove.
    """
    tree = _committed_tree(reader, committed, ends.keys())
    for key, end in ends.items():
        found = verify_head(key, tree.prove(key), tree.count, tree.root)
        if found != end:
            raise NotWhole(f"{key} ends with {found}, was read to {end}")


def _committed_tree(reader: Reader, committed: int, wanted: Collection[str]) -> HeadsTree:
    tree = HeadsTree(reader.heads(committed), wanted)
    if (tree.count, tree.root.hex()) != committed_heads(reader, committed):
        raise NoHeads(f"the store's heads are not those that entry {committed} commits to")
    return tree
