"""An audit that goes on from the auditor's own state says what an audit of the whole says."""

import hashlib
import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from projections.proof import verifier
from projections.proof.follower import Follower, balances_of
from projections.proof.state import ViewBehind, go_on, state_of
from projections.proof.state_file import read_state
from tests.support.audits import Demonstration, audited, said_of_resuming
from tests.support.proof import exported


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """A season without a fault."""
    return Demonstration(tmp_path_factory.mktemp("clean"), 30)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """A season with violations of every kind, corrections and refusals among them."""
    return Demonstration(tmp_path_factory.mktemp("faulty"), 60, "--faults")


@pytest.fixture(params=["clean", "faulty"])
def played(request: pytest.FixtureRequest) -> Demonstration:
    """Each of the two seasons."""
    made: Demonstration = request.getfixturevalue(request.param)
    return made


# --- the same answer ---


def test_going_on_says_what_an_audit_of_the_whole_says(played: Demonstration, tmp_path: Path) -> None:
    """Given a season audited at any size, when the audit goes on to the end, then all but one note is that of a whole audit."""
    whole = audited(played.bundle(played.size), played.anchor)
    assert whole["integrity"]["verdict"] == "INTACT"
    chosen = random.Random(7).sample(played.sizes, 5)
    for size in (1, *sorted({*chosen, played.size_near(256)})):
        state = tmp_path / f"state-{size}"
        audited(played.bundle(size), played.anchor, save=state)
        answer = audited(played.bundle(played.size), played.anchor, resume=state)
        assert said_of_resuming(answer).startswith(f"the first {size} entries were audited earlier")
        assert answer == whole, f"from {size}"


def test_an_audit_goes_on_again_and_again(played: Demonstration, tmp_path: Path) -> None:
    """Given one state that every audit takes up and replaces, then each answer is that of a whole audit of its size."""
    state = tmp_path / "state"
    audited(played.bundle(1), played.anchor, save=state)
    for part in range(1, 6):
        bundle = played.bundle(played.size_near(played.size * part // 5))
        answer = audited(bundle, played.anchor, resume=state, save=state)
        said_of_resuming(answer)
        assert answer == audited(bundle, played.anchor), f"at part {part}"


def test_a_state_of_a_state_is_the_state(faulty: Demonstration, tmp_path: Path) -> None:
    """Given an audit that went on and one of the whole, then both leave the same file, to the byte."""
    first, went_on, at_once = (tmp_path / name for name in ("first", "went-on", "at-once"))
    half = faulty.bundle(faulty.size_near(faulty.size // 2))
    audited(half, faulty.anchor, save=first)
    audited(faulty.bundle(faulty.size), faulty.anchor, resume=first, save=went_on)
    audited(faulty.bundle(faulty.size), faulty.anchor, save=at_once)
    assert went_on.read_bytes() == at_once.read_bytes()


def test_any_day_may_be_asked_about(faulty: Demonstration, tmp_path: Path) -> None:
    """Given a state, when the audit goes on as of a day before it or behind it, then it says what a whole audit says."""
    state = tmp_path / "state"
    audited(faulty.bundle(faulty.size_near(faulty.size // 2)), faulty.anchor, save=state)
    bundle = faulty.bundle(faulty.size)
    for day in (date(2025, 2, 1), date(2025, 9, 1), date(2027, 1, 1)):
        answer = audited(bundle, faulty.anchor, resume=state, as_of=day)
        said_of_resuming(answer)
        assert answer == audited(bundle, faulty.anchor, as_of=day), day


def test_documents_are_those_of_this_audit(clean: Demonstration, tmp_path: Path) -> None:
    """Given a state made without documents, when some are given, one of them wrong, then each is looked at."""
    state, folder = tmp_path / "state", tmp_path / "documents"
    folder.mkdir()
    audited(clean.bundle(clean.size_near(200)), clean.anchor, save=state)
    named = {name for _, name, _ in attachments_of(state, clean)}
    (folder / min(named)).write_bytes(b"another scan")
    bundle = clean.bundle(clean.size)
    answer = audited(bundle, clean.anchor, resume=state, documents=folder)
    said_of_resuming(answer)
    assert answer["integrity"]["breaks"][0]["class"] == "attachment"
    assert answer == audited(bundle, clean.anchor, documents=folder)


def attachments_of(state: Path, played: Demonstration) -> list[tuple[int, str, int]]:
    """Return what a state knows of attachments: entry, SHA-256, length."""
    proof = read_state(state, played.anchor).proof
    assert proof is not None
    named = list(proof.checker.amended.named())
    assert named
    return named


# --- what changed below the state ---


def test_an_old_entry_whose_hash_is_left_as_it_was_is_not_seen(clean: Demonstration, tmp_path: Path) -> None:
    """Given a byte of an old entry changed and its hash kept, then going on is INTACT and says what it left out; the whole audit finds it."""
    state, bundle = tmp_path / "state", tmp_path / "bundle"
    audited(clean.bundle(clean.size_near(300)), clean.anchor, save=state)
    shutil.copytree(clean.bundle(clean.size), bundle)
    flip(bundle / "tile/entries/000", 2_000)
    answer = audited(bundle, clean.anchor, resume=state)
    assert answer["integrity"]["verdict"] == "INTACT"
    assert "of them only hashes were read again" in said_of_resuming(answer)
    assert audited(bundle, clean.anchor)["integrity"]["verdict"] == "BROKEN"


def test_an_old_hash_that_changed_has_everything_audited(clean: Demonstration, tmp_path: Path) -> None:
    """Given a leaf hash below the state changed, then the whole is audited, the break is named, and the note says why."""
    state, bundle = tmp_path / "state", tmp_path / "bundle"
    audited(clean.bundle(clean.size_near(300)), clean.anchor, save=state)
    shutil.copytree(clean.bundle(clean.size), bundle)
    flip(bundle / "tile/0/000", 32 * 20)
    answer = audited(bundle, clean.anchor, resume=state)
    assert "do not give the root of the state" in said_of_resuming(answer)
    assert answer == audited(bundle, clean.anchor)
    assert [(one["class"], one["index"]) for one in answer["integrity"]["breaks"]] == [("tree", 20)]


def test_a_new_entry_that_changed_is_found(clean: Demonstration, tmp_path: Path) -> None:
    """Given a byte of an entry behind the state changed, then going on finds what a whole audit finds."""
    state, bundle = tmp_path / "state", tmp_path / "bundle"
    audited(clean.bundle(clean.size_near(100)), clean.anchor, save=state)
    shutil.copytree(clean.bundle(clean.size), bundle)
    flip(bundle / "tile/entries/000", -50)
    answer = audited(bundle, clean.anchor, resume=state)
    said_of_resuming(answer)
    assert answer["integrity"]["verdict"] == "BROKEN"
    assert answer["integrity"] == audited(bundle, clean.anchor)["integrity"]


def test_a_ledger_that_was_rolled_back_stands_against_the_state(clean: Demonstration, tmp_path: Path) -> None:
    """Given fewer entries than were audited earlier, then the ledger is inconsistent with the earlier audit."""
    state = tmp_path / "state"
    later, earlier = clean.size_near(300), clean.size_near(200)
    audited(clean.bundle(later), clean.anchor, save=state)
    answer = audited(clean.bundle(earlier), clean.anchor, resume=state)
    assert answer["verdict"] == "UNANCHORED"
    (only,) = answer["integrity"]["breaks"]
    assert only["class"] == "inconsistent"
    assert only["detail"] == f"the earlier audit commits to {later} entries, {earlier} are there"


def flip(path: Path, place: int) -> None:
    """Change one bit of a file."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))


# --- another verifier, stored balances ---


def test_another_version_of_the_verifier_audits_everything(
    clean: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a state of another version, when the audit would go on, then it audits everything and says so."""
    state = tmp_path / "state"
    audited(clean.bundle(clean.size_near(300)), clean.anchor, save=state)
    monkeypatch.setattr("projections.proof.state_file.verifier_identity", lambda: "9.9.9 0")
    answer = audited(clean.bundle(clean.size), clean.anchor, resume=state)
    assert "another version of the verifier" in said_of_resuming(answer)
    assert answer == audited(clean.bundle(clean.size), clean.anchor)


def test_the_verifier_is_known_by_its_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a source of a package changed by a byte, then it is another verifier; tests and documents do not count."""
    monkeypatch.setattr(verifier, "_ROOT", tmp_path)
    source = tmp_path / "ledger" / "merkle.py"
    source.parent.mkdir()
    source.write_text("A = 1\n", encoding="utf-8")
    identity = verifier.verifier_identity.__wrapped__
    before = identity()
    (tmp_path / "README.md").write_text("more", encoding="utf-8")
    assert identity() == before
    assert before.endswith(hashlib.sha256(b"ledger/merkle.py\n6\nA = 1\n").hexdigest())
    source.write_text("A = 2\n", encoding="utf-8")
    assert identity() != before


def test_stored_balances_are_compared_where_they_lie() -> None:
    """Given a state, when the stored balances lie at it, behind it or where they lay, then they can be compared; between, not."""
    events = exported(2).events
    follower = Follower(snapshot_at=10)
    for event in events[:20]:
        follower.take(event)
    at_ten, at_twenty = follower.snapshot, balances_of(follower.checker)
    state = state_of(follower, 20)

    def snapshot(size: int) -> object:
        return go_on(state, until=None, documents=None, snapshot_at=size).snapshot

    assert (snapshot(10), snapshot(20), snapshot(25), snapshot(0)) == (at_ten, at_twenty, None, {})
    with pytest.raises(ViewBehind):
        snapshot(15)
