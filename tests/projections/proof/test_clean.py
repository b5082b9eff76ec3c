"""A clean history, at every entry and on every day of it, is never accused."""

from projections.proof.types import Verdict
from tests.support.car_bodies import licence_body, loading_body
from tests.support.domain import Season
from tests.support.proof import Entries, exported


def clean() -> Entries:
    """Two cars on the straight road, with a licence and their loading."""
    season = Season(2)
    entries = Entries([*season.set_up(), *season.classified()])
    steps = list(season.exported())
    customs = next(n for n, one in enumerate(steps) if one.statement.type == "CustomsExportConfirmed")
    for step in steps[:customs]:
        entries.take(step)
    cars = [(one, "2025-03-03", "2025-03-10") for one in season.vins]
    entries.say("2025-03-13", "ExportLicenceIssued", licence_body(*cars))
    for step in steps[customs:]:
        entries.take(step)
    for one in season.vins:
        entries.say("2025-05-12", "PortLoadingConfirmed", loading_body(one))
    return entries


def test_a_whole_season_is_proved() -> None:
    """Given cars exported in time, then every statement is PROVED."""
    report = clean().report()
    assert {one.code for one in report.statements if one.verdict is not Verdict.PROVED} == set()


def test_no_entry_of_a_season_accuses_anybody() -> None:
    """Given the same season known only up to any of its entries, then nothing is REFUTED."""
    entries = clean()
    for event in entries.events:
        report = entries.report(as_known_at=event.index)
        accused = {one.code for one in report.statements if one.verdict is Verdict.REFUTED}
        assert accused == set(), f"at entry {event.index}"


def test_time_alone_accuses_nobody_whose_cars_are_exported() -> None:
    """Given cars exported in time, when a year has passed, then every statement still holds."""
    report = exported(2).report("2026-06-01")
    assert {one.code for one in report.statements if one.verdict is not Verdict.PROVED} == set()
