"""Is this ledger fit to be written to? Cheap checks of the database, the machine and the signer.

Each check says what it found and what repairs it; none of them writes. They do not replace an audit:
``verify`` reads every entry, these look at the last ones, at the schema and at the files around it. ``head``,
``checkpoints``, ``signer`` and ``machine`` hold for every store, ``sqlite`` for ledger files.
"""

from ledger.doctor.finding import Check, Finding, Outcome, Status, examine, failed, ok, warning, worst
from ledger.doctor.sqlite import ExaminedStore

__all__ = [
    "Check",
    "ExaminedStore",
    "Finding",
    "Outcome",
    "Status",
    "examine",
    "failed",
    "ok",
    "warning",
    "worst",
]
