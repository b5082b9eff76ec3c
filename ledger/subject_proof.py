"""Completeness of one subject's history, without the history: where its chain ends, under a checkpoint."""

from ledger.entry import parse_entry, parse_statement
from ledger.heads import HEADS_COMMITTED, HeadsTree
from ledger.merkle import inclusion_proof
from ledger.proof import InclusionText
from ledger.store import Reader
from ledger.subject_bundle import Chain, HeadsFile


class NoHeads(Exception):
    """No heads are committed below the checkpoint, or the store has not those that are."""


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
    body = parse_statement(parse_entry(next(iter(reader.entries(committed, committed + 1)))).statement)[
        "body"
    ]
    tree = HeadsTree(reader.heads(committed), [key])
    if (tree.count, tree.root.hex()) != (body["count"], body["root"]):
        raise NoHeads(f"the store's heads are not those that entry {committed} commits to")
    proof = InclusionText(committed, tuple(inclusion_proof(reader, committed, size)), note)
    return HeadsFile(key, proof, (Chain(key, tree.prove(key)),))
