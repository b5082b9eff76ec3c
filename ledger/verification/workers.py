"""Processes that look at entries ahead of the pass: as many as help, none where there is little to do.

Each runs ``python -m ledger.verification.worker``, gets pickled work on its standard input and answers on its
standard output. It ends when its input does, so none outlives the verification, however that ends; it is in
a process group of its own, so that Ctrl-C reaches the verification alone.
"""

import fcntl
import os
import pickle
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock
from typing import Final, Protocol

from ledger.verification.look import Looked, Work, look

LEAST_ENTRIES: Final = 4_096
"""Fewer entries are looked at sooner than a process starts."""
_AT_HAND: Final = 2
"""Pieces of work that lie with a process: it has the next as soon as it has done one."""
MOST_PROCESSES: Final = 8
"""The process that leads has enough to do with the answers of half as many."""
_PIPE_BYTES: Final = 1 << 20
"""Of a pipe, where the system has room for them: an answer then does not wait for its reader."""
_ROOT: Final = str(Path(__file__).resolve().parents[2])


class Lookers(Protocol):
    """Who looks at work."""

    @property
    def ahead(self) -> int:
        """How much work it is good to have under way."""
        ...

    def submit(self, work: Work) -> "Future[Looked]":
        """Have some work looked at."""
        ...

    def close(self) -> None:
        """End all of it, finished or not."""
        ...


class Here:
    """Looks at once, in this process."""

    ahead = 0

    def submit(self, work: Work) -> "Future[Looked]":
        """See :meth:`Lookers.submit`."""
        done: Future[Looked] = Future()
        done.set_result(look(work))
        return done

    def close(self) -> None:
        """See :meth:`Lookers.close`."""


class Workers:
    """Some processes, and threads that bring them work and wait for their answers."""

    def __init__(self, count: int) -> None:
        self.ahead = (_AT_HAND + 1) * count
        self.processes = [_Process() for _ in range(count)]
        self._free: SimpleQueue[_Process] = SimpleQueue()
        for process in _AT_HAND * self.processes:
            self._free.put(process)
        # One more than wait for answers: it brings the next work to whoever has only one piece.
        self._threads = ThreadPoolExecutor(count + 1)

    def submit(self, work: Work) -> "Future[Looked]":
        """See :meth:`Lookers.submit`."""
        return self._threads.submit(self._ask, work)

    def close(self) -> None:
        """See :meth:`Lookers.close`."""
        for process in self.processes:
            process.running.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self.processes:
            process.running.communicate()  # there is nobody to talk to; it closes the pipes and waits

    def _ask(self, work: Work) -> Looked:
        process = self._free.get()
        try:
            return process.ask(work)
        finally:
            self._free.put(process)


class _Process:
    """A process that answers in the order in which it is asked; it can be asked before it has answered."""

    def __init__(self) -> None:
        # -P: never from the directory that one happens to stand in, which may be that of the evidence.
        path = os.pathsep.join([_ROOT, *filter(None, sys.path)])
        self.running = subprocess.Popen(
            [sys.executable, "-P", "-m", "ledger.verification.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=_PIPE_BYTES,
            process_group=0,
            env=os.environ | {"PYTHONPATH": path},
        )
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        self._in, self._out = self.running.stdin, self.running.stdout
        for pipe in (self._in, self._out):
            with suppress(OSError, AttributeError):  # no room for it; no such thing but on Linux
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._asking = Lock()
        self._answered = Event()
        """That who asked last has its answer, or none will come."""
        self._answered.set()

    def ask(self, work: Work) -> Looked:
        """Have some work looked at; more than one thread may ask."""
        done = Event()
        try:
            with self._asking:
                before, self._answered = self._answered, done
                pickle.dump(work, self._in, pickle.HIGHEST_PROTOCOL)
                self._in.flush()
            before.wait()
            answer: Looked = pickle.load(self._out)  # noqa: S301  the process is our own
        except (EOFError, OSError, pickle.UnpicklingError):
            raise ChildProcessError("a process that verifies entries was ended from outside") from None
        finally:
            done.set()
        return answer


def lookers(size: int) -> Lookers:
    """Return who is to look at so many entries."""
    count = processes_for(size)
    return Workers(count) if count else Here()


def processes_for(size: int) -> int:
    """Return how many processes it is good to have for so many entries; 0 for none besides this one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if size < LEAST_ENTRIES or cores == 1 else min(cores, MOST_PROCESSES)
