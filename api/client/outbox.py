"""What a client must not forget: envelopes on their way, receipts, and the last entry that it has verified.

A folder with one file each: ``<digest>.submission`` while an envelope waits for its answer, then
``<digest>.receipts``, or ``<digest>.refused`` with the problem; and ``seen.json``. Files are put there whole.
"""

import json
import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from ledger.envelope import Seen
from ledger.submission import decode_submission, encode_submission


class Outbox:
    """The folder; one client at a time uses it."""

    def __init__(self, folder: Path, genesis: str) -> None:
        """Open the folder, making it where it is missing; ``genesis`` is the leaf hash of entry 0, in hex."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._genesis = genesis

    @property
    def seen(self) -> Seen:
        """What the next envelope may say that its signers have seen: entry 0 before anything was verified."""
        path = self._folder / "seen.json"
        if not path.exists():
            return Seen(0, self._genesis)
        index, leaf = json.loads(path.read_bytes())
        return Seen(index, leaf)

    def saw(self, seen: Seen) -> None:
        """Remember a verified entry, unless a later one is remembered already."""
        if seen.index > self.seen.index:
            self._put("seen.json", json.dumps([seen.index, seen.leaf_hash]).encode())

    def keep(self, envelope: bytes, statements: Sequence[bytes]) -> str:
        """Keep an envelope before it is sent and return its digest; on return it is durable."""
        digest = sha256(envelope).hexdigest()
        if not self._answered(digest):
            self._put(f"{digest}.submission", encode_submission(envelope, statements))
        return digest

    def entered(self, digest: str, receipts: bytes) -> None:
        """Keep the receipts in the place of the envelope that they are about."""
        self._answer(digest, "receipts", receipts)

    def refused(self, digest: str, problem: bytes) -> None:
        """Keep the problem in the place of the envelope that was refused."""
        self._answer(digest, "refused", problem)

    def waiting(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """Yield the envelopes that have no answer yet, with their statements: to be sent again unchanged."""
        for path in sorted(self._folder.glob("*.submission")):
            yield decode_submission(path.read_bytes())

    def _answered(self, digest: str) -> bool:
        return any((self._folder / f"{digest}.{end}").exists() for end in ("receipts", "refused"))

    def _answer(self, digest: str, end: str, data: bytes) -> None:
        self._put(f"{digest}.{end}", data)
        (self._folder / f"{digest}.submission").unlink(missing_ok=True)

    def _put(self, name: str, data: bytes) -> None:
        part = self._folder / f".{name}"
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / name)
        directory = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
