"""What faces people and programs: the commands of ``quota-ledger``, and what they print."""
