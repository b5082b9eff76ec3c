"""``summary.html`` of a subject bundle: its history for people, in Chinese and English, printable.

A pure function of what lies in the bundle, so that whoever verifies it makes the same bytes again. Nothing is
loaded from elsewhere, and nothing runs: the page is text and one style sheet.
"""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ledger.checkpoint import Checkpoint
from projections.proof.headline import Level
from projections.proof.statements import UNKNOWABLE, Text
from projections.proof.subject import Standing, SubjectView, read_subject
from projections.proof.types import Event, Unread, Verdict

_TEMPLATES: Final = Path(__file__).parents[1] / "templates"
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_MAX_CONTENT: Final = 600

_EXPORT_PROOF: Final = Text("车辆出口证明", "Export proof of one car")
_TITLES: Final = {
    "vin": Text("车辆历史记录", "History of one car"),
    "enterprise": Text("企业额度使用记录", "An enterprise's use of quota"),
}
_UNRECORDED: Final = {
    "vin": Text(
        "截至所述条目数，本账本没有任何关于该车的记录",
        "Up to the stated size nothing is recorded of this car",
    ),
    "enterprise": Text(
        "截至所述条目数，本账本没有任何关于该企业的记录",
        "Up to the stated size nothing is recorded of this enterprise",
    ),
}
_UNREGISTERED: Final = Text("本记录中没有使用额度的注册登记", "No registration is recorded in this history")
_EXIT_PROVED: Final = Text(
    "据本账本所载，每次登记的车辆均已证明离境",
    "As far as this ledger knows, every car registered is exit-proved",
)
_CUSTOMS_PROVED: Final = Text(
    "据本账本所载，每次登记的车辆均已由海关放行；是否离境未予证明（Z02）",
    "As far as this ledger knows, every car registered is customs-released; exit not shown (Z02)",
)
_OPEN: Final = Text("尚不能断定", "Not determined yet")
_LEVELS: Final = {
    Level.EXIT_PROVED: Text("已证明离境", "exit-proved"),
    Level.CUSTOMS_PROVED: Text("海关已放行", "customs-proved"),
    Level.ON_TRACK: Text("办理中", "on track"),
    Level.UNDETERMINED: Text("不能断定", "undetermined"),
    Level.EXCEPTION: Text("例外", "exception"),
}
_AGENCIES: Final = {
    "commerce": Text("市商务委", "commerce"),
    "transport": Text("市交通委", "transport"),
    "police": Text("市公安局", "police"),
    "customs": Text("海关", "customs"),
    "operator": Text("运营方", "operator"),
}
_UNREAD: Final = Text("–", "–")


def summary_of(subject: str, complete_to: int, checkpoint: Checkpoint, entries: Mapping[int, bytes]) -> bytes:
    """Return the page of the entries of a subject bundle, by index; see :func:`render_summary`."""
    return render_summary(read_subject(subject, entries), complete_to, checkpoint)


def render_summary(view: SubjectView, complete_to: int, checkpoint: Checkpoint) -> bytes:
    """Return the page.

    Args:
        view: the history.
        complete_to: up to which size the history is whole.
        checkpoint: under which it stands.
    """
    kind = view.subject.partition(":")[0]
    page = _ENVIRONMENT.get_template("summary.html").render(
        title=_EXPORT_PROOF if kind == "vin" and view.headline.verdict is Verdict.PROVED else _TITLES[kind],
        subject=view.subject,
        verdict=_verdict(view),
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=b64encode(checkpoint.root).decode(),
        complete_to=complete_to,
        as_of=view.as_of.isoformat(),
        standings=[_standing(one) for one in view.standings],
        assumed=any(one.assumed for one in view.standings),
        entries=[_entry(one) for one in view.events],
        unknowable=list(UNKNOWABLE.values()),
    )
    return page.encode()


def _verdict(view: SubjectView) -> Text:
    """Return what the levels say, and no more: a release is no exit, an exception no verdict on anybody."""
    counts, number = view.headline, len(view.standings)
    if not view.recorded:
        return _UNRECORDED[view.subject.partition(":")[0]]
    if not number and not any(isinstance(event, Unread) for event in view.events):
        return _UNREGISTERED
    if counts.exceptions:
        return Text(
            f"本记录 {number} 次登记中有 {counts.exceptions} 次属于例外，原因见车辆一栏",
            f"Exceptions: {counts.exceptions} of {number} registrations in this history; "
            "the cars below say why",
        )
    if counts.verdict is not Verdict.PROVED:
        return _OPEN
    if counts.exit_proved == number:
        return _EXIT_PROVED
    if counts.customs_proved == number:
        return _CUSTOMS_PROVED
    return Text(
        f"据本账本所载，{number} 次登记中 {counts.exit_proved} 次已证明离境，"
        f"{counts.customs_proved} 次已由海关放行、是否离境未予证明（Z02）",
        f"As far as this ledger knows, of {number} cars registered {counts.exit_proved} are exit-proved and "
        f"{counts.customs_proved} customs-released; exit not shown of these (Z02)",
    )


def _standing(one: Standing) -> dict[str, Any]:
    registration = one.registration
    exit_ = Text("无记录", "none recorded")
    if registration.loaded:
        exit_ = Text("装船离境", "loaded")
    elif registration.exit_record:
        exit_ = Text("出境记录", "exit record")
    live = [declaration.number for declaration in one.car.declarations.values() if declaration.live]
    return {
        "vin": one.vin,
        "registered_on": registration.on.isoformat(),
        "cert_no": registration.cert_no or "–",
        "transferred_on": registration.transferred_on.isoformat() if registration.transferred_on else "–",
        "declarations": ", ".join(live) or "–",
        "exit": exit_,
        "level": _LEVELS[one.level],
        "missing": one.missing or "",
        "reasons": one.reasons,
    }


def _entry(event: Event | Unread) -> dict[str, Any]:
    told: dict[str, Any] = {
        "index": event.index,
        "recorded_at": event.recorded_at.strftime("%Y-%m-%d %H:%M:%S"),
    }
    if isinstance(event, Unread):
        return told | {
            "effective": "–",
            "zh": "–",
            "type": "not known here",
            "agency": _UNREAD,
            "content": "–",
        }
    statement = event.statement
    return told | {
        "effective": event.effective_date.isoformat(),
        "zh": statement.spec.zh,
        "type": statement.type,
        "agency": _AGENCIES[statement.agency],
        "content": _content(statement.body.model_dump(mode="json", by_alias=True, warnings=False)),
    }


def _content(body: dict[str, Any]) -> str:
    """Return the members of a body in one line; lists by their length, long texts cut."""
    parts = []
    for name, value in body.items():
        if isinstance(value, dict | list):
            simple = isinstance(value, list) and len(value) <= 2 and all(isinstance(x, str) for x in value)
            shown = " + ".join(value) if simple else f"({len(value)})"
        elif value is None:
            continue
        else:
            shown = str(value).lower() if isinstance(value, bool) else str(value)
        parts.append(f"{name} {shown}")
    text = "; ".join(parts)
    return text if len(text) <= _MAX_CONTENT else f"{text[:_MAX_CONTENT]}…"
