"""The HTTP interface: agencies append, everyone entitled reads."""
