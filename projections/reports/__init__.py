"""Statements of account and reports: what they say, as one JSON object each (docs/reports.md).

``enterprise_statement``, ``agency_statement``, ``dossier`` and ``city`` each have one function ``build`` that
returns a ``report.Report``. It stands on a signed checkpoint (``basis``) and on nothing later, so that the
same checkpoint gives the same bytes however long the ledger has become. The balances that the projections
store are read in ``figures`` alone and held against a replay; where the two differ there is no report. How a
report looks is the business of ``api.reports``.
"""
