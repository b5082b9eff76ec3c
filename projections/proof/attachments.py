"""C08: the documents that statements name, compared with those that the auditor holds.

Documents lie in one folder, each under its SHA-256 in lower-case hex. The ledger holds their digests only:
that a scan is genuine is another question (Z05).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import Final

from ledger.source import Break
from ledger.verification import KnownBytes
from projections.proof.types import Event, StatementResult, Verdict

_SHOWN: Final = 10
_WRONG: Final = -1  # no length: the document is another one, and told of once


@dataclass(slots=True)
class Attachments:
    """Folds every entry with attachments; reads each document once.

    Attributes:
        folder: where the documents lie, None where none were given.
        own: digest → bytes of the documents that came with a bundle and hash to their names.
        breaks: a document whose bytes or length are not those that an entry names, at that entry.
        named: digests of the documents named so far.
        there: of those, by digest, the length of each that was found.
        lacking: entries whose documents are not all there; the first few, and the last of them.
    """

    folder: Path | None
    own: Mapping[str, int] = field(default_factory=dict)
    breaks: list[Break] = field(default_factory=list)
    named: KnownBytes = field(default_factory=KnownBytes)
    there: dict[bytes, int] = field(default_factory=dict)
    lacking: int = 0
    first_lacking: list[int] = field(default_factory=list)
    last_lacking: int | None = None

    def fold(self, event: Event) -> None:
        """Take in one entry."""
        self.take((event.index, one.sha256, one.bytes) for one in event.statement.attachments)

    def take(self, stated: Iterable[tuple[int, str, int]]) -> None:
        """Take in attachments in the order of the ledger: index of the entry, SHA-256, length in bytes."""
        for index, name, length in stated:
            key = bytes.fromhex(name)
            if self.named.add(key) and (length_there := self._look(name, index)) is not None:
                self.there[key] = length_there
            found = self.there.get(key)
            if found is None:
                self._lack(index)
            elif found not in {_WRONG, length}:
                detail = f"document {name} has {found} bytes, {length} are stated"
                self.breaks.append(Break("attachment", index, detail))

    def _lack(self, index: int) -> None:
        """Count an entry once, however many of its documents are not there."""
        if self.last_lacking == index:
            return
        self.last_lacking = index
        self.lacking += 1
        if len(self.first_lacking) < _SHOWN:
            self.first_lacking.append(index)

    def _look(self, name: str, index: int) -> int | None:
        """Return the length of a document, None where it is not there; a break where it is another one."""
        if name in self.own or self.folder is None:
            return self.own.get(name)
        path = self.folder / name
        try:
            if not S_ISREG(path.stat().st_mode):  # a pipe or device would never end
                self.breaks.append(Break("attachment", index, f"document {name}: not a regular file"))
                return None
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                length = file.tell()
        except FileNotFoundError:
            return None
        except OSError as error:
            self.breaks.append(Break("attachment", index, f"document {name}: {error.strerror}"))
            return None
        if digest != name:
            self.breaks.append(Break("attachment", index, f"document {name}: its bytes hash to {digest}"))
            return _WRONG
        return length

    def results(self) -> Iterable[StatementResult]:
        """Answer C08."""
        entries = tuple(sorted({one.index for one in self.breaks if one.index is not None}))
        detail = f"{len(self.named)} documents are named"
        if entries:
            yield StatementResult("C08", Verdict.REFUTED, entries, f"{detail}, {len(self.breaks)} differ")
        elif self.lacking:
            first = ", ".join(str(index) for index in self.first_lacking)
            missing = f"documents of {self.lacking} entries (first {first})"
            given = "none was given" if self.folder is None and not self.own else "not all are there"
            yield StatementResult("C08", Verdict.UNDETERMINED, (), f"{detail}, {given}", (missing,))
        else:
            yield StatementResult(
                "C08", Verdict.PROVED, (), f"{detail}, each is there and hashes to its name"
            )
