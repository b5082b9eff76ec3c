"""The views, one file a question. A new one is added here, with its table in ``projections/schema``."""

from collections.abc import Sequence
from typing import Final

from projections.view import View
from projections.views.attachments import Attachments
from projections.views.balances import Balances
from projections.views.cases import Cases, CaseSubjects
from projections.views.clocks import Clocks
from projections.views.corrections import Corrections
from projections.views.documents import Documents
from projections.views.effects import Effects
from projections.views.filings import Filings
from projections.views.findings import Findings
from projections.views.passages import Passages
from projections.views.reconciliations import Reconciliations
from projections.views.records import Records
from projections.views.refusals import Refusals
from projections.views.signings import Signings
from projections.views.timeline import Timeline
from projections.views.vehicles import Vehicles

VIEWS: Final[Sequence[View]] = (
    Records(),
    Balances(),
    Vehicles(),
    Clocks(),
    Cases(),
    CaseSubjects(),
    Findings(),
    Effects(),
    Timeline(),
    Attachments(),
    Corrections(),
    Reconciliations(),
    Passages(),
    Filings(),
    Documents(),
    Signings(),
    Refusals(),
)
