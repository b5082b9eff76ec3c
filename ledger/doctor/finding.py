"""What a check finds, and how checks are run."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ledger.signer import ReleaseRefused
from ledger.store import StoreError

Status = Literal["ok", "warning", "failed"]

AUDIT: Final = "stop writing, run `quota-ledger verify --anchor FILE`, go back to a backup that verifies"
"""What to do when the database was changed by something else than this program."""

OTHER_USER: Final = "run the doctor as the user who runs the ledger; see that the file can be read"

_RANK: Final[dict[Status, int]] = {"ok": 0, "warning": 1, "failed": 2}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found, in one line, and what repairs it (empty when nothing is to be done)."""

    status: Status
    found: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A check by its name; ``run`` writes nothing."""

    name: str
    run: Callable[[], Outcome]


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a check, by the check's name."""

    check: str
    status: Status
    found: str
    advice: str


def ok(found: str) -> Outcome:
    """Return that nothing is wrong."""
    return Outcome("ok", found)


def warning(found: str, advice: str) -> Outcome:
    """Return that the ledger works, and somebody should look at this."""
    return Outcome("warning", found, advice)


def failed(found: str, advice: str) -> Outcome:
    """Return that the ledger must not be relied on, or not be written to, before this is repaired."""
    return Outcome("failed", found, advice)


def examine(checks: Iterable[Check]) -> list[Finding]:
    """Run every check; one that cannot even read what it needs has failed, and the others go on."""
    found = []
    for check in checks:
        try:
            outcome = check.run()
        # What is read may be damaged in any way; StopIteration is a row that is not there.
        except (StoreError, ReleaseRefused, ValueError, LookupError, StopIteration) as error:
            outcome = failed(f"it cannot be read: {str(error) or type(error).__name__}", AUDIT)
        except OSError as error:
            outcome = failed(f"{error.filename or 'system'}: {error.strerror}", OTHER_USER)
        found.append(
            Finding(
                check.name, outcome.status, " ".join(outcome.found.split()), " ".join(outcome.advice.split())
            )
        )
    return found


def worst(findings: Sequence[Finding]) -> Status:
    """Return the gravest status, ok when there is none."""
    return max((finding.status for finding in findings), key=_RANK.__getitem__, default="ok")
