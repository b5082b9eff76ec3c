"""Why a registration is an exception of C36, and by which entry: for whoever has to answer for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from projections.proof.facts import Fact
from projections.proof.headline import is_overdue, is_seen_outside
from projections.proof.published import Published
from projections.proof.units import Car, Registration, advance
from projections.proof.unknowable import Text

_SEEN: Final = "RoadUseReported"
_UNBACKED: Final = Text("登记没有相应的已分类额度", "registered without a classified unit behind it")
_DETERMINED: Final = Text("已认定未用于出口", "determined not to have been exported")
_OTHERWISE: Final = Text("非因出口注销登记", "deregistered for another reason than export")
_FRAUD: Final = Text("登记因弄虚作假被撤销", "the registration was annulled as fraud")
_LOST: Final = Text("注销登记后海关放行被撤销", "the release was taken back after the deregistration")
_DOMESTIC: Final = Text("转让待出口后在境内使用", "domestic use after the transfer")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, and the entry that shows it; where an act is missing, the registration."""

    what: Text
    index: int


def reasons_of(
    facts: Sequence[Fact], car: Car, one: Registration, published: Published, as_of: date
) -> tuple[Reason, ...]:
    """Return the reasons for which a registration is an exception, none where it is none.

    Args:
        facts: of its car, by the day, in the order of days.
        car: what these facts say.
        one: the registration, one of this very car.
        published: policy and holiday tables.
        as_of: the day.
    """
    return tuple(_reasons(facts, car, one, published, as_of))


def _reasons(
    facts: Sequence[Fact], car: Car, one: Registration, published: Published, as_of: date
) -> Iterator[Reason]:
    if one.backed_by is None:
        yield Reason(_UNBACKED, one.index)
    due = published.due(one.on)
    if is_overdue(car, one, due.strict, due.rolled, as_of):
        yield Reason(
            Text(
                f"至期限届满日 {due.rolled} 没有有效的转让证明",
                f"no transfer proof that holds by the due date {due.rolled}",
            ),
            one.index,
        )
    since = _since(facts, one.index)
    yield from (Reason(what, since[what]) for what in _marks(one))
    for fact in facts:
        if fact.kind == _SEEN and fact.day is not None and is_seen_outside(car, one, fact.day):
            yield Reason(
                Text(
                    f"{fact.day} 上路，无有效临时牌照",
                    f"seen on a road on {fact.day} without a valid temporary plate",
                ),
                fact.index,
            )


def _marks(one: Registration) -> list[Text]:
    """Return what its facts have left on a registration that makes it an exception."""
    closed = one.account == "N" and not one.fraud
    marks = ((_DETERMINED, one.determined), (_OTHERWISE, closed), (_FRAUD, one.fraud), (_LOST, one.lost))
    return [what for what, holds in (*marks, (_DOMESTIC, one.domestic)) if holds]


def _since(facts: Sequence[Fact], index: int) -> dict[Text, int]:
    """Return of each mark of a registration the entry that left it, by playing the facts once more."""
    car, since = Car(), dict[Text, int]()
    for fact in facts:
        advance(car, fact)
        marks = [what for one in car.registrations if one.index == index for what in _marks(one)]
        since = {what: since.get(what, fact.index) for what in marks}
    return since
