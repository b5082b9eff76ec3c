"""Names of enterprises, as their files stood on a day."""

from collections.abc import Iterable
from datetime import date

from domain.state import State
from ledger.store import Reader
from projections.history.order import advance
from projections.history.targets import Targets
from projections.history.told import told

_FILE = ("EnterpriseRegistered", "EnterpriseChanged", "EventCorrected")


def names_of(reader: Reader, usccs: Iterable[str], size: int, day: date) -> dict[str, str | None]:
    """Return the name of each enterprise by its code; None where no file of it was opened.

    Args:
        reader: the store.
        usccs: whose.
        size: only entries below this index count.
        day: the day whose name it is.
    """
    return {uscc: _name(reader, uscc, size, day) for uscc in sorted(set(usccs))}


def _name(reader: Reader, uscc: str, size: int, day: date) -> str | None:
    state = State(Targets(reader))
    for _, data in reader.matching(_FILE, (f"enterprise:{uscc}",), 0, size):
        advance(state, told(data))
    firm = state.enterprise(uscc)
    return firm.value_on("name", day) or firm.name or None
