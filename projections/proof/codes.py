"""C19: every enterprise code that a statement names holds, and the organisation codes agree with them.

Named is each entry that states a code whose check character fails, in a field of its own or inside an id; the
file of an enterprise whose organisation code is not the one inside its USCC; and the use application whose
organisation code is not its upstream's, whatever came of it.
"""

from collections.abc import Iterable, Iterator, Mapping
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
    """An entry with a code that does not hold or agree."""

    index: int
    on: date


@dataclass(slots=True)
class Codes:
    """A group: C19. Keeps what is at fault, and each code once.

    Attributes:
        faults: by place.
        holds: by code, whether its check character is right.
    """

    faults: dict[int, Fault] = field(default_factory=dict)
    holds: dict[str, bool] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Look at every code of a statement."""
        body, place = event.statement.body, event.place
        held = [self._holds(code) for code in codes_named(event)]  # each is counted, behind a wrong one too
        if not all(held) or not codes_agree(body):
            self.faults[place] = Fault(event.index, event.effective_date)

    def take(self, codes: Mapping[str, int], wrong: Iterable[tuple[int, date]]) -> None:
        """Take in the codes of entries and those of the entries that are at fault.

        Args:
            codes: each with an entry that names it.
            wrong: every entry with a code that does not hold or agree, and the day on which it takes effect.
        """
        faults = {index: Fault(index, on) for index, on in wrong}
        known = self.holds
        for code, index in codes.items():
            if code not in known:
                known[code] = index not in faults or uscc_holds(code)
        self.faults.update(faults)

    def amend(self, amendment: Amendment) -> None:
        """Replace a statement."""
        self.faults.pop(amendment.place, None)
        if amendment.replacement is not None:
            self.fold(amendment.replacement)

    def results(self, as_of: date) -> Iterable[StatementResult]:
        """Answer C19."""
        entries = {one.index for one in self.faults.values() if one.on <= as_of}
        detail = f"{len(self.holds)} enterprise codes, {len(entries)} entries with one that does not hold"
        yield judged("C19", detail, entries, [])

    def _holds(self, uscc: str) -> bool:
        known = self.holds.get(uscc)
        if known is None:
            known = self.holds[uscc] = uscc_holds(uscc)
        return known


def codes_named(event: Event) -> Iterator[str]:
    """Yield every USCC that a statement names."""
    body, name = event.statement.body, event.statement.type
    for member in _CODES_OF[name]:
        yield getattr(body, member)
    for member in _LISTS_OF[name]:
        yield from getattr(body, member)
    for member in _IDS_OF[name]:
        if text := getattr(body, member):
            yield from pair_of(text).split("-")[:2]


def codes_agree(body: b.Body) -> bool:
    """Say whether an organisation code holds and is the one inside its USCC."""
    if isinstance(body, b.EnterpriseRegistered):
        uscc, org_code = body.uscc, body.org_code
    elif isinstance(body, b.UseApplicationReceived):
        uscc, org_code = PairId.parse(pair_of(body.batch_id)).upstream, body.org_code
    else:
        return True
    return organisation_code_holds(org_code) and org_code == organisation_code_of(uscc)
