"""对账单 of an enterprise for a month, as a bank states an account: opening, entries, closing, per pair.

The month is that of Shanghai days on which entries were recorded. Every line is an entry of the ledger; what
it moved and the balances after it come from the replay of the enterprise's own chains, and the balances at
the end of that replay are those that the projections store, or there is no statement.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from domain.calendar import shanghai_date
from domain.identifiers import PairId
from ledger.stores import AnyStore
from projections.history.moments import Moment, replay_at
from projections.history.replay import NO_BALANCES, Replay
from projections.history.story import Story
from projections.reports.basis import Basis, read_basis
from projections.reports.commands import regenerate, verify_enterprise, verify_ledger
from projections.reports.figures import Figures, read_figures
from projections.reports.firms import names_of
from projections.reports.lines import Entry, flag_words, line_of, moves_of, refusals_of
from projections.reports.months import Month
from projections.reports.moves import Moved, add_up, moves_json
from projections.reports.report import FORMAT, Report

TITLE: Final = {"zh": "企业额度对账单", "en": "Statement of quota account of an enterprise"}
_REFUSED: Final = "SubmissionRefused"


def build(
    store: AnyStore, uscc: str, month: Month, note: bytes | None = None, *, most: int | None = None
) -> Report:
    """Return the statement of an enterprise.

    Args:
        store: the ledger; its balances are brought up to date first.
        uscc: the enterprise.
        month: of the days on which entries were recorded.
        note: the checkpoint on which it is to stand; None: the latest.
        most: how many entries its file may have; None: as many as there are.

    Raises:
        ReportRefused: no checkpoint, one of another ledger, a month ahead of it, or views that differ.
        ValueError, NoHistory, ChainBroken, ReplayTooLong: see ``projections.history.chains.read_file``.
    """
    basis = read_basis(store, note)
    period = month.to_json(basis.day)
    told, replay = told_to(store, uscc, basis, most)
    pairs = checked_pairs(store, replay, basis, most)
    firm = told["standing"]["enterprise"]
    listed = [one for one in told["entries"] if one["type"] != _REFUSED]
    inside = [one for one in listed if recorded_on(one) in month]
    names = names_of(store, _firms(pairs), basis.size, basis.day)
    accounts = [_account(pair_id, told["entries"], month, names, uscc) for pair_id in sorted(pairs)]
    placed = {line["index"] for one in accounts for line in one["lines"]}
    content = {
        "format": FORMAT,
        "kind": "enterprise-statement",
        "title": TITLE,
        "subject": {"uscc": uscc, "name": firm["name"] or None},
        "period": period,
        "basis": basis.to_json(),
        "accounts": accounts,
        "other": [line_of(one) for one in inside if one["index"] not in placed],
        "refused": [
            refusals_of(one, basis.ring)
            for one in told["entries"]
            if one["type"] == _REFUSED and recorded_on(one) in month
        ],
        "flags": flag_words(inside),
        "commands": [
            verify_ledger(basis.size),
            *verify_enterprise(uscc),
            regenerate(f"statement --enterprise {uscc} --month {month}"),
        ],
    }
    return Report("enterprise-statement", content)


def told_to(
    store: AnyStore, uscc: str, basis: Basis, most: int | None = None
) -> tuple[dict[str, Any], Replay]:
    """Return the story of an enterprise below the checkpoint's size, and the replay that tells it."""
    moment = Moment(basis.size - 1)
    replay = replay_at(store, f"enterprise:{uscc}", moment, most)
    return Story(store, basis.ring).tell(replay, moment), replay


def checked_pairs(
    store: AnyStore, replay: Replay, basis: Basis, most: int | None = None
) -> Mapping[str, Mapping[str, int]]:
    """Return the balances of the enterprise's pairs, stored and replayed alike.

    Where the stored balances have taken in more entries than the checkpoint covers, the comparison replays as
    many, and what is returned is the replay's below the checkpoint.

    Raises:
        ReportRefused: ``views-differ``.
    """
    figures: Figures = read_figures(store)
    here = _pairs(replay)
    if figures.size == basis.size:
        figures.check(here, replay.file.owns)
    else:
        whole = replay_at(store, replay.file.subject, Moment(figures.size - 1), most)
        figures.check(_pairs(whole), replay.file.owns)
    return here


def recorded_on(entry: Entry) -> Any:
    """Return the Shanghai day on which an entry was recorded."""
    return shanghai_date(datetime.fromisoformat(entry["recorded_at"]))


def _pairs(replay: Replay) -> Mapping[str, Mapping[str, int]]:
    state = replay.end()
    owned = (key[5:] for key in state.changes if key.startswith("pair:"))
    return {pair_id: dict(state.pair(pair_id).balances) for pair_id in owned if replay.file.owns(pair_id)}


def _firms(pairs: Mapping[str, object]) -> Iterator[str]:
    for pair_id in pairs:
        pair = PairId.parse(pair_id)
        yield from (pair.exporter, pair.upstream)


def _account(
    pair_id: str, entries: Sequence[Entry], month: Month, names: Mapping[str, str | None], uscc: str
) -> dict[str, Any]:
    """Return one pair's account over the month; its lines add up, or the replay contradicts itself."""
    opening, closing = dict(NO_BALANCES), dict(NO_BALANCES)
    lines = list[dict[str, Any]]()
    moved: Moved = Counter()
    for one in entries:
        day = recorded_on(one)
        after = next((each["after"] for each in one["balances"] if each["pair_id"] == pair_id), None)
        if day > month.last:
            break
        if after is not None:
            closing = dict(after)
            if day < month.first:
                opening = dict(after)
        if day < month.first or one["type"] == _REFUSED:
            continue
        own = moves_of(one, pair_id)
        if own or _names_pair(one, pair_id):
            lines.append(line_of(one) | {"moves": moves_json(own), "balances": dict(closing)})
            moved.update(own)
    add_up(opening, moved, closing)
    pair = PairId.parse(pair_id)
    return {
        "pair_id": pair_id,
        "role": "EXPORTER" if pair.exporter == uscc else "UPSTREAM",
        "exporter": {"uscc": pair.exporter, "name": names[pair.exporter]},
        "upstream": {"uscc": pair.upstream, "name": names[pair.upstream]},
        "opening": opening,
        "lines": lines,
        "moved": moves_json(moved),
        "closing": closing,
    }


def _names_pair(entry: Entry, pair_id: str) -> bool:
    """Say whether an entry names the pair, in an id of its body."""
    body = entry["body"] or {}
    ids = (body.get(name) for name in ("pair_id", "app_id", "batch_id", "line_id"))
    return any(one is not None and (one == pair_id or one.startswith(f"{pair_id}-")) for one in ids)
