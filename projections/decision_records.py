"""The decision records made anew from those that the views fold on, and what was wrong with them."""

from dataclasses import dataclass
from typing import Final

from ledger.records import REBUILT
from projections.writing import Connection

# Keys compare by byte in both stores. The index says which transaction wrote a record: that may differ.
_DIFFERENT: Final = """
WITH own AS (SELECT key, text FROM view_record WHERE generation = ?)
SELECT 'changed', count(*), min(r.key) FROM record AS r JOIN own AS b ON b.key = r.key
WHERE b.text <> r.text
UNION ALL SELECT 'missing', count(*), min(b.key) FROM own AS b
WHERE NOT EXISTS (SELECT 1 FROM record AS r WHERE r.key = b.key)
UNION ALL SELECT 'unknown', count(*), min(r.key) FROM record AS r
WHERE r.key <> ? AND NOT EXISTS (SELECT 1 FROM own AS b WHERE b.key = r.key)
"""


@dataclass(frozen=True, slots=True)
class Replaced:
    """How the decision records differed from those of the entries, in records."""

    changed: int
    missing: int
    unknown: int
    """Records that no entry accounts for."""
    first: str | None
    """The first key of all that differed."""


def replace_decision_records(connection: Connection, generation: int) -> Replaced:
    """Put a generation's records in the place of those that decide, and return what was wrong with these.

    The generation stands at the head. When anything differed, every process forgets the records that it
    remembers.
    """
    counts = dict[str, int]()
    firsts = list[str]()
    for kind, count, first in connection.execute(_DIFFERENT, (generation, REBUILT)):
        counts[kind] = count
        firsts += [first] if first is not None else []
    connection.execute("DELETE FROM record WHERE key <> ?", (REBUILT,))
    connection.execute(
        "INSERT INTO record (key, idx, text) SELECT key, idx, text FROM view_record WHERE generation = ?",
        (generation,),
    )
    if firsts:
        connection.execute(
            "INSERT INTO record (key, idx, text) SELECT ?, size, '' FROM head WHERE size > 0"
            " ON CONFLICT (key) DO UPDATE SET idx = excluded.idx",
            (REBUILT,),
        )
    return Replaced(**counts, first=min(firsts, default=None))
