"""A writer process: appends envelopes to a ledger, ``ENVELOPES`` or more, until its input ends.

Run as ``python -m tests.support.writer URL NUMBER``; writes ``ready``, then one line an acknowledged envelope, at once:
``<envelope digest> <first index>`` for what entered, ``<envelope digest> <code>`` for what was refused.
"""

import hashlib
import json
import select
import sys
from collections.abc import Iterator
from contextlib import closing

from domain.identifiers import uscc_check
from ledger.append import Declined, Entered
from ledger.clock import system_clock
from ledger.envelope import Seen, sign_envelope
from ledger.sequencer import Sequencer
from ledger.store import StoreError, Unreachable
from ledger.stores import open_store
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


def enterprises(writer: int) -> Iterator[bytes]:
    """Yield registrations of enterprises that nobody else registers, as many as have numbers."""
    for number in range(1_000):
        org_code = of.ORG_CODES[of.EXPORTER]
        first_17 = f"9131{writer}{number:03d}{org_code}"
        uscc = first_17 + uscc_check(first_17)
        yield statement("EnterpriseRegistered", of.enterprise_body(uscc, "EXPORTER", org_code=org_code))


def send(sequencer: Sequencer, envelope: bytes, one: bytes) -> Entered | Declined:
    """Append; when the database fails, send the same envelope again, which tells what became of it."""
    for _ in range(5):
        try:
            return sequencer.append(envelope, [one])
        except Unreachable:
            raise  # that has waited long enough
        except StoreError as error:
            sys.stderr.write(f"sent again: {error}\n")
    return sequencer.append(envelope, [one])


def told_to_stop() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])


def main(url: str, writer: int) -> None:
    """Append and report."""
    with closing(open_store(url)) as store, Sequencer(store, private_key("housekeeping")) as sequencer:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        waiting = list(enterprises(writer))
        waiting.insert(3, approvals(writer))
        for number, one in enumerate(waiting, start=1):
            if number > ENVELOPES and told_to_stop():
                break
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
            outcome = send(sequencer, envelope, one)
            said = outcome.indexes[0] if isinstance(outcome, Entered) else outcome.items[0].code
            kind = json.loads(one)["type"]
            sys.stdout.write(f"{hashlib.sha256(envelope).hexdigest()} {said} {kind}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
