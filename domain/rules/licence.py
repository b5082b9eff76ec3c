"""出口许可证, and the exporter in whose name a car leaves."""

from collections.abc import Iterator

from domain.bodies import ExportLicenceIssued, SubstituteExporterDesignated
from domain.errors import Refusal
from domain.rules.draft import Draft


def fold_issued(draft: Draft, body: ExportLicenceIssued) -> None:
    raise NotImplementedError


def guard_designated(draft: Draft, body: SubstituteExporterDesignated) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_designated(draft: Draft, body: SubstituteExporterDesignated) -> None:
    raise NotImplementedError
