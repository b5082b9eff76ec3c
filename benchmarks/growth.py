"""What a ledger costs as it grows: opening, appending, one history, one proof, memory (benchmarks/README.md).

A ledger is built up to each size by signed envelopes of 100 statements through the sequencer, and measured
there in processes of their own, each on a copy, so that no measurement warms up or enlarges another.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

from lots import HISTORY, KEYS, LOT, ORIGIN, enterprise, lot, signed, statement

from api.cli.init import sign_opening
from ledger.append import Entered, Outcome
from ledger.clock import system_clock
from ledger.ed25519 import key_id, raw_public_key
from ledger.entry import parse_entry
from ledger.envelope import Seen
from ledger.merkle import leaf_hash
from ledger.opening import open_ledger
from ledger.receipt import make_receipt
from ledger.sequencer import Sequencer
from ledger.signer import CheckpointSigner
from ledger.store import Store
from ledger.stores import open_store

SQLITE = "sqlite:///"
IN_FLIGHT = 20  # envelopes that wait at the sequencer: one full group
APPENDS = 1_000
NEAR = 10  # the thousandth append is the median of the last so many
PROBES = 25  # histories and proofs at places spread over the whole ledger
SIZES = (2_000, 20_000, 200_000)
FIGURES = {
    "open": "opening the store, ms",
    "first": "first append, ms",
    "thousandth": "thousandth append, ms",
    "history": "one history, ms",
    "proof": "one inclusion proof, ms",
    "proof_hashes": "hashes in the proof",
    "rss": "peak memory, measuring, MiB",
    "build_rss": "peak memory, building, MiB",
    "rate": "entries a second, building",
}


def last_seq(store: Store, officer: str) -> int:
    """Return the last number that an officer has used."""
    return store.last_sequence(key_id(raw_public_key(KEYS[officer])))


@contextmanager
def ledger(url: str, memory: Path) -> Iterator[tuple[Store, Sequencer]]:
    """Open the store with a sequencer that signs checkpoints."""
    store: Store = open_store(url)
    signer = CheckpointSigner(ORIGIN, KEYS["checkpoint"], memory)
    with Sequencer(store, KEYS["housekeeping"], signer=signer) as sequencer:
        yield store, sequencer
    store.close()


def build(url: str, memory: Path, size: int) -> dict[str, float]:
    """Open a ledger, or go on with one, until ``size`` statements stand in it behind entry 0."""
    store: Store = open_store(url, create=True)
    if store.head().size == 0:
        opening_id = str(UUID(bytes=bytes(16), version=4))
        open_ledger(
            store, *sign_opening(ORIGIN, KEYS, "0" * 64, opening_id, system_clock), clock=system_clock
        )
    store.close()
    began, waiting = perf_counter(), deque[Future[Outcome]]()
    with ledger(url, memory) as (store, sequencer):
        seen = Seen(0, leaf_hash(next(iter(store.entries(0, 1)))).hex())
        first = last_seq(store, "commerce-1") - 1  # entry 0 took the first number
        for number in range(first, size // LOT):
            statements = lot(number)
            waiting.append(sequencer.submit(signed("commerce-1", number + 2, seen, statements), statements))
            if len(waiting) == IN_FLIGHT:
                must_enter(waiting.popleft().result())
        for future in waiting:
            must_enter(future.result())
    rate = (size - first * LOT) / (perf_counter() - began)
    return {"rate": rate, "build_rss": peak_mib()}


def measure(url: str, memory: Path) -> dict[str, float]:
    """Take every figure once in this process; times in milliseconds."""
    began = perf_counter()
    with ledger(url, memory) as (store, sequencer):
        head = store.head()
        opened = 1_000 * (perf_counter() - began)
        seen = Seen(head.size - 1, head.leaf_hash.hex())
        seq = last_seq(store, "commerce-2")
        enterprises = (last_seq(store, "commerce-1") - 1) // HISTORY * LOT
        places = [enterprises * probe // PROBES for probe in range(PROBES)]
        appends = []
        for number in range(seq + 1, seq + APPENDS + 1):
            # 7,919 is prime: the enterprises come in no order and from everywhere
            one = statement("ExportQualificationFiled", number * 7_919 % enterprises, f"one-{number}")
            envelope = signed("commerce-2", number, seen, [one])
            appends.append(milliseconds(partial(append, sequencer, envelope, one)))
        note = store.checkpoint()
        histories = [milliseconds(partial(history, store, enterprise(place))) for place in places]
        indexes = [head.size * probe // PROBES for probe in range(PROBES)]
        proofs = [milliseconds(partial(make_receipt, store, index, note)) for index in indexes]
        hashes = [(make_receipt(store, index, note).proof or "").index("\n\n") // 45 for index in indexes]
        return {
            "size": head.size,
            "open": opened,
            "first": appends[0],
            "thousandth": median(appends[-NEAR:]),
            "history": median(histories),
            "proof": median(proofs),
            "proof_hashes": median(hashes),
            "rss": peak_mib(),
        }


def history(store: Store, uscc: str) -> None:
    """Read and parse the whole history of an enterprise."""
    indexes = list(store.subject_indexes(f"enterprise:{uscc}"))
    assert len(indexes) >= HISTORY, (uscc, indexes)
    for index in indexes:
        parse_entry(next(iter(store.entries(index, index + 1))))


def append(sequencer: Sequencer, envelope: bytes, one: bytes) -> None:
    """Enter one statement and wait until it is durable and a checkpoint is signed."""
    must_enter(sequencer.append(envelope, [one]))


def must_enter(outcome: Outcome) -> None:
    """Stop when the ledger refuses what it should take."""
    if not isinstance(outcome, Entered):
        raise SystemExit(f"refused: {outcome.items[0]}")


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes."""
    began = perf_counter()
    work()
    return 1_000 * (perf_counter() - began)


def peak_mib() -> float:
    """Return the most memory that this process has held; Linux counts it anew for each program."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def child(task: str, url: str, memory: Path, size: int) -> dict[str, float]:
    """Run one task in a process of its own."""
    command = [sys.executable, __file__, "--task", task, "--db", url, "--memory", str(memory)]
    ran = subprocess.run([*command, "--sizes", str(size)], stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def measured_copy(ledger: Path, size: int) -> dict[str, float]:
    """Measure a copy of a SQLite ledger, so that the ledger stays as it is."""
    with tempfile.TemporaryDirectory(dir=ledger.parent) as folder:
        copy, memory = Path(folder) / "ledger.db", Path(folder) / "memory"
        shutil.copy(ledger, copy)
        shutil.copy(ledger.with_suffix(".memory"), memory)
        os.sync()  # or the first append would wait for the copy to reach the disk
        return child("measure", f"{SQLITE}{copy}", memory, size)


def grow(url: str, folder: Path, sizes: Sequence[int], runs: int) -> list[dict[str, float]]:
    """Build up to each size and return, for each, the median of every figure over the runs.

    SQLite ledgers are kept at every size and measured in turn, so that what else the machine does meanwhile
    weighs on all sizes alike. A server's ledger is measured in place, where it grows by what is appended.
    """
    memory = folder / "ledger.memory"
    built: list[dict[str, float]] = []
    samples: list[list[dict[str, float]]] = [[] for _ in sizes]
    for size, own in zip(sizes, samples, strict=True):
        built.append(child("build", url, memory, size))
        print(f"{size:,}: built, {built[-1]['rate']:,.0f} entries a second", file=sys.stderr)
        if url.startswith(SQLITE):
            shutil.copy(url.removeprefix(SQLITE), folder / f"{size}.db")
            shutil.copy(memory, folder / f"{size}.memory")
        else:
            own += [child("measure", url, memory, size) for _ in range(runs)]
    if url.startswith(SQLITE):
        for run in range(runs):
            for size, own in zip(sizes, samples, strict=True):
                own.append(measured_copy(folder / f"{size}.db", size))
            print(f"run {run + 1} of {runs}: {[own[-1] for own in samples]}", file=sys.stderr)
    return [
        one | {name: median(sample[name] for sample in own) for name in own[0]}
        for one, own in zip(built, samples, strict=True)
    ]


def table(columns: Sequence[dict[str, float]]) -> Iterator[str]:
    """Yield the lines of a Markdown table: each figure, and its ratio to that of the smallest size."""
    sizes = [f"{int(column['size']):,} entries" for column in columns]
    yield "| " + " | ".join(["", *sizes]) + " |"
    yield "|---|" + "---:|" * len(sizes)
    for name, title in FIGURES.items():
        base = columns[0][name]
        cells = [f"{c[name]:,.{0 if c[name] >= 100 else 2}f}" for c in columns]
        cells = [
            cells[0],
            *(f"{t} (×{c[name] / base:.2f})" for t, c in zip(cells[1:], columns[1:], strict=True)),
        ]
        yield f"| {title} | " + " | ".join(cells) + " |"


def main() -> None:
    """Build, measure and print the table; or do one task of a child."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="multiples of 1,000, ascending")
    parser.add_argument("--runs", type=int, default=3, help="processes a size; the median is shown")
    parser.add_argument("--db", help="an empty store to use; default: a SQLite file for the time of the run")
    parser.add_argument("--task", choices=["build", "measure"], help=argparse.SUPPRESS)
    parser.add_argument("--memory", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.task:
        tasks = {"build": lambda: build(chosen.db, chosen.memory, chosen.sizes[0])}
        tasks["measure"] = lambda: measure(chosen.db, chosen.memory)
        print(json.dumps(tasks[chosen.task]()))
        return
    with tempfile.TemporaryDirectory(prefix="growth-") as folder:
        url = chosen.db or f"{SQLITE}{folder}/ledger.db"
        columns = grow(url, Path(folder), sorted(chosen.sizes), chosen.runs)
        print("\n".join(table(columns)))


if __name__ == "__main__":
    main()
