"""Corrections: what the stream of entries turns into."""

from datetime import date

from projections.proof.amended import Amended, Amendment
from projections.proof.types import Event
from tests.support.domain import attachment, policy_body, proof_body, registered_body
from tests.support.proof import CAR, LINE, Entries, registered


def last(entries: Entries) -> Event | Amendment | None:
    """Return what the last entry turns into after all before it."""
    amended = Amended()
    said: Event | Amendment | None = None
    for event in entries.events:
        assert isinstance(event, Event)
        said = amended.read(event)
    return said


def test_a_statement_passes_as_it_is() -> None:
    """Given a statement that is no correction, then it is the event itself."""
    entries = registered()
    assert last(entries) is entries.events[-1]


def test_a_replacement_takes_the_place_and_its_own_effective_date() -> None:
    """Given a registration corrected, then the replacement stands at its place with the new day."""
    entries = registered()
    target = entries.index_of("VehicleRegistered")
    index = entries.correct("2025-03-07", target, registered_body(CAR, LINE, "2025-03-04"), f"vin:{CAR}")
    said = last(entries)
    assert isinstance(said, Amendment)
    assert (said.index, said.place, said.type, said.vins) == (index, target, "VehicleRegistered", [CAR])
    new = said.replacement
    assert new is not None
    assert (new.index, new.place, new.effective_date) == (index, target, date(2025, 3, 4))
    original = entries.events[target]
    assert isinstance(original, Event)
    assert new.statement.occurred_at == original.statement.occurred_at


def test_a_replacement_keeps_the_attachments_of_its_target() -> None:
    """Given a proof with its scan, when it is corrected, then the replacement has the scan."""
    entries = registered()
    target = entries.say(
        "2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE), attachment("登记证书", CAR)
    )
    entries.correct("2025-03-12", target, proof_body(CAR, LINE, invoice_no="INV-2"))
    said = last(entries)
    original = entries.events[target]
    assert isinstance(original, Event)
    assert isinstance(said, Amendment)
    assert said.replacement is not None
    assert said.replacement.statement.attachments == original.statement.attachments


def test_a_target_without_a_replacement_is_taken_back() -> None:
    """Given a correction without a replacement, then nothing stands at the place."""
    entries = registered()
    entries.correct("2025-03-07", entries.index_of("VehicleRegistered"), None)
    said = last(entries)
    assert isinstance(said, Amendment)
    assert said.replacement is None
    assert said.unread is None


def test_a_replacement_that_cannot_be_read_leaves_what_it_concerns_open() -> None:
    """Given a replacement that lacks members, then the target is taken back and the correction is unread."""
    entries = registered()
    index = entries.correct("2025-03-07", entries.index_of("VehicleRegistered"), {"vin": CAR}, f"vin:{CAR}")
    said = last(entries)
    assert isinstance(said, Amendment)
    assert said.replacement is None
    assert said.unread is not None
    assert (said.unread.index, said.unread.subjects) == (index, (f"vin:{CAR}",))
    assert [one.verdict.name for one in entries.report().statements if one.code == "C36"] == ["UNDETERMINED"]


def test_what_is_never_corrected_stays() -> None:
    """Given corrections of a policy, of a correction and of itself, then they have no effect."""
    entries = registered()
    entries.correct("2025-03-07", entries.index_of("PolicyVersionPublished"), policy_body(1, "2029-01-01"))
    assert last(entries) is None
    first = entries.correct("2025-03-07", entries.index_of("VehicleRegistered"), None)
    entries.correct("2025-03-08", first, None)
    assert last(entries) is None


def test_a_correction_of_what_is_not_there_has_no_effect() -> None:
    """Given a target beyond the correction itself, then nothing happens."""
    entries = registered()
    index = entries.correct("2025-03-07", 0, None)
    event = entries.events[index]
    assert isinstance(event, Event)
    object.__setattr__(event.statement.body, "target_index", index)
    assert last(entries) is None


def test_the_last_word_about_an_entry_counts() -> None:
    """Given an entry corrected twice, then the second replacement stands at its place."""
    entries = registered()
    target = entries.index_of("VehicleRegistered")
    entries.correct("2025-03-07", target, registered_body(CAR, LINE, "2025-03-04"))
    index = entries.correct("2025-03-08", target, registered_body(CAR, LINE, "2025-03-05"))
    answer = entries.answer("C36", "2025-04-01")
    assert answer.entries == (index,)
