"""Is this ledger fit to be written to? Cheap checks of the database, the machine and the signer.

Each check says what it found and what repairs it; none of them writes. They do not replace an audit:
``verify`` reads every entry, these look at the last ones, at the schema and at the files around it. ``head``,
``checkpoints``, ``signer`` and ``machine`` hold for every store, ``sqlite`` for ledger files, ``postgres``
for databases in PostgreSQL.
"""

from ledger.doctor.examined import Examined
from ledger.doctor.finding import Check, Finding, Outcome, Status, examine, failed, ok, warning, worst

__all__ = [
    "Check",
    "Examined",
    "Finding",
    "Outcome",
    "Status",
    "examine",
    "failed",
    "ok",
    "warning",
    "worst",
]
