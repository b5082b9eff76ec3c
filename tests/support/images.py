"""A built ledger, whatever is wrong with it, put into a store row by row as its operator could."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ledger.canonical import Malformed
from ledger.envelope import parse_envelope
from ledger.store import Batch, Head, NewEntry
from ledger.stores import open_store
from tests.support.ledger_builder import EXPORTER, UPSTREAM, Builder


class Record(NamedTuple):
    """One entry as an operator may enter it again."""

    statement: bytes
    envelope: bytes
    item: int
    recorded_at: str


class Image(Builder):
    """A ledger whose stored hashes, checkpoint and refused envelopes may be other than its entries give."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[bytes] | None = None
        """The leaf hashes that are stored; None: those of the entries."""
        self.note: bytes | None = None
        """The checkpoint that is stored; None: one that is signed over the stored hashes."""
        self.refused: dict[int, bytes] = {}

    @property
    def leaves(self) -> list[bytes]:
        return super().leaves if self.kept is None else self.kept

    def checkpoint(self, size: int | None = None, **signer: str) -> bytes:
        return super().checkpoint(size, **signer) if self.note is None else self.note

    def records(self) -> list[Record]:
        """Return the entries with their envelopes."""
        by_digest = {hashlib.sha256(raw).hexdigest(): raw for _, raw in self.envelopes}
        found = []
        for data in self.entries:
            header, _, statement = data.partition(b"\n")
            said = json.loads(header)
            found.append(Record(statement, by_digest[said["envelope"]], said["item"], said["recorded_at"]))
        return found


def played() -> Image:
    """Return an honest ledger.

    0 opened, 1 a key of commerce registered, 2 and 3 two enterprises in one envelope by that key, 4 a † statement,
    5 a refusal, 6 that key revoked, 7 the first enterprise again, 8 heads, 9 the second enterprise again, 10 heads.
    """
    made = Image()
    made.open()
    made.register_key("commerce-3", "commerce-3", ["commerce-1", "commerce-2"])
    made.enter([made.enterprise(EXPORTER), made.enterprise(UPSTREAM)], ["commerce-3"])
    made.enter([made.reduction()], ["commerce-1", "commerce-2"])
    raw = made.envelope([made.enterprise()], ["commerce-2"])
    made.refused[5] = raw
    made.refuse(raw, "commerce-2", 1)
    made.revoke_key("commerce-3", "commerce-1")
    made.enter([made.enterprise(EXPORTER)], ["commerce-1"])
    made.commit_heads()
    made.enter([made.enterprise(UPSTREAM)], ["commerce-2"])
    made.commit_heads()
    return made


def rechained(records: list[Record]) -> Image:
    """Enter the records anew, one after another: the chain, heads and checkpoint are right again.

    What the operator signs itself it signs again; the agencies' envelopes stay what they are.
    """
    made, seen = Image(), set[bytes]()
    for record in records:
        kind = json.loads(record.statement)["type"]
        made.now = datetime.fromisoformat(record.recorded_at)
        if kind == "HeadsCommitted":
            made.now -= timedelta(minutes=1)
            made.commit_heads()
        elif kind == "SubmissionRefused":
            made.refused[len(made.entries)] = played().refused[5]
            made.enter([record.statement], ["housekeeping"], minutes=0)
        else:
            if record.envelope not in seen:
                made.envelopes.append((len(made.entries), record.envelope))
                seen.add(record.envelope)
            digest = hashlib.sha256(record.envelope).hexdigest()
            made.append(record.statement, digest, record.item)
    return made


def put(url: str, made: Image) -> None:
    """Write everything into a new store; of rows that may stand but once the first one counts."""
    with closing(open_store(url, create=True)) as store:
        with store.transaction() as transaction:
            tree = transaction.head().tree.copy()
            tiles = tree.append(made.leaves)
            last = json.loads(made.entries[-1].partition(b"\n")[0])
            head = Head(tree.size, made.leaves[-1], last["recorded_at"], tree)
            envelopes = dict.fromkeys(raw for _, raw in made.envelopes)
            first = {raw: index for index, raw in reversed(made.envelopes)}
            transaction.write(
                Batch(
                    entries=list(_rows(made)),
                    tiles=tiles,
                    envelopes=[(_digest(raw), first[raw], raw) for raw in envelopes],
                    refused=[(_digest(raw), index, raw) for index, raw in made.refused.items()],
                    sequences=list(_sequences([*envelopes, *made.refused.values()])),
                ),
                head,
            )
        note = made.checkpoint()
        store.save_checkpoint(int(note.split(b"\n")[1]), note)


def _rows(made: Image) -> Iterator[NewEntry]:
    links, ids = set[tuple[str, int]](), set[str]()
    for index, (data, leaf) in enumerate(zip(made.entries, made.leaves, strict=True)):
        line, _, statement = data.partition(b"\n")
        header: dict[str, Any] = json.loads(line)
        subjects = [(key, number) for key, number, _ in header["subjects"] if (key, number) not in links]
        said = json.loads(statement)["id"]
        yield NewEntry(
            index=index, leaf_hash=leaf, data=data, type=header["type"], subjects=tuple(subjects),
            tags=tuple(header["tags"]), statement_id=None if said in ids else said,
        )  # fmt: skip
        links.update(subjects)
        ids.add(said)


def _sequences(envelopes: list[bytes]) -> Iterator[tuple[str, int, str]]:
    used = set[tuple[str, int]]()
    for raw in envelopes:
        with suppress(Malformed):  # one that was damaged has used up nothing
            head = parse_envelope(raw).head
            if (head.signers[0], head.seq) not in used:
                used.add((head.signers[0], head.seq))
                yield head.signers[0], head.seq, _digest(raw)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
