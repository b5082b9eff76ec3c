"""C19: every enterprise code that a statement names holds, and the organisation codes agree with them.

Named is each entry that states a code whose check character fails, in a field of its own or inside an id; the
file of an enterprise whose organisation code fails or is not the one inside its USCC; and the use application
whose organisation code is not its upstream's, while commerce has neither rejected it nor the firms taken it
back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from domain import bodies as b
from domain.catalogue import CATALOGUE
from domain.identifiers import (
    PairId,
    organisation_code_holds,
    organisation_code_of,
    pair_of,
    uscc_holds,
)
from projections.proof.amended import Amendment
from projections.proof.types import Event, StatementResult, judged

_CODES: Final = frozenset({"uscc", "owner_uscc", "from_uscc", "to_uscc", "exporter_uscc"})
_LISTS: Final = frozenset({"usccs", "applicants", "seals"})
_IDS: Final = frozenset({"pair_id", "app_id", "batch_id", "line_id"})


def _named(fields: frozenset[str]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(fields & spec.body.model_fields.keys())) for name, spec in CATALOGUE.items()}


_CODES_OF: Final = _named(_CODES)
_LISTS_OF: Final = _named(_LISTS)
_IDS_OF: Final = _named(_IDS)


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry with a code that does not hold; ``batch_id`` where only the end of that batch excuses it."""

    index: int
    on: date
    batch_id: str | None = None


@dataclass(slots=True)
class Codes:
    """A group: C19. Keeps what is at fault, each code once, and which batches ended.

    Attributes:
        faults: by place.
        ended: by place, the day on which a batch was rejected or withdrawn, and the batch.
        holds: by code, whether its check character is right.
    """

    faults: dict[int, Fault] = field(default_factory=dict)
    ended: dict[int, tuple[date, str]] = field(default_factory=dict)
    holds: dict[str, bool] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Look at every code of a statement."""
        body, place = event.statement.body, event.place
        if isinstance(body, b.UseApplicationRejected | b.UseApplicationWithdrawn):
            self.ended[place] = (event.effective_date, body.batch_id)
        if not all(map(self._holds, _codes(event))) or not _file_agrees(body):
            self.faults[place] = Fault(event.index, event.effective_date)
        elif isinstance(body, b.UseApplicationReceived):
            upstream = PairId.parse(pair_of(body.batch_id)).upstream
            if body.org_code != organisation_code_of(upstream):
                self.faults[place] = Fault(event.index, event.effective_date, body.batch_id)

    def amend(self, amendment: Amendment) -> None:
        """Replace a statement."""
        self.faults.pop(amendment.place, None)
        self.ended.pop(amendment.place, None)
        if amendment.replacement is not None:
            self.fold(amendment.replacement)

    def results(self, as_of: date) -> Iterable[StatementResult]:
        """Answer C19."""
        ended = {batch_id for on, batch_id in self.ended.values() if on <= as_of}
        entries = {one.index for one in self.faults.values() if one.on <= as_of and one.batch_id not in ended}
        detail = f"{len(self.holds)} enterprise codes, {len(entries)} entries with one that does not hold"
        yield judged("C19", detail, entries, [])

    def _holds(self, uscc: str) -> bool:
        known = self.holds.get(uscc)
        if known is None:
            known = self.holds[uscc] = uscc_holds(uscc)
        return known


def _codes(event: Event) -> Iterator[str]:
    """Yield every USCC that a statement names."""
    body, name = event.statement.body, event.statement.type
    for member in _CODES_OF[name]:
        yield getattr(body, member)
    for member in _LISTS_OF[name]:
        yield from getattr(body, member)
    for member in _IDS_OF[name]:
        if text := getattr(body, member):
            yield from pair_of(text).split("-")[:2]


def _file_agrees(body: b.Body) -> bool:
    """Say whether the organisation code in the file of an enterprise holds and is the one in its USCC."""
    if not isinstance(body, b.EnterpriseRegistered):
        return True
    return organisation_code_holds(body.org_code) and body.org_code == organisation_code_of(body.uscc)
