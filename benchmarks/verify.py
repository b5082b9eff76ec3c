"""How fast a ledger is verified: chain and tree, signatures, integrity, everything (benchmarks/README.md).

Beside each rate stands that of the bare hashes and signatures over the same bytes, measured in the same run.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from domain.catalogue import CATALOGUE
from ledger.anchor import read_anchor
from ledger.bundle import open_bundle
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.ed25519 import verify
from ledger.entry import parse_entry, parse_statement
from ledger.envelope import Envelope, parse_envelope, pre_authentication_encoding, verify_signatures
from ledger.keys import KeyRing
from ledger.merkle import HASH_SIZE, TILE_WIDTH, leaf_hash, root, tile_width
from ledger.tiles import (
    CHECKPOINT_PATH,
    decode_entries,
    decode_envelopes,
    entries_path,
    envelopes_path,
    tile_path,
)
from ledger.verification import verify_source
from ledger.verification.quick import FRONT
from ledger.verification.workers import processes_for
from projections.proof.answer import answered
from projections.proof.follower import Follower

PER_ENVELOPE = {"lots": 100, "singles": 1}
SINGLES_SHARE = 10  # one signature an entry takes so much longer that a tenth of the entries will do
SEASON = "season"
ENTRIES_PER_CAR = 11.8  # of a season
SEASON_TASKS = ("complete", "audit")
_FRONT = re.compile(FRONT.encode())
TASKS = ("hashes", "signatures", "chain", "signed", "complete", "audit")
TITLES = {
    "hashes": "bare SHA-256, one core, entries",
    "signatures": "bare Ed25519, one core, signatures",
    "chain": "chain and tree",
    "signed": "chain, tree and signatures",
    "complete": "complete integrity",
    "audit": "complete audit",
}


class Ledger:
    """A bundle, read by tiles."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        note = (folder / CHECKPOINT_PATH).read_bytes()
        self.checkpoint: Checkpoint = open_checkpoint(note, read_anchor(folder / "anchor.json").operator_key)
        self.size = self.checkpoint.size
        self.tiles = range(-(-self.size // TILE_WIDTH))

    def entries(self, number: int) -> list[bytes]:
        """Return the entries of a tile."""
        width = tile_width(self.size, 0, number)
        return decode_entries((self._folder / entries_path(number, width)).read_bytes(), number, width)

    def envelopes(self, number: int) -> list[Envelope]:
        """Return the envelopes that the entries of a tile are the first to refer to."""
        width = tile_width(self.size, 0, number)
        data = (self._folder / envelopes_path(number, width)).read_bytes()
        return [parse_envelope(raw) for raw in decode_envelopes(data, number, width)]

    def tile(self, number: int) -> bytes:
        """Return the hashes of a tile of level 0."""
        return (self._folder / tile_path(0, number, tile_width(self.size, 0, number))).read_bytes()

    def keys(self) -> dict[str, bytes]:
        """Return the keys that entry 0 names."""
        entry, ring = parse_entry(self.entries(0)[0]), KeyRing()
        ring.apply(0, entry.header.type, parse_statement(entry.statement)["body"], agency="operator")
        return {keyid: key.public_key for keyid, key in ring.keys.items()}


def linked(folder: Path, signed: bool, numbers: range) -> tuple[bytes, bytes, list[bytes]]:
    """Check some tiles in a row; return the link before them, their last leaf hash and the tiles' roots."""
    ledger, roots = Ledger(folder), list[bytes]()
    keys = ledger.keys() if signed else {}
    first = before = b""
    for number in numbers:
        entries = ledger.entries(number)
        leaves = [leaf_hash(data) for data in entries]
        for index, (data, leaf) in enumerate(zip(entries, leaves, strict=True), number * TILE_WIDTH):
            front = _FRONT.match(data)
            if front is None:
                raise SystemExit("the ledger is not whole")
            _, place, _, prev = front.groups()
            must(prev == (before or prev) and int(place) == index)
            first, before = first or prev, leaf.hex().encode()
        must(ledger.tile(number) == b"".join(leaves))
        roots.append(root(leaves))
        if signed:
            for envelope in ledger.envelopes(number):
                verify_signatures(envelope, keys.get)
    return first, before, roots


def chain(folder: Path, *, signed: bool) -> int:
    """Check every tile, on every core, and what joins them; return how many entries there are."""
    ledger = Ledger(folder)
    step = max(1, min(64, len(ledger.tiles) // 8))
    ranges = [ledger.tiles[start : start + step] for start in range(0, len(ledger.tiles), step)]
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(partial(linked, folder, signed), ranges))
    before, roots = b"0" * 2 * HASH_SIZE, list[bytes]()
    for first, last, row in found:
        must(first == before)
        before = last
        roots += row
    must(root(roots) == ledger.checkpoint.root)
    return ledger.size


def complete(folder: Path) -> int:
    """Verify as ``quota-ledger verify`` does."""
    answer = verify_source(
        open_bundle(folder), anchor=read_anchor(folder / "anchor.json"), trusted=[], unanchored=False,
        lenient=True, types=CATALOGUE,
    )  # fmt: skip
    must(answer.integrity == "INTACT")
    return answer.size


def audit(folder: Path) -> int:
    """Verify as ``quota-ledger verify`` does: integrity, the books, every statement and the headline."""
    anchor, follower = read_anchor(folder / "anchor.json"), Follower()
    found = verify_source(
        open_bundle(folder), anchor=anchor, trusted=[], unanchored=False, lenient=True, types=CATALOGUE,
        observer=follower,
    )  # fmt: skip
    answer = answered(found, follower, follower.checker.report())
    must(answer.verdict == "PROVED")
    return found.size


def must(holds: bool) -> None:
    """Stop when what was made is not found whole: there is no rate of that."""
    if not holds:
        raise SystemExit("the ledger is not whole")


def measure(task: str, folder: Path) -> dict[str, float]:
    """Do one task in this process; figures are of an entry, those of signatures of a signature."""
    ledger = Ledger(folder)
    work: Callable[[], int]
    if task == "hashes":
        entries = [data for number in ledger.tiles for data in ledger.entries(number)]
        work = lambda: len([leaf_hash(data) for data in entries])  # noqa: E731
    elif task == "signatures":
        keys = ledger.keys()
        signed = [
            (keys[keyid], signature, pre_authentication_encoding(envelope.payload))
            for number in ledger.tiles
            for envelope in ledger.envelopes(number)
            for keyid, signature in zip(envelope.head.signers, envelope.signatures, strict=True)
        ]
        work = lambda: len([verify(*one) for one in signed])  # noqa: E731
    elif task == "complete":
        work = partial(complete, folder)
    elif task == "audit":
        work = partial(audit, folder)
    else:
        work = partial(chain, folder, signed=task == "signed")
    began, used = perf_counter(), cpu_seconds()
    done = work()
    seconds, used = perf_counter() - began, cpu_seconds() - used
    helpers = processes_for(ledger.size) if task in SEASON_TASKS else 0
    return {"rate": done / seconds, "cpu_us": 1e6 * used / done, "peak_mib": peak_mib(helpers)}


def cpu_seconds() -> float:
    """Return what this process and those that it has ended have used of the cores."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def peak_mib(helpers: int) -> float:
    """Return the most that this process has held, and as much for each helper as any of them has."""
    status = Path("/proc/self/status").read_text()
    own = int(status.partition("VmHWM:")[2].split()[0])
    return (own + helpers * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def child(*arguments: str) -> dict[str, float]:
    """Run one task in a process of its own."""
    ran = subprocess.run([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def table(found: dict[tuple[str, str], dict[str, float]]) -> Iterator[str]:
    """Yield the lines of a Markdown table: a line a task; in brackets the CPU time beside the bare one."""
    titles = [f"{number} an envelope, a second | CPU, µs" for number in PER_ENVELOPE.values()]
    yield f"| | {' | '.join(titles)} |"
    yield "|---|" + "---:|" * 2 * len(titles)
    for task in TASKS:
        cells = []
        for kind, number in PER_ENVELOPE.items():
            one = found[kind, task]
            bare = found[kind, "hashes"]["cpu_us"]
            if task in {"signed", "complete", "audit"}:
                bare += found[kind, "signatures"]["cpu_us"] / number
            ratio = "" if task in {"hashes", "signatures"} else f" (×{one['cpu_us'] / bare:.1f})"
            cells += [f"{one['rate']:,.0f}", f"{one['cpu_us']:,.2f}{ratio}"]
        yield f"| {TITLES[task]} | {' | '.join(cells)} |"
    peak = max(found[kind, "complete"]["peak_mib"] for kind in PER_ENVELOPE)
    yield f"\nPeak memory of complete integrity, all processes: {peak:,.0f} MiB.\n"
    yield "| a season | entries a second | CPU, µs | peak, MiB |"
    yield "|---|---:|---:|---:|"
    for task in SEASON_TASKS:
        one = found[SEASON, task]
        yield f"| {TITLES[task]} | {one['rate']:,.0f} | {one['cpu_us']:,.2f} | {one['peak_mib']:,.0f} |"


def run(entries: int, runs: int, folder: Path) -> Iterator[str]:
    """Write the bundles, take every figure some times in turn, and yield the table of the medians."""
    for kind, number in PER_ENVELOPE.items():
        child(
            "--write", str(folder / kind), str(entries // (SINGLES_SHARE if number == 1 else 1)), str(number)
        )
    child("--write-season", str(folder / SEASON), str(round(entries / ENTRIES_PER_CAR)))
    measured = [(kind, task) for task in TASKS for kind in PER_ENVELOPE]
    measured += [(SEASON, task) for task in SEASON_TASKS]
    samples: dict[tuple[str, str], list[dict[str, float]]] = {one: [] for one in measured}
    for number in range(runs):
        for (kind, task), own in samples.items():
            own.append(child("--task", task, str(folder / kind)))
            print(f"run {number + 1}, {kind}, {task}: {own[-1]}", file=sys.stderr)
    yield from table(
        {key: {name: median(one[name] for one in own) for name in own[0]} for key, own in samples.items()}
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Write, measure and print the table; or do one task of a child."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=100_000, help="how many there are in a ledger")
    parser.add_argument("--runs", type=int, default=3, help="processes a figure; the median is shown")
    parser.add_argument("--task", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--write-season", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.task:
        print(json.dumps(measure(chosen.task[0], Path(chosen.task[1]))))
    elif chosen.write:
        from bundles import write_bundle  # the demonstration's memory is none of a task's

        folder, entries, number = chosen.write
        write_bundle(Path(folder), int(entries), int(number))
        print("{}")
    elif chosen.write_season:
        from bundles import write_season

        folder, vehicles = chosen.write_season
        write_season(Path(folder), int(vehicles))
        print("{}")
    else:
        with tempfile.TemporaryDirectory(prefix="verify-") as folder:
            print("\n".join(run(chosen.entries, chosen.runs, Path(folder))))


if __name__ == "__main__":
    main()
