"""The overview of the city: sums of what is stored, and what the checker says of the whole."""

from collections import Counter

from projections.due import city_clocks
from projections.history.findings import explain_finding
from projections.reports import city
from projections.reports.months import Month
from tests.support.reports import Season, moved, summed


def test_totals_are_the_sums_of_what_is_stored(season: Season) -> None:
    """Given the stored balances, then the city's totals are their sums, with registrations that name no line."""
    content = city.build(season.store).content
    totals = summed(season.pairs())

    assert {one["pair_id"]: one["balances"] for one in content["pairs"]} == season.pairs()
    assert content["totals"] == {**totals, "UNB": totals["UNB"] + content["figures"]["unbacked_without_line"]}
    assert content["figures"]["granted"] == -totals["ISS"]
    assert content["figures"]["used"] == sum(totals[name] for name in "RTXDN")
    assert content["movement"] is None
    assert sum(one["entries"] for one in content["entries"]) == len(season.lines)


def test_levels_add_up_to_used_units_and_unbacked_registrations(season: Season) -> None:
    """Given C36, then its five levels hold every used unit and every unbacked registration once."""
    content = city.build(season.store).content
    head = content["headline"]
    levels = ("exit_proved", "customs_proved", "on_track", "undetermined", "exceptions")

    assert sum(head[name] for name in levels) == content["figures"]["used"] + content["totals"]["UNB"]
    assert head["verdict"] == "REFUTED"
    assert head["exceptions"] == len(explain_finding(season.store, "C36").result.entries)


def test_clocks_and_cases_are_those_of_the_replay(season: Season) -> None:
    """Given the deadlines of all, then the overview counts them by kind and status."""
    content = city.build(season.store).content
    _, _, clocks = city_clocks(season.store)
    counts = Counter((one.kind, one.status) for one in clocks)

    assert {(one["kind"], one["status"]): one["count"] for one in content["deadlines"]} == counts
    opened = sum(one.header["type"] == "ViolationCaseOpened" for one in season.lines)
    assert sum(one["count"] for one in content["cases"]) == opened


def test_a_month_shows_its_movement(season: Season) -> None:
    """Given a month, then opening and postings give its closing, and all else is as without it."""
    content = city.build(season.store, Month.parse("2025-09")).content
    movement = content["movement"]

    assert moved(movement["opening"], movement["moved"]) == movement["closing"]
    assert movement["opening"] != movement["closing"]
    plain = city.build(season.store).content
    for name in ("totals", "headline", "pairs", "entries"):
        assert content[name] == plain[name]
