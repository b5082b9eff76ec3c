"""Who is joined to whom: pairs, shared documents, and nothing that one car alone uses."""

from xml.etree.ElementTree import fromstring

from projections.patterns.graph import Edge, Graph, Node, graph
from projections.patterns.graphml import to_graphml
from projections.runner import catch_up
from tests.support import domain as d
from tests.support.leads import Leads
from tests.support.vehicles import annulled_body

SECOND_PAIR = f"{d.OTHER}-{d.UPSTREAM}-1"
E, U, F = (f"enterprise:{uscc}" for uscc in (d.EXPORTER, d.UPSTREAM, d.OTHER))
INVOICE = "document:INVOICE:INV-7"


def two_cars(at: Leads) -> list[int]:
    """Register a car of each of two exporters of one upstream."""
    for pair in (d.PAIR, SECOND_PAIR):
        at.granted(pair)
    for number, pair in enumerate((d.PAIR, SECOND_PAIR), 1):
        at.classified([d.vin(number)], f"{pair}-1")
    return [
        at.say("2025-03-03", "VehicleRegistered", d.registered_body(d.vin(number), f"{pair}-1-1"))
        for number, pair in enumerate((d.PAIR, SECOND_PAIR), 1)
    ]


def submit(at: Leads, number: int, pair: str, **more: object) -> int:
    body = d.proof_body(d.vin(number), f"{pair}-1-1", **more)
    return at.say("2025-03-11", "TransferProofSubmitted", body, d.attachment("登记证书", d.vin(number)))


def read(at: Leads) -> Graph:
    catch_up(at.store)
    return graph(at.store)


def test_pairs_are_edges_with_their_cars(at: Leads) -> None:
    """Given two exporters of one upstream, when read, then each is joined to it by its cars."""
    first, second = two_cars(at)

    found = read(at)
    assert found.size == at.store.head().size
    assert set(found.nodes) == {
        Node(E, ("EXPORTER",), "示例有限公司", 1),
        Node(F, ("EXPORTER",), "示例有限公司", 1),
        Node(U, ("UPSTREAM",), "示例有限公司", 2),
    }
    assert set(found.edges) == {Edge(E, U, "PAIR", 1, (first,)), Edge(F, U, "PAIR", 1, (second,))}
    assert [one.id for one in found.nodes] == sorted(one.id for one in found.nodes)


def test_a_shared_document_is_a_node_of_its_own(at: Leads) -> None:
    """Given one invoice of two exporters, when read, then it joins both, with the entries that name it."""
    two_cars(at)
    one, two = submit(at, 1, d.PAIR, invoice_no="INV-7"), submit(at, 2, SECOND_PAIR, invoice_no="INV-7")

    found = read(at)
    assert Node(INVOICE, ("INVOICE",), "INV-7", 2) in found.nodes
    assert [edge for edge in found.edges if edge.kind == "USES"] == sorted(
        [Edge(E, INVOICE, "USES", 1, (one,)), Edge(F, INVOICE, "USES", 1, (two,))],
        key=lambda edge: edge.source,
    )


def test_documents_of_one_car_are_none(at: Leads) -> None:
    """Given cars with documents of their own, when read, then there is no document in the graph."""
    two_cars(at)
    submit(at, 1, d.PAIR)
    submit(at, 2, SECOND_PAIR)

    assert {edge.kind for edge in read(at).edges} == {"PAIR"}


def test_what_was_corrected_away_joins_nobody(at: Leads) -> None:
    """Given a shared invoice and a registration, when both are taken back, then neither is in the graph."""
    two_cars(at)
    submit(at, 1, d.PAIR, invoice_no="INV-7")
    index = submit(at, 2, SECOND_PAIR, invoice_no="INV-7")
    at.correct("2025-03-12", index, None)
    at.say("2025-03-12", "RegistrationAnnulled", annulled_body("CLERICAL", d.vin(2), "2025-03-12"))

    assert [edge.source for edge in read(at).edges] == [E]


def test_a_declaration_joins_exporters_alone(at: Leads) -> None:
    """Given one declaration for cars of one exporter, and one for those of two, then only the latter is there."""
    two_cars(at)
    for number, (declared, exporter) in enumerate(
        ((1, d.EXPORTER), (1, d.EXPORTER), (2, d.EXPORTER), (2, d.OTHER)), 1
    ):
        body = d.customs_body(d.vin(number), declared, exporter_uscc=exporter)
        at.say("2025-04-10", "CustomsExportConfirmed", body)

    documents = [node for node in read(at).nodes if node.id.startswith("document:")]
    assert [(node.label, node.cars) for node in documents] == [(d.declaration(2), 2)]


def test_graphml_says_the_same(at: Leads) -> None:
    """Given a graph, when written as GraphML and read by a parser, then nodes and edges are those of the graph."""
    two_cars(at)
    submit(at, 1, d.PAIR, invoice_no="INV-7")
    submit(at, 2, SECOND_PAIR, invoice_no="INV-7")
    found = read(at)

    root = fromstring(to_graphml(found))
    name = "{http://graphml.graphdrawing.org/xmlns}"
    declared = {key.get("id") for key in root.iter(f"{name}key")}
    assert [node.get("id") for node in root.iter(f"{name}node")] == [node.id for node in found.nodes]
    assert [(e.get("source"), e.get("target")) for e in root.iter(f"{name}edge")] == [
        (edge.source, edge.target) for edge in found.edges
    ]
    data = [(one.get("key"), one.text) for one in root.iter(f"{name}data")]
    assert {key for key, _ in data} == declared
    assert ("node-label", "示例有限公司") in data
