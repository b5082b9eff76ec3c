"""A season of fictional enterprises and cars, played on a simulated clock in a ledger named demo."""
