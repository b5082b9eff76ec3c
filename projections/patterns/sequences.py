"""Numbers of ``seq`` that are nowhere: what was signed under them, if anything, the ledger never saw."""

from datetime import datetime, timedelta
from typing import Final

from projections.patterns.hit import Asked, Hit, some
from projections.patterns.officers import officers
from projections.reading import LIVE

_GAPPED: Final = f"""
SELECT keyid, max(seq) FROM signing WHERE {LIVE} AND place = 1
GROUP BY keyid HAVING count(*) <> max(seq) ORDER BY keyid
"""
# The numbers are told from an index alone; when it was signed is looked up for those behind a gap.
_GAPS: Final = f"""
SELECT seq, before, idx, last_idx, (
  SELECT signed_at FROM signing AS s
  WHERE s.{LIVE} AND s.idx = numbered.idx AND s.entered = numbered.entered AND s.place = 1)
FROM (
  SELECT seq, idx, entered, lag(seq) OVER (ORDER BY seq) AS before, lag(idx) OVER (ORDER BY seq) AS last_idx
  FROM signing WHERE {LIVE} AND place = 1 AND keyid = ?) AS numbered
WHERE seq > coalesce(before, 0) + 1 ORDER BY seq
"""


def seq_gaps(asked: Asked) -> list[Hit]:
    """Return signers with numbers that are nowhere, so long after the next one that none can still arrive.

    An envelope may enter until ``hours`` after it was signed, so a number below one that was signed earlier
    than that before the last entry will not come any more. A refused envelope has used its number up.
    """
    names = officers(asked)
    latest = datetime.fromisoformat(asked.store.head().recorded_at) - timedelta(hours=asked.values["hours"])
    hits: list[Hit] = []
    for keyid, highest in asked.store.view_rows(_GAPPED):
        missing: list[str] = []
        entries: list[int] = []
        numbers = 0
        for seq, before, index, last, signed_at in asked.store.view_rows(_GAPS, keyid):
            if datetime.fromisoformat(signed_at) > latest:
                continue
            first = (before or 0) + 1
            missing.append(str(first) if seq == first + 1 else f"{first}-{seq - 1}")
            numbers += seq - first
            entries += [index] if last is None else [last, index]
        if numbers >= asked.values["least"]:
            figures = {"numbers": numbers, "missing": missing[:20], "last_number": highest, "key": keyid}
            hits.append(Hit((names[keyid],), some(entries), figures))
    return sorted(hits, key=lambda hit: (hit.subjects, hit.entries))
