"""Violation cases, and whom each is about."""

import json
from collections.abc import Iterator

from domain.case import Case
from projections.view import Page, Written


class Cases:
    """See :class:`projections.view.View`: one row a case."""

    table = "case_file"
    columns = (
        "case_id", "status", "ground", "opened_on", "opened_by", "decision", "decided_by", "overturned_by",
        "hearings", "usccs", "vins",
    )  # fmt: skip
    owner = "case_id"

    def rows(self, page: Page) -> Written:
        """Return the cases that the page changed."""
        ids, found = _changed(page)
        rows = [
            (
                case_id, case.status, case.ground, case.opened_on.isoformat(), case.index, case.decision,
                case.decided_by, case.overturned_by, len(case.hearings), json.dumps(case.usccs),
                json.dumps(case.vins),
            )
            for case_id, case in found
        ]  # fmt: skip
        return Written(ids, rows)


class CaseSubjects:
    """See :class:`projections.view.View`: one row a case and firm or car that it names."""

    table = "case_subject"
    columns = ("case_id", "subject")
    owner = "case_id"

    def rows(self, page: Page) -> Written:
        """Return whom the changed cases are about."""
        ids, found = _changed(page)
        return Written(ids, [(case_id, key) for case_id, case in found for key in _subjects(case)])


def _changed(page: Page) -> tuple[list[str], list[tuple[str, Case]]]:
    ids = [key.partition(":")[2] for key in page.changed if key.startswith("case:")]
    cases = ((case_id, page.state.case(case_id)) for case_id in ids)
    return ids, [(case_id, case) for case_id, case in cases if case is not None]


def _subjects(case: Case) -> Iterator[str]:
    yield from dict.fromkeys(f"enterprise:{uscc}" for uscc in (*case.usccs, *case.decided))
    yield from dict.fromkeys(f"vin:{vin}" for vin in case.vins)
