"""Where stored balances and the replay differ there is no report."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.stores import AnyStore
from projections.reports import agency_statement, city, dossier, enterprise_statement
from projections.reports.figures import read_figures
from projections.reports.months import Month
from projections.reports.report import ReportRefused
from projections.runner import rebuild
from tests.support.reports import FIRM, PAIR, played_season

MONTH = Month.parse("2025-01")
BUILD: dict[str, Callable[[AnyStore], object]] = {
    "enterprise": lambda store: enterprise_statement.build(store, FIRM, MONTH),
    "agency": lambda store: agency_statement.build(store, "police", MONTH),
    "dossier": lambda store: dossier.build(store, FIRM, findings=False),
    "city": lambda store: city.build(store),
}


def test_a_changed_balance_stops_every_report(tmp_path: Path, url: str) -> None:
    """Given a stored balance that somebody changed, then no report is made until the views are rebuilt."""
    with played_season(tmp_path, url, "--vehicles", "6", "--exporters", "1") as season:
        stored = read_figures(season.store).pairs[PAIR]
        units, issued = stored["AV"], stored["ISS"]
        with season.store.view_transaction() as connection:
            connection.execute(
                "UPDATE balance SET av = ?, iss = ? WHERE pair = ?", (units + 1, issued - 1, PAIR)
            )
        for build in BUILD.values():
            with pytest.raises(ReportRefused, match=rf"{PAIR}: AV is {units + 1} in the stored") as refused:
                build(season.store)
            assert refused.value.code == "views-differ"
        rebuild(season.store)
        for build in BUILD.values():
            build(season.store)


def test_a_pair_of_others_stops_only_whoever_looks_at_it(tmp_path: Path) -> None:
    """Given a row of a pair that never was, then the city's reports stop and a firm's own do not."""
    with played_season(tmp_path, None, "--vehicles", "6", "--exporters", "1") as season:
        with season.store.view_transaction() as connection:
            columns = "iss, av, a, c, r, t, x, d, n, unb"
            sql = f"INSERT INTO balance (generation, pair, {columns}) VALUES (1, ?, -1, 1, 0, 0, 0, 0, 0, 0, 0, 0)"
            connection.execute(sql, ("91310000132260250X-91310114PDY000028Y-1",))
        BUILD["enterprise"](season.store)
        BUILD["dossier"](season.store)
        for name in ("agency", "city"):
            with pytest.raises(ReportRefused, match="in the stored balances"):
                BUILD[name](season.store)
