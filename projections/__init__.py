"""Views of the ledger, each with its position, made from the entries and made anew at any time."""
