"""Who is joined to whom: exporters and upstreams by their pairs, exporters by the documents that they share.

A document is in the graph when it serves two cars, a declaration only when it serves two exporters: several
cars of one exporter on one declaration are usual.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.stores import AnyStore
from projections.patterns.evidence import STANDS
from projections.patterns.hit import some
from projections.reading import LIVE, Position, at_one_position, state_of

FORMAT: Final = "quota-ledger-graph/1"
_PAIRS: Final = f"""
SELECT exporter, upstream, count(*), min(registered), max(registered) FROM passage
WHERE {LIVE} AND annulled IS NULL AND exporter IS NOT NULL
GROUP BY exporter, upstream ORDER BY exporter, upstream
"""
_DOCUMENTS: Final = f"""
SELECT d.kind, d.value, d.vin, d.exporter, d.idx FROM document AS d
WHERE d.{LIVE} AND (d.kind, d.value) IN (
  SELECT kind, value FROM document WHERE {LIVE} GROUP BY kind, value HAVING min(vin) <> max(vin))
AND {STANDS} ORDER BY d.kind, d.value, d.idx
"""


@dataclass(frozen=True, slots=True)
class Node:
    """An enterprise (``enterprise:<USCC>``) or a document (``document:<kind>:<value>``).

    ``kinds`` are EXPORTER and UPSTREAM, or the kind of document; ``cars`` those that it has to do with.
    """

    id: str
    kinds: tuple[str, ...]
    label: str
    cars: int

    def to_json(self) -> dict[str, Any]:
        """Return the node."""
        return {"id": self.id, "kinds": list(self.kinds), "label": self.label, "cars": self.cars}


@dataclass(frozen=True, slots=True)
class Edge:
    """PAIR: from an exporter to its upstream; USES: from an exporter to a document. ``cars`` join them.

    ``entries`` are the first and the last registration, or the entries that name the document.
    """

    source: str
    target: str
    kind: str
    cars: int
    entries: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the edge."""
        return {
            "source": self.source,
            "target": self.target,
            "kind": self.kind,
            "cars": self.cars,
            "entries": list(self.entries),
        }


@dataclass(frozen=True, slots=True)
class Graph:
    """The relations after ``size`` entries; nodes by id, edges by their ends."""

    size: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the graph."""
        return {
            "format": FORMAT,
            "size": self.size,
            "nodes": [one.to_json() for one in self.nodes],
            "edges": [one.to_json() for one in self.edges],
        }


def graph(store: AnyStore) -> Graph:
    """Return the relations that the live views hold.

    Raises:
        StoreError: no views were made, or they never stood still.
    """
    return at_one_position(store, lambda here: _graph(store, here))


def _graph(store: AnyStore, here: Position) -> Graph:
    edges, cars, roles = list[Edge](), defaultdict[str, int](int), defaultdict[str, set[str]](set)
    for exporter, upstream, count, first, last in store.view_rows(_PAIRS):
        ends = f"enterprise:{exporter}", f"enterprise:{upstream}"
        edges.append(Edge(*ends, "PAIR", count, some([first, last])))
        for end, role in zip(ends, ("EXPORTER", "UPSTREAM"), strict=True):
            cars[end] += count
            roles[end].add(role)
    documents, uses = _documents(store)
    edges += uses
    for one in uses:  # one that only declared a car has no pair
        roles[one.source].add("EXPORTER")
    state = state_of(store, here, roles)
    firms = [
        Node(key, tuple(sorted(names)), state.enterprise(key.partition(":")[2]).name, cars[key])
        for key, names in roles.items()
    ]
    nodes = sorted((*firms, *documents), key=lambda one: one.id)
    return Graph(here.size, tuple(nodes), tuple(sorted(edges, key=lambda one: (one.source, one.target))))


def _documents(store: AnyStore) -> tuple[list[Node], list[Edge]]:
    found: defaultdict[tuple[str, str], list[tuple[str, str | None, int]]] = defaultdict(list)
    for kind, value, vin, exporter, index in store.view_rows(_DOCUMENTS):
        found[kind, value].append((vin, exporter, index))
    nodes, edges = list[Node](), list[Edge]()
    for (kind, value), uses in found.items():
        vins = {vin for vin, *_ in uses}
        by_exporter = _by_exporter(uses)
        if len(vins) < 2 or (kind == "DECLARATION" and len(by_exporter) < 2):
            continue
        node = Node(f"document:{kind}:{value}", (kind,), value, len(vins))
        nodes.append(node)
        for exporter, (cars, indexes) in by_exporter.items():
            edges.append(Edge(f"enterprise:{exporter}", node.id, "USES", len(cars), some(indexes)))
    return nodes, edges


def _by_exporter(uses: list[tuple[str, str | None, int]]) -> Mapping[str, tuple[set[str], list[int]]]:
    found: dict[str, tuple[set[str], list[int]]] = {}
    for vin, exporter, index in uses:
        if exporter is not None:
            cars, indexes = found.setdefault(exporter, (set(), []))
            cars.add(vin)
            indexes.append(index)
    return found
