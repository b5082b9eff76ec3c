"""The ledger: signed envelopes become hash-chained entries, and anyone can check them.

Five modules are the whole of what an auditor must trust, and they import nothing but the standard
library, ``cryptography`` and each other: ``canonical``, ``entry``, ``merkle``, ``checkpoint``,
``envelope`` (with ``ed25519``). ``docs/spec/ledger-format.md`` says the same in prose.
"""
