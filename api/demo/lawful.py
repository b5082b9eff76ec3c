"""What befalls cars and batches in a season that keeps every rule: rare, but lawful.

Each kind comes at its rate, and the first cars and batches that it suits have it in any case, so that even a
small season shows all of them.
"""

from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Final

from api.demo import way
from api.demo.acts import Act, moment
from api.demo.agenda import Process
from api.demo.calendars import working_day
from api.demo.fleet import Enterprise
from api.demo.pace import due, plus
from api.demo.plan import Plan
from api.demo.rota import Rota
from api.demo.world import Batch, World

Kind = Callable[["Lawful", Plan], bool]
"""Settles a car, or says that the kind does not suit it."""

ALL_KINDS_FROM: Final = 60
"""Vehicles from which on a season shows every kind."""
_DROPPED_SHARE: Final = 0.02
_BATCH_RATES: Final = {
    "REJECTED": 0.02,
    "WITHDRAWN": 0.01,
    "RECALLED": 0.01,
    "RETURNED": 0.03,
    "PARTIAL": 0.02,
    "CANCELLED": 0.03,
    "DROPPED": 0.0,
    "STRIPPED": 0.01,
}


class Lawful:
    """The oddities of a clean season."""

    closes_pairs = True

    def __init__(self, seed: int, vehicles: int, exporters: list[Enterprise]) -> None:
        # Not for secrets: the same seed gives the same season.
        self.random = Random(f"lawful {seed}")  # noqa: S311
        self.exporters = exporters
        self._rota = Rota()
        shows_all = vehicles >= ALL_KINDS_FROM
        self.wanted = dict.fromkeys(RATES) if shows_all else {}
        self.wanted_batches = dict.fromkeys(_BATCH_RATES) if shows_all else {}

    def batch(self, batch: Batch) -> None:
        """Let a batch have its number returned, come to nothing, or lose lines."""
        kind = self._batch_kind(len(batch.cars))
        last = len(batch.cars) - 1
        match kind:
            case "REJECTED" | "WITHDRAWN" | "RECALLED":
                batch.fate = kind
                return
            case "RETURNED":
                batch.is_returned = True
            case "PARTIAL":
                batch.left_out = {last}
            case "CANCELLED":
                batch.cancelled = {last}
            case "STRIPPED" | "DROPPED":
                batch.is_stripped = kind == "STRIPPED"
                batch.dropped = {last}
            case _:
                pass
        settled = batch.left_out | batch.cancelled
        for place in range(last):
            if place not in settled and self.random.random() < _DROPPED_SHARE:
                batch.dropped.add(place)

    def _batch_kind(self, cars: int) -> str | None:
        drawn = self.random.random()
        if cars < 2:  # a number of no lines would have to be sent
            return None
        if self.wanted_batches:
            return self.wanted_batches.popitem()[0]
        for kind, rate in _BATCH_RATES.items():
            if drawn < rate:
                return kind
            drawn -= rate
        return None

    def car(self, plan: Plan) -> None:
        """Let a car have a detour that ends well."""
        drawn = self.random.random()
        if plan.is_twisted:
            return
        for kind in self.wanted:
            if RATES[kind][0](self, plan):
                del self.wanted[kind]
                plan.kind = kind
                return
        for kind, (settle, rate) in RATES.items():
            if drawn < rate:
                if settle(self, plan):
                    plan.kind = kind
                return
            drawn -= rate

    def statement(self, act: Act) -> None:
        """Leave it as it is."""

    def sign(self, act: Act) -> None:
        """Let the officers whose turn it is sign."""
        self._rota.sign(act)

    def stories(self, world: World) -> Iterator[Process]:
        """Yield none: the courses of the exporters hold what befalls firms."""
        del world
        return iter(())


def _hasten(plan: Plan) -> date:
    """Bring the transfer forward, so that a second try is in time; return the day of the first proof."""
    plan.transferred = working_day(plus(plan.registered, 1))
    return working_day(plan.transferred, 1)


def _fits(plan: Plan) -> bool:
    """Say whether a second proof, a week after an early transfer, is in time."""
    return working_day(plus(plan.registered, 1), 6) <= due(plan.registered)


def rejected_proof(_: Lawful, plan: Plan) -> bool:
    """A proof is rejected; the second one is in time."""
    if not _fits(plan):
        return False
    first = _hasten(plan)
    rejected = working_day(first, 1)
    plan.submitted = working_day(rejected, 1)
    plan.accepted = working_day(plan.submitted, 1)
    plan.edit("TransferProofSubmitted", lambda _: [way.submission(plan, 2)])
    plan.edit("TransferProofAccepted", lambda _: [way.acceptance(plan, 2)])
    plan.extras += [
        way.submission(plan, 1, first),
        way.verdict(plan, "TransferProofRejected", 1, rejected, 16, 20, reason="扫描件不清（虚构）"),
    ]
    return True


def revoked_proof(_: Lawful, plan: Plan) -> bool:
    """An acceptance is taken back; the second proof is in time."""
    return _second_proof(
        plan,
        lambda day: [way.verdict(plan, "TransferProofRevoked", 1, day, 16, 40, case_id=None)],
        again=False,
    )


def reversed_transfer(_: Lawful, plan: Plan) -> bool:
    """The note of the transfer is struck and made anew; the second proof is in time."""

    def struck(day: date) -> list[Act]:
        body = way.named(plan) | {"on": day.isoformat(), "reason": "签注有误（虚构）"}
        return [Act(moment(day, 13, 10), "police", "TransferReversed", body)]

    return _second_proof(plan, struck, again=True)


def _second_proof(plan: Plan, undone: Callable[[date], list[Act]], *, again: bool) -> bool:
    if not _fits(plan):
        return False
    first = _hasten(plan)
    accepted = working_day(first, 1)
    day = working_day(accepted, 1)
    plan.extras += [way.submission(plan, 1, first), way.acceptance(plan, 1, first, accepted), *undone(day)]
    if again:
        plan.extras.append(way.transfer(plan))
        plan.transferred = day
    plan.submitted = working_day(day, 1)
    plan.accepted = working_day(plan.submitted, 1)
    plan.edit("TransferProofSubmitted", lambda _: [way.submission(plan, 2)])
    plan.edit("TransferProofAccepted", lambda _: [way.acceptance(plan, 2)])
    return True


def annulled(lawful: Lawful, plan: Plan) -> bool:
    """A clerical error in the registration: annulled on the same day, registered again on the next."""
    again = working_day(plan.registered, 1)
    wrong_no = f"32{plan.car.cert_no[2:]}"
    wrong = way.registration(plan)
    wrong.body = wrong.body | {"cert_no": wrong_no}
    body = way.named(plan) | {
        "cert_no": wrong_no,
        "document_no": f"DEMO-A-{wrong_no}",
        "kind": "CLERICAL",
        "on": plan.registered.isoformat(),
    }
    at = moment(plan.registered, 15, 10)
    plan.extras += [wrong, Act(at, "police", "RegistrationAnnulled", body, officers=2)]
    plan.registered = again
    plan.copied = working_day(again, lawful.random.randint(0, 3))
    plan.transferred = min(working_day(plus(again, 5)), working_day(plus(again, 13)))
    plan.submitted = working_day(plan.transferred, 1)
    plan.accepted = working_day(plan.submitted, 2)
    return True


def _corrected(plan: Plan, kind: str, **wrong: object) -> None:
    """Let the car's statement of a type be wrong at first; it is corrected ten minutes later."""

    def correct(act: Act) -> list[Act]:
        right = act.body
        act.body = act.body | wrong
        at = act.at.replace(minute=act.at.minute + 4)
        body = {"reason": "录入有误（虚构）", "replacement": right}
        return [act, Act(at, act.agency, "EventCorrected", body, corrects=act, officers=2)]

    plan.edit(kind, correct)


def corrected_registration(_: Lawful, plan: Plan) -> bool:
    """The vehicle type of a registration was mistyped."""
    _corrected(plan, "VehicleRegistered", vehicle_type="K13")
    return True


def corrected_transfer(_: Lawful, plan: Plan) -> bool:
    """The temporary plate of a transfer was mistyped."""
    _corrected(plan, "PendingExportTransferRecorded", temp_plate_to="2029-12-31")
    return True


def corrected_release(_: Lawful, plan: Plan) -> bool:
    """The port of a release was mistyped."""
    _corrected(plan, "CustomsExportConfirmed", port="浦东机场海关")
    return True


def corrected_evidence(_: Lawful, plan: Plan) -> bool:
    """A document about another car was filed here, and is taken back."""

    def more(act: Act) -> list[Act]:
        other = way.evidence(
            plan, "INSURANCE", act.at.date(), "交强险保单（虚构）", "commerce", act.at.hour + 1
        )
        at = other.at.replace(minute=26)
        body = {"reason": "误录他车（虚构）", "replacement": None}
        return [other, Act(at, "commerce", "EventCorrected", body, corrects=other, officers=2)]

    plan.follow("VehicleRegistered", more)
    return True


def redeclared(_: Lawful, plan: Plan) -> bool:
    """A declaration is taken back before loading, and a new one is released in its place."""

    def twice(act: Act) -> list[Act]:
        assert plan.released is not None
        assert plan.loaded is not None
        body = {key: act.body[key] for key in ("declaration_no", "exporter_uscc", "vin")}
        body |= {"on": plan.released.isoformat(), "reason": "退关改配（虚构）"}
        back = Act(act.at.replace(hour=11), "customs", "CustomsExportReversed", body)
        second = way.release(plan, 3)
        second.at = act.at.replace(hour=13)
        return [act, back, second]

    plan.edit("CustomsExportConfirmed", twice)
    return True


def substituted(lawful: Lawful, plan: Plan) -> bool:
    """Another exporter is designated for a proved car, and it leaves in that one's name."""
    others = [firm for firm in lawful.exporters if firm is not plan.pair.exporter]
    if not others:
        return False
    plan.exporter = lawful.random.choice(others)
    body = {
        "document_no": f"DEMO-S-{plan.car.cert_no}",
        "exporter_uscc": plan.exporter.uscc,
        "vins": [plan.car.vin],
    }
    at = moment(working_day(plan.accepted), 16, 45)
    plan.extras.append(Act(at, "commerce", "SubstituteExporterDesignated", body, officers=2))
    return True


RATES: Final[dict[str, tuple[Kind, float]]] = {
    "substituted": (substituted, 0.001),
    "annulled": (annulled, 0.002),
    "revoked-proof": (revoked_proof, 0.001),
    "reversed-transfer": (reversed_transfer, 0.001),
    "redeclared": (redeclared, 0.003),
    "corrected-registration": (corrected_registration, 0.0025),
    "corrected-transfer": (corrected_transfer, 0.0025),
    "corrected-release": (corrected_release, 0.0025),
    "corrected-evidence": (corrected_evidence, 0.0025),
    "rejected-proof": (rejected_proof, 0.03),
}
"""Each kind with its share of all cars."""
