"""The plan of one car: its dates from registration to deregistration, and what is to go otherwise."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from api.demo.acts import Act

if TYPE_CHECKING:
    from api.demo.fleet import Car, Enterprise

Edit = Callable[[Act], Iterable[Act]]


class Parties(Protocol):
    """What a car needs to know of its pair."""

    exporter: "Enterprise"
    upstream: "Enterprise"
    is_spared: bool
    tops_up: bool


@dataclass(slots=True, eq=False)
class Plan:
    """A car on an approved and classified line.

    Attributes:
        exporter: in whose name it leaves.
        is_exported: it goes on a licence and out.
        needs_letter: in 2026 it leaves within 180 days of registration, and not later.
        registered … deregistered: the days of its acts; the last four are set when its shipment is drawn.
        edits: by type of statement, what becomes of the clean act.
        extras: acts before the licence beside the clean ones, of any order.
    """

    pair: Parties
    line_id: str
    car: "Car"
    exporter: "Enterprise"
    approved: date
    classified: date
    service_point: str
    registered: date
    copied: date
    transferred: date
    submitted: date
    accepted: date
    is_exported: bool = True
    needs_letter: bool = False
    released: date | None = None
    loaded: date | None = None
    deregistered: date | None = None
    port: tuple[str, str] = ("", "")
    vessel: tuple[str, str] = ("", "")
    edits: dict[str, list[Edit]] = field(default_factory=dict)
    extras: list[Act] = field(default_factory=list)
    kind: str | None = None

    @property
    def is_twisted(self) -> bool:
        """Say whether anything goes otherwise."""
        return self.kind is not None

    def edit(self, kind: str, edit: Edit) -> None:
        """Let ``edit`` make of the car's statement of this type what it will."""
        self.edits.setdefault(kind, []).append(edit)

    def change(self, kind: str, **values: object) -> None:
        """Replace members of the body of the car's statement of this type."""

        def changed(act: Act) -> Iterator[Act]:
            act.body = act.body | values
            yield act

        self.edit(kind, changed)

    def drop(self, *kinds: str) -> None:
        """Leave out the car's statements of these types."""
        for kind in kinds:
            self.edit(kind, lambda _: ())

    def follow(self, kind: str, after: Edit) -> None:
        """Put behind the car's statement of this type what ``after`` makes of it."""
        self.edit(kind, lambda act: (act, *after(act)))

    def edited(self, acts: Iterable[Act]) -> Iterator[Act]:
        """Yield ``acts`` as edited, by time."""
        done: list[Act] = []
        for act in acts:
            made = [act]
            for edit in self.edits.get(act.type, ()):
                # What an edit has added is not edited again.
                made = [new for one in made for new in (edit(one) if one is act else (one,))]
            done += made
        yield from sorted(done, key=lambda act: act.at)
