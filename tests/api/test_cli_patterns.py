"""The commands ``patterns`` and ``graph``: a line for each, the hits of one, usage errors, the forms of the graph."""

from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from projections.patterns.catalogue import PATTERNS
from tests.support.cli import Cli


@pytest.fixture
def season(cli: Cli) -> Cli:
    """A season with faults in the command's ledger."""
    cli.json("demo", "--faults", "--db", cli.db)
    return cli


@pytest.fixture
def opened(cli: Cli) -> Cli:
    """A ledger with nothing in it."""
    cli.init()
    return cli


def test_the_commands_tell_what_was_planted(season: Cli) -> None:
    """Given a season with faults, when asked with and without a name, for people and for programs, then all agree."""
    told = season.json("patterns", "--db", season.db)
    assert (told["format"], told["origin"]) == ("quota-ledger-patterns/1", "demo.example/export-quota")
    assert [one["name"] for one in told["patterns"]] == list(PATTERNS)
    totals = {one["name"]: one["total"] for one in told["patterns"]}
    assert all(totals.values())

    one = season.json("patterns", "long-dwell", "--db", season.db)
    assert (one["total"], len(one["hits"])) == (totals["long-dwell"],) * 2
    more = season.json("patterns", "long-dwell", "--days", "100", "--on", "2026-01-31", "--db", season.db)
    assert (more["values"], more["on"]) == ({"days": 100}, "2026-01-31")
    assert more["total"] != one["total"]

    assert season("patterns", "--db", season.db) == 0, season.err
    assert all(name in season.out for name in PATTERNS)
    assert season("patterns", "long-dwell", "--db", season.db) == 0, season.err
    assert "待出口滞留过久" in season.out
    assert one["hits"][0]["subjects"][0] in season.out

    graph = season.json("graph", "--db", season.db)
    assert (graph["format"], graph["size"]) == ("quota-ledger-graph/1", told["size"])
    assert {edge["kind"] for edge in graph["edges"]} == {"PAIR", "USES"}
    assert season("graph", "--graphml", "--db", season.db) == 0, season.err
    root = fromstring(season.out)
    assert len(list(root.iter("{http://graphml.graphdrawing.org/xmlns}node"))) == len(graph["nodes"])
    assert season("graph", "--db", season.db) == 0, season.err
    assert f"{len(graph['nodes'])} nodes, {len(graph['edges'])} edges" in season.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("patterns", "same-plate"), "same-plate: no such pattern; there are same-scan"),
        (("patterns", "--days", "3"), "--days belongs to one pattern"),
        (("patterns", "same-scan", "--least", "3"), "same-scan has no parameter least; it takes: none"),
        (("patterns", "long-dwell", "--days", "0"), "long-dwell: days 0: 1 to 3650 days are wanted"),
        (("patterns", "signs-at-night", "--from", "24"), "signs-at-night: from 24: 0 to 23 hour are wanted"),
        (("patterns", "--on", "2025-02-30"), "--on 2025-02-30: a day YYYY-MM-DD is wanted"),
        (("graph", "--graphml", "--json"), "--graphml or --json, not both"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(opened: Cli, arguments: tuple[str, ...], told: str) -> None:
    """Given a name, parameter or option that there is not, when asked, then one line says what is right."""
    assert opened(*arguments, "--db", opened.db) == 2
    assert told in opened.err
    assert opened.err.count("\n") == 1


def test_a_ledger_that_is_not_there_is_unavailable(cli: Cli, tmp_path: Path) -> None:
    """Given no ledger, when patterns are asked of it, then it is unavailable."""
    assert cli("patterns", "--db", f"sqlite:///{tmp_path}/none.db") == 3
    assert cli("graph", "--db", f"sqlite:///{tmp_path}/none.db") == 3
