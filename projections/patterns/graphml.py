"""The relation graph as GraphML, which tools for graphs read."""

from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from projections.patterns.graph import Graph

_NAMESPACE: Final = "http://graphml.graphdrawing.org/xmlns"
_KEYS: Final = (
    ("node", "kinds", "string"),
    ("node", "label", "string"),
    ("node", "cars", "int"),
    ("edge", "kind", "string"),
    ("edge", "cars", "int"),
    ("edge", "entries", "string"),
)


def to_graphml(graph: Graph) -> bytes:
    """Return the graph as a document in UTF-8; lists are written with spaces between."""
    root = Element("graphml", xmlns=_NAMESPACE)
    for what, name, kind in _KEYS:
        names = {"id": f"{what}-{name}", "for": what, "attr.name": name, "attr.type": kind}
        SubElement(root, "key", names)
    body = SubElement(root, "graph", edgedefault="directed")
    for node in graph.nodes:
        element = SubElement(body, "node", id=node.id)
        _data(element, "node", {"kinds": " ".join(node.kinds), "label": node.label, "cars": node.cars})
    for edge in graph.edges:
        element = SubElement(body, "edge", source=edge.source, target=edge.target)
        entries = " ".join(map(str, edge.entries))
        _data(element, "edge", {"kind": edge.kind, "cars": edge.cars, "entries": entries})
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _data(element: Element, what: str, values: Mapping[str, str | int]) -> None:
    for name, value in values.items():
        SubElement(element, "data", key=f"{what}-{name}").text = str(value)
