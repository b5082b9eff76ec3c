"""A violation case: opened, heard, decided, remedied or overturned, and what rests on it."""

from datetime import date
from typing import Literal

from domain.values import value


@value(frozen=True, slots=True)
class Remedy:
    """Cars of a decided case that were put right."""

    index: int
    vins: tuple[str, ...]


@value(frozen=True, slots=True)
class Case:
    """``case:<id>``: a violation case.

    Attributes:
        index: the entry by which it was opened.
        ground: FORGERY, NOT_EXPORTED, ROAD_USE, LATE_PROOF or OTHER.
        usccs: the enterprises that it was opened against.
        vins: the cars that it is about.
        opened_on: the Shanghai date of its opening.
        hearings: the entries of hearings held or waived.
        evidence: the entries of evidence added.
        escalated: the entries by which it went to the coordination of measure 13.
        decision: None while it is open.
        decided: the enterprises that the decision names.
        decided_by: the entry of the decision; ``overturned_by`` that of its fall.
        remedies: the cars that were put right.
        relied_on: the entries that rest on the case: suspensions, determinations, revocations.
    """

    index: int
    ground: str
    usccs: tuple[str, ...]
    vins: tuple[str, ...]
    opened_on: date
    hearings: tuple[int, ...] = ()
    evidence: tuple[int, ...] = ()
    escalated: tuple[int, ...] = ()
    decision: str | None = None
    decided: tuple[str, ...] = ()
    decided_by: int | None = None
    overturned_by: int | None = None
    remedies: tuple[Remedy, ...] = ()
    relied_on: tuple[int, ...] = ()

    @property
    def status(self) -> Literal["OPEN", "DECIDED", "OVERTURNED"]:
        """Where the case stands."""
        if self.overturned_by is not None:
            return "OVERTURNED"
        return "OPEN" if self.decided_by is None else "DECIDED"
