"""The answers of the verifier's statements over a ledger, kept for those who ask again at the same size."""

import threading
from collections import OrderedDict
from typing import Final

from ledger.store import Reader
from projections.history.findings import answers
from projections.proof.types import StatementResult
from projections.replay import MAX_ENTRIES

_KEPT: Final = 4
_ANSWERED: Final[OrderedDict[bytes, tuple[StatementResult, ...]]] = OrderedDict()
"""By the leaf hash of the last entry, which commits to all before it."""
_LOCK: Final = threading.Lock()


def answered(reader: Reader, size: int) -> tuple[StatementResult, ...]:
    """Answer every statement over the first ``size`` entries.

    Raises:
        ReplayTooLong: more than ``MAX_ENTRIES``.
        ChainBroken: an entry cannot be read.
    """
    leaf = next(iter(reader.leaf_hashes(size - 1, size)))
    with _LOCK:
        known = _ANSWERED.get(leaf)
    if known is None:
        known = answers(reader, size, MAX_ENTRIES)
        with _LOCK:
            _ANSWERED[leaf] = known
            while len(_ANSWERED) > _KEPT:
                _ANSWERED.popitem(last=False)
    return known
