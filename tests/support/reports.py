"""A season with violations of every kind on which reports are made, and sums added up by hand."""

from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from api.cli import run
from domain.calendar import shanghai_date
from ledger.stores import AnyStore, open_store
from projections.history.replay import NO_BALANCES
from projections.views.balances import read_balances
from tests.support.naive import Line, read_lines

FIRM = "91310115PDY00001XD"
"""An exporter with flags, cases, refusals and a suspension."""

FAULTS = ("--faults", "--vehicles", "120")
PAIR = f"{FIRM}-91310114PDY000028Y-1"


@dataclass(frozen=True)
class Season:
    """A ledger, its URL, and every entry of it."""

    url: str
    store: AnyStore
    lines: list[Line]

    def pairs(self) -> dict[str, dict[str, int]]:
        """Return the stored balances."""
        return {row.pair_id: dict(row.balances) for row in read_balances(self.store).pairs}

    def firms(self) -> list[str]:
        """Return every enterprise of a pair."""
        return sorted({uscc for pair_id in self.pairs() for uscc in pair_id.split("-")[:2]})

    def months(self) -> list[str]:
        """Return every month in which an entry was recorded."""
        return sorted({day_of(line).isoformat()[:7] for line in self.lines})


@contextmanager
def played_season(folder: Path, url: str | None = None, *options: str) -> Iterator[Season]:
    """Play a season into a new ledger."""
    url = url or f"sqlite:///{folder}/ledger.db"
    with chdir(folder):  # where anchor and keys of a PostgreSQL ledger go
        assert run(["demo", *(options or FAULTS), "--db", url, "--json"]) == 0
    store = open_store(url)
    yield Season(url, store, read_lines(store.entries(0, store.head().size)))
    store.close()


def day_of(line: Line) -> date:
    """Return the Shanghai day on which an entry was recorded."""
    return shanghai_date(line.recorded_at)


def moved(balances: dict[str, int], moves: list[dict[str, Any]]) -> dict[str, int]:
    """Return balances after moves."""
    after = {**NO_BALANCES, **balances}
    for move in moves:
        for account, sign in ((move["source"], -1), (move["target"], 1)):
            if account is not None:
                after[account] += sign * move["units"]
    return after


def summed(pairs: dict[str, dict[str, int]]) -> dict[str, int]:
    """Return the sum of each account over pairs."""
    return {name: sum(one[name] for one in pairs.values()) for name in NO_BALANCES}
