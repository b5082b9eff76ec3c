"""How an enterprise's file and qualification change after they were opened."""

from domain.bodies import EnterpriseChanged, QualificationRenounced, QualificationWithdrawn
from domain.rules.draft import Draft


def fold_changed(draft: Draft, body: EnterpriseChanged) -> None:
    raise NotImplementedError


def fold_withdrawn(draft: Draft, body: QualificationWithdrawn) -> None:
    raise NotImplementedError


def fold_renounced(draft: Draft, body: QualificationRenounced) -> None:
    raise NotImplementedError
