"""C36: every used unit and every unbacked car in exactly one level, and the verdict that follows."""

import pytest

from projections.proof.types import Headline, Verdict
from tests.support.domain import (
    EXPORTER,
    NATIONAL_DAY_2025,
    OTHER,
    PAIR,
    acceptance_body,
    calendar_body,
    customs_body,
    deregistered_body,
    proof_body,
    registered_body,
    transfer_body,
)
from tests.support.proof import CAR, LINE, Entries, classified, exported, granted, refuted, registered
from tests.support.proof_bodies import (
    annulled,
    customs_reversed,
    determination,
    domestic,
    judged_proof,
    loaded,
    road_use,
    substituted,
    transfer_reversed,
)

LEVELS = ("exit_proved", "customs_proved", "on_track", "undetermined", "exceptions")


def level(entries: Entries, as_of: str | None = None) -> str:
    """Return the level in which the single car stands."""
    found = entries.report(as_of).headline
    counts = {name: getattr(found, name) for name in LEVELS}
    assert sum(counts.values()) == 1, counts
    return next(name for name, count in counts.items() if count)


def exception(entries: Entries, as_of: str | None = None) -> tuple[int, ...]:
    """Return the entries of C36, whose only car must be an exception."""
    assert level(entries, as_of) == "exceptions"
    return refuted(entries.answer("C36", as_of))


def transferred(**more: object) -> Entries:
    """A car transferred, unproved; its registration is the last entry but one."""
    entries = registered()
    entries.say("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE, **more))
    return entries


def proved(**more: object) -> Entries:
    """A car in T."""
    entries = transferred(**more)
    entries.say("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE))
    entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE))
    return entries


def released(**more: object) -> Entries:
    """A car in X."""
    entries = proved()
    entries.say("2025-04-10", "CustomsExportConfirmed", customs_body(CAR, **more))
    return entries


# --- the verdict ---


def test_a_season_that_obeys_is_proved() -> None:
    """Given three cars exported in time, then all are customs-proved and C36 is proved."""
    report = exported(3).report()
    assert report.headline == Headline(Verdict.PROVED, 0, 3, 0, 0, 0)


def test_nothing_used_is_nothing_outside_export() -> None:
    """Given a grant and no registration, then C36 is proved of no unit."""
    assert granted().report().headline == Headline(Verdict.PROVED, 0, 0, 0, 0, 0)


def test_one_unit_on_track_leaves_the_rest_undetermined() -> None:
    """Given a car within its term, then C36 is undetermined and says what is missing."""
    answer = registered().answer("C36")
    assert answer.verdict is Verdict.UNDETERMINED
    assert answer.missing == (f"{CAR}: transfer and proof, due 2025-03-18",)


def test_an_exception_refutes_whatever_else_is_proved() -> None:
    """Given two cars exported and one never transferred, then C36 names the registration of that one."""
    entries = exported(2)
    index = entries.say(
        "2025-06-02", "VehicleRegistered", registered_body(CAR, None, "2025-06-02", cert_no="9")
    )
    assert entries.report().headline == Headline(Verdict.REFUTED, 0, 2, 0, 0, 1)
    assert refuted(entries.answer("C36")) == (index,)


# --- R ---


@pytest.mark.parametrize(("as_of", "expected"), [("2025-03-18", "on_track"), ("2025-03-19", "exceptions")])
def test_a_car_without_a_proof_is_an_exception_after_its_due_date(as_of: str, expected: str) -> None:
    """Given a registration on 2025-03-03, then it is within due to the end of 2025-03-18."""
    assert level(registered(), as_of) == expected


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2025-10-08", "on_track"), ("2025-10-09", "on_track"), ("2025-10-10", "exceptions")],
)
def test_the_term_rolls_past_the_holidays(as_of: str, expected: str) -> None:
    """Given a registration on 2025-09-20, then the term ends on 2025-10-09, after National Day."""
    assert level(registered("2025-09-20"), as_of) == expected


@pytest.mark.parametrize(("as_of", "expected"), [("2027-03-16", "on_track"), ("2027-03-17", "undetermined")])
def test_without_a_holiday_table_a_car_past_the_strict_date_is_undetermined(
    as_of: str, expected: str
) -> None:
    """Given no table for the year, then only the strict term is certain."""
    entries = registered("2027-03-01")
    assert level(entries, as_of) == expected
    entries.say("2027-03-10", "HolidayCalendarPublished", calendar_body(2027, NATIONAL_DAY_2025))
    assert level(entries, "2027-03-17") == "exceptions"


def test_a_proof_in_time_and_not_yet_judged_keeps_the_car_within_due() -> None:
    """Given a proof submitted in time, then the car is on track until it is rejected, then overdue since due."""
    entries = transferred()
    index = entries.index_of("VehicleRegistered")
    entries.say("2025-03-18", "TransferProofSubmitted", proof_body(CAR, LINE, "2025-03-18T23:59:59+08:00"))
    assert level(entries, "2025-06-02") == "on_track"
    entries.say("2025-04-01", "TransferProofRejected", judged_proof(reason="模糊"))
    assert exception(entries, "2025-06-02") == (index,)


def test_a_proof_submitted_after_the_last_day_is_not_in_time() -> None:
    """Given a proof submitted at midnight after the due date, then the car is an exception."""
    entries = transferred()
    entries.say("2025-03-19", "TransferProofSubmitted", proof_body(CAR, LINE, "2025-03-19T00:00:00+08:00"))
    assert level(entries) == "exceptions"


def test_a_late_proof_that_was_accepted_is_no_exception() -> None:
    """Given a proof accepted late, then the car is on track: late is C22, not use outside export."""
    entries = transferred()
    entries.say("2025-04-01", "TransferProofSubmitted", proof_body(CAR, LINE, "2025-04-01T09:00:00+08:00"))
    entries.say("2025-04-02", "TransferProofAccepted", acceptance_body(CAR, LINE, 29, True))
    assert level(entries) == "on_track"


@pytest.mark.parametrize("undone", ["revoked", "reversed"])
def test_a_proof_that_fell_leaves_the_car_overdue(undone: str) -> None:
    """Given a car in T past its term, when proof or transfer is undone, then it is an exception."""
    entries = proved()
    if undone == "revoked":
        entries.say("2025-05-05", "TransferProofRevoked", judged_proof(case_id=None))
    else:
        entries.say("2025-05-05", "TransferReversed", transfer_reversed(on="2025-05-05"))
    assert exception(entries) == (entries.index_of("VehicleRegistered"),)


# --- T, X, D ---


@pytest.mark.parametrize(("as_of", "expected"), [("2025-09-06", "on_track"), ("2025-09-07", "undetermined")])
def test_a_transferred_car_is_watched_for_180_days(as_of: str, expected: str) -> None:
    """Given a transfer on 2025-03-10, then the car is on track for 180 days and undetermined after them."""
    assert level(proved(), as_of) == expected


def test_a_release_proves_the_customs_not_the_exit() -> None:
    """Given a car released, then it is customs-proved; loaded, it is exit-proved."""
    entries = released()
    assert level(entries) == "customs_proved"
    entries.say("2025-04-15", "PortLoadingConfirmed", loaded())
    assert level(entries) == "exit_proved"


def test_an_exit_record_proves_the_exit() -> None:
    """Given a deregistration that quotes the exit record, then the car is exit-proved."""
    entries = released()
    entries.say("2025-05-10", "VehicleDeregistered", deregistered_body(CAR, exit_record="边检-1"))
    assert level(entries) == "exit_proved"


@pytest.mark.parametrize(
    "more",
    [
        {"evidence": "EXPORTER_COPY"},
        {"declaration_no": "222520251000000001"},
        {"declaration_no": "2225"},
        {"exporter_uscc": OTHER},
    ],
)
def test_a_release_that_is_not_sound_proves_nothing(more: dict[str, object]) -> None:
    """Given a copy, an import flag, a malformed number or another exporter, then the car is undetermined."""
    assert level(released(**more)) == "undetermined"


def test_a_designated_substitute_may_export() -> None:
    """Given a car released in the name of another, when that one is the designated substitute, then it counts."""
    entries = released(exporter_uscc=OTHER)
    entries.say("2025-05-01", "SubstituteExporterDesignated", substituted(OTHER, CAR))
    assert level(entries) == "customs_proved"


def test_two_live_declarations_prove_neither() -> None:
    """Given a car on two declarations, then it is undetermined until one of them is reversed."""
    entries = released()
    entries.say("2025-04-11", "CustomsExportConfirmed", customs_body(CAR, 2))
    assert level(entries) == "undetermined"
    entries.say("2025-04-20", "CustomsExportReversed", customs_reversed(number=2))
    assert level(entries) == "customs_proved"


def test_a_deregistration_without_a_release_is_undetermined() -> None:
    """Given a car deregistered for export that customs never released, then it is undetermined."""
    entries = proved()
    entries.say("2025-05-10", "VehicleDeregistered", deregistered_body(CAR))
    assert level(entries) == "undetermined"


def test_an_export_lost_is_an_exception_until_a_new_release() -> None:
    """Given a deregistered car whose release is reversed, then it is an exception until released again."""
    entries = exported()
    entries.say("2025-06-02", "CustomsExportReversed", customs_reversed(on="2025-06-02"))
    assert exception(entries) == (entries.index_of("VehicleRegistered"),)
    entries.say("2025-06-10", "CustomsExportConfirmed", customs_body(CAR, 2, "2025-06-10"))
    assert level(entries) == "customs_proved"


def test_what_came_back_did_not_leave() -> None:
    """Given a loaded car whose release is reversed, then the loading proves its exit no more."""
    entries = released()
    entries.say("2025-04-15", "PortLoadingConfirmed", loaded())
    entries.say("2025-04-20", "CustomsExportReversed", customs_reversed())
    assert level(entries) == "on_track"


# --- exceptions ---


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("VehicleDeregistered", deregistered_body(CAR, reason="OTHER")),
        ("RegistrationAnnulled", annulled("FRAUD", on="2025-05-10")),
        ("NonExportDetermined", determination()),
        ("DomesticUseRecorded", domestic(on="2025-03-15")),
        ("RoadUseReported", road_use()),
    ],
)
def test_what_makes_a_proved_car_an_exception(kind: str, body: dict[str, object]) -> None:
    """Given a car in T, when it ends or is used otherwise, then C36 names its registration."""
    entries = proved()
    entries.say("2025-05-10", kind, body)
    assert exception(entries) == (entries.index_of("VehicleRegistered"),)


def test_fraud_found_after_the_export_is_an_exception() -> None:
    """Given an exported car, when its registration is annulled for fraud, then it is an exception."""
    entries = exported()
    entries.say("2025-06-02", "RegistrationAnnulled", annulled("FRAUD", on="2025-06-02"))
    assert level(entries) == "exceptions"


def test_a_fallen_determination_is_no_exception() -> None:
    """Given a determination that fell, then the car stands where it stood."""
    entries = released()
    entries.say("2025-05-05", "NonExportDetermined", determination())
    assert level(entries) == "exceptions"
    entries.say("2025-05-12", "NonExportOverturned", determination())
    assert level(entries) == "customs_proved"


@pytest.mark.parametrize("on", ["2025-03-05", "2025-03-10"])
def test_domestic_acts_up_to_the_day_of_the_transfer_are_no_exception(on: str) -> None:
    """Given an inspection before or on the day of the transfer, then the car is on track."""
    entries = proved()
    entries.say("2025-03-20", "DomesticUseRecorded", domestic(on=on))
    assert level(entries) == "on_track"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("2025-03-02", "on_track"),
        ("2025-03-09", "exceptions"),
        ("2025-03-10", "on_track"),
        ("2025-03-31", "on_track"),
        ("2025-04-01", "exceptions"),
    ],
)
def test_road_use_is_a_finding_unless_a_temporary_plate_covers_it(seen: str, expected: str) -> None:
    """Given a temporary plate from the transfer to 2025-03-31, then a sighting outside it is an exception."""
    entries = proved(temp_plate_to="2025-03-31")
    entries.say("2025-04-02", "RoadUseReported", road_use(at=f"{seen}T08:00:00+08:00"))
    assert level(entries) == expected


def test_a_temporary_plate_covered_the_car_though_the_transfer_fell_later() -> None:
    """Given a sighting under a temporary plate, when the transfer is reversed later, then it is no finding."""
    entries = transferred(temp_plate_to="2025-03-31")
    entries.say("2025-03-13", "RoadUseReported", road_use(at="2025-03-12T08:00:00+08:00"))
    entries.say("2025-03-14", "TransferReversed", transfer_reversed(on="2025-03-14"))
    assert level(entries) == "on_track"


@pytest.mark.parametrize("line", [None, f"{PAIR}-9-1"])
def test_an_unbacked_car_is_an_exception(line: str | None) -> None:
    """Given a registration without a valid line, then C36 names it, exported or not."""
    entries = granted()
    index = entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, line))
    entries.say("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    assert exception(entries) == (index,)


def test_an_annulled_registration_is_no_unit() -> None:
    """Given a registration annulled as clerical, then nothing is used."""
    entries = registered()
    entries.say("2025-03-05", "RegistrationAnnulled", annulled("CLERICAL", on="2025-03-05"))
    assert entries.report("2026-01-01").headline == Headline(Verdict.PROVED, 0, 0, 0, 0, 0)


def test_a_new_registration_starts_a_new_clock() -> None:
    """Given a clerical annulment and a new registration, then the term runs from the new one."""
    entries = registered()
    entries.say("2025-03-05", "RegistrationAnnulled", annulled("CLERICAL", on="2025-03-05"))
    body = registered_body(CAR, LINE, "2025-04-01", cert_no="310000999999")
    entries.say("2025-04-01", "VehicleRegistered", body)
    assert level(entries, "2025-04-16") == "on_track"
    assert exception(entries, "2025-04-17") == (entries.index_of("VehicleRegistered", 1),)


# --- the two orders ---


def test_facts_count_from_their_own_day_however_late_they_are_recorded() -> None:
    """Given a release recorded in June for April, then as of May it counts, as known in May it does not."""
    entries = proved()
    known = len(entries.events) - 1
    entries.say("2025-06-20", "CustomsExportConfirmed", customs_body(CAR))
    assert level(entries, "2025-05-01") == "customs_proved"
    assert entries.report("2025-05-01", known).headline.on_track == 1


def test_as_of_a_day_before_a_fact_the_car_stands_where_it_stood() -> None:
    """Given an exported car, then as of each day it stands where its facts by then place it."""
    entries = exported()
    assert entries.report("2025-03-02").headline == Headline(Verdict.PROVED, 0, 0, 0, 0, 0)
    assert level(entries, "2025-03-05") == "on_track"
    assert level(entries, "2025-04-09") == "on_track"
    assert level(entries, "2025-04-10") == "customs_proved"


def test_a_corrected_release_counts_as_corrected() -> None:
    """Given a release with an import flag, when it is corrected, then the car is customs-proved."""
    entries = released(declaration_no="222520251000000001")
    target = entries.index_of("CustomsExportConfirmed")
    entries.correct("2025-04-20", target, customs_body(CAR), f"enterprise:{EXPORTER}", f"vin:{CAR}")
    assert level(entries) == "customs_proved"
    assert entries.report(as_known_at=target).headline.undetermined == 1


def test_a_corrected_registration_names_the_correction() -> None:
    """Given a registration whose day is corrected, when its term runs out, then C36 names the correction."""
    entries = registered()
    target = entries.index_of("VehicleRegistered")
    index = entries.correct("2025-03-05", target, registered_body(CAR, LINE, "2025-03-04"), f"vin:{CAR}")
    assert level(entries, "2025-03-19") == "on_track"
    assert exception(entries, "2025-03-20") == (index,)


def test_a_car_that_an_unknown_entry_names_is_undetermined() -> None:
    """Given an exported car, when an entry of unknown type names it, then its unit is undetermined."""
    entries = exported(2)
    entries.unread("2025-06-02", f"vin:{CAR}")
    assert entries.report().headline == Headline(Verdict.UNDETERMINED, 0, 1, 0, 1, 0)


def test_classified_cars_are_not_used_yet() -> None:
    """Given cars classified and not registered, then they are no units of K."""
    assert classified(3).report().headline == Headline(Verdict.PROVED, 0, 0, 0, 0, 0)
