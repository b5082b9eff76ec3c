"""A writer process: appends envelopes to a ledger file until told to stop, and reports each acknowledgement.

Run as ``python -m tests.support.writer FILE NUMBER COUNT``; writes one line an acknowledged envelope, at once:
``<envelope digest> <first index>`` for what entered, ``<envelope digest> <code>`` for what was refused.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from domain.identifiers import uscc_check
from ledger.append import Entered
from ledger.clock import system_clock
from ledger.envelope import Seen, sign_envelope
from ledger.sequencer import Sequencer
from ledger.store_sqlite import SqliteStore
from tests.support import domain as of
from tests.support.desk import statement
from tests.support.keys import LEDGER, private_key

WRITERS = 8
ENVELOPES = 30
GRANTED = 5


def approvals(writer: int) -> bytes:
    """Return the approval of this writer's own batch of one car; writers 1 and 2 approve the same car."""
    car = of.vin(max(writer, 2))
    return statement("UseApplicationApproved", of.approval_body([car], f"{of.PAIR}-{writer}"))


def enterprises(writer: int, count: int) -> Iterator[bytes]:
    """Yield registrations of enterprises that nobody else registers."""
    for number in range(count):
        org_code = of.ORG_CODES[of.EXPORTER]
        first_17 = f"9131{writer}{number:03d}{org_code}"
        uscc = first_17 + uscc_check(first_17)
        yield statement("EnterpriseRegistered", of.enterprise_body(uscc, "EXPORTER", org_code=org_code))


def main(path: Path, writer: int, count: int) -> None:
    """Append and report."""
    store = SqliteStore(path)
    with Sequencer(store, private_key("housekeeping")) as sequencer:
        waiting = list(enterprises(writer, count))
        waiting.insert(3, approvals(writer))
        for number, one in enumerate(waiting, start=1):
            head = store.head()
            envelope = sign_envelope(
                "commerce",
                LEDGER,
                Seen(head.size - 1, head.leaf_hash.hex()),
                writer * 1_000 + number,
                system_clock().isoformat(),
                [one],
                [private_key("commerce-1")],
            )
            outcome = sequencer.append(envelope, [one])
            said = outcome.indexes[0] if isinstance(outcome, Entered) else outcome.items[0].code
            kind = json.loads(one)["type"]
            sys.stdout.write(f"{hashlib.sha256(envelope).hexdigest()} {said} {kind}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
