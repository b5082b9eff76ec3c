"""Plain state as JSON: what a checker keeps, written by the types of its fields and read back by them.

A dataclass is the list of its fields in their order, a model the object of its members. Days and instants
are texts of ISO 8601, bytes base64, sets and tuples lists; a mapping is the list of its pairs, unless its
keys are texts. Where a type leaves several classes open, the name stands before: ``["Transferred", […]]``.
What several fields share is written once: ``[0, […]]``, then ``[0]``. Excluded fields (caches) are left out.

Only the classes that the types name are ever made, so reading runs no code of the file's choosing.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ledger.canonical import Malformed
from projections.proof.packed import Packed

Convert = Callable[[Any], Any]
_PLAIN: Final = (str, int, bool, NoneType)


class Codec:
    """Writes and reads values of one type; made anew for each value, for it knows what was shared."""

    def __init__(self, families: Mapping[type, Sequence[type]], shared: Sequence[type]) -> None:
        """Take what types do not tell.

        Args:
            families: for a base class or protocol, the classes that stand for it.
            shared: dataclasses whose objects may stand in several places.
        """
        self._families = families
        self._shared = shared
        self._ways: dict[Any, tuple[Convert | None, Convert | None]] = {}
        self._numbers: dict[int, int] = {}
        self._objects: list[Any] = []

    def write(self, kind: Any, value: Any) -> Any:
        """Return a value of the type as what JSON can hold."""
        return (self._way(kind)[0] or _same)(value)

    def read(self, kind: Any, written: Any) -> Any:
        """Return the value of the type that was written so.

        Raises:
            Malformed: it was not.
        """
        try:
            return (self._way(kind)[1] or _same)(written)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise Malformed(f"state: not of the form of {kind.__name__}: {error}") from None

    def _way(self, kind: Any) -> tuple[Convert | None, Convert | None]:
        """Return how a type is written and read; None where a value is its own form."""
        if kind not in self._ways:
            # A type that holds itself finds this in place of what is being made.
            self._ways[kind] = (lambda value: self.write(kind, value), lambda value: self.read(kind, value))
            self._ways[kind] = self._made(kind)
        return self._ways[kind]

    def _made(self, kind: Any) -> tuple[Convert | None, Convert | None]:
        origin, arguments = get_origin(kind), get_args(kind)
        if kind in _PLAIN or origin is Literal:
            return None, None
        if origin is Annotated:
            return self._way(arguments[0])
        if origin in {Union, UnionType}:
            return self._union([one for one in arguments if one is not NoneType])
        if kind in self._families:
            return self._tagged(self._families[kind])
        if kind in {date, datetime}:
            return kind.isoformat, _remembered(kind.fromisoformat)
        if kind in {bytes, bytearray}:
            return _base64, lambda text: kind(b64decode(text, validate=True))
        if origin is tuple:
            return self._tuple(arguments)
        if origin in {list, set, frozenset, Sequence}:
            return self._many(list if origin is Sequence else origin, arguments[0])
        if origin in {dict, Mapping}:
            return self._mapping(*arguments)
        if origin is Packed:
            write, read = self._mapping(str, GenericAlias(list, arguments))
            return write, lambda row: Packed(read(row))
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return _model_written, lambda row: kind.model_validate_json(json.dumps(row))
        if is_dataclass(kind) and isinstance(kind, type):
            return self._linked(kind) if kind in self._shared else self._record(kind)
        raise AssertionError(f"{kind}: no state is of this type")

    def _union(self, kinds: list[Any]) -> tuple[Convert | None, Convert | None]:
        if all(kind in _PLAIN for kind in kinds):
            return None, None
        write, read = self._way(kinds[0]) if len(kinds) == 1 else self._tagged(kinds)
        return _optional(write), _optional(read)

    def _tagged(self, kinds: Sequence[type]) -> tuple[Convert, Convert]:
        ways = {kind: self._way(kind) for kind in kinds}
        writers = {kind: (kind.__name__, way[0] or _same) for kind, way in ways.items()}
        readers = {kind.__name__: way[1] or _same for kind, way in ways.items()}

        def write(value: Any) -> Any:
            name, way = writers[type(value)]
            return [name, way(value)]

        return write, lambda row: readers[row[0]](row[1])

    def _tuple(self, kinds: tuple[Any, ...]) -> tuple[Convert, Convert]:
        if kinds[-1] is Ellipsis:
            return self._many(tuple, kinds[0])
        ways = [self._way(kind) for kind in kinds]
        writers, readers = ([way[side] or _same for way in ways] for side in (0, 1))

        def read(row: Any) -> Any:
            return tuple([way(value) for way, value in zip(readers, row, strict=True)])

        return lambda row: [way(value) for way, value in zip(writers, row, strict=True)], read

    def _many(self, kind: Any, item: Any) -> tuple[Convert, Convert]:
        write, read = self._way(item)
        sort = sorted if kind in {set, frozenset} else list  # the same state gives the same bytes

        def written(values: Any) -> Any:
            return sort(values) if write is None else [write(value) for value in sort(values)]

        return written, kind if read is None else lambda row: kind([read(value) for value in row])

    def _mapping(self, key: Any, value: Any) -> tuple[Convert, Convert]:
        write, read = (way or _same for way in self._way(value))
        if key is str:
            return (
                lambda mapping: {name: write(one) for name, one in mapping.items()},
                lambda row: {name: read(one) for name, one in row.items()},
            )
        write_key, read_key = (way or _same for way in self._way(key))
        return (
            lambda mapping: [[write_key(name), write(one)] for name, one in mapping.items()],
            lambda row: {read_key(name): read(one) for name, one in row},
        )

    def _record(self, kind: type) -> tuple[Convert, Convert]:
        hints = get_type_hints(kind, include_extras=True)
        kept = [one for one in fields(kind) if not _excluded(hints[one.name])]
        ways = [self._way(hints[one.name]) for one in kept]
        names = [one.name for one in kept]
        writers = [(place, way[0]) for place, way in enumerate(ways) if way[0] is not None]
        readers = [(place, way[1]) for place, way in enumerate(ways) if way[1] is not None]
        left_out = [one for one in fields(kind) if _excluded(hints[one.name])]
        plainly = not left_out and all(one.init for one in kept) and not hasattr(kind, "__post_init__")

        def write(value: Any) -> Any:
            row = [getattr(value, name) for name in names]
            for place, way in writers:
                row[place] = way(row[place])
            return row

        def read(row: Any) -> Any:
            if len(row) != len(names):
                raise ValueError(f"{kind.__name__} has {len(names)} fields")
            for place, way in readers:
                row[place] = way(row[place])
            if plainly:
                return kind(*row)
            made: Any = object.__new__(kind)
            for name, value in zip(names, row, strict=True):
                object.__setattr__(made, name, value)
            for one in left_out:
                object.__setattr__(made, one.name, _default(one))
            return made

        return write, read

    def _linked(self, kind: type) -> tuple[Convert, Convert]:
        write_record, read_record = self._record(kind)

        def write(value: Any) -> Any:
            number = self._numbers.get(id(value))
            if number is not None:
                return [number]
            number = self._numbers[id(value)] = len(self._numbers)
            return [number, write_record(value)]

        def read(row: Any) -> Any:
            if len(row) == 1:
                return self._objects[row[0]]
            self._objects.append(None)  # the number counts from where the object begins
            self._objects[row[0]] = read_record(row[1])
            return self._objects[row[0]]

        return write, read


def _same(value: Any) -> Any:
    return value


def _optional(way: Convert | None) -> Convert | None:
    return None if way is None else lambda value: None if value is None else way(value)


def _remembered(way: Convert) -> Convert:
    """Return a reader that makes each of a few thousand days once."""
    known: dict[str, Any] = {}

    def read(text: Any) -> Any:
        found = known.get(text)
        if found is None:
            found = known[text] = way(text)
        return found

    return read


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _model_written(value: BaseModel) -> Any:
    return value.model_dump(mode="json", by_alias=True)


def _excluded(hint: Any) -> bool:
    return any(isinstance(one, FieldInfo) and one.exclude for one in getattr(hint, "__metadata__", ()))


def _default(one: "Field[Any]") -> Any:
    if one.default_factory is not MISSING:
        return one.default_factory()
    assert one.default is not MISSING, f"{one.name}: what is left out has a default"
    return one.default
