"""Are the chains of a subject bundle whole: every number from 1 to the head that is committed?"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.checkpoint import Checkpoint
from ledger.entry import ZERO_HASH, Entry, Header
from ledger.heads import HEADS_COMMITTED, verify_head
from ledger.merkle import ProofError, verify_inclusion
from ledger.source import BreakClass
from ledger.subject_bundle import ENTRIES, HEADS_PATH, HeadsFile, required_chains
from ledger.verification.result import Breaks
from ledger.verification.statements import is_hash, is_whole


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """An entry of the bundle, its statement checked."""

    entry: Entry
    leaf: str
    """Leaf hash (hex) of its bytes."""
    statement: dict[str, Any]

    @property
    def header(self) -> Header:
        """The header line."""
        return self.entry.header


@dataclass(frozen=True, slots=True)
class _Link:
    """One entry of a chain."""

    index: int
    number: int
    prev: str
    leaf: str


class CompletenessPass:
    """Checks the heads under the checkpoint, and each chain up to its head."""

    def __init__(self, heads: HeadsFile, held: Mapping[int, HeldEntry], breaks: Breaks) -> None:
        """Take the entries that could be read, in order of their index."""
        self._heads = heads
        self._held = held
        self._breaks = breaks
        self.keys_doubtful = False
        """Whether a chain of the ledger's own, keys or policy, is not whole."""

    def run(self, checkpoint: Checkpoint | None, note: str | None) -> None:
        """Check everything under ``checkpoint``, whose signed form is ``note``."""
        heads, subject = self._heads, self._heads.subject
        committed = self._committed(checkpoint, note)
        links: defaultdict[str, list[_Link]] = defaultdict(list)
        for index, held in self._held.items():
            if index != heads.proof.index:
                for link in held.header.subjects:
                    links[link.key].append(_Link(index, link.number, link.prev, held.leaf))
        required = required_chains(subject, (self._held[link.index].header for link in links[subject]))
        stated = {chain.key for chain in heads.chains}
        for key, named in required.items():
            if key not in stated:
                where = "" if named is None else f", named in entry {named}"
                self._add("missing", named, f"{key}{where}: {HEADS_PATH} has no such chain", key)
        accounted = {heads.proof.index}
        for chain in heads.chains:
            if chain.key not in required:
                self._add("malformed", None, f"{chain.key}: not one of the chains of {subject}", chain.key)
                continue
            accounted.update(link.index for link in links[chain.key])
            if committed is None:
                continue
            try:
                head = verify_head(chain.key, chain.heads, *committed)
            except ProofError as error:
                self._add("heads", heads.proof.index, f"{chain.key}: {error}", chain.key)
            else:
                self._chain(chain.key, links[chain.key], *(head or (0, ZERO_HASH)))
        for index in sorted(self._held.keys() - accounted):
            self._breaks.add("malformed", index, f"{ENTRIES}{index}: in none of the chains of {subject}")

    def _committed(self, checkpoint: Checkpoint | None, note: str | None) -> tuple[int, bytes] | None:
        """Check the HeadsCommitted entry and its inclusion; return count and root of the heads."""
        proof = self._heads.proof
        index = proof.index
        if note is not None and proof.checkpoint != note.encode():
            self._breaks.add("checkpoint", None, f"the proof in {HEADS_PATH} has another checkpoint")
        held = self._held.get(index)
        if held is None:
            self._breaks.add("missing", index, f"{ENTRIES}{index}: what commits to the heads is not there")
            return None
        if checkpoint is not None:
            leaf = bytes.fromhex(held.leaf)
            try:
                verify_inclusion(leaf, index, checkpoint.size, proof.hashes, checkpoint.root)
            except ProofError as error:
                self._breaks.add("tree", index, str(error))
        body = held.statement["body"]
        if held.header.type != HEADS_COMMITTED or held.statement["version"] != 1:
            self._breaks.add("heads", index, f"a {held.header.type}, {HEADS_COMMITTED} is wanted")
        elif body.keys() != {"count", "root", "size"} or not is_hash(body["root"]):
            self._breaks.add("malformed", index, "exactly size, count and root are wanted")
        elif not is_whole(body["count"], 0) or body["size"] != index:
            self._breaks.add("heads", index, f"heads up to size {body['size']}, {index} is wanted")
        else:
            return body["count"], bytes.fromhex(body["root"])
        return None

    def _chain(self, key: str, links: list[_Link], last: int, leaf: str) -> None:
        """Follow a chain from its first entry to its head: number ``last`` with leaf hash ``leaf``."""
        number, before = 0, ZERO_HASH
        for link in links:
            if number >= last:
                self._add("subject_chain", link.index, f"{key}: goes on behind number {last}, its head", key)
                return
            if link.number > number + 1:
                gap = f"{number + 1} to {link.number - 1}"
                self._add("missing", link.index, f"{key}: number {gap} of its chain is not there", key)
            elif (link.number, link.prev) != (number + 1, before):
                told = f"link {link.number} to {link.prev}, {number + 1} to {before} is wanted"
                self._add("subject_chain", link.index, f"{key}: {told}", key)
            number, before = link.number, link.leaf
        if number < last:
            self._add("missing", None, f"{key}: ends with number {number}, {last} is committed", key)
        elif (number, before) != (last, leaf):
            self._add("heads", None, f"{key}: number {number} hashes to {before}, {leaf} is committed", key)

    def _add(self, class_: BreakClass, index: int | None, detail: str, key: str) -> None:
        self._breaks.add(class_, index, detail, cause=(class_, key, index))
        self.keys_doubtful = self.keys_doubtful or key.startswith("ledger:")
