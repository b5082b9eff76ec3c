"""Which verifier this is: what it has found goes on only with the very same rules."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[2]
_PACKAGES: Final = ("domain", "ledger", "projections")


@cache
def verifier_identity() -> str:
    """Return the version of the package and the SHA-256 over the sources that answer: ``0.1.0 <64 hex>``.

    Each source counts as its path, a line feed, its length in decimal, a line feed, and its bytes; the paths
    (of ``domain``, ``ledger`` and ``projections``, ``/`` between the parts) ascend.
    """
    digest = sha256()
    paths = (path for package in _PACKAGES for path in (_ROOT / package).rglob("*.py"))
    for name, path in sorted((path.relative_to(_ROOT).as_posix(), path) for path in paths):
        data = path.read_bytes()
        digest.update(f"{name}\n{len(data)}\n".encode() + data)
    return f"{version('export-quota-ledger')} {digest.hexdigest()}"
