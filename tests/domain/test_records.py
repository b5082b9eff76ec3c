"""Records survive being written and read, and a state shows changes over what was stored."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import acts
from domain import records as r
from domain.batch import BatchStep, Line, Sent, Unattributed
from domain.case import Remedy
from domain.firm import Change, Ending, Filing, Halt, Notice
from domain.policy import DEFAULT_PARAMS, PolicyParams
from domain.state import State

E = "91310115PDY00001XD"
DAY = date(2025, 3, 1)
AT = datetime(2025, 3, 1, 9, 30, 0, 120000, tzinfo=timezone(timedelta(hours=8)))

EXAMPLES: list[tuple[str, r.Record]] = [
    (
        f"enterprise:{E}",
        r.Enterprise(
            registered=True,
            name="试验",
            roles=("EXPORTER",),
            org_code="PDY00001X",
            in_city=True,
            changes=(Change(5, DAY, "in_city", "false"),),
            filings=(Filing(6, DAY, DAY),),
            endings=(Ending(7, DAY, "BOTH"),),
            halts=(Halt("S-1", ("APPLY", "USE"), AT, datetime(2025, 4, 1, tzinfo=UTC)),),
            active_pairs=("p",),
        ),
    ),
    (
        "pair:p",
        r.Pair(
            (4,),
            (5,),
            {"p-q1": r.Application(3, 20, True, status="GRANTED")},
            {"ISS": -20, "AV": 20},
            "ACTIVE",
        ),
    ),
    (
        "batch:b",
        r.Batch(
            "PDY00001X",
            {"b-1": Line("V", "x")},
            (BatchStep(1, "RECEIVED"), BatchStep(2, "SENT")),
            ("b-1",),
            (Sent(2, 1, 1, "ab"),),
            (Unattributed(3, ("V",)),),
        ),
    ),
    (
        "vin:V",
        r.Vehicle(
            (
                acts.Approved(3, "b-1"),
                acts.Registered(5, "b-1", "310000000001", DAY),
                acts.Transferred(6, "310000000001", E, E, DAY, None),
                acts.Submitted(7, "P-1", "b-1", "310000000001", AT, DAY),
                acts.Judged(8, "P-1", "ACCEPTED", late=False),
                acts.Released(9, "222520250000153457", E, DAY, "CLOSED", "SIGNED"),
                acts.Deregistered(10, "310000000001", DAY, "EXPORT", exit_record=True),
                acts.SeenOnRoad(11, DAY),
            ),
        ),
    ),
    (
        "policy:versions",
        r.Policies((r.PolicyVersion(DAY, PolicyParams.model_validate(dict(DEFAULT_PARAMS))),)),
    ),
    ("calendar:2025", r.Calendar(1, (DAY,), ())),
    ("suspension:S-1", r.Suspension(7, E, "INTERIM", None, None, (Notice(8, "SUSPEND", "police", AT),))),
    ("case:C-1", r.Case(8, "ROAD_USE", (E,), ("V",), DAY, (9,), remedies=(Remedy(10, ("V",)),))),
    ("submission:P-1", r.Submission("V", 7)),
    ("evidence:cert:310000000001", r.Evidence("V", 5)),
    ("entry:7", r.Target("ab" * 32, "{}")),
    ("corrected:7", r.Corrected(9)),
    ("submission:P-2", r.Nothing()),
    ("city:", r.City(3)),
]


@pytest.mark.parametrize(("key", "record"), EXAMPLES, ids=[key for key, _ in EXAMPLES])
def test_a_record_reads_back_as_it_was_written(key: str, record: r.Record) -> None:
    """Given any kind of record, when dumped and loaded, then it is equal and dumps to the same text."""
    text = r.dump_record(record)
    again = r.load_record(key, text)
    assert again == record
    assert r.dump_record(again) == text


@given(st.builds(r.Vehicle), st.builds(r.Pair), st.builds(r.Enterprise))
def test_any_content_reads_back(vehicle: r.Vehicle, pair: r.Pair, enterprise: r.Enterprise) -> None:
    """Given generated contents, when dumped and loaded, then nothing is lost."""
    for key, record in (("vin:V", vehicle), ("pair:p", pair), ("enterprise:E", enterprise)):
        assert r.load_record(key, r.dump_record(record)) == record


def test_an_unknown_kind_or_a_foreign_text_is_not_read() -> None:
    """Given a key of no kind, or a text of another kind, then loading fails."""
    with pytest.raises(KeyError):
        r.load_record("nothing:1", "{}")
    with pytest.raises(ValueError, match="revision"):
        r.load_record("calendar:2025", "{}")


class Stored:
    """Records in a dict that remembers what was asked."""

    def __init__(self, content: Mapping[str, r.Record]) -> None:
        self.content = content
        self.asked: list[list[str]] = []

    def fetch(self, keys: Collection[str]) -> Mapping[str, r.Record]:
        """Return those that exist."""
        self.asked.append(list(keys))
        return {key: self.content[key] for key in keys if key in self.content}


def test_a_state_asks_once_for_what_it_prefetched() -> None:
    """Given prefetched keys, when they are read again, then the store is asked only once."""
    stored = Stored(dict(EXAMPLES))
    state = State(stored)
    state.prefetch(["pair:p", "city:", "pair:p", "vin:unknown"])
    assert state.pair("p").status == "ACTIVE"
    assert state.vehicle("unknown") == r.Vehicle()
    assert state.city().unb == 3
    assert stored.asked == [["pair:p", "city:", "vin:unknown"]]


def test_a_fork_keeps_its_changes_to_itself() -> None:
    """Given a fork, when changes are applied to it, then the state it came from does not see them."""
    state = State(Stored(dict(EXAMPLES)))
    state.apply({"city:": r.City(4)})
    fork = state.fork()
    fork.apply({"city:": r.City(5)})
    assert (state.city().unb, fork.city().unb) == (4, 5)
    assert dict(state.changes) == {"city:": r.City(4)}


def test_a_record_of_another_kind_under_a_key_is_an_error() -> None:
    """Given a store that answers with the wrong kind, when read, then it is not taken for the right one."""
    state = State(Stored({"pair:p": r.City(1)}))
    with pytest.raises(TypeError, match="holds a City"):
        state.pair("p")
