"""What a comparison of the views' rows with those that the entries give has found."""

from dataclasses import dataclass

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class TableDiffers:
    """How the rows of one table differ from those that the entries give, in rows.

    Attributes:
        table: its name.
        changed: rows of a key that the entries give too, with another value.
        missing: rows that the entries give, and whose key the table lacks.
        unknown: rows whose key no entry accounts for.
        first: the key of the first row of all that differ, its values in the order of the table's key.
    """

    table: str
    changed: int
    missing: int
    unknown: int
    first: str

    @override
    def __str__(self) -> str:
        counts = f"{self.changed} rows changed, {self.missing} missing, {self.unknown} unknown"
        return f"view {self.table}: {counts}, the first {self.first}"


@dataclass(frozen=True, slots=True)
class Compared:
    """All views at once.

    Attributes:
        differing: the tables whose rows differ from them, in the order of the views.
        uncompared: why nothing could be compared; None where every row was.
    """

    differing: tuple[TableDiffers, ...]
    uncompared: str | None = None


def not_compared(why: str) -> Compared:
    """Return that nothing was compared."""
    return Compared((), why)


def first_key(values: tuple[str | int | None, ...]) -> str:
    """Return a row's key as it is told."""
    return " ".join(map(str, values))
