"""Whether a history is whole: its chains end where the last heads committed say that they end.

That every entry hangs on the one before it shows that none is missing between two; only the committed heads
show that none is missing at the end. The proof hashes the head of every subject of the ledger, so it is made
up to a number of them; beyond, ``quota-ledger export`` makes it. What was proved once is remembered: that
these ends stand under this root is true for ever.
"""

import threading
from collections import OrderedDict
from hashlib import sha256
from typing import Final

from ledger.store import Reader
from ledger.subject_proof import NoHeads, NotWhole, committed_heads, prove_whole
from projections.history.file import SubjectFile
from projections.history.gathering import ChainBroken

PROVED_KEYS: Final = 200_000
"""Subjects of a ledger up to which a history is proved whole when it is told: some three seconds."""
_KEPT: Final = 1_000


class Wholeness:
    """Proves files whole, one at a time, and remembers the last ones."""

    def __init__(self, most_keys: int = PROVED_KEYS) -> None:
        """Prove in ledgers of ``most_keys`` subjects at most."""
        self._most_keys = most_keys
        self._proved: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def proved_up_to(self, reader: Reader, file: SubjectFile) -> int | None:
        """Return the size up to which every chain of a file is proved whole.

        None where no heads were committed yet, or too many for a proof here.

        Raises:
            ChainBroken: the chains, or the store's heads, are not those that were committed.
        """
        if file.heads_at is None:
            return None
        count, root = committed_heads(reader, file.heads_at)
        if count > self._most_keys:
            return None
        known = sha256(repr((count, root, sorted(file.ends.items()))).encode()).hexdigest()
        with self._lock:
            if known not in self._proved:
                try:
                    prove_whole(reader, file.heads_at, file.ends)
                except (NoHeads, NotWhole) as error:
                    raise ChainBroken(f"{error}; `quota-ledger verify` says more") from None
                self._proved[known] = None
            self._proved.move_to_end(known)
            while len(self._proved) > _KEPT:
                self._proved.popitem(last=False)
        return file.heads_at
