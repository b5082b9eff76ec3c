"""The agenda: processes that run side by side in simulated time, merged into one order.

A process is an iterator that yields acts, and instants at which it wants to be asked again; what it decides
after such an instant may depend on all that happened before. Only what each process does next is held, so
memory grows with what is under way, not with the season.
"""

from collections.abc import Iterator
from datetime import datetime
from heapq import heappop, heappush

from api.demo.acts import Act

Process = Iterator[Act | datetime]


class Agenda:
    """Merges processes by time; at one moment by agency and officers, so that an envelope holds its lot."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, str, int, bool, int, Act | None, Process, bool]] = []
        self._count = 0
        self._foreground = 0
        self.now: datetime | None = None

    @property
    def is_idle(self) -> bool:
        """Say whether nothing but background processes is left."""
        return self._foreground == 0

    @property
    def pending(self) -> int:
        """How many processes are under way."""
        return len(self._heap)

    def spawn(self, process: Process, *, background: bool = False) -> None:
        """Start a process; its first step lies not before the present."""
        self._foreground += not background
        self._ask(process, background)

    def run(self) -> Iterator[Act]:
        """Yield the acts of all processes in the order of time."""
        while self._heap:
            at, *_, act, process, background = heappop(self._heap)
            self.now = at
            if act is not None:
                yield act
            self._ask(process, background)

    def _ask(self, process: Process, background: bool) -> None:
        step = next(process, None)
        if step is None:
            self._foreground -= not background
            return
        self._count += 1
        act = step if isinstance(step, Act) else None
        at = step.at if isinstance(step, Act) else step
        assert self.now is None or at >= self.now, f"{act and act.type} at {at}, but it is {self.now}"
        rank = (act.agency, act.officers, act.refused) if act else ("", 0, False)
        heappush(self._heap, (at, *rank, self._count, act, process, background))
