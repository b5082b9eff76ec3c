"""对账单: an agency's own counts."""

from domain.bodies import ReconciliationStatementFiled
from domain.rules.draft import Draft


def fold_filed(draft: Draft, body: ReconciliationStatementFiled) -> None:
    raise NotImplementedError
