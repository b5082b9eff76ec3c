"""The investigator's replay: one enterprise's or car's story, read from its own chains (docs/replay.md).

``chains`` reads the entries of a subject and checks that they hang together; ``replay`` folds them, in the
order of the ledger or of the days on which they took effect; ``standing`` says where everything stands then,
``deadlines`` what is due, ``difference`` what two moments know otherwise, ``explain`` which entries make up a
balance, a flag or a finding. ``story`` puts it together for people and programs. Nothing is written.
"""
