"""A client of the HTTP interface: what an agency's own system does to append safely, and to follow."""
