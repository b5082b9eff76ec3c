"""OVERDUE: a registered car whose transfer proof is neither in nor under way when its last day has passed."""

from datetime import date

from domain.calendar import shanghai_date
from domain.car import Car, Registration
from domain.rules.common import due_date
from domain.state import State


def is_overdue(state: State, car: Car, registration: Registration, on: date) -> bool | None:
    """Say whether a registration is overdue on a day; None where policy or calendar are missing.

    A proof submitted in time is not overdue until it is rejected; then the car has been overdue since its due
    date (``proof.pending``). A car that was exported or closed, and one without a unit, is not on this clock.
    """
    if not registration.backed or registration.account != "R":
        return False
    due = due_date(state, registration.registered_on)
    if due is None:
        return None
    pending = any(
        one.cert_no == registration.cert_no
        and one.status == "PENDING"
        and shanghai_date(one.submitted_at) <= due
        for one in car.submissions.values()
    )
    return on > due and not pending
