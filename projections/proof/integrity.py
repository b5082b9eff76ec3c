"""C01 to C05 as the integrity pass answers them: each class of break belongs to one statement."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ledger.source import Break
from projections.proof.types import StatementResult, Verdict, judged

_CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "malformed": "C01",
        "missing": "C01",
        "leaf": "C01",
        "prev": "C01",
        "tree": "C01",
        "subject_chain": "C01",
        "heads": "C01",
        "keys": "C01",
        "replayed": "C01",
        "checkpoint": "C01",
        "envelope": "C02",
        "signature": "C02",
        "authority": "C03",
        "four_eyes": "C04",
        "time": "C05",
        "attachment": "C08",
    }
)
"""``inconsistent`` is none of these: against an anchor the ledger is another one, not a broken one."""


def integrity_statements(breaks: Iterable[Break], size: int) -> Iterator[StatementResult]:
    """Answer C01 to C04, and the part of C05 that is about ``recorded_at`` and ``signed_at``.

    A break without an entry (of a checkpoint, of rows that no entry accounts for) refutes without entries.
    """
    found: dict[str, list[Break]] = {code: [] for code in ("C01", "C02", "C03", "C04", "C05")}
    for one in breaks:
        code = _CLASSES.get(one.class_)
        if code in found:
            found[code].append(one)
    for code, against in found.items():
        if against:
            entries = tuple(sorted({one.index for one in against if one.index is not None}))
            classes = ", ".join(sorted({one.class_ for one in against}))
            yield StatementResult(code, Verdict.REFUTED, entries, f"{len(against)} breaks: {classes}")
        else:
            yield judged(code, f"{size} entries", set(), [])
