"""Violations planted in a season, each with the statements that must be refuted for it.

The planter edits the acts of a clean season and tells stories of firms of its own. It knows the policy and
the verifier's statements C01 to C36 from their description alone: nothing here imports a checker or the rules
of the ledger, so the answer key is a second opinion on both.
"""
