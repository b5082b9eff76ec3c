"""Reports of a season with violations, each made once and laid on paper once; no test writes to the season."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.reports import render_pdf
from projections.reports import agency_statement, city, dossier, enterprise_statement
from projections.reports.months import Month
from projections.reports.report import Report
from tests.support.reports import FIRM, Season, played_season

MONTH = Month.parse("2024-12")


@dataclass(frozen=True)
class Paper:
    """A report and the PDF of it."""

    report: Report
    pdf: Path


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    with played_season(tmp_path_factory.mktemp("season"), None, "--faults") as season:
        yield season


@pytest.fixture(scope="session")
def reports(season: Season) -> dict[str, Report]:
    """One report of each kind."""
    return {
        "enterprise-statement": enterprise_statement.build(season.store, FIRM, MONTH),
        "agency-statement": agency_statement.build(season.store, "customs", MONTH),
        "dossier": dossier.build(season.store, FIRM),
        "city": city.build(season.store, MONTH),
    }


class Papers(dict[str, Paper]):
    """Each report on paper, made when it is asked for first."""

    def __init__(self, reports: dict[str, Report], folder: Path) -> None:
        super().__init__()
        self._reports = reports
        self._folder = folder

    def __missing__(self, kind: str) -> Paper:
        path = self._folder / f"{kind}.pdf"
        path.write_bytes(render_pdf(self._reports[kind]))
        self[kind] = Paper(self._reports[kind], path)
        return self[kind]


@pytest.fixture(scope="session")
def papers(reports: dict[str, Report], tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(reports, tmp_path_factory.mktemp("papers"))
