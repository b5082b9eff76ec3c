"""What was wrong with the live rows of the views that a rebuild replaces."""

from typing import Final

from projections.differing import Compared, TableDiffers, first_key, not_compared
from projections.view import View
from projections.view_tables import total_keys
from projections.views import VIEWS
from projections.writing import Connection

# EXCEPT takes two nulls for the same.
_APART: Final = """
WITH was AS (SELECT {columns} FROM {table} WHERE generation = ?
             EXCEPT SELECT {columns} FROM {table} WHERE generation = ?),
     made AS (SELECT {columns} FROM {table} WHERE generation = ?
              EXCEPT SELECT {columns} FROM {table} WHERE generation = ?)
"""
_COUNTS: Final = """
SELECT (SELECT count(*) FROM was), (SELECT count(*) FROM made),
       (SELECT count(*) FROM was JOIN made USING ({key}))
"""
_FIRST: Final = """
SELECT {key} FROM (SELECT {key} FROM was UNION SELECT {key} FROM made) AS both_sides ORDER BY {key} LIMIT 1
"""


def compare_generations(connection: Connection, generation: int) -> Compared:
    """Compare the live rows with those of a generation that stands at the head and takes their place.

    Rows of another position are others rightly, and are not compared.

    Args:
        connection: in the transaction that changes over, in which nobody else writes.
        generation: made from the entries alone.
    """
    ((size,),) = connection.execute("SELECT size FROM view_set WHERE generation = ?", [generation])
    live = connection.execute("SELECT generation, size, reason FROM view_set WHERE live = 1")
    found = live.fetchall()
    if len(found) != 1:
        return not_compared(f"{len(found)} generations were live, one is wanted")
    ((former, stood, reason),) = found
    if stood != size:
        stopped = "" if reason is None else f" and had stopped there: {reason}"
        return not_compared(f"the live views stood at {stood} of {size} entries{stopped}")
    differing = list[TableDiffers]()
    for view in VIEWS:
        one = _differing(connection, view, former, generation)
        if one is not None:
            differing.append(one)
    return Compared(tuple(differing))


def _differing(connection: Connection, view: View, former: int, generation: int) -> TableDiffers | None:
    names = {
        "table": view.table,
        "columns": ", ".join(view.columns),
        "key": ", ".join(total_keys()[view.table]),
    }
    both = [former, generation, generation, former]
    ((was, made, changed),) = connection.execute((_APART + _COUNTS).format(**names), both)
    if not was and not made:
        return None
    ((*first,),) = connection.execute((_APART + _FIRST).format(**names), both)
    return TableDiffers(view.table, changed, made - changed, was - changed, first_key(tuple(first)))
