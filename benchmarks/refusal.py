"""How long the largest submission that is refused holds the writer (benchmarks/README.md).

A thousand statements, each naming 250 enterprises of its own, are rightly signed and malformed: all 250,000
histories get an entry that says so.
"""

import argparse
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

from lots import KEYS, ORIGIN, enterprise

from api.cli.init import sign_opening
from ledger.append import Declined
from ledger.canonical import canonical_bytes
from ledger.clock import format_instant, system_clock
from ledger.envelope import Seen, sign_envelope
from ledger.opening import open_ledger
from ledger.sequencer import Sequencer
from ledger.stores import open_store

STATEMENTS = 1_000
NAMED = 250


def statement(number: int) -> bytes:
    """Return a statement of a known type whose body is not of its shape."""
    named = [enterprise(number * NAMED + place) for place in range(NAMED)]
    return canonical_bytes(
        {
            "agency": "commerce", "attachments": [], "body": {"usccs": named},
            "id": str(UUID(int=number + 2)), "ledger": ORIGIN,
            "occurred_at": format_instant(system_clock()), "type": "EnterpriseSuspended", "version": 1,
        }
    )  # fmt: skip


def measure(url: str) -> tuple[float, float]:
    """Open a ledger in an empty store, submit, and return wall and processor seconds until the answer."""
    store = open_store(url, create=True)
    opening = sign_opening(ORIGIN, KEYS, "0" * 64, str(UUID(int=1)), system_clock)
    genesis = open_ledger(store, *opening, clock=system_clock)
    statements = [statement(number) for number in range(STATEMENTS)]
    now = format_instant(system_clock())
    raw = sign_envelope("commerce", ORIGIN, Seen(0, genesis.hex()), 2, now, statements, [KEYS["commerce-1"]])
    with Sequencer(store, KEYS["housekeeping"]) as sequencer:
        wall, processor = perf_counter(), process_time()
        outcome = sequencer.append(raw, statements)
        taken = perf_counter() - wall, process_time() - processor
    assert isinstance(outcome, Declined)
    store.close()
    return taken


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--db", help="an empty store; else a SQLite file that is removed at the end")
    chosen = parser.parse_args().db
    with tempfile.TemporaryDirectory() as folder:
        wall, processor = measure(chosen or f"sqlite:///{Path(folder)}/ledger.db")
    print(f"{STATEMENTS * NAMED} subjects refused in {wall:.1f} s, {processor:.1f} s of them this process's")


if __name__ == "__main__":
    main()
