"""What surrounds the database: free space, and who may read the private keys."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ledger.doctor.finding import Outcome, failed, ok, warning

LEAST_FREE_BYTES: Final = 256 * 1024 * 1024
LITTLE_FREE_BYTES: Final = 2 * 1024 * 1024 * 1024
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_SHOWN: Final = 5


def check_space(directory: Path, statvfs: Callable[[Path], os.statvfs_result] = os.statvfs) -> Outcome:
    """Look at the free space, in bytes, for what does not run as root."""
    system = statvfs(directory)
    if system.f_flag & os.ST_RDONLY:
        return ok("a read-only medium: nothing is appended here")
    free = system.f_bavail * system.f_frsize
    found = f"{free // (1024 * 1024)} MiB free"
    advice = "make room: an append that finds none fails, and nothing of it is kept"
    if free < LEAST_FREE_BYTES:
        return failed(found, advice)
    return warning(found, advice) if free < LITTLE_FREE_BYTES else ok(found)


def check_key_files(directory: Path) -> Outcome:
    """See that nobody but their owner may read or write the private keys (``*.pem``) of a directory."""
    if not directory.is_dir():
        return warning(f"{directory}: no such directory", "--keys names the operator's key directory")
    keys = sorted(directory.glob("*.pem"))
    if not keys:
        return warning(f"{directory}: no keys", "--keys names the operator's key directory")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in keys}
    open_to_others = [f"{name} is {mode:04o}" for name, mode in modes.items() if mode & _OTHERS]
    if open_to_others:
        more = f" and {len(open_to_others) - _SHOWN} more" if len(open_to_others) > _SHOWN else ""
        return failed(
            f"{directory}: {', '.join(open_to_others[:_SHOWN])}{more}",
            "chmod 600; an officer's key that somebody may have read is revoked and another one registered",
        )
    if stat.S_IMODE(directory.stat().st_mode) & (stat.S_IWGRP | stat.S_IWOTH):
        return failed(f"{directory}: others may replace what is in it", "chmod 700")
    return ok(f"{len(keys)} keys, readable by their owner alone")
