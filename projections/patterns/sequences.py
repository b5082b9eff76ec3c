"""Numbers of ``seq`` that are nowhere: what was signed under them, if anything, the ledger never saw."""

from datetime import datetime, timedelta
from typing import Final

from projections.patterns.hit import Asked, Hit, some
from projections.patterns.officers import officers
from projections.reading import LIVE

_GAPPED: Final = f"""
SELECT keyid FROM signing WHERE {LIVE} AND place = 1 GROUP BY keyid HAVING count(*) <> max(seq) ORDER BY keyid
"""
_NUMBERS: Final = f"""
SELECT seq, idx, signed_at FROM signing WHERE {LIVE} AND place = 1 AND keyid = ? ORDER BY seq
"""


def seq_gaps(asked: Asked) -> list[Hit]:
    """Return signers with numbers that are nowhere, so long after the next one that none can still arrive.

    An envelope may enter until ``hours`` after it was signed, so a number below one that was signed earlier
    than that before the last entry will not come any more. A refused envelope has used its number up.
    """
    names = officers(asked)
    latest = datetime.fromisoformat(asked.store.head().recorded_at) - timedelta(hours=asked.values["hours"])
    hits: list[Hit] = []
    for (keyid,) in asked.store.view_rows(_GAPPED):
        missing: list[str] = []
        entries: list[int] = []
        numbers = before = 0
        last: int | None = None
        for seq, index, signed_at in asked.store.view_rows(_NUMBERS, keyid):
            if seq > before + 1 and datetime.fromisoformat(signed_at) <= latest:
                missing.append(str(before + 1) if seq == before + 2 else f"{before + 1}-{seq - 1}")
                numbers += seq - 1 - before
                entries += [index] if last is None else [last, index]
            before, last = seq, index
        if numbers >= asked.values["least"]:
            figures = {"numbers": numbers, "missing": missing[:20], "last_number": before, "key": keyid}
            hits.append(Hit((names[keyid],), some(entries), figures))
    return sorted(hits, key=lambda hit: (hit.subjects, hit.entries))
