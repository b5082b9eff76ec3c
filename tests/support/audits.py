"""A demonstration ledger, what it was at earlier sizes, and audits of it."""

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from api.cli import run
from api.cli.keyfiles import CHECKPOINT_KEY, checkpoint_signer
from ledger.anchor import Anchor, read_anchor
from ledger.bundle import open_bundle
from ledger.entry import parse_entry
from ledger.export import export_bundle
from ledger.store_sqlite import SqliteStore
from projections.proof.answer import answered
from projections.proof.audit import Audit
from projections.proof.state import state_of
from projections.proof.state_file import read_state, write_state


class Demonstration:
    """A season that was played, and bundles of its ledger at any size between two envelopes."""

    def __init__(self, folder: Path, vehicles: int, *options: str) -> None:
        self.folder = folder
        self.database = folder / "ledger.db"
        code = run(["demo", "--vehicles", str(vehicles), "--db", f"sqlite:///{self.database}", *options])
        assert code == 0
        self.anchor: Anchor = read_anchor(folder / "ledger.db.anchor.json")
        store = SqliteStore(self.database, read_only=True)
        try:
            items = [parse_entry(data).header.item for data in store.entries(0, store.head().size)]
        finally:
            store.close()
        self.size = len(items)
        self.sizes = [index for index, item in enumerate(items) if index and item == 1]
        """Where an envelope has just ended."""

    def size_near(self, size: int) -> int:
        """Return the first size from this one on at which an envelope has ended."""
        return next(one for one in [*self.sizes, self.size] if one >= size)

    def bundle(self, size: int) -> Path:
        """Return the bundle of the first ``size`` entries."""
        out = self.folder / f"bundle-{size}"
        if not out.exists():
            keys = self.folder / f"keys-{size}"
            keys.mkdir()
            shutil.copy(self.folder / "ledger.db.keys" / CHECKPOINT_KEY, keys)
            signer = checkpoint_signer(self.anchor.origin, keys)  # with a memory of its own
            assert signer is not None
            store = SqliteStore(self.database, read_only=True)
            try:
                note = signer.release(size, store, store)
                export_bundle(store, note, self.anchor, out)
            finally:
                store.close()
        return out


def audited(
    bundle: Path,
    anchor: Anchor,
    *,
    resume: Path | None = None,
    save: Path | None = None,
    as_of: date | None = None,
    documents: Path | None = None,
) -> dict[str, Any]:
    """Audit a bundle; return what ``verify --json`` prints, without the seconds."""
    audit = Audit(open_bundle(bundle), anchor, documents=documents, keep=save is not None)
    verification, follower = audit.run() if resume is None else audit.resume(read_state(resume, anchor))
    answer = answered(verification, follower, follower.checker.report(as_of)).to_json()
    if save is not None:
        assert verification.state is not None
        write_state(save, anchor, verification.state, state_of(follower, verification.size))
    del answer["seconds"]
    return answer


def said_of_resuming(answer: dict[str, Any]) -> str:
    """Take the note about where an audit went on from out of its answer and return it."""
    told: Iterable[str] = [note for note in answer["notes"] if "audited" in note]
    (note,) = told
    answer["notes"].remove(note)
    return note
