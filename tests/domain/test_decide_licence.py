"""Export licences against the ledger's dates, and the substitute exporter."""

from typing import Any

import pytest

from tests.support.cars import CAR, LINE, SCAN, proved, registered
from tests.support.domain import (
    EXPORTER,
    OTHER,
    PAIR,
    UPSTREAM,
    acceptance_body,
    customs_body,
    proof_body,
    transfer_body,
    vin,
)
from tests.support.vehicles import gone, licence_body, loaded_body, open_exporter, substitute_body

ROW = (CAR, "2025-03-03", "2025-03-10")


@pytest.mark.parametrize(
    ("rows", "more", "flags"),
    [
        ([ROW], {}, ()),
        ([(CAR, "2025-03-04", "2025-03-10")], {}, ("licence-dates-differ",)),
        ([(CAR, "2025-03-03", "2025-03-11")], {}, ("licence-dates-differ",)),
        ([(vin(7), "2025-03-03", "2025-03-10")], {}, ("licence-dates-differ",)),
        ([ROW, ROW], {}, ("vin-repeated",)),
        ([ROW], {"exporter_uscc": OTHER}, ("wrong-exporter",)),
        ([ROW], {"valid_to": "2025-09-26"}, ("licence-term",)),
        ([ROW], {"valid_to": "2025-03-24"}, ("licence-term",)),
        ([ROW], {"valid_from": "2025-11-01", "valid_to": "2025-12-31"}, ()),
        ([ROW], {"valid_from": "2025-11-01", "valid_to": "2026-01-01"}, ("licence-term",)),
        ([(vin(n), "2025-03-03", "2025-03-10") for n in range(1, 22)], {}, ("licence-too-large", "licence-dates-differ")),
    ],
)  # fmt: skip
def test_a_licence_is_compared_with_the_ledger(
    rows: list[tuple[str, str, str]], more: dict[str, Any], flags: tuple[str, ...]
) -> None:
    """Given a car registered on 3 and transferred on 10 March, when licensed, then each breach is flagged."""
    history = proved()
    before = history.records()
    assert history.flags("2025-03-21", "ExportLicenceIssued", licence_body(*rows, **more)) == flags
    assert history.records() == before


@pytest.mark.parametrize(
    ("registered_on", "applied_on", "letter", "flags"),
    [
        ("2025-07-05", "2026-01-01", False, ("after-sales-letter-missing",)),  # day 180
        ("2025-07-04", "2026-01-01", False, ()),  # day 181
        ("2025-07-05", "2026-01-01", True, ()),
        ("2025-12-01", "2025-12-31", False, ()),  # applied before 648号
    ],
)
def test_day_180_needs_the_after_sales_letter_and_day_181_does_not(
    registered_on: str, applied_on: str, letter: bool, flags: tuple[str, ...]
) -> None:
    """Given 商贸函〔2025〕648号 from 2026 on, when applied within 180 days, day 180 included, then flagged."""
    history = registered(registered_on)
    history.say("2025-12-31", "PendingExportTransferRecorded", transfer_body(CAR, LINE, "2025-12-10"))
    body = licence_body((CAR, registered_on, "2025-12-10"), applied_on=applied_on, after_sales_letter=letter)
    assert history.flags("2026-01-05", "ExportLicenceIssued", body) == flags


def test_a_substitute_exporter_is_accepted_by_every_later_check() -> None:
    """Given a designated substitute, then transfer, proof, licence, release and loading in its name are in order."""
    history = registered()
    open_exporter(history)
    assert history.flags("2025-03-05", "SubstituteExporterDesignated", substitute_body(CAR)) == ()
    to_other = transfer_body(CAR, LINE, to_uscc=OTHER)
    assert history.flags("2025-03-10", "PendingExportTransferRecorded", to_other) == ()
    history.flags("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE), SCAN)
    assert history.flags("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE)) == ()
    licence = licence_body(ROW, exporter_uscc=OTHER)
    assert history.flags("2025-03-21", "ExportLicenceIssued", licence) == ()
    release = customs_body(CAR, exporter_uscc=OTHER)
    assert history.flags("2025-04-10", "CustomsExportConfirmed", release) == ()
    assert history.flags("2025-04-15", "PortLoadingConfirmed", loaded_body(exporter_uscc=OTHER)) == ()
    own = customs_body(CAR, 2, exporter_uscc=EXPORTER)
    assert "wrong-exporter" not in history.flags("2025-04-16", "CustomsExportConfirmed", own)


def test_without_a_designation_another_exporter_is_a_finding() -> None:
    """Given no substitute, when the car is transferred to or released for another exporter, then flagged."""
    history = registered()
    wrong = transfer_body(CAR, LINE, to_uscc=OTHER)
    assert history.flags("2025-03-10", "PendingExportTransferRecorded", wrong) == ("wrong-parties",)
    release = customs_body(CAR, exporter_uscc=OTHER)
    assert "wrong-exporter" in history.flags("2025-04-10", "CustomsExportConfirmed", release)


@pytest.mark.parametrize(
    ("vins", "exporter", "codes"),
    [
        ([CAR], UPSTREAM, ("unknown-enterprise", "lapsed")),
        ([CAR], OTHER[:17] + "0", ("bad-check-digit", "unknown-enterprise", "lapsed")),
        ([], OTHER, ("no-cars",)),
        ([vin(7)], OTHER, ("wrong-state",)),
    ],
)
def test_a_substitute_is_a_qualified_exporter_for_cars_on_their_way(
    vins: list[str], exporter: str, codes: tuple[str, ...]
) -> None:
    """Given a firm that is no qualified exporter, no car, or one not registered, then it is refused."""
    history = registered()
    open_exporter(history)
    body = substitute_body(*vins, exporter=exporter)
    assert history.codes("2025-03-05", "SubstituteExporterDesignated", body) == codes


def test_a_car_that_is_gone_gets_no_substitute() -> None:
    """Given a deregistered car, when a substitute is designated, then it is refused."""
    history = gone()
    open_exporter(history)
    codes = history.codes("2025-06-01", "SubstituteExporterDesignated", substitute_body(CAR))
    assert codes == ("wrong-state",)
    assert history.balances(PAIR)["D"] == 1
