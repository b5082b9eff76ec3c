"""Reports for people: as PDF and as a workbook. What they say is made in ``projections.reports``.

Each kind of report has a layout of its own (``statements``, ``dossiers``, ``cities``), which makes a
``document.Document``; ``pdf`` and ``excel`` turn that into bytes. The same report gives the same bytes.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from api.reports.cities import city_document
from api.reports.document import Document, TooLarge
from api.reports.dossiers import dossier_document
from api.reports.excel import render_workbook
from api.reports.fonts import CannotRender
from api.reports.pdf import MAX_ROWS, RenderingFault, render_pages
from api.reports.statements import agency_document, enterprise_document
from projections.reports.report import Kind, Report

__all__ = ["CannotRender", "RenderingFault", "TooLarge", "document_of", "render_excel", "render_pdf"]

_LAYOUTS: Final[Mapping[Kind, Callable[[Report], Document]]] = MappingProxyType(
    {
        "enterprise-statement": enterprise_document,
        "agency-statement": agency_document,
        "dossier": dossier_document,
        "city": city_document,
    }
)


def document_of(report: Report) -> Document:
    """Lay a report out."""
    return _LAYOUTS[report.kind](report)


def render_pdf(report: Report, most: int = MAX_ROWS) -> bytes:
    """Return a report of ``most`` rows at most as PDF/A.

    Raises:
        TooLarge: more rows than paper is for.
        CannotRender: Pango or the Chinese font is not installed.
        RenderingFault: something on the pages could not be set as meant.
    """
    return render_pages(document_of(report), most)


def render_excel(report: Report) -> bytes:
    """Return a report as an Excel workbook.

    Raises:
        TooLarge: a section has more rows than a sheet holds.
    """
    return render_workbook(document_of(report))
