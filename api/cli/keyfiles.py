"""Private keys in files: PKCS #8 PEM, readable by their owner alone, never overwritten."""

import os
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from api.cli.context import REFUSED, UNAVAILABLE, USAGE, Stop, beside, read_file
from ledger.keys import KeyRing
from ledger.signer import CheckpointSigner

CHECKPOINT_KEY: Final = "operator-checkpoint.pem"
HOUSEKEEPING_KEY: Final = "operator-housekeeping.pem"
CHECKPOINT_MEMORY: Final = "checkpoint.last"


def write_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a private key to a new file of mode 0600.

    Raises:
        Stop: the file exists already, or cannot be written.
    """
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Stop(REFUSED, f"key {path}: exists already and is never overwritten; name a new file") from None
    except OSError as error:
        raise Stop(USAGE, f"key {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> Ed25519PrivateKey:
    """Return the Ed25519 key that a PEM file holds.

    Raises:
        Stop: no such file, one that others than its owner may read or write, or something else in it.
    """
    pem = read_file(path, "key")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Stop(REFUSED, f"key {path}: mode {mode:04o} opens it to others; `chmod 600 {path}` closes it")
    return parse_key(pem, f"key {path}")


def parse_key(pem: bytes, name: str) -> Ed25519PrivateKey:
    """Return the Ed25519 key in ``pem``; ``name`` says in a message where it is from.

    Raises:
        Stop: something else is in it.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Stop(REFUSED, f"{name}: an Ed25519 private key in PEM, without a password, is wanted")
    return key


def keys_directory(database: Path, keys: Path | None) -> Path:
    """Return where the operator's keys lie: ``--keys``, else beside the database."""
    return keys or beside(database, ".keys")


def housekeeping_key(directory: Path) -> Ed25519PrivateKey:
    """Return the key that the sequencer signs its own entries with.

    Raises:
        Stop: unavailable: it is not there.
    """
    path = directory / HOUSEKEEPING_KEY
    if not path.is_file():
        raise Stop(UNAVAILABLE, f"key {path}: not there; --keys names the operator's key directory")
    return read_key(path)


def releasing_signer(ring: KeyRing, directory: Path) -> CheckpointSigner:
    """Return the checkpoint signer of a ledger, for who has to release.

    Raises:
        Stop: unavailable: its key is not there; refused: it is not the key that entry 0 names.
    """
    signer = checkpoint_signer(ring.origin or "", directory)
    if signer is None:
        raise Stop(UNAVAILABLE, f"key {directory / CHECKPOINT_KEY}: not there; --keys names its directory")
    if str(signer.verifier_key) != ring.operator_key:
        raise Stop(REFUSED, f"key {directory / CHECKPOINT_KEY}: entry 0 names {ring.operator_key}")
    return signer


def checkpoint_signer(origin: str, directory: Path) -> CheckpointSigner | None:
    """Return the checkpoint signer with its memory, None where this process does not hold the key."""
    path = directory / CHECKPOINT_KEY
    if not path.is_file():
        return None
    return CheckpointSigner(origin, read_key(path), directory / CHECKPOINT_MEMORY)
