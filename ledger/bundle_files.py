"""The files of a bundle, in a directory or a zip archive, read within bounds.

Nothing is unpacked: a name is only ever looked up, so where it points does not matter. What is no regular
file (a pipe, a device) is never opened, and of zip's methods only *stored* and *deflated* are read, whose
memory is bounded whatever an archive says.
"""

import os
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import IO, Final, Protocol

from typing_extensions import override

from ledger.canonical import Malformed
from ledger.source import Unreadable

_CHUNK: Final = 1 << 20
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What opening or reading a damaged archive raises; zipfile has no common base for it.
_ZIP_ERRORS: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class Files(Protocol):
    """Some files by their path inside the bundle, with ``/`` between the parts."""

    @property
    def paths(self) -> frozenset[str]:
        """Every file that is there."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """Return a file's bytes.

        Raises:
            KeyError: there is no such file.
            Malformed: it has more than ``limit`` bytes, or cannot be read whole.
        """
        ...

    def sha256(self, path: str) -> str:
        """Return the lower-case hex SHA-256 of a file of any length; raises as ``read`` does."""
        ...


class _Readable(ABC):
    """What both kinds do alike once a file is open."""

    paths: frozenset[str]

    def read(self, path: str, limit: int) -> bytes:
        """See :meth:`Files.read`."""
        with self._open(path) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise Malformed(f"{path}: more than {limit} bytes")
        return data

    def sha256(self, path: str) -> str:
        """See :meth:`Files.sha256`."""
        digest = sha256()
        with self._open(path) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    @contextmanager
    def _open(self, path: str) -> Iterator[IO[bytes]]:
        if path not in self.paths:
            raise KeyError(path)
        try:
            with self._file(path) as file:
                yield file
        except (OSError, *_ZIP_ERRORS) as error:
            raise Malformed(f"{path}: cannot be read: {error}") from None

    @abstractmethod
    def _file(self, path: str) -> IO[bytes]:
        """Open a file that is there."""


class DirectoryFiles(_Readable):
    """The files below a directory."""

    def __init__(self, root: Path) -> None:
        self._before = str(root / "_")[:-1]
        self.paths = frozenset(
            (Path(folder) / name).relative_to(root).as_posix()
            for folder, _, names in os.walk(root)
            for name in names
        )

    @override
    def read(self, path: str, limit: int) -> bytes:
        if path not in self.paths:
            raise KeyError(path)
        try:
            data = self._read(self._before + path, limit + 1)
        except (OSError, ValueError) as error:
            raise Malformed(f"{path}: cannot be read: {error}") from None
        if len(data) > limit:
            raise Malformed(f"{path}: more than {limit} bytes")
        return data

    @staticmethod
    def _read(name: str, most: int) -> bytes:
        """Return what a file begins with; two calls of the system are enough for most."""
        size = _length(name)
        with open(name, "rb", buffering=0) as file:
            data: bytes = file.read(min(size + 1, most))
            while len(data) < most and (more := file.read(min(_CHUNK, most - len(data)))):
                data += more
        return data

    @override
    def _file(self, path: str) -> IO[bytes]:
        _length(self._before + path)
        return open(self._before + path, "rb")


def _length(name: str) -> int:
    """Return how long a regular file says it is."""
    try:
        found = os.stat(name)
    except OSError:
        Path(name).is_file()  # raises where more is wrong than that there is none
        raise OSError("not a regular file") from None
    if not S_ISREG(found.st_mode):  # a pipe or device would never end
        raise OSError("not a regular file")
    return found.st_size


class ZipFiles(_Readable):
    """The members of a zip archive."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
            names = [info.filename for info in self._archive.infolist() if not info.is_dir()]
        except (OSError, *_ZIP_ERRORS) as error:
            raise Unreadable(f"{path}: not a zip archive that can be read: {error}") from None
        if len(set(names)) != len(names):
            raise Unreadable(f"{path}: two files of one name, so it is not one bundle")
        self.paths = frozenset(names)

    @override
    def _file(self, path: str) -> IO[bytes]:
        if self._archive.getinfo(path).compress_type not in _METHODS:
            raise NotImplementedError("neither stored nor deflated")
        return self._archive.open(path)


def open_files(path: Path) -> Files:
    """Return the files of a directory or zip archive.

    Raises:
        Unreadable: neither is there, or it holds no file.
    """
    if not path.exists():
        raise Unreadable(f"{path}: no such file or directory")
    if not path.is_dir() and not path.is_file():  # a pipe or device would never end
        raise Unreadable(f"{path}: neither a regular file nor a directory")
    files: Files = DirectoryFiles(path) if path.is_dir() else ZipFiles(path)
    if not files.paths:
        raise Unreadable(f"{path}: empty")
    return files
