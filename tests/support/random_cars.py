"""Two cars at random: statements about them, likely or not at the moment, and how far they have come before."""

from datetime import date
from typing import Any, Final

from hypothesis import strategies as st

from domain.catalogue import CATALOGUE, Kind
from tests.support.cars import SCAN
from tests.support.domain import (
    BATCH,
    OTHER,
    PAIR,
    UPSTREAM,
    Season,
    acceptance_body,
    approval_body,
    cert_no,
    classified_body,
    copied_body,
    customs_body,
    deregistered_body,
    line_id,
    proof_body,
    registered_body,
    sent_body,
    transfer_body,
    use_body,
    vin,
)
from tests.support.history import History
from tests.support.quota import cancelled_body, ended_body
from tests.support.vehicles import (
    annulled_body,
    car_evidence_body,
    customs_reversed_body,
    decide_case,
    home_use_body,
    in_case_body,
    licence_body,
    loaded_body,
    on_line_body,
    open_exporter,
    revoked_body,
    road_use_body,
    sent_back_body,
    struck_body,
    substitute_body,
)

VINS: Final = (vin(1), vin(2))
LINES: Final = (line_id(1), line_id(2))
SECOND: Final = f"{PAIR}-2"
DAYS: Final = ("2025-03-03", "2025-03-20", "2025-06-01")


def beginning() -> History:
    """Two cars approved and sent, a decided case about both, another exporter, a second application."""
    history = History([*Season(0, units=3).set_up()])
    history.say("2025-02-10", "UseApplicationReceived", use_body(VINS))
    history.say("2025-02-12", "UseApplicationApproved", approval_body(VINS))
    history.say("2025-02-13", "UsageNumberSent", sent_body(VINS))
    history.say("2025-02-20", "UseApplicationReceived", use_body(VINS[:1], SECOND))
    open_exporter(history)
    decide_case(history, *VINS)
    return history


@st.composite
def car_statements(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A statement about one of two cars, likely or not at this moment."""
    place = draw(st.integers(0, 1))
    one, line, on = (
        VINS[place],
        draw(st.sampled_from((*[LINES[place]] * 4, *LINES))),
        draw(st.sampled_from(DAYS)),
    )
    any_line = draw(st.sampled_from((line, line, None, line_id(1, SECOND), f"{PAIR}-9-1")))
    number, kind = draw(st.integers(1, 2)), draw(st.sampled_from(("CLERICAL", "CLERICAL", "FRAUD")))
    cert = draw(st.sampled_from((cert_no(one), cert_no(one), "310000000099")))
    submission = draw(st.sampled_from((f"S-{one}", "other")))
    rows: list[tuple[str, dict[str, Any]]] = [
        ("QuotaAttributeClassified", classified_body(VINS)),
        ("UseApplicationApproved", approval_body(VINS[:1], SECOND)),
        ("UseApplicationWithdrawn", ended_body(BATCH)),
        ("ApprovedLineCancelled", cancelled_body(line, one)),
        ("VehicleRegistered", registered_body(one, any_line, on, cert_no=cert)),
        ("VehicleInfoCopied", copied_body(one, any_line)),
        ("PendingExportTransferRecorded", transfer_body(one, any_line, on, to_uscc=draw(st.sampled_from((OTHER, transfer_body(one, None)["to_uscc"]))))),
        ("TransferReversed", struck_body(one, on, cert_no=cert)),
        ("TransferProofSubmitted", proof_body(one, any_line, f"{on}T09:00:00+08:00", submission=submission, cert_no=cert)),
        ("TransferProofAccepted", acceptance_body(one, line, (date.fromisoformat(on) - date(2025, 3, 3)).days, on == DAYS[1] or on == DAYS[2], submission=submission)),
        ("TransferProofRejected", sent_back_body(one, line, submission)),
        ("TransferProofRevoked", revoked_body(one, line)),
        ("ExportLicenceIssued", licence_body((one, on, on))),
        ("CustomsExportConfirmed", customs_body(one, number, on)),
        ("CustomsExportReversed", customs_reversed_body(one, number, on)),
        ("PortLoadingConfirmed", loaded_body(one, on)),
        ("VehicleDeregistered", deregistered_body(one, on, cert_no=cert, reason=draw(st.sampled_from(("EXPORT", "OTHER"))))),
        ("RegistrationAnnulled", annulled_body(kind, one, on, cert_no=cert)),
        ("RegistrationRegularised", on_line_body(one, line)),
        ("DomesticUseRecorded", home_use_body("TRANSFER", one, on)),
        ("RoadUseReported", road_use_body(one)),
        ("VehicleEvidenceFiled", car_evidence_body(one)),
        ("SubstituteExporterDesignated", substitute_body(one, exporter=draw(st.sampled_from((OTHER, UPSTREAM))))),
        ("NonExportDetermined", in_case_body(one, line)),
        ("NonExportOverturned", in_case_body(one, line)),
    ]  # fmt: skip
    decisions = [row for row in rows if CATALOGUE[row[0]].kind is Kind.DECISION]
    return draw(st.sampled_from([*rows, *decisions]))


def road(place: int) -> list[tuple[str, dict[str, Any]]]:
    """The way of one car from registration to deregistration."""
    one, line = VINS[place], LINES[place]
    return [
        ("VehicleRegistered", registered_body(one, line)),
        ("PendingExportTransferRecorded", transfer_body(one, line)),
        ("TransferProofSubmitted", proof_body(one, line)),
        ("TransferProofAccepted", acceptance_body(one, line)),
        ("CustomsExportConfirmed", customs_body(one, place + 1)),
        ("VehicleDeregistered", deregistered_body(one)),
    ]


@st.composite
def beginnings(draw: st.DrawFn) -> History:
    """Two cars, each some way along its road; the second may have been registered before classification."""
    history = beginning()
    if draw(st.booleans()):
        history.say(
            "2025-03-03",
            "VehicleRegistered",
            registered_body(VINS[1], draw(st.sampled_from((LINES[1], None)))),
        )
    if draw(st.integers(0, 4)):
        history.say("2025-02-17", "QuotaAttributeClassified", classified_body(VINS))
    for place in (0, 1):
        for type_name, body in road(place)[: draw(st.integers(0, 6))]:
            history.say("2025-05-20", type_name, body, SCAN)
    return history
