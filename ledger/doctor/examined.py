"""What the checks of every store need of the database."""

from typing import Any, Protocol

from ledger.store import Reader


class Examined(Reader, Protocol):
    """A ledger database opened for reading, which answers queries of its own too; parameters are ``?``."""

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""

    def has_table(self, name: str) -> bool:
        """Return whether there is a table of this name."""
