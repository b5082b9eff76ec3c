"""Ledgers built by hand for investigators: real keys of four officers an agency, signed when the test says."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from domain.catalogue import CATALOGUE
from ledger.append import Declined, Entered
from ledger.canonical import canonical_bytes
from ledger.clock import format_instant
from ledger.entry import derive
from ledger.envelope import sign_envelope
from ledger.opening import open_ledger
from ledger.refusal import operator_statement
from ledger.sequencer import Sequencer
from ledger.stores import AnyStore, open_store
from projections.patterns.asking import ask
from projections.patterns.hit import Hit
from projections.runner import catch_up
from tests.support import domain as d
from tests.support.desk import Desk, TurnedClock
from tests.support.keys import AGENCIES, LEDGER, opening_body, private_key, public_hex

OFFICERS = [f"{agency}-{number}" for agency in AGENCIES for number in (1, 2, 3, 4)]
BEGIN = d.at("2024-11-01", 9)


class Leads(Desk):
    """A ledger with policy and calendars; what is said is signed and entered at the moment that is given."""

    def __init__(self, store: AnyStore, clock: TurnedClock, sequencer: Sequencer) -> None:
        super().__init__(store, clock, sequencer)
        self._number = 0

    def say(
        self,
        moment: str,
        kind: str,
        body: dict[str, Any],
        *attachments: dict[str, Any],
        by: tuple[str, ...] = (),
    ) -> int:
        """Sign and enter a statement at a moment in Shanghai, noon where it is a day; return its index."""
        outcome = self.tries(moment, kind, body, *attachments, by=by)
        assert isinstance(outcome, Entered), outcome
        return int(outcome.indexes[0])

    def refused(self, moment: str, kind: str, body: dict[str, Any], by: tuple[str, ...] = ()) -> int:
        """Try to enter a statement that is refused; return the index of the refusal."""
        outcome = self.tries(moment, kind, body, by=by)
        assert isinstance(outcome, Declined), outcome
        return int(outcome.indexes[0])

    def tries(
        self,
        moment: str,
        kind: str,
        body: dict[str, Any],
        *attachments: dict[str, Any],
        by: tuple[str, ...] = (),
        **head: Any,
    ) -> Any:
        """Sign a statement and send it; return the outcome."""
        now = shanghai(moment)
        self.clock.now = max(self.clock.now, now)
        self._number += 1
        agency = by[0].partition("-")[0] if by else _first_agency(kind)
        whole = d.statement_object(
            kind, body, number=self._number, agency=agency, attachments=attachments,
            occurred_at=format_instant(now),
        )  # fmt: skip
        raw = canonical_bytes({**whole, "ledger": LEDGER})
        signers = by or tuple(f"{agency}-{number}" for number in (1, 2)[: 1 + CATALOGUE[kind].four_eyes])
        return self.send([raw], *signers, signed_at=format_instant(now), **head)

    def correct(
        self, moment: str, index: int, replacement: dict[str, Any] | None, by: tuple[str, ...] = ()
    ) -> int:
        """Take an entry back, or say it anew; return the index of the correction."""
        target = json.loads(next(iter(self.store.entries(index, index + 1))).partition(b"\n")[2])
        concerned = set(derive(target).subjects)
        if replacement is not None:
            concerned |= set(derive({**target, "body": replacement}).subjects)
        body = {
            "concerns": sorted(concerned),
            "reason": "录入有误",
            "replacement": replacement,
            "target_index": index,
            "target_leaf": next(iter(self.store.leaf_hashes(index, index + 1))).hex(),
        }
        agency = target["agency"]
        return self.say(moment, "EventCorrected", body, by=by or (f"{agency}-1", f"{agency}-2"))

    def granted(self, pair: str = d.PAIR, day: str = "2024-12-02") -> None:
        """Put the firms of a pair on file, those that are not, and grant it 100 units."""
        for uscc, role in zip(pair.split("-")[:2], ("EXPORTER", "UPSTREAM"), strict=True):
            if self.store.subject_heads([f"enterprise:{uscc}"]):
                continue
            self.say(day, "EnterpriseRegistered", d.enterprise_body(uscc, role))
            if role == "EXPORTER":
                self.say(day, "ExportQualificationFiled", d.qualification_body(uscc))
        self.say(day, "CommitmentLetterSigned", d.letter_body(pair), *d.LETTER_ATTACHMENTS)
        self.say(day, "TotalQuotaApplicationReceived", d.application_body(f"{pair}-q1"))
        self.say(day, "QuotaGranted", d.grant_body(f"{pair}-q1"))

    def classified(self, vins: list[str], batch: str = d.BATCH, day: str = "2024-12-09") -> None:
        """Bring cars of a pair to a classified line each, all on one day."""
        self.say(day, "UseApplicationReceived", d.use_body(vins, batch), d.attachment("申请表", batch))
        self.say(day, "UseApplicationApproved", d.approval_body(vins, batch))
        self.say(day, "UsageNumberSent", d.sent_body(vins, batch))
        self.say(day, "QuotaAttributeClassified", d.classified_body(vins, batch))

    def with_cars(self, count: int) -> list[str]:
        """Return so many cars of one pair on classified lines."""
        vins = [d.vin(number) for number in range(1, count + 1)]
        self.granted()
        self.classified(vins)
        return vins

    def ask(self, name: str, on: str | None = None, **values: int) -> list[Hit]:
        """Return the hits of a pattern; parameters may end in ``_``, where Python wants the word."""
        catch_up(self.store)
        given = {key.rstrip("_"): value for key, value in values.items()}
        return list(ask(self.store, name, given, None if on is None else date.fromisoformat(on)).hits)


def shanghai(moment: str) -> datetime:
    """Return an instant from ``2025-03-03T23:59`` in Shanghai; a day alone is its noon."""
    if "T" not in moment:
        return d.at(moment)
    day, _, clock = moment.partition("T")
    hour, minute = map(int, clock.split(":")[:2])
    return d.at(day, 0) + timedelta(hours=hour, minutes=minute)


def _first_agency(kind: str) -> str:
    return "customs" if kind.startswith("CustomsExport") else min(CATALOGUE[kind].agencies)


@contextmanager
def leads(folder: Path, url: str) -> Iterator[Leads]:
    """Open a ledger with sixteen officers, the policy and the holiday tables of three years."""
    clock = TurnedClock(BEGIN)
    store = open_store(url, create=True)
    body = opening_body() | {
        "officers": [
            {"agency": name.split("-")[0], "officer": name, "public_key": public_hex(name)}
            for name in OFFICERS
        ]
    }
    now = format_instant(clock.now)
    opening = operator_statement("LedgerOpened", body, str(uuid.UUID(int=1)), LEDGER, now)
    keys = [private_key(name) for name in OFFICERS]
    raw = sign_envelope("operator", LEDGER, None, 1, now, [opening], keys)
    open_ledger(store, raw, opening, clock=clock)
    with Sequencer(store, private_key("housekeeping"), clock=clock) as sequencer:
        at = Leads(store, clock, sequencer)
        at.say("2024-11-01T10:00", "PolicyVersionPublished", d.policy_body())
        for year, rest in ((2024, ()), (2025, d.NATIONAL_DAY_2025), (2026, ())):
            at.say("2024-11-01T10:00", "HolidayCalendarPublished", d.calendar_body(year, rest))
        yield at
    store.close()
