"""Where scans lie: one small interface, and a folder behind it. Contents are named by their SHA-256.

A scan is never opened, drawn or run here. It is looked at in its first bytes alone, to see that it is of one
of four kinds.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import Any, Final, Protocol

MAX_BYTES: Final = 25 * 1024 * 1024
CHUNK_BYTES: Final = 256 * 1024
MAGIC_BYTES: Final = 8

_MAGIC: Final = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"II*\x00", "image/tiff", ".tif"),
    (b"MM\x00*", "image/tiff", ".tif"),
)
MEDIA_TYPES: Final = tuple(dict.fromkeys(media_type for _, media_type, _ in _MAGIC))


class NotThisDocument(ValueError):
    """The bytes are not those that the digest names, or not of the kind that is claimed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Document:
    """A stored scan."""

    sha256: str
    media_type: str
    extension: str
    size_bytes: int


class Upload(Protocol):
    """A scan on its way in; what is not finished leaves nothing behind."""

    def __enter__(self) -> "Upload":
        """Begin."""

    def __exit__(self, *failure: Any) -> None:
        """Drop what was not finished."""

    def write(self, data: bytes) -> None:
        """Take the next bytes."""

    def finish(self) -> bool:
        """Check and keep the whole; on return it is durable. Say whether it is new.

        Raises:
            NotThisDocument: it is something else than was announced.
        """


class DocumentStore(Protocol):
    """Keeps scans; ``digest`` is 64 lower-case hex digits everywhere."""

    def upload(self, digest: str, media_type: str) -> Upload:
        """Begin to take a scan."""

    def find(self, digest: str) -> Document | None:
        """Return what is known of a stored scan."""

    def read(self, digest: str, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes start ≤ place < stop of a stored scan, in parts."""


class FolderStore:
    """Scans as files ``<folder>/<first two digits>/<digest>``, of mode 0600, never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def upload(self, digest: str, media_type: str) -> Upload:
        """See :class:`DocumentStore`.

        Raises:
            OSError: the folder cannot be made or written to.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _FolderUpload(self._path(digest), self._folder, digest, media_type)

    def find(self, digest: str) -> Document | None:
        """See :class:`DocumentStore`."""
        path = self._path(digest)
        try:
            with path.open("rb") as file:
                kind = kind_of(file.read(MAGIC_BYTES))
                size = os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return None
        return None if kind is None else Document(digest, *kind, size)

    def read(self, digest: str, start: int, stop: int) -> Iterator[bytes]:
        """See :class:`DocumentStore`."""
        with self._path(digest).open("rb") as file:
            file.seek(start)
            while start < stop and (data := file.read(min(CHUNK_BYTES, stop - start))):
                yield data
                start += len(data)

    def _path(self, digest: str) -> Path:
        assert re.fullmatch("[0-9a-f]{64}", digest), "checked by the route"
        return self._folder / digest[:2] / digest


class _FolderUpload:
    """Written beside its place, then put there by a link: whole or not at all."""

    def __init__(self, path: Path, folder: Path, digest: str, media_type: str) -> None:
        self._path = path
        self._digest = digest
        self._media_type = media_type
        self._hash = sha256()
        self._first = b""
        self._size = 0
        self._file = NamedTemporaryFile(prefix=".part-", dir=folder)  # noqa: SIM115  closed in __exit__

    def __enter__(self) -> "_FolderUpload":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > MAX_BYTES:
            raise NotThisDocument("too-long", f"more than {MAX_BYTES} bytes")
        if len(self._first) < MAGIC_BYTES:
            self._first += data[: MAGIC_BYTES - len(self._first)]
        self._hash.update(data)
        self._file.write(data)

    def finish(self) -> bool:
        if self._hash.hexdigest() != self._digest:
            raise NotThisDocument(
                "document-mismatch", f"the bytes hash to {self._hash.hexdigest()}, not to {self._digest}"
            )
        kind = kind_of(self._first)
        if kind is None or kind[0] != self._media_type:
            found = "none of the kinds that are taken" if kind is None else kind[0]
            raise NotThisDocument(
                "unsupported-media-type", f"{self._media_type} is announced, the bytes are {found}"
            )
        self._file.flush()
        os.fsync(self._file.fileno())
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        new = True
        try:
            os.link(self._file.name, self._path)
        except FileExistsError:
            new = False
        # The name is durable too before anybody is told.
        for directory in (self._path.parent, self._path.parent.parent):
            _sync_directory(directory)
        return new


def kind_of(first: bytes) -> tuple[str, str] | None:
    """Return media type and file extension by the first bytes, None for anything but PDF, JPEG, PNG, TIFF."""
    return next(((kind, extension) for magic, kind, extension in _MAGIC if first.startswith(magic)), None)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        with suppress(OSError):
            os.close(descriptor)
