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

_TITLES: Final = {
    "vin": Text("车辆出口证明", "Export proof of one car"),
    "enterprise": Text("企业额度使用记录", "An enterprise's use of quota"),
}
_VERDICTS: Final = {
    Verdict.PROVED: Text(
        "本记录中的全部车辆均已证明出口", "Every car of this history is proved to be exported"
    ),
    Verdict.REFUTED: Text(
        "本记录中有额度未用于出口", "Quota of this history was used outside export, or is overdue"
    ),
    Verdict.UNDETERMINED: Text("尚不能断定", "Not determined yet"),
}
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
        title=_TITLES[kind],
        subject=view.subject,
        verdict=_VERDICTS[view.headline.verdict],
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
