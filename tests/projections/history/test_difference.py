"""What two moments know otherwise of one day."""

from datetime import date
from random import Random

import pytest

from domain.calendar import shanghai_date
from projections.history.difference import NotEarlier, difference
from projections.history.moments import Moment
from tests.projections.history.conftest import Played
from tests.support.naive import Naive


@pytest.mark.parametrize("seed", range(4))
def test_what_was_learnt_is_what_the_later_ledger_has_more(season: Played, seed: int) -> None:
    """Given two random moments, when a firm is compared as of a day, then the entries are those of the ledger."""
    dice = Random(seed)
    for subject in season.subjects("enterprise:"):
        first = next(line.index for line in season.lines if subject in line.subjects)
        since, until = (
            dice.randrange(20, len(season.lines)),
            dice.randrange(max(first, 60), len(season.lines)),
        )
        since, until = min(since, until), max(since, until)
        day = shanghai_date(season.lines[dice.randrange(50, until)].recorded_at)
        found = difference(season.store, subject, since, Moment(until, day))

        then = {index for index, *_ in Naive(season.lines, since).order(day)}
        now = {index for index, *_ in Naive(season.lines, until).order(day)}
        shown = found.now.file.shown
        assert [one.index for one in found.learnt] == [
            one.index for one in found.now.entries if one.index in (now - then) & shown
        ]
        assert set(found.unsaid) == (then - now) & shown


@pytest.mark.parametrize("seed", range(3))
def test_what_stands_otherwise_is_what_the_whole_ledger_says(season: Played, seed: int) -> None:
    """Given two moments, when a firm's balances as of a day are compared, then each change is the ledger's."""
    dice = Random(seed)
    since = dice.randrange(100, 500)
    day = shanghai_date(season.lines[since + 60].recorded_at)
    then, now = (Naive(season.lines, known).state(day) for known in (since, None))
    changed = 0
    for subject in season.subjects("enterprise:"):
        found = difference(season.store, subject, since, Moment(None, day))
        told = {one.path: (one.then, one.now) for one in found.changes if "/balances/" in one.path}
        pairs = {
            key[5:] for key in now.changes if key[:5] == "pair:" and subject[11:] in key.split("-", 1)[0]
        }
        for pair_id in pairs:
            before, after = then.pair(pair_id).balances, now.pair(pair_id).balances
            for account in before:
                path = f"pairs/{pair_id}/balances/{account}"
                differs = before[account] != after[account]
                assert (path in told) is (differs or f"pair:{pair_id}" not in then.changes)
                if differs:
                    changed += 1
                    assert told[path][1] == after[account]
                    assert (told[path][0] or 0) == before[account]
    assert changed


def test_a_copy_recorded_late_stands_otherwise(season: Played) -> None:
    """Given a copy recorded months after its day, when its day is looked at then and now, then copy and clock differ."""
    late = [
        line
        for line in season.lines
        if line.header["type"] == "VehicleInfoCopied"
        and (shanghai_date(line.recorded_at) - line.statement.effective_date).days > 30
    ]
    assert late
    for line in late:
        vin, day = line.content["body"]["vin"], line.statement.effective_date
        found = difference(season.store, f"vin:{vin}", day, Moment(None, day))
        told = {one.path: (one.then, one.now) for one in found.changes}

        assert line.index in [one.index for one in found.learnt]
        assert told[f"cars/{vin}/registrations/1/copied_on"] == (None, day.isoformat())
        (clock,) = [
            path for path in told if path.startswith(f"deadlines/vin:{vin}/COPY/") and "status" in path
        ]
        assert told[clock] == ("MISSING", None)


@pytest.mark.parametrize(
    "kind", ["CustomsExportConfirmed", "PendingExportTransferRecorded", "PortLoadingConfirmed"]
)
def test_what_an_act_changes_stands_otherwise_after_it(season: Played, kind: str) -> None:
    """Given an act about a car, when the moments before and at it are compared, then it stands otherwise in its member."""
    member = {
        "CustomsExportConfirmed": "declarations",
        "PendingExportTransferRecorded": "transfers",
        "PortLoadingConfirmed": "loaded_on",
    }[kind]
    for line in [line for line in season.lines if line.header["type"] == kind][:5]:
        vin = line.content["body"]["vin"]
        found = difference(
            season.store, f"vin:{vin}", line.index - 1, Moment(line.index, line.statement.effective_date)
        )

        assert any(one.path.startswith(f"cars/{vin}/{member}") for one in found.changes)


def test_a_correction_unsays_what_was_known(either: Played) -> None:
    """Given corrected entries, when the moments before and at each correction are compared, then they are unsaid."""
    corrections = [line for line in either.lines if line.header["type"] == "EventCorrected"]
    assert corrections
    for line in corrections:
        subject = min(key for key in line.subjects if key.startswith(("enterprise:", "vin:")))
        found = difference(either.store, subject, line.index - 1, Moment(line.index, date(2099, 1, 1)))
        again = line.content["body"]["replacement"] is not None

        assert found.unsaid == (line.content["body"]["target_index"],)
        assert [one.index for one in found.learnt] == ([line.index] if again else [])


def test_a_moment_and_itself_know_the_same(season: Played) -> None:
    """Given one moment twice, when compared, then nothing was learnt, unsaid or stands otherwise."""
    found = difference(season.store, season.subjects("enterprise:")[0], 700, Moment(700))

    assert (found.learnt, found.unsaid, found.changes) == ((), (), ())


@pytest.mark.parametrize("now", [500, date(2025, 3, 1)])
def test_a_moment_after_the_other_is_refused(season: Played, now: int | date) -> None:
    """Given an earlier moment that knows more than the later one, when compared, then it is refused: nothing is unsaid."""
    subject = season.subjects("enterprise:")[0]
    last = len(season.lines) - 1
    for since in (last, shanghai_date(season.lines[last].recorded_at)):
        with pytest.raises(NotEarlier, match="is after"):
            difference(season.store, subject, since, Moment(now))
    assert difference(season.store, subject, last, Moment(date(2099, 1, 1))).learnt == ()


def test_before_its_first_entry_nothing_was_known(season: Played) -> None:
    """Given a firm, when compared with a moment before its first entry, then all that counts now is learnt."""
    subject = season.subjects("enterprise:")[-1]
    first = next(line for line in season.lines if subject in line.subjects)
    found = difference(season.store, subject, first.index - 1, Moment(first.index, date(2099, 1, 1)))

    assert found.then is None
    assert [one.index for one in found.learnt] == [first.index]
    assert all(one.then is None for one in found.changes)
