"""The page of a subject bundle: a heading that says no more than the levels, and of each exception why."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.checkpoint import Checkpoint
from projections.proof.headline import Level
from projections.proof.subject import view_of
from projections.proof.summary import render_summary
from tests.support.domain import (
    acceptance_body,
    customs_body,
    deregistered_body,
    proof_body,
    registered_body,
    transfer_body,
)
from tests.support.history import History
from tests.support.proof import CAR, LINE, Entries, classified, exported, registered
from tests.support.proof_bodies import (
    annulled,
    customs_reversed,
    determination,
    domestic,
    loaded,
    road_use,
)
from tests.support.random_cars import VINS, beginnings, car_statements

CHECKPOINT = Checkpoint("test.example/ledger", 100, bytes(32))


def page(entries: Entries, subject: str = f"vin:{CAR}", *, recorded: bool = True) -> str:
    """Return the page of a car whose entries these are."""
    view = view_of(subject, entries.events, recorded=recorded)
    return render_summary(view, 99, CHECKPOINT).decode()


def heading(text: str) -> tuple[str, str, str]:
    """Return the title, and the verdict in both languages."""
    title = re.search(r"<title>(.+)</title>", text)
    verdict = re.search(r'<p class="verdict">(.+)<br><span class="en">(.+)</span></p>', text)
    assert title is not None
    assert verdict is not None
    return title[1], verdict[1], verdict[2]


def closed(entries: Entries) -> Entries:
    """The days on which all that is due was done: the last entry is a year on."""
    entries.say("2026-03-03", "RoadUseReported", road_use("LSVAB6189R2012345"))
    return entries


def moved() -> Entries:
    """A car transferred in time, its proof accepted."""
    entries = registered()
    entries.say("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE))
    entries.say("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE))
    entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE))
    return entries


def test_a_car_that_is_loaded_is_exit_proved() -> None:
    """Given a car released and loaded, then the page is an export proof, and its heading says exit-proved."""
    entries = exported()
    entries.say("2025-06-15", "PortLoadingConfirmed", loaded(on="2025-06-15"))
    title, zh, en = heading(page(entries))
    assert title == "车辆出口证明 · Export proof of one car"
    assert zh == "据本账本所载，每次登记的车辆均已证明离境"
    assert en == "As far as this ledger knows, every car registered is exit-proved"


def test_a_release_alone_is_not_said_to_be_an_exit() -> None:
    """Given a car that is customs-proved only, then the heading says released, and that the exit is not shown."""
    _, zh, en = heading(page(exported()))
    assert zh == "据本账本所载，每次登记的车辆均已由海关放行；是否离境未予证明（Z02）"
    assert en == "As far as this ledger knows, every car registered is customs-released; exit not shown (Z02)"


def test_a_car_on_its_way_is_not_determined() -> None:
    """Given a car registered and within its due date, then title and heading claim nothing."""
    title, zh, en = heading(page(registered()))
    assert title == "车辆历史记录 · History of one car"
    assert (zh, en) == ("尚不能断定", "Not determined yet")


def test_a_car_of_which_nothing_is_recorded() -> None:
    """Given a car that no entry names, then the page says so and is no export proof."""
    title, zh, en = heading(page(classified(), "vin:LSVAB6189R2012345", recorded=False))
    assert title == "车辆历史记录 · History of one car"
    assert zh == "截至所述条目数，本账本没有任何关于该车的记录"
    assert en == "Up to the stated size nothing is recorded of this car"


def test_a_car_that_was_never_registered() -> None:
    """Given a car that is approved and classified only, then the page says that no registration is recorded."""
    _, zh, en = heading(page(classified()))
    assert zh == "本记录中没有使用额度的注册登记"
    assert en == "No registration is recorded in this history"


def _unbacked() -> tuple[Entries, int]:
    entries = Entries()
    return entries, entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, None, "2025-03-03"))


def _overdue() -> tuple[Entries, int]:
    entries = registered()
    return closed(entries), entries.index_of("VehicleRegistered")


def _determined() -> tuple[Entries, int]:
    entries = moved()
    return entries, entries.say("2025-06-15", "NonExportDetermined", determination())


def _deregistered() -> tuple[Entries, int]:
    entries = moved()
    body = deregistered_body(CAR, "2025-04-01", reason="OTHER")
    return entries, entries.say("2025-04-01", "VehicleDeregistered", body)


def _fraud() -> tuple[Entries, int]:
    entries = moved()
    return entries, entries.say("2025-03-20", "RegistrationAnnulled", annulled("FRAUD"))


def _taken_back() -> tuple[Entries, int]:
    entries = exported()
    return entries, entries.say("2025-08-01", "CustomsExportReversed", customs_reversed(on="2025-08-01"))


def _domestic() -> tuple[Entries, int]:
    entries = moved()
    return entries, entries.say("2025-03-15", "DomesticUseRecorded", domestic())


def _seen() -> tuple[Entries, int]:
    entries = moved()
    index = entries.say("2025-06-15", "RoadUseReported", road_use(at="2025-06-15T08:00:00+08:00"))
    entries.say("2025-06-16", "CustomsExportConfirmed", customs_body(CAR, on="2025-06-16"))
    return entries, index


@pytest.mark.parametrize(
    ("story", "zh", "en"),
    [
        (_unbacked, "登记没有相应的已分类额度", "registered without a classified unit behind it"),
        (_overdue, "没有有效的转让证明", "no transfer proof that holds by the due date 2025-03-18"),
        (_determined, "已认定未用于出口", "determined not to have been exported"),
        (_deregistered, "非因出口注销登记", "deregistered for another reason than export"),
        (_fraud, "登记因弄虚作假被撤销", "the registration was annulled as fraud"),
        (_taken_back, "注销登记后海关放行被撤销", "the release was taken back after the deregistration"),
        (_domestic, "转让待出口后在境内使用", "domestic use after the transfer"),
        (
            _seen,
            "2025-06-15 上路，无有效临时牌照",
            "seen on a road on 2025-06-15 without a valid temporary plate",
        ),
    ],
)
def test_an_exception_says_why(story: Callable[[], tuple[Entries, int]], zh: str, en: str) -> None:
    """Given a car that is an exception, then its row has the one reason in both languages, with the entry."""
    entries, index = story()
    view = view_of(f"vin:{CAR}", entries.events, recorded=True)
    (standing,) = [one for one in view.standings if one.vin == CAR]
    assert [reason.index for reason in standing.reasons] == [index]
    text = page(entries)
    row = next(line for line in text.splitlines() if f"<td><code>{CAR}</code></td>" in line)
    assert f"{zh}（第 {index} 条）" in row
    assert f"{en} (entry {index})" in row
    assert f"{CAR}: {en} (entry {index})" in view.statement.detail


def test_an_exception_is_not_said_to_be_a_use_at_home() -> None:
    """Given a car seen on a road and released later, then the heading counts exceptions and judges no more."""
    entries, _ = _seen()
    title, zh, en = heading(page(entries))
    assert title == "车辆历史记录 · History of one car"
    assert zh == "本记录 1 次登记中有 1 次属于例外，原因见车辆一栏"
    assert en == "Exceptions: 1 of 1 registrations in this history; the cars below say why"


def test_a_reason_that_was_taken_back_is_none() -> None:
    """Given a determination that was overturned, then the car is no exception and has no reason."""
    entries, _ = _determined()
    entries.say("2025-06-16", "NonExportOverturned", {**determination()})
    view = view_of(f"vin:{CAR}", entries.events, recorded=True)
    assert [one.reasons for one in view.standings] == [()]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(beginnings(), st.lists(car_statements(), max_size=12))
def test_exceptions_and_no_others_have_reasons(history: History, script: list[tuple[str, Any]]) -> None:
    """Given two cars at random, then a registration has a reason if and only if it is an exception."""
    for type_name, body in script:
        history.say("2025-06-01", type_name, body)
    for vin in VINS:
        view = view_of(f"vin:{vin}", Entries(history.steps).events, recorded=True)
        for one in view.standings:
            assert bool(one.reasons) == (one.level is Level.EXCEPTION), (one.level, one.reasons)
