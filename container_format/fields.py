"""The kinds of field that a record can have: their legal values, and how msgpack stores them.

A record is a frozen dataclass whose fields are made by :func:`declare`. Packing, checking and the tables of
``docs/format.md`` all come from that one declaration.

Byte strings are not stored in the msgpack map. They follow each other in the *body* behind it, and the map holds their
lengths. So the map stays small, and a hostile map cannot make many objects.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, Protocol

from container_format.errors import DamagedError, LimitError


class Body:
    """The bytes behind a record's map, written and read front to back.

    Attributes:
        allow_unknown: fields with unknown numbers are skipped, since a newer minor version wrote the stream. (A
            minor version never adds a field that has bytes in the body, so the other fields find theirs.)
        num_bytes: number of bytes that were appended.
    """

    def __init__(self, data: bytes | memoryview = b"", *, allow_unknown: bool = False) -> None:
        self.allow_unknown = allow_unknown
        self._unread = memoryview(data)
        self._written: list[bytes] = []
        self.num_bytes = 0

    def append(self, data: bytes) -> int:
        """Append bytes; returns their number."""
        self._written.append(data)
        self.num_bytes += len(data)
        return len(data)

    def take(self, num_bytes: int) -> bytes:
        """Read the next bytes.

        Raises:
            DamagedError: fewer are left.
        """
        if num_bytes > len(self._unread):
            raise DamagedError(f"expected {num_bytes} more bytes in a record's body. Received: {len(self._unread)}")
        taken, self._unread = self._unread[:num_bytes], self._unread[num_bytes:]
        return bytes(taken)

    def getvalue(self) -> bytes:
        """All bytes that were appended."""
        return b"".join(self._written)

    def check_empty(self) -> None:
        """Check that every byte was taken.

        Raises:
            DamagedError: bytes are left over.
        """
        if len(self._unread):
            raise DamagedError(f"{len(self._unread)} bytes behind a record belong to none of its fields")


class Kind(Protocol):
    """A kind of field: a type and the values that it allows."""

    def pack(self, value: Any, body: Body) -> Any:
        """Check a value, and convert it to what msgpack stores."""

    def unpack(self, stored: Any, body: Body) -> Any:
        """Check a stored value, and convert it back.

        Raises:
            DamagedError: the stored value is of another type or outside its range.
        """

    def describe(self) -> str:
        """Type and range, for the tables of ``docs/format.md``."""


@dataclass(frozen=True)
class Int:
    """A whole number in [low, high]."""

    low: int
    high: int

    def pack(self, value: Any, body: Body) -> Any:
        del body
        return self._check(value)

    def unpack(self, stored: Any, body: Body) -> Any:
        del body
        return self._check(stored)

    def _check(self, value: Any) -> int:
        if type(value) is not int or not self.low <= value <= self.high:
            raise DamagedError(f"expected a whole number from {self.low} to {self.high}. Received: {value!r:.60}")
        return value

    def describe(self) -> str:
        return f"int, {_power(self.low)} to {_power(self.high)}"


@dataclass(frozen=True)
class Bool:
    """True or false."""

    def pack(self, value: Any, body: Body) -> Any:
        return self.unpack(value, body)

    def unpack(self, stored: Any, body: Body) -> Any:
        del body
        if type(stored) is not bool:
            raise DamagedError(f"expected true or false. Received: {stored!r:.60}")
        return stored

    def describe(self) -> str:
        return "bool"


@dataclass(frozen=True)
class PositiveFloat:
    """A finite 64-bit number greater than zero."""

    def pack(self, value: Any, body: Body) -> Any:
        return self.unpack(value, body)

    def unpack(self, stored: Any, body: Body) -> Any:
        del body
        if type(stored) is not float or not math.isfinite(stored) or stored <= 0:
            raise DamagedError(f"expected a finite number greater than zero. Received: {stored!r:.60}")
        return stored

    def describe(self) -> str:
        return "float64, finite, > 0"


@dataclass(frozen=True)
class Text:
    """UTF-8 text of at most ``max_bytes``; with an ``alphabet``, exactly so many of its ASCII characters."""

    max_bytes: int
    alphabet: str = ""

    def pack(self, value: Any, body: Body) -> Any:
        return self.unpack(value, body)

    def unpack(self, stored: Any, body: Body) -> Any:
        del body
        if type(stored) is not str:
            raise DamagedError(f"expected text. Received: {stored!r:.60}")
        if len(stored.encode("utf-8", "surrogatepass")) > self.max_bytes:
            raise LimitError(f"expected a text of at most {self.max_bytes} bytes. Received: {len(stored)} characters")
        if self.alphabet and (len(stored) != self.max_bytes or not set(stored) <= set(self.alphabet)):
            raise DamagedError(f"expected {self.max_bytes} characters of {self.alphabet}. Received: {stored!r:.60}")
        return stored

    def describe(self) -> str:
        if self.alphabet:
            return f"text, {self.max_bytes} characters of `{self.alphabet}`"
        return f"text, <= {self.max_bytes} bytes"


@dataclass(frozen=True)
class Bytes:
    """A byte string in the body; the map holds its length."""

    max_bytes: int

    def pack(self, value: Any, body: Body) -> Any:
        if len(value) > self.max_bytes:
            raise LimitError(f"expected at most {self.max_bytes} bytes. Received: {len(value)}")
        return body.append(bytes(value))

    def unpack(self, stored: Any, body: Body) -> Any:
        return body.take(Int(0, self.max_bytes).unpack(stored, body))

    def describe(self) -> str:
        return f"length of bytes in the body, <= {_power(self.max_bytes)}"


@dataclass(frozen=True)
class Ratio:
    """A fraction with numerator in [low, 2**31 - 1] and denominator in [1, 2**31 - 1], as ``[n, d]``."""

    low: int = 1

    def pack(self, value: Any, body: Body) -> Any:
        stored = [value.numerator, value.denominator]
        self.unpack(stored, body)
        return stored

    def unpack(self, stored: Any, body: Body) -> Any:
        if type(stored) is not list or len(stored) != 2:
            raise DamagedError(f"expected a numerator and a denominator. Received: {stored!r:.60}")
        numerator = Int(self.low, 2**31 - 1).unpack(stored[0], body)
        return Fraction(numerator, Int(1, 2**31 - 1).unpack(stored[1], body))

    def describe(self) -> str:
        return f"[numerator, denominator], each {self.low or 1} to 2^31-1"


@dataclass(frozen=True)
class Optional:
    """A value of another kind, or nil."""

    kind: Kind

    def pack(self, value: Any, body: Body) -> Any:
        return None if value is None else self.kind.pack(value, body)

    def unpack(self, stored: Any, body: Body) -> Any:
        return None if stored is None else self.kind.unpack(stored, body)

    def describe(self) -> str:
        return f"{self.kind.describe()}; or nil"


@dataclass(frozen=True)
class ListOf:
    """At most ``max_items`` values of one kind; a tuple in Python."""

    kind: Kind
    max_items: int
    min_items: int = 0

    def pack(self, value: Any, body: Body) -> Any:
        self._check_count(len(value))
        return [self.kind.pack(item, body) for item in value]

    def unpack(self, stored: Any, body: Body) -> Any:
        if type(stored) is not list:
            raise DamagedError(f"expected a list. Received: {stored!r:.60}")
        self._check_count(len(stored))
        return tuple(self.kind.unpack(item, body) for item in stored)

    def _check_count(self, count: int) -> None:
        if not self.min_items <= count <= self.max_items:
            raise LimitError(f"expected {self.min_items} to {self.max_items} items. Received: {count}")

    def describe(self) -> str:
        count = f"{self.min_items}" if self.min_items == self.max_items else f"{self.min_items} to {self.max_items}"
        return f"list of {count}: {self.kind.describe()}"


@dataclass(frozen=True)
class TextMap:
    """At most ``max_items`` pairs of a text and a value of one kind; a dict in Python."""

    kind: Kind
    max_items: int
    max_key_bytes: int = 256

    def pack(self, value: Any, body: Body) -> Any:
        key = Text(self.max_key_bytes)
        if len(value) > self.max_items:
            raise LimitError(f"expected at most {self.max_items} entries. Received: {len(value)}")
        return {key.pack(name, body): self.kind.pack(item, body) for name, item in value.items()}

    def unpack(self, stored: Any, body: Body) -> Any:
        if type(stored) is not dict:
            raise DamagedError(f"expected a map. Received: {stored!r:.60}")
        return self.pack({name: self.kind.unpack(item, body) for name, item in stored.items()}, body)

    def describe(self) -> str:
        return f"map of at most {self.max_items}: text to {self.kind.describe()}"


@dataclass(frozen=True)
class RecordOf:
    """Another record, as a map inside this one; its byte strings stand in the same body."""

    record: type

    def pack(self, value: Any, body: Body) -> Any:
        return pack_fields(value, body)

    def unpack(self, stored: Any, body: Body) -> Any:
        return unpack_fields(self.record, stored, body)

    def describe(self) -> str:
        return f"`{self.record.__name__}`"


@dataclass(frozen=True)
class Declaration:
    """The declaration of one field: its number on disk, its kind and its meaning."""

    number: int
    kind: Kind
    meaning: str


def declare(number: int, kind: Kind, meaning: str, **default: Any) -> Any:
    """Declare a field of a record.

    Args:
        number: its key in the msgpack map: written out here, and never used again for another field.
        kind: type and range.
        meaning: one line for ``docs/format.md``, with unit.
        **default: ``default=`` or ``default_factory=``, as for a dataclass: the value of an absent field.
    """
    return field(metadata={"declaration": Declaration(number, kind, meaning)}, **default)


def declarations(record: type) -> list[tuple[dataclasses.Field[Any], Declaration]]:
    """The fields of a record class and their declarations, in order."""
    return [(item, item.metadata["declaration"]) for item in dataclasses.fields(record)]


def pack_fields(value: Any, body: Body) -> dict[int, Any]:
    """Convert a record to its msgpack map, without fields at their default; byte strings are appended to ``body``.

    Raises:
        DamagedError, LimitError: a value is outside its declared range.
    """
    return {number: stored for _, number, stored in packed_items(value, body)}


def packed_items(value: Any, body: Body) -> Iterator[tuple[str, int, Any]]:
    """Name, number and msgpack value of each field, in order; otherwise as :func:`pack_fields`."""
    for item, declaration in declarations(type(value)):
        current = getattr(value, item.name)
        if not (has_default(item) and current == default_of(item)):
            stored = _named(item.name, value, partial(declaration.kind.pack, current, body))
            yield item.name, declaration.number, stored


def unpack_fields(record: type, stored: Any, body: Body) -> Any:
    """Convert a msgpack map to its record, and check every field.

    Args:
        record: the record's class.
        stored: the value that msgpack unpacked.
        body: the bytes behind the map.

    Raises:
        DamagedError, LimitError: anything is missing, unknown, of another type or outside its range.
    """
    if type(stored) is not dict:
        raise DamagedError(f"expected a map for {record.__name__}. Received: {stored!r:.60}")
    values: dict[str, Any] = {}
    unknown = set(stored)
    for item, declaration in declarations(record):
        unknown.discard(declaration.number)
        if declaration.number in stored:
            raw = stored[declaration.number]
            values[item.name] = _named(item.name, record, partial(declaration.kind.unpack, raw, body))
        elif not has_default(item):
            raise DamagedError(f"{record.__name__} lacks its field {item.name}")
    if not all(type(key) is int for key in stored):
        raise DamagedError(f"{record.__name__} has a key that is no whole number")
    if unknown and not body.allow_unknown:
        raise DamagedError(f"{record.__name__} has an unknown field {min(unknown, key=str)!r:.60}")
    return record(**values)


def has_default(item: dataclasses.Field[Any]) -> bool:
    """Whether the field may be absent on disk."""
    return item.default is not dataclasses.MISSING or item.default_factory is not dataclasses.MISSING


def default_of(item: dataclasses.Field[Any]) -> Any:
    """The value of an absent field."""
    return item.default_factory() if item.default_factory is not dataclasses.MISSING else item.default


def _named(name: str, owner: Any, action: Callable[[], Any]) -> Any:
    """Run a check; if it fails, put the field's name before the message."""
    try:
        return action()
    except (DamagedError, LimitError) as error:
        record = owner if isinstance(owner, type) else type(owner)
        raise error.with_message(f"{record.__name__}.{name}: {error}") from None


def _power(value: int) -> str:
    """A number as text: large powers of two as such (2^31-1), other numbers in digits."""
    for offset, suffix in ((0, ""), (1, "-1")):
        magnitude = abs(value) + offset
        if magnitude >= 2**16 and magnitude & (magnitude - 1) == 0:
            return f"{'-' if value < 0 else ''}2^{magnitude.bit_length() - 1}{suffix}"
    return str(value)
