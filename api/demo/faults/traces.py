"""What planted violations leave behind for whoever looks for patterns: known when the season is over.

A car that never leaves waits in 待出口 to the end; a document used twice joins two cars. So a violation shows
in a pattern too, and which ones do follows from the acts of the cars and the day of the last act.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from api.demo.acts import Act
from api.demo.faults.key import AnswerKey, Trace
from api.demo.pace import two_months_after
from api.demo.plan import Plan

DWELL_DAYS: Final = 270
"""From so many days of 待出口 on, a car dwells long; no car of a clean season does."""
_NO_LONGER_WAITING: Final = frozenset({"fraud", "deregistered-otherwise", "not-exported"})
"""Kinds whose registration has ended without export."""
_FOLLOWED: Final = frozenset(
    {"PendingExportTransferRecorded", "CustomsExportConfirmed", "VehicleDeregistered"}
)


@dataclass(slots=True)
class _Followed:
    vin: str
    kind: str
    acts: dict[str, Act] = field(default_factory=dict)


@dataclass(slots=True)
class _Reuse:
    plan: Plan
    donor: Plan
    act: Act


class Traces:
    """Follows the cars in which something was planted."""

    def __init__(self, key: AnswerKey) -> None:
        self._key = key
        self._cars: dict[str, _Followed] = {}
        self._reused: dict[tuple[str, str], list[_Reuse]] = {}
        self._last: date | None = None

    def follow(self, vin: str, kind: str) -> None:
        """Follow a car from now on."""
        self._cars[vin] = _Followed(vin, kind)

    def note(self, act: Act) -> None:
        """See an act of the season go by."""
        self._last = act.at.date()
        if act.type in _FOLLOWED and (car := self._cars.get(act.body["vin"])) is not None:
            car.acts[act.type] = act

    def reuse(self, name: str, value: str, plan: Plan, donor: Plan, act: Act) -> None:
        """Note that ``act`` uses a document of ``donor`` for another car; ``name`` is that of the pattern."""
        self._reused.setdefault((name, value), []).append(_Reuse(plan, donor, act))

    def settle(self) -> None:
        """Write into the key what has become of the cars, once."""
        assert self._last is not None, "a season has acts"
        for car in self._cars.values():
            self._settle(car, self._last)
        upstreams: dict[str, Trace] = {}
        for (name, _), reuses in self._reused.items():
            vins = {f"vin:{plan.car.vin}" for one in reuses for plan in (one.plan, one.donor)}
            self._key.trace(name, *sorted(vins)).acts = [one.act for one in reuses]
            for one in reuses:
                self._join(upstreams, one)
        self._cars, self._reused = {}, {}

    def _settle(self, car: _Followed, last: date) -> None:
        subject = f"vin:{car.vin}"
        transfer = car.acts.get("PendingExportTransferRecorded")
        release = car.acts.get("CustomsExportConfirmed")
        gone = car.acts.get("VehicleDeregistered")
        released = None if release is None else date.fromisoformat(release.body["released_on"])
        if transfer is not None and car.kind not in _NO_LONGER_WAITING:
            waited = (released or last) - date.fromisoformat(transfer.body["transferred_on"])
            if waited.days >= DWELL_DAYS:
                self._key.trace("long-dwell", subject).show(transfer)
        if (
            release is not None
            and released is not None
            and gone is None
            and two_months_after(released) < last
        ):
            self._key.trace("released-not-deregistered", subject).show(release)
        if gone is not None and car.kind == "export-lost":
            self._key.trace("deregistered-not-released", subject).show(gone)

    def _join(self, upstreams: dict[str, Trace], one: _Reuse) -> None:
        """Two exporters that one upstream serves share a document."""
        here, there = one.plan.pair, one.donor.pair
        if here.upstream != there.upstream or here.exporter == there.exporter:
            return
        upstream = here.upstream.uscc
        if upstream not in upstreams:
            exporters = sorted(f"enterprise:{pair.exporter.uscc}" for pair in (here, there))
            upstreams[upstream] = self._key.trace("shared-upstream", f"enterprise:{upstream}", *exporters)
        upstreams[upstream].show(one.act)
