"""What is read for one subject: its own entries, whole, and no others."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.demo.fleet import enterprise as firm
from ledger.merkle import leaf_hash
from projections.history.chains import NoHistory, read_file
from projections.history.gathering import ChainBroken
from projections.history.told import told
from tests.projections.history.conftest import Played
from tests.support.desk import Desk, desk, enterprise


class Counting:
    """A reader that notes every entry read through it, and may give others back than there are."""

    def __init__(self, store: Any, changed: dict[int, bytes] | None = None) -> None:
        self.read: list[int] = []
        self._store = store
        self._changed = changed or {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        for index, data in enumerate(self._store.entries(start, stop), start):
            self.read.append(index)
            if (said := self._changed.get(index, data)) != b"":
                yield said

    def matching(
        self, types: Collection[str], tags: Collection[str], start: int, stop: int
    ) -> Iterator[tuple[int, bytes]]:
        for index, data in self._store.matching(types, tags, start, stop):
            self.read.append(index)
            yield index, data


@pytest.mark.parametrize("kind", ["enterprise:", "vin:"])
def test_no_entry_of_others_is_read(season: Played, kind: str) -> None:
    """Given a season, when a file is read, then only its chains, and what hangs on its cars, are."""
    size = len(season.lines)
    for subject in season.subjects(kind)[:12]:
        reader = Counting(season.store)
        file = read_file(reader, subject)
        own = [line for line in season.lines if subject in line.subjects]
        cars = {key for line in own for key in line.subjects if key.startswith("vin:")}
        cars = cars if kind == "enterprise:" else {subject}
        keys = {subject, "ledger:policy", *cars}
        chains = {line.index for line in season.lines if line.subjects & keys}
        named = [line for line in season.lines if line.subjects & {subject, *cars}]
        hangs = {tag for line in named for tag in line.header["tags"] if tag[:5] in {"batch", "case:"}}
        on_batches = [line for line in season.lines if hangs & set(line.header["tags"])]
        # A case about another car of the same batch hangs on the batch too.
        hangs |= {tag for line in on_batches for tag in line.header["tags"] if tag.startswith("case:")}
        by_tag = {line.index for line in season.lines if hangs & set(line.header["tags"])}

        others = set(reader.read) - chains - by_tag
        assert all(season.lines[index].header["type"] == "EventCorrected" for index in others - {size - 1})
        assert len(others) <= 3
        assert len(reader.read) <= 2 * len(file.entries)


def test_the_cost_does_not_follow_the_rest_of_the_ledger(tmp_path: Path, url: str) -> None:
    """Given a firm's history, when thirty other firms are entered, then as many entries are read as before."""
    subject = "enterprise:91310115PDY00001XD"
    with desk(tmp_path, url) as at:
        _enter(at, 1)
        before = Counting(at.store)
        read_file(before, subject)
        for number in range(2, 32):
            _enter(at, number)
        after = Counting(at.store)
        read_file(after, subject)

    assert before.read == after.read == [1]


def _enter(at: Desk, number: int) -> None:
    code = firm(number, "").uscc
    at.send([enterprise(body={"uscc": code, "org_code": code[8:17]})], "commerce-1")


def test_a_changed_missing_or_exchanged_entry_is_noticed(season: Played) -> None:
    """Given a chain with one entry changed, gone or another one, when it is read, then it does not hang together."""
    subject = season.subjects("enterprise:")[0]
    own = [line for line in season.lines if subject in line.subjects]
    victim, other = own[3], own[5]
    changed = victim.data.replace(b'"agency":"commerce"', b'"agency":"transport"')
    assert leaf_hash(changed) != leaf_hash(victim.data)
    for data in (changed, b"", other.data, b"no entry at all"):
        with pytest.raises(ChainBroken, match="entry"):
            read_file(Counting(season.store, {victim.index: data}), subject)


def test_a_subject_without_entries_has_no_history(season: Played) -> None:
    """Given a code that no entry names, or one not named yet, when read, then it has no history; a word is none."""
    with pytest.raises(NoHistory, match="nothing is recorded"):
        read_file(season.store, "vin:1M8GDM9AXKP042788")
    with pytest.raises(NoHistory, match="yet"):
        read_file(season.store, season.subjects("vin:")[0], 3)
    with pytest.raises(ValueError, match="neither"):
        read_file(season.store, "case:1")


def test_an_entry_of_unknown_type_is_told_by_its_header(season: Played) -> None:
    """Given an entry of a type that is not known here, when read, then its header says when and about whom."""
    line = next(line for line in season.lines if line.header["type"] == "VehicleRegistered")
    later = told(line.data.replace(b"VehicleRegistered", b"VehicleRepainted"))

    assert later.statement is None
    assert later.effective_date == later.recorded_on == told(line.data).recorded_on
    assert later.tagged("vin") == [line.content["body"]["vin"]]
