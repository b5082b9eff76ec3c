"""Which statement names which document for which car: certificates and their scans, invoices, declarations.

What was corrected since counts too; a reader leaves it out by ``correction``, and what a clerical
annulment made void by ``passage``.
"""

from collections.abc import Iterator

from domain.bodies import CustomsExportConfirmed, TransferProofSubmitted, VehicleRegistered
from domain.identifiers import firms_of, pair_of
from domain.statements import Statement
from projections.view import Page, Row, Written

_SCAN = "登记证书"
_NAMING = frozenset({"VehicleRegistered", "TransferProofSubmitted", "CustomsExportConfirmed"})


class Documents:
    """See :class:`projections.view.View`: one row an entry, document and car."""

    table = "document"
    columns = ("idx", "kind", "value", "vin", "cert_no", "exporter", "upstream")
    owner = None

    def rows(self, page: Page) -> Written:
        """Return the documents of the page."""
        said = ((one.index, one.said) for one in page.entries)
        naming = ((index, each) for index, each in said if each is not None and each.type in _NAMING)
        return Written((), [row for index, each in naming for row in _rows(index, each)])


def _rows(index: int, said: Statement) -> Iterator[Row]:
    match said.body:
        case VehicleRegistered() as body:
            yield (index, "CERTIFICATE", body.cert_no, body.vin, body.cert_no, *_firms(body.line_id))
        case TransferProofSubmitted() as body:
            firms = _firms(body.line_id)
            yield (index, "CERTIFICATE", body.cert_no, body.vin, body.cert_no, *firms)
            if body.invoice_no is not None:
                yield (index, "INVOICE", body.invoice_no, body.vin, body.cert_no, *firms)
            for scan in dict.fromkeys(one.sha256 for one in said.attachments if one.kind == _SCAN):
                yield (index, "SCAN", scan, body.vin, body.cert_no, *firms)
        case CustomsExportConfirmed() as body:
            yield (index, "DECLARATION", body.declaration_no, body.vin, None, body.exporter_uscc, None)
        case _:
            return


def _firms(line_id: str | None) -> tuple[str | None, str | None]:
    return (None, None) if line_id is None else firms_of(pair_of(line_id))
