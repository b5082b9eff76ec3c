"""May a car be registered now? What the police ask before they register it under a line.

A registration is a fact and is never refused; this says beforehand what would be flagged about it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.errors import Refusal, refuse
from domain.firm import Enterprise
from domain.identifiers import PairId, batch_of, pair_of, uscc_holds, vin_check_is_binding, vin_holds
from domain.postings import LIVE
from domain.rules.common import halted_on
from domain.state import State


@dataclass(frozen=True, slots=True)
class Eligibility:
    """``line_id`` is the line that was asked about, else the car's classified one; None where it has none.

    The car may be registered under it when there are no ``reasons``.
    """

    line_id: str | None
    reasons: tuple[Refusal, ...]


def eligibility(state: State, vin: str, line_id: str | None, today: date) -> Eligibility:
    """Say whether ``vin`` may be registered on ``today`` (Shanghai), and under which line.

    Measure 5: a car is registered once its line is approved and classified, in the policy window, while
    neither firm of the pair is suspended, with one unit of quota for one car.
    """
    lines = state.vehicle(vin).lines
    if line_id is None:
        line_id = next((one for one, account in lines.items() if account == "C"), None)
    if line_id is None:  # the latest that it had, to say why that one does not do
        line_id = next(reversed(list(lines)), None)
    return Eligibility(line_id, tuple(_reasons(state, vin, line_id, today)))


def _reasons(state: State, vin: str, line_id: str | None, today: date) -> Iterator[Refusal]:
    if vin_check_is_binding(vin) and not vin_holds(vin):
        yield refuse("bad-check-digit", value=vin)
    policy = state.policy_on(today)
    if policy is None:
        yield refuse("no-policy", day=today)
    elif not policy.window_holds(today):
        yield refuse("outside-window", day=today, first=policy.window_from, last=policy.sunset)
    lines = state.vehicle(vin).lines
    for other, account in lines.items():
        if other != line_id and account in LIVE:
            yield refuse("vin-live", vin=vin, line_id=other, account=account)
    if line_id is None:
        yield refuse("not-registrable", vin=vin)
        return
    batch = state.batch(batch_of(line_id))
    if batch is None:
        yield refuse("unknown-batch", batch_id=batch_of(line_id))
    elif line_id not in batch.lines or batch.lines[line_id].vin != vin:
        yield refuse("line-not-applied", line_id=line_id, vin=vin)
    elif lines.get(line_id) != "C":
        yield refuse("wrong-state", what=line_id, state=lines.get(line_id, batch.status), wanted="C")
    yield from _firms(state, PairId.parse(pair_of(line_id)), today)


def _firms(state: State, pair: PairId, today: date) -> Iterator[Refusal]:
    for uscc in dict.fromkeys((pair.exporter, pair.upstream)):
        if not uscc_holds(uscc):
            yield refuse("bad-check-digit", value=uscc)
        for halt in state.enterprise(uscc).halts:
            if not halted_on(Enterprise(halts=(halt,)), today):
                continue
            yield refuse(
                "suspended", uscc=uscc, scope=", ".join(halt.scope), suspension_id=halt.suspension_id
            )
