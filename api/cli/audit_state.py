"""``verify --save-state`` and ``--resume``: reading and writing the auditor's own state."""

import sys
from datetime import datetime
from pathlib import Path

from api.cli.context import USAGE, Stop
from ledger.anchor import Anchor
from ledger.canonical import Malformed
from ledger.verification import Verification
from projections.proof.follower import Follower, Until
from projections.proof.state import state_of
from projections.proof.state_file import AnotherLedger, AuditState, read_state, write_state


def own_file(option: str, path: Path, target: Path | str, anchor: Anchor | None) -> Anchor:
    """Return the anchor, if the file is the auditor's own: an anchor is given, and it is not of the target.

    Raises:
        Stop: usage: it is not.
    """
    if anchor is None:
        raise Stop(USAGE, f"{option}: a state is kept under an anchor; --anchor FILE is missing")
    place = path.resolve()
    if isinstance(target, Path) and place.is_relative_to(target.resolve()):
        raise Stop(USAGE, f"{option} {path}: within {target}; a state is the auditor's own, kept elsewhere")
    return anchor


def new_file(path: Path) -> None:
    """Refuse a place at which no state can be kept, before the audit rather than after it.

    Raises:
        Stop: usage: it is a directory, or lies in none.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise Stop(USAGE, f"--save-state {path}: a file in a directory that is there is wanted")


def read_own(path: Path, anchor: Anchor, until: Until | None, moment: object) -> AuditState:
    """Return the state in a file.

    Args:
        path: that ``--resume`` names.
        anchor: under which the state must have been made.
        until: of ``--as-known-at``, if it was given; the state must lie before it.
        moment: what ``--as-known-at`` named.

    Raises:
        Stop: usage: it cannot be read, is damaged or of another ledger, or goes beyond ``until``.
    """
    try:
        state = read_state(path, anchor)
    except OSError as error:
        raise Stop(USAGE, f"--resume {path}: {error.strerror}") from None
    except (Malformed, AnotherLedger) as error:
        raise Stop(USAGE, f"--resume {path}: {error}; verify without it") from None
    passed = state.passed
    if until is not None and passed is not None:
        last = passed.size - 1
        if not until(last, datetime.fromisoformat(passed.last_recorded_at)):
            told = f"the state has taken in entry {last} already; verify without --resume"
            raise Stop(USAGE, f"--as-known-at {moment}: {told}")
    return state


def write_own(path: Path, anchor: Anchor, verification: Verification, follower: Follower) -> None:
    """Write the state of an audit, of an intact ledger only; where none is kept one line on stderr says so.

    The answer does not depend on it: an old state stays and can be gone on from.
    """
    passed = verification.state
    if passed is None:
        sys.stderr.write("quota-ledger: --save-state: no state is kept of a ledger that is not intact\n")
        return
    try:
        write_state(path, anchor, passed, state_of(follower, passed.size))
    except OSError as error:
        sys.stderr.write(f"quota-ledger: --save-state {path}: no state is kept: {error.strerror}\n")
