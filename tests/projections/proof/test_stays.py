"""What belongs to which registration of a car, and what corrections do to the facts about it."""

from datetime import date

from projections.proof.amended import Amended, Amendment
from projections.proof.car_store import CarStore
from projections.proof.check import Checker
from projections.proof.stays import Vehicle, vehicle_on
from projections.proof.types import Event
from tests.support.car_bodies import annulment_body, licence_body, struck_body
from tests.support.car_entries import holds, submitted, transferred
from tests.support.domain import (
    copied_body,
    customs_body,
    line_id,
    proof_body,
    registered_body,
    transfer_body,
    vin,
)
from tests.support.proof import CAR, LINE, Entries, classified, registered

SECOND_NO = "310000999999"
TRANSFER = "PendingExportTransferRecorded"


def car_of(entries: Entries, as_of: str = "2026-01-01") -> Vehicle:
    """Return the car as the checker sees it."""
    checker = Checker()
    store = CarStore()
    amended = Amended()
    for event in entries.events:
        checker.fold(event)
        assert isinstance(event, Event)
        match amended.read(event):
            case Amendment() as amendment:
                store.amend(amendment)
            case Event() as said:
                store.fold(said)
            case None:
                pass
    units = checker.books.files.cars[CAR]
    return vehicle_on(CAR, store.cars[CAR], units, date.fromisoformat(as_of))


def test_the_certificate_number_picks_the_registration() -> None:
    """Given a car annulled and registered anew, then each transfer belongs to the registration it names."""
    entries = transferred()
    entries.say("2025-03-12", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-12"))
    body = registered_body(CAR, LINE, "2025-03-13", cert_no=SECOND_NO)
    entries.say("2025-03-13", "VehicleRegistered", body)
    second = entries.say("2025-03-14", TRANSFER, transfer_body(CAR, LINE, "2025-03-14", cert_no=SECOND_NO))
    car = car_of(entries)
    (stay,), (void,) = car.stays, car.void
    assert [one.index for one in stay.standing] == [second]
    assert [one.index for one in void.standing] == [entries.index_of(TRANSFER)]


def test_under_one_number_what_is_entered_after_the_new_registration_is_its_own() -> None:
    """Given the same number registered anew, then a transfer before the annulment is void and one after is not."""
    entries = transferred()
    entries.say("2025-03-12", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-12"))
    entries.say("2025-03-13", "VehicleRegistered", registered_body(CAR, LINE, "2025-03-13"))
    second = entries.say("2025-03-14", TRANSFER, transfer_body(CAR, LINE, "2025-03-14"))
    car = car_of(entries)
    assert [one.index for one in car.stays[0].standing] == [second]
    assert len(car.void[0].standing) == 1


def test_a_fact_entered_before_its_registration_belongs_to_it() -> None:
    """Given a copy and a transfer entered first, when the registration follows, then they belong to it."""
    entries = classified()
    entries.say("2025-03-04", "VehicleInfoCopied", copied_body(CAR, LINE))
    entries.say("2025-03-10", TRANSFER, transfer_body(CAR, LINE))
    entries.say("2025-03-11", "VehicleRegistered", registered_body(CAR, LINE))
    (stay,) = car_of(entries).stays
    assert (len(stay.copies), len(stay.transfers)) == (1, 1)
    assert holds(entries, "C27")


def test_a_release_without_a_number_belongs_to_the_backed_registration() -> None:
    """Given a backed and a later unbacked registration, then a release belongs to the backed one."""
    entries = registered()
    entries.say(
        "2025-03-05", "VehicleRegistered", registered_body(CAR, None, "2025-03-05", cert_no=SECOND_NO)
    )
    entries.say("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    backed, unbacked = car_of(entries).stays
    assert (backed.backed_by, unbacked.backed_by) == (LINE, None)
    assert (len(backed.declarations), len(unbacked.declarations)) == (1, 0)


def test_the_same_unbacked_registration_again_is_no_second_one() -> None:
    """Given a registration without a line said twice, then the car has one registration and a repeated one."""
    entries = classified()
    for day in ("2025-03-03", "2025-03-04"):
        entries.say(day, "VehicleRegistered", registered_body(CAR, None))
    car = car_of(entries)
    assert (len(car.stays), len(car.repeated)) == (1, 1)


def test_what_is_of_no_registration_is_astray() -> None:
    """Given a transfer under a number that nobody registered, then it belongs to none."""
    entries = registered()
    index = entries.say("2025-03-10", TRANSFER, transfer_body(CAR, LINE, cert_no=SECOND_NO))
    car = car_of(entries)
    assert [one.index for one in car.astray] == [index]
    assert car.stays[0].transfers == []


def test_what_takes_effect_later_is_left_out() -> None:
    """Given a transfer of 10 March, then on the 9th the car has none."""
    assert car_of(transferred(), "2025-03-09").stays[0].transfers == []
    assert len(car_of(transferred(), "2025-03-10").stays[0].transfers) == 1


def test_a_replacement_may_be_about_another_car() -> None:
    """Given a proof entered for the wrong car, when it is corrected to the right one, then it is the right one's."""
    entries = classified(2)
    for number in (1, 2):
        entries.say("2025-03-03", "VehicleRegistered", registered_body(vin(number), line_id(number)))
    target = entries.say("2025-03-11", "TransferProofSubmitted", proof_body(vin(2), line_id(2)))
    assert car_of(entries).stays[0].proofs == []
    body = proof_body(CAR, LINE)
    index = entries.correct("2025-03-12", target, body, f"vin:{CAR}", f"vin:{vin(2)}")
    (proof,) = car_of(entries).stays[0].proofs
    assert (proof.fact.place, proof.fact.index) == (target, index)


def test_a_correction_finds_the_car_that_its_concerns_do_not_name() -> None:
    """Given a correction whose concerns are empty, then the fact is taken out all the same."""
    entries = submitted()
    entries.correct("2025-03-12", entries.index_of("TransferProofSubmitted"), None)
    assert car_of(entries).stays[0].proofs == []


def test_a_statement_of_many_cars_is_taken_out_of_each() -> None:
    """Given a licence for two cars, when it is taken back, then neither car keeps it."""
    cars = [(vin(number), "2025-03-03", "2025-03-10") for number in (1, 2)]
    entries = submitted()
    index = entries.say("2025-03-13", "ExportLicenceIssued", licence_body(*cars))
    assert len(car_of(entries).licensed) == 1
    entries.correct("2025-03-14", index, None, f"vin:{vin(1)}", f"vin:{vin(2)}")
    assert car_of(entries).licensed == []
    assert holds(entries, "C31")


def test_an_ended_registration_takes_no_later_fact_though_it_was_backed() -> None:
    """Given a backed registration annulled and an unbacked one made anew, then a transfer belongs to the new one."""
    entries = registered()
    entries.say("2025-03-05", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-05"))
    entries.say("2025-03-06", "VehicleRegistered", registered_body(CAR, None, "2025-03-06"))
    entries.say("2025-03-10", TRANSFER, transfer_body(CAR, LINE))
    car = car_of(entries)
    assert (len(car.stays[0].transfers), len(car.void[0].transfers)) == (1, 0)


def test_a_striking_dated_before_the_transfer_strikes_nothing() -> None:
    """Given a transfer of the 10th and its proof, then a striking dated the 9th leaves both as they are."""
    entries = submitted()
    entries.say("2025-03-12", "TransferReversed", struck_body(CAR, LINE, "2025-03-09"))
    (stay,) = car_of(entries).stays
    assert len(stay.standing) == 1
    assert stay.proofs[0].until is None
