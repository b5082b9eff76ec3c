"""The working copy on which one statement is judged and folded."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from domain.calendar import shanghai_date
from domain.errors import FLAGS
from domain.identifiers import uscc_holds, vin_check_is_binding, vin_holds
from domain.postings import Account, CarAccount, Posting
from domain.records import Evidence, Record, Vehicle
from domain.state import CITY_KEY, State
from domain.statements import Statement


class Draft(State):
    """A state with what one statement changes, posts and flags; the state beneath stays as it is."""

    def __init__(self, base: State, statement: Statement, index: int, recorded_at: datetime) -> None:
        super().__init__(base.records, base)
        self.statement = statement
        self.index = index
        self.recorded_at = recorded_at
        self.today: date = shanghai_date(recorded_at)
        self.postings: list[Posting] = []
        self.flags: list[str] = []

    def put(self, key: str, record: Record) -> None:
        """Write a record."""
        self._changes[key] = record

    def flag(self, code: str) -> None:
        """Flag the statement, once per code."""
        assert code in FLAGS, code
        if code not in self.flags:
            self.flags.append(code)

    def flag_codes(self, *, usccs: Iterable[str] = (), vins: Iterable[str] = ()) -> None:
        """Flag enterprise codes and VINs whose check character is wrong."""
        if not all(uscc_holds(uscc) for uscc in usccs):
            self.flag("bad-uscc")
        for vin in vins:
            if not vin_holds(vin):
                self.flag("bad-vin" if vin_check_is_binding(vin) else "vin-unverifiable")

    def post(
        self,
        pair_id: str | None,
        source: Account | Literal["UNB"] | None,
        target: Account | Literal["UNB"] | None,
        units: int = 1,
        *,
        line_id: str | None = None,
        vin: str | None = None,
    ) -> None:
        """Move units in a pair's balances, or in the city's memo where there is no pair."""
        self.postings.append(Posting(pair_id, source, target, units, line_id, vin))
        if pair_id is None:
            self.put(CITY_KEY, replace(self.city(), unb=self.city().unb + (units if target else -units)))
            return
        pair = self.pair(pair_id)
        balances = dict(pair.balances)
        if source:
            balances[source] -= units
        if target:
            balances[target] += units
        self.put(f"pair:{pair_id}", replace(pair, balances=balances))

    def put_vehicle(self, vin: str, vehicle: Vehicle) -> None:
        """Write a car."""
        self.put(f"vin:{vin}", vehicle)

    def move_line(
        self, pair_id: str, vin: str, line_id: str, source: CarAccount | Literal["AV"], target: CarAccount
    ) -> None:
        """Move the unit of a line and its car from one account to another."""
        vehicle = self.vehicle(vin)
        self.put_vehicle(vin, replace(vehicle, lines={**vehicle.lines, line_id: target}))
        self.post(pair_id, source, target, line_id=line_id, vin=vin)

    def note_document(self, kind: str, value: str, vin: str) -> None:
        """Note the first car of a document; flag the document when it serves a second one."""
        first = self.evidence(kind, value)
        if first is None:
            self.put(f"evidence:{kind}:{value}", Evidence(vin))
        elif first.vin != vin:
            self.flag("document-reused")
