"""Upstreams that serve several exporters.

That is lawful: a season has some. What makes a hit is that two of the exporters share a document; with
``--least 0`` every upstream of several exporters is listed, with how many documents they share.
"""

from collections import defaultdict
from typing import Final

from projections.patterns.evidence import STANDS
from projections.patterns.hit import Asked, Hit, some
from projections.reading import LIVE

_SERVED: Final = f"""
SELECT upstream, exporter, count(*), min(registered) FROM passage
WHERE {LIVE} AND upstream IN (
  SELECT upstream FROM passage WHERE {LIVE} AND upstream IS NOT NULL
  GROUP BY upstream HAVING min(exporter) <> max(exporter))
GROUP BY upstream, exporter ORDER BY upstream, exporter
"""
_SHARED: Final = f"""
SELECT d.kind, d.value, d.exporter, min(d.idx) FROM document AS d
WHERE d.{LIVE} AND d.upstream = ? AND (d.kind, d.value) IN (
  SELECT kind, value FROM document WHERE {LIVE} AND upstream = ?
  GROUP BY kind, value HAVING min(exporter) <> max(exporter))
AND {STANDS}
GROUP BY d.kind, d.value, d.exporter ORDER BY d.kind, d.value, d.exporter
"""


def shared_upstream(asked: Asked) -> list[Hit]:
    """Return upstreams whose exporters share so many documents."""
    served: defaultdict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for upstream, exporter, cars, first in asked.store.view_rows(_SERVED):
        served[upstream].append((exporter, cars, first))
    hits: list[Hit] = []
    for upstream, exporters in served.items():
        used: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for kind, value, _, first in asked.store.view_rows(_SHARED, upstream, upstream):
            used[kind, value].append(first)
        shared = [uses for uses in used.values() if len(uses) > 1]
        if len(shared) >= asked.values["least"]:
            entries = [index for uses in shared for index in uses] or [first for *_, first in exporters]
            hits.append(
                Hit(
                    (f"enterprise:{upstream}", *(f"enterprise:{uscc}" for uscc, _, _ in exporters)),
                    some(entries),
                    {
                        "exporters": len(exporters),
                        "cars": [f"{uscc}: {cars}" for uscc, cars, _ in exporters],
                        "shared_documents": len(shared),
                    },
                )
            )
    return hits
