"""送达: the notice of a suspension or of its end."""

from domain.bodies import SuspensionNoticeServed
from domain.firm import Notice
from domain.rules.draft import Draft
from domain.values import replace


def fold_served(draft: Draft, body: SuspensionNoticeServed) -> None:
    """Note the notice; what it tells has to be on record, of this enterprise."""
    draft.flag_codes(usccs=(body.uscc,))
    suspension = draft.suspension(body.suspension_id)
    if suspension is None or suspension.uscc != body.uscc:
        draft.flag("unknown-suspension")
        return
    if body.kind == "REINSTATE" and suspension.is_open:
        draft.flag("not-reinstated")
    notice = Notice(draft.index, body.kind, body.to, body.served_at)
    draft.put(f"suspension:{body.suspension_id}", replace(suspension, notices=(*suspension.notices, notice)))
