"""C36: was any quota used outside export? Every used unit and every unbacked car, in the first that fits.

===============  =====================================================================
EXCEPTION        N; R past the rolled due date; a release taken back after
                 deregistration; fraud; domestic use after the transfer; seen on a
                 road without a valid temporary plate; any unbacked car
EXIT-PROVED      loaded, or deregistered with an exit record
CUSTOMS-PROVED   X or D with one live, well-formed export declaration in the right
                 name, and evidence better than the exporter's own copy
ON-TRACK         T within ``export_watch_days`` of the transfer; R within due
UNDETERMINED     the rest
===============  =====================================================================

Cars are placed by the facts that took effect by the day, in order of these days. A proof submitted in time
and not yet judged keeps its car within due; once rejected or revoked the car is overdue since due.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import Final

from domain.identifiers import PairId, declaration_is_export, declaration_is_well_formed, pair_of
from projections.proof.facts import Fact
from projections.proof.files import CarFiles
from projections.proof.published import Published
from projections.proof.types import Headline, StatementResult, Verdict
from projections.proof.units import Car, Registration, car_of

_SHOWN: Final = 5


class Level(Enum):
    """How far a unit is proved."""

    EXCEPTION = "exception"
    EXIT_PROVED = "exit-proved"
    CUSTOMS_PROVED = "customs-proved"
    ON_TRACK = "on track"
    UNDETERMINED = "undetermined"


@dataclass(slots=True)
class _Count:
    levels: dict[Level, int] = field(default_factory=lambda: dict.fromkeys(Level, 0))
    exceptions: set[int] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)


def headline(
    files: CarFiles, published: Published, as_of: date, unread: frozenset[str] = frozenset()
) -> tuple[StatementResult, Headline]:
    """Answer C36 as of a day.

    Args:
        files: of all cars.
        published: policy and holiday tables.
        as_of: the day.
        unread: VINs that an entry of unknown type names; their units are at best undetermined.
    """
    count = _Count()
    for vin, facts in files.cars.items():
        car = car_of(placed_as_of(facts, as_of))
        for one in car.registrations:
            if not one.ended:
                level, missing = level_of(car, one, published, as_of)
                if vin in unread and level is not Level.EXCEPTION:
                    level, missing = Level.UNDETERMINED, "an entry of unknown type names the car"
                count.levels[level] += 1
                if level is Level.EXCEPTION:
                    count.exceptions.add(one.index)
                elif missing:
                    count.missing.append(f"{vin}: {missing}")
    return _answer(count)


def placed_as_of(facts: list[Fact], as_of: date) -> list[Fact]:
    """Return the facts that took effect by a day, in order of (day, place)."""
    return sorted((fact for fact in facts if fact.on <= as_of), key=lambda fact: (fact.on, fact.place))


def _answer(count: _Count) -> tuple[StatementResult, Headline]:
    levels = count.levels
    open_units = levels[Level.ON_TRACK] + levels[Level.UNDETERMINED]
    verdict = Verdict.PROVED
    if count.exceptions:
        verdict = Verdict.REFUTED
    elif open_units:
        verdict = Verdict.UNDETERMINED
    detail = ", ".join(f"{units} {level.value}" for level, units in levels.items())
    missing = count.missing[:_SHOWN]
    if more := len(count.missing) - len(missing):
        missing.append(f"and {more} more")
    result = StatementResult("C36", verdict, tuple(sorted(count.exceptions)), detail, tuple(missing))
    return result, Headline(
        verdict,
        levels[Level.EXIT_PROVED],
        levels[Level.CUSTOMS_PROVED],
        levels[Level.ON_TRACK],
        levels[Level.UNDETERMINED],
        levels[Level.EXCEPTION],
    )


def level_of(car: Car, one: Registration, published: Published, as_of: date) -> tuple[Level, str | None]:
    """Return the level of one registration's unit as of a day, and what is missing for a better one."""
    due = published.due(one.on)
    overdue = is_overdue(car, one, due.strict, due.rolled, as_of)
    if _is_exception(car, one) or overdue:
        return Level.EXCEPTION, None
    if one.loaded or one.exit_record:
        return Level.EXIT_PROVED, None
    account = one.stands_in
    if account in {"X", "D"}:
        if _is_declared(car, one):
            return Level.CUSTOMS_PROVED, None
        return Level.UNDETERMINED, "one sound export declaration with evidence of the customs"
    if account == "R":
        if overdue is None:
            return Level.UNDETERMINED, due.missing
        return Level.ON_TRACK, "transfer and proof, due " + (
            str(due.rolled) if due.rolled else "after a rest day"
        )
    params = published.in_force(one.on)
    if params is None or one.transferred_on is None:
        return (
            Level.UNDETERMINED,
            "a policy version in force" if params is None else "the record of the transfer",
        )
    if as_of <= one.transferred_on + timedelta(days=params.export_watch_days):
        return Level.ON_TRACK, "evidence of the export"
    return Level.UNDETERMINED, f"evidence of the export, {params.export_watch_days} days after the transfer"


def _is_exception(car: Car, one: Registration) -> bool:
    return (
        one.backed_by is None
        or one.stands_in == "N"
        or one.lost
        or one.fraud
        or one.domestic
        or any(is_seen_outside(car, one, day) for day in car.seen)
    )


def is_seen_outside(car: Car, one: Registration, seen: date) -> bool:
    """Say whether a sighting falls to this registration and no temporary plate covers it."""
    if seen < one.on or any(one.on < other.on <= seen for other in car.registrations if not other.ended):
        return False
    return not any(first <= seen <= last for first, last in one.temp_plates)


def is_overdue(
    car: Car, one: Registration, strict: date | None, rolled: date | None, as_of: date
) -> bool | None:
    """Say whether a registration still stands in R after its due date; None where the date is not known."""
    if one.stands_in != "R":
        return False
    in_time = [
        proof
        for proof in car.proofs.values()
        if proof.registration is one and proof.pending and (rolled is None or proof.submitted_on <= rolled)
    ]
    if rolled is not None:
        return as_of > rolled and not in_time
    if strict is not None and (as_of <= strict or any(proof.submitted_on <= strict for proof in in_time)):
        return False  # rolling only ever extends the term
    return None


def _is_declared(car: Car, one: Registration) -> bool:
    live = [declaration for declaration in car.declarations.values() if declaration.live]
    if len(live) != 1 or one.backed_by is None:
        return False
    declaration = live[0]
    return (
        declaration_is_well_formed(declaration.number)
        and declaration_is_export(declaration.number)
        and declaration.evidence != "EXPORTER_COPY"
        and declaration.exporter in {PairId.parse(pair_of(one.backed_by)).exporter, *car.substitutes}
    )
