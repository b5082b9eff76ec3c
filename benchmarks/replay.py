"""What the replay of one enterprise takes in ledgers of two sizes, and a rebuild of all views.

A season of cars is played by its officers, and envelopes about ever more other enterprises are entered
between its half days until the ledger has each size. So the enterprise has the same entries in both, spread
over all (benchmarks/README.md). With size 0 there is nothing but the season.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

from lots import KEYS, LOT, lot

from api.cli.init import sign_opening
from api.demo.acts import moment
from api.demo.keys import OFFICERS, ORIGIN
from api.demo.pace import FIRST_DAY
from api.demo.play import SimulatedClock, play
from api.demo.season import season
from ledger.append import Entered
from ledger.clock import format_instant
from ledger.envelope import Seen, sign_envelope
from ledger.merkle import leaf_hash
from ledger.opening import load_ring, open_ledger
from ledger.sequencer import Sequencer
from ledger.stores import AnyStore, open_store
from projections.history.moments import Moment, replay_at
from projections.history.story import Story
from projections.runner import rebuild

CARS = 240  # of one exporter: some 2,800 entries
SIZES = (20_000, 1_000_000)
RUNS = 7
FIRST_SEQ = 1_000_000_000  # beyond what the season's officers use


def build(url: str, cars: int, size: int) -> None:
    """Play the season, with other enterprises' envelopes between its half days, up to ``size`` entries."""
    clock = SimulatedClock(moment(FIRST_DAY, 8))
    store = open_store(url, create=True)
    opening = str(UUID(bytes=bytes(16), version=4))
    open_ledger(store, *sign_opening(ORIGIN, KEYS, "0" * 64, opening, clock, OFFICERS), clock=clock)
    clock.now += timedelta(minutes=1)
    seen = Seen(0, leaf_hash(next(iter(store.entries(0, 1)))).hex())
    entered = 0

    with Sequencer(store, KEYS["housekeeping"], clock=clock) as sequencer:

        def fill(share: float) -> None:
            nonlocal entered
            while entered * LOT < (size - store.head().size + entered * LOT) * share:
                statements = lot(entered, ORIGIN)
                entered += 1
                envelope = sign_envelope(
                    "commerce", ORIGIN, seen, FIRST_SEQ + entered, format_instant(clock()), statements,
                    [KEYS["commerce-1"]],
                )  # fmt: skip
                outcome = sequencer.append(envelope, statements)
                assert isinstance(outcome, Entered), outcome

        play(season(1, cars, 0), store, sequencer, clock, KEYS, 0, lambda done: fill(done / cars))
        fill(1.0)
    store.close()


def measure(url: str) -> dict[str, float]:
    """Time the replay of the season's exporter, a bare read of all rows, and a rebuild of the views."""
    store = open_store(url)
    found: dict[str, float] = {"size": store.head().size}
    ring, _ = load_ring(store)
    subject = "enterprise:91310115PDY00001XD"
    told = Story(store, ring).tell(replay_at(store, subject, Moment()), Moment())
    found["entries"] = len(told["entries"])
    found["replay"] = median(seconds(lambda: replay_at(store, subject, Moment()).end()) for _ in range(RUNS))
    found["story"] = median(seconds(lambda: _tell(store, subject)) for _ in range(RUNS))
    found["read"] = min(seconds(lambda: sum(map(len, store.entries(0, store.head().size)))) for _ in range(2))
    found["rebuild"] = seconds(lambda: rebuild(store))
    with one_core():
        found["alone"] = seconds(lambda: rebuild(store))
    store.close()
    return found


def _tell(store: AnyStore, subject: str) -> None:
    ring, _ = load_ring(store)
    json.dumps(Story(store, ring).tell(replay_at(store, subject, Moment()), Moment()))


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and what it starts, on one core."""
    may = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(may)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, may)


def seconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def child(task: str, url: str, cars: int, size: int) -> dict[str, float]:
    """Run one task in a process of its own."""
    command = [
        sys.executable,
        __file__,
        "--task",
        task,
        "--db",
        url,
        "--cars",
        str(cars),
        "--sizes",
        str(size),
    ]
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def table(columns: Sequence[dict[str, float]]) -> Iterator[str]:
    """Yield the lines of a Markdown table; ratios to the smallest size."""
    yield "| " + " | ".join(["", *(f"{int(one['size']):,} entries" for one in columns)]) + " |"
    yield "|---|" + "---:|" * len(columns)
    base = columns[0]
    for name, title in (("replay", "the replay"), ("story", "the whole story as JSON")):
        cells = [f"{1_000 * one[name]:,.0f} ms (×{one[name] / base[name]:.2f})" for one in columns]
        yield f"| {title} of {int(base['entries']):,} entries | " + " | ".join(cells) + " |"
    rates = [f"{one['size'] / one['read']:,.0f}" for one in columns]
    yield "| bare read of the same rows, entries a second | " + " | ".join(rates) + " |"
    for name, title in (("rebuild", "rebuild of all views"), ("alone", "the same on one core")):
        rates = [f"{o['size'] / o[name]:,.0f} (×{o[name] / o['read']:.1f} of the read)" for o in columns]
        yield f"| {title}, entries a second | " + " | ".join(rates) + " |"


def main() -> None:
    """Build, measure and print the table; or do one task of a child."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="entries, ascending")
    parser.add_argument("--cars", type=int, default=CARS, help="cars of the season's one exporter")
    parser.add_argument(
        "--folder", type=Path, help="keep the SQLite ledgers here, or use those that are here"
    )
    parser.add_argument("--task", choices=["build", "measure"], help=argparse.SUPPRESS)
    parser.add_argument("--db", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.task == "build":
        build(chosen.db, chosen.cars, chosen.sizes[0])
        print("{}")
    elif chosen.task == "measure":
        print(json.dumps(measure(chosen.db)))
    else:
        with tempfile.TemporaryDirectory(prefix="replay-") as folder:
            columns, kept = [], chosen.folder or Path(folder)
            kept.mkdir(parents=True, exist_ok=True)
            for size in sorted(chosen.sizes):
                path = kept / f"replay-{size}.db"
                if not path.exists():
                    child("build", f"sqlite:///{path}", chosen.cars, size)
                columns.append(child("measure", f"sqlite:///{path}", chosen.cars, size))
            print("\n".join(table(columns)))


if __name__ == "__main__":
    main()
