"""A moment: what is known, and the day that is looked at; and what is due at it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from domain.state import State
from ledger.store import Reader
from projections.history.chains import read_file
from projections.history.deadlines import Deadline, deadlines
from projections.history.file import SubjectFile
from projections.history.replay import Replay
from projections.history.scope import WHOLE, Scope
from projections.history.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class Moment:
    """As known at an index or on a day (None: all), in order of the ledger or as of a day."""

    as_known_at: int | date | None = None
    as_of: date | None = None


def replay_at(reader: Reader, subject: str, moment: Moment, most: int | None = None) -> Replay:
    """Read a subject's file, of ``most`` entries at most, and put it in the order of a moment.

    Raises:
        ValueError, NoHistory, ChainBroken, ReplayTooLong: see :func:`projections.history.chains.read_file`.
    """
    return Replay(read_file(reader, subject, moment.as_known_at, most), moment.as_of)


def standing_at(replay: Replay, on: date | None = None, scope: Scope = WHOLE) -> Standing:
    """Return where everything stands at the end of a replay, on its own day unless another is given."""
    return standing(replay.end(), replay.file, on or replay.day, scope)


def deadlines_of(
    state: State, file: SubjectFile, on: date, cars: Collection[str] | None = None
) -> list[Deadline]:
    """Return the clocks of a subject that run on a day.

    Args:
        state: after the entries that count.
        file: whose.
        on: the day.
        cars: only the clocks of these of its cars; None: all, and those of its pairs and of itself.
    """
    vins = file.cars if cars is None else tuple(vin for vin in file.cars if vin in cars)
    keys = [f"vin:{vin}" for vin in vins]
    if cars is None and file.is_enterprise:
        pairs = (key for key in state.changes if key.startswith("pair:"))
        keys += [file.subject, *(key for key in pairs if file.owns(key.removeprefix("pair:")))]
    found = deadlines(state, keys, on, file.recorded_on)
    if not file.is_enterprise:
        return found
    return [one for one in found if one.pair_id is None or file.owns(one.pair_id)]
