"""A use application (annex 2): its lines, and every step from its receipt to its classification or end."""

from collections.abc import Mapping
from typing import Literal

from domain.values import replace, value


@value(frozen=True, slots=True)
class Line:
    """A line of annex 2: its car."""

    vin: str
    brand_model: str


BatchStatus = Literal["RECEIVED", "APPROVED", "SENT", "CLASSIFIED", "REJECTED", "WITHDRAWN", "ENDED"]


@value(frozen=True, slots=True)
class BatchStep:
    """The state of a batch after an entry that acted on it."""

    index: int
    status: BatchStatus


@value(frozen=True, slots=True)
class Sent:
    """提交使用数量: a number of cars, bound to their list of VINs."""

    index: int
    revision: int
    units: int
    vin_list_sha256: str


@value(frozen=True, slots=True)
class Unattributed:
    """Cars whose quota attribute transport withdrew."""

    index: int
    vins: tuple[str, ...]


@value(frozen=True, slots=True)
class Batch:
    """``batch:<id>``: a use application.

    Attributes:
        org_code: as stated in the application.
        lines: those applied for, by id.
        steps: its states in recorded order, the first by its application; ENDED when it was withdrawn
            after approval, so that its registered lines stay.
        approved: the lines approved and since neither cancelled nor withdrawn.
        sent: the numbers sent, in recorded order.
        unattributed: the withdrawals of quota attributes.
    """

    org_code: str
    lines: Mapping[str, Line]
    steps: tuple[BatchStep, ...]
    approved: tuple[str, ...] = ()
    sent: tuple[Sent, ...] = ()
    unattributed: tuple[Unattributed, ...] = ()

    @property
    def status(self) -> BatchStatus:
        """Where the batch stands."""
        return self.steps[-1].status

    @property
    def revision(self) -> int:
        """The revision of the last number sent, 0 before the first."""
        return self.sent[-1].revision if self.sent else 0

    def stepped(self, index: int, status: BatchStatus) -> "Batch":
        """Return the batch after an entry."""
        return replace(self, steps=(*self.steps, BatchStep(index, status)))

    def open_items(self) -> tuple[str, ...]:
        """Return the cars without their quota attribute whose line is not cancelled yet."""
        live = {self.lines[line_id].vin for line_id in self.approved}
        named = (vin for one in self.unattributed for vin in one.vins)
        return tuple(vin for vin in dict.fromkeys(named) if vin in live)
