"""One document on two cars: the scan of a certificate, its number, or the number of an invoice.

Asked are registrations and submitted proofs, rejected ones too, as statement C26 of the verifier does; not
what was corrected away, nor what a clerical annulment made void.
"""

from collections import defaultdict
from typing import Final

from projections.patterns.hit import Asked, Hit, some
from projections.reading import LIVE

STANDS: Final = f"""
NOT EXISTS (SELECT 1 FROM correction AS c WHERE c.{LIVE} AND c.target = d.idx)
AND NOT EXISTS (SELECT 1 FROM passage AS p WHERE p.{LIVE} AND p.vin = d.vin AND p.cert_no = d.cert_no
                AND p.annulled > d.idx)
"""
"""Of a row ``d`` of document: its statement still says so."""

# The few values that serve two cars are found first; whether their statements stand is asked of them alone.
_TWICE: Final = f"""
SELECT d.value, d.vin, min(d.idx), max(d.exporter) FROM document AS d
WHERE d.{LIVE} AND d.kind = ? AND d.value IN (
  SELECT value FROM document WHERE {LIVE} AND kind = ? GROUP BY value HAVING min(vin) <> max(vin))
AND {STANDS}
GROUP BY d.value, d.vin ORDER BY d.value, d.vin
"""


def same_scan(asked: Asked) -> list[Hit]:
    """Return the scans that serve more than one car."""
    return _same(asked, "SCAN")


def same_certificate(asked: Asked) -> list[Hit]:
    """Return the certificate numbers that serve more than one car."""
    return _same(asked, "CERTIFICATE")


def same_invoice(asked: Asked) -> list[Hit]:
    """Return the invoice numbers that serve more than one car."""
    return _same(asked, "INVOICE")


def _same(asked: Asked, kind: str) -> list[Hit]:
    uses: defaultdict[str, list[tuple[str, int, str | None]]] = defaultdict(list)
    for value, vin, index, exporter in asked.store.view_rows(_TWICE, kind, kind):
        uses[value].append((vin, index, exporter))
    return [
        Hit(
            tuple(f"vin:{vin}" for vin, _, _ in cars),
            some([index for _, index, _ in cars]),
            {
                "document": value,
                "cars": len(cars),
                "exporters": len({exporter for *_, exporter in cars if exporter is not None}),
            },
        )
        for value, cars in uses.items()
        if len(cars) > 1
    ]
