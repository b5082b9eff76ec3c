"""What officers do that breaks no rule and that an investigator asks about all the same.

One officer of commerce never signs with another, one of police with one other alone; one of customs signs at
night, another's statements are corrected again and again; numbers of a clerk's client are nowhere; somebody
tries an acceptance until it is taken.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final

from typing_extensions import override

from api.demo import way
from api.demo.acts import Act, moment
from api.demo.calendars import working_day
from api.demo.faults.key import AnswerKey, Trace
from api.demo.pace import plus
from api.demo.plan import Plan
from api.demo.rota import ALONE, IN_PAIRS, Rota

_ALWAYS_ALONE: Final = "commerce-4"
_WITH_ONE_OTHER: Final = ("police-4", "police-1")
_AT_NIGHT: Final = "customs-4"
_CORRECTED: Final = "customs-3"
_SKIPS: Final = "transport-2"
_TRIES_AGAIN: Final = "commerce-2"
_SHOWN: Final = 3
"""So many entries are enough to know an officer by."""
_OFF_THE_ROTA: Final = frozenset({_ALWAYS_ALONE, _WITH_ONE_OTHER[0], _AT_NIGHT})


def subject(officer: str) -> str:
    """Return how a pattern names an officer."""
    return f"officer:{officer.partition('-')[0]}/{officer}"


class FaultyRota(Rota):
    """The rota of a season with faults: some officers are off it, one never signs with another."""

    def __init__(self, key: AnswerKey) -> None:
        off = _OFF_THE_ROTA - {_ALWAYS_ALONE}
        pairs = {
            agency: [pair for pair in turns if not _OFF_THE_ROTA.intersection(pair)]
            for agency, turns in IN_PAIRS.items()
        }
        super().__init__(
            {agency: [one for one in turns if not off.intersection(one)] for agency, turns in ALONE.items()},
            pairs,
        )
        self._alone = key.trace("signs-alone", subject(_ALWAYS_ALONE))

    @override
    def sign(self, act: Act) -> None:
        super().sign(act)
        shown = self._alone.acts
        if act.by != (_ALWAYS_ALONE,) or act.refused or len(shown) == _SHOWN:
            return
        if not shown or shown[-1].at != act.at:  # the first of its envelope
            self._alone.show(act)


def work(key: AnswerKey, plan: Plan) -> None:
    """Let officers of three agencies leave their traces on one car, from its registration on."""
    first = plan.registered
    vin = f"vin:{plan.car.vin}"
    night = key.trace("signs-at-night", subject(_AT_NIGHT))
    for days, hour, minute in ((1, 23, 30), (3, 2, 10), (4, 5, 45)):
        at = moment(plus(first, days), hour, minute)
        plan.extras.append(night.show(_paper(plan, at, (_AT_NIGHT,), "夜间查验照片（虚构）")))
    pair = key.trace("signs-with-one-other", subject(_WITH_ONE_OTHER[0]))
    for days in range(1, 6):
        at = moment(plus(first, days), 14, 50)
        plan.extras.append(pair.show(_paper(plan, at, _WITH_ONE_OTHER, "双人查验（虚构）")))
    gap = _paper(plan, moment(plus(first, 1), 16, 10), (_SKIPS,), "属性核对单（虚构）")
    gap.skipped = 3
    plan.extras.append(key.trace("seq-gaps", subject(_SKIPS)).show(gap))
    plan.extras += _corrected(key.trace("corrected-often", subject(_CORRECTED)), plan, first)
    again = key.trace("refused-again", subject(_TRIES_AGAIN), vin)
    for day, hour, minute in ((first, 11, 5), (first, 11, 45), (working_day(first, 1), 9, 20)):
        plan.extras.append(again.show(_vain_acceptance(plan, moment(day, hour, minute))))


def _corrected(trace: Trace, plan: Plan, first: date) -> list[Act]:
    acts: list[Act] = []
    for days in range(1, 9):
        told = _paper(plan, moment(plus(first, days), 10, 20), (_CORRECTED,), "查验照片（虚构）")
        body = {"reason": "录入有误（虚构）", "replacement": told.body | {"source": "查验照片第二版（虚构）"}}
        at = told.at + timedelta(minutes=25)
        acts += [trace.show(told), Act(at, told.agency, "EventCorrected", body, corrects=told, officers=2)]
    return acts


def _vain_acceptance(plan: Plan, at: datetime) -> Act:
    """Return an acceptance of a proof that nobody has submitted yet: refused, on record."""
    act = way.acceptance(plan)
    act.at, act.by, act.refused = at, (_TRIES_AGAIN,), True
    return act


def _paper(plan: Plan, at: datetime, by: tuple[str, ...], source: str) -> Act:
    body: dict[str, Any] = {
        "kind": "PHOTO",
        "on": at.date().isoformat(),
        "source": source,
        "vin": plan.car.vin,
    }
    return Act(at, by[0].partition("-")[0], "VehicleEvidenceFiled", body, by=by)
