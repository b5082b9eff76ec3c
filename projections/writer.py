"""A process of its own that writes the pages of a rebuild, so that a second core has a part in it.

It is started anew and opens the ledger itself. A fork must not: which locks a process holds SQLite keeps in
its memory, and a forked one would believe that it holds those of its parent.

It is told each page as a line of JSON, and answers with a line when the page is written. It ends with its
input, and so with whoever started it.
"""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import IO, Any, Final

import orjson

from ledger.store import StoreError
from ledger.stores import AnyStore, open_store
from projections.writing import Change, Superseded, transaction, write_page

_SUPERSEDED: Final = "superseded"


class Writer:
    """What hands pages over; at most one is not written yet."""

    def __init__(self, process: "subprocess.Popen[bytes]", store: AnyStore, generation: int) -> None:
        """Tell a process what it is to fill, from entry 0."""
        self._process = process
        self._waiting = False
        self.size = 0
        """Where the generation stands, or is to stand, after what was handed over."""
        self._tell({"url": store.url, "generation": generation})

    def write(self, size: int, changes: Sequence[Change]) -> None:
        """Hand over the page that brings the generation to ``size``, when the one before is written.

        Raises:
            Superseded: the generation is gone.
            StoreError: the page before could not be written, or the process has ended.
        """
        self.settle()
        self._tell({"start": self.size, "size": size, "changes": [tuple(change) for change in changes]})
        self._waiting = True
        self.size = size

    def settle(self) -> None:
        """Wait until what was handed over is written; errors as ``write``."""
        if not self._waiting:
            return
        self._waiting = False
        line = _pipe(self._process.stdout).readline()
        if not line:
            raise self._ended()
        answer = orjson.loads(line)
        if answer.get("error") == _SUPERSEDED:
            raise Superseded
        if not answer.get("written"):
            raise StoreError(str(answer.get("error") or "another process writes the views of this rebuild"))

    def _tell(self, what: object) -> None:
        to = _pipe(self._process.stdin)
        try:
            to.write(orjson.dumps(what, option=orjson.OPT_APPEND_NEWLINE))
            to.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def _ended(self) -> StoreError:
        code = self._process.wait()
        how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
        return StoreError(f"the process that writes the views ended {how}")


@contextmanager
def writer(store: AnyStore, generation: int) -> Iterator[Writer]:
    """Give a process that fills a generation, and leave none behind.

    Raises:
        StoreError: it cannot be started.
    """
    command = [sys.executable, "-P", "-m", __name__]
    try:
        # In a process group of its own it hears nothing of Ctrl-C: whoever started it ends it.
        process = subprocess.Popen(  # noqa: S603  our own words
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
        )
    except OSError as error:
        raise StoreError(f"the process that writes the views cannot be started: {error}") from error
    try:
        one = Writer(process, store, generation)
        yield one
        one.settle()
        _pipe(process.stdin).close()
        process.wait()
    finally:
        process.kill()
        with suppress(BrokenPipeError), process:  # closes the pipes and waits
            pass


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _pipe(one: IO[bytes] | None) -> IO[bytes]:
    assert one is not None, "the process was started with pipes"
    return one


def main() -> None:
    """Write what is told on standard input, page by page."""
    gc.disable()  # rows refer to nothing
    lines = iter(sys.stdin.buffer)
    told = orjson.loads(next(lines))
    try:
        with closing(open_store(told["url"])) as store:
            for line in lines:
                if not line.endswith(b"\n"):
                    return  # who told it has died meanwhile
                _answer({"written": _write(store, told["generation"], orjson.loads(line))})
    except Superseded:
        _answer({"error": _SUPERSEDED})
    except Exception as error:  # noqa: BLE001  whatever it is, it is told to who waits for an answer
        _answer({"error": str(error) if isinstance(error, StoreError) else repr(error)})


def _write(store: AnyStore, generation: int, page: dict[str, Any]) -> bool:
    changes = [Change(*change) for change in page["changes"]]
    with transaction(store) as connection:
        return write_page(connection, generation, page["start"], page["size"], changes)


def _answer(what: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(what, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
