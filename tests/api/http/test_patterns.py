"""Patterns and the relation graph over HTTP, in either store: what the command says, for those who inspect."""

from pathlib import Path

from projections.patterns.asking import ask, summary
from projections.patterns.catalogue import PATTERNS
from tests.support import domain as d
from tests.support.reading import A_BATCH, A_CARS, A_EXPORTER, A_UPSTREAM, B_EXPORTER, readers
from tests.support.web import problem


def test_patterns_are_asked_and_hits_are_noted(tmp_path: Path, url: str) -> None:
    """Given a certificate that two cars carry, when patterns are asked, then it is a hit, and the log names the cars."""
    with readers(tmp_path, url) as at:
        body = d.registered_body(A_CARS[2], f"{A_BATCH}-3", "2025-06-02", cert_no=d.cert_no(A_CARS[1]))
        at.say("2025-06-02", "VehicleRegistered", body)
        listed = at.get("/v1/patterns", "investigator").json()
        assert [one["name"] for one in listed["patterns"]] == list(PATTERNS)
        assert [one["total"] for one in listed["patterns"]] == [one.total for one in summary(at.store)]
        found = at.get("/v1/patterns/same-certificate", "auditor").json()
        assert found == {"origin": listed["origin"], **ask(at.store, "same-certificate").to_json()}
        cars = {f"vin:{car}" for car in A_CARS[1:]}
        assert cars <= {subject for hit in found["hits"] for subject in hit["subjects"]}
        rows = [row for page in at.pages("/v1/access-log", limit=200) for row in page["reads"]]
        assert cars <= {row["subject"] for row in rows if row["route"] == "/v1/patterns/{name}"}


def test_parameters_are_those_of_the_pattern(tmp_path: Path) -> None:
    """Given parameters right and wrong, when a pattern is asked with them, then it takes its own alone."""
    with readers(tmp_path) as at:
        name, one = next((name, each.parameters[0]) for name, each in PATTERNS.items() if each.parameters)
        path = f"/v1/patterns/{name}?values={one.name}:"
        assert at.get(f"{path}{one.lowest}", "auditor").json()["values"][one.name] == one.lowest
        problem(at.get(f"{path}{one.highest + 1}", "auditor"), 422, "invalid-request")
        problem(at.get(f"/v1/patterns/{name}?values=colour:3", "auditor"), 422, "invalid-request")
        problem(at.get(f"/v1/patterns/{name}?values=days=3", "auditor"), 422, "invalid-request")
        problem(at.get("/v1/patterns/no-such", "auditor"), 404, "not-found")


def test_the_graph_joins_the_firms_of_a_pair(tmp_path: Path) -> None:
    """Given two pairs, when the graph is asked for, then exporters are joined to their upstreams; agencies ask none."""
    with readers(tmp_path) as at:
        found = at.get("/v1/graph", "investigator").json()
        edge = next(one for one in found["edges"] if one["source"] == f"enterprise:{A_EXPORTER}")
        assert (edge["target"], edge["kind"], edge["cars"]) == (f"enterprise:{A_UPSTREAM}", "PAIR", 2)
        assert f"enterprise:{B_EXPORTER}" in {node["id"] for node in found["nodes"]}
        for path in ("/v1/graph", "/v1/patterns", "/v1/patterns/same-scan"):
            for role in ("police", "commerce", "enterprise", "witness"):
                problem(at.get(path, role), 403, "forbidden")
