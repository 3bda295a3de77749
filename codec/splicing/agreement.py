"""What streams must agree on to be joined: all that a header says once of every frame, and the networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from codec.errors import InputError
from codec.video.info import ATTACHMENT, COVER, FILES
from container_format import CopyStreamRecord, HeaderRecord, MarksRecord, NetworkRecord

UNTIMED = (ATTACHMENT, COVER, FILES)
"""Kinds of copied streams that need not be in all of the streams."""
_OF_ONE_VIDEO = ("tags", "chapters", "copy_streams", "marks", "start_pts", "keyframe_deltas", "encoder")
"""Fields of a header that a join makes from those of the streams, or takes from the first."""
_NAMES_OF_STREAMS = ("disposition", "tags")
_OF_ONE_PART = ("content_light", "tags")
_LONGEST_VALUE = 40


def check_agreement(
    names: tuple[str, str],
    headers: tuple[HeaderRecord, HeaderRecord],
    networks: tuple[tuple[NetworkRecord, ...], tuple[NetworkRecord, ...]],
) -> None:
    """Make sure that the segments of two streams can stand in one.

    Args:
        names: of the streams, for the message.
        headers: of the streams.
        networks: of the streams.

    Raises:
        InputError: they cannot; the message names the first field in which the streams differ.
    """
    found = next(_differences(headers[0], headers[1]), None)
    if found is None and {_key(record) for record in networks[0]} != {_key(record) for record in networks[1]}:
        found = "networks", _network_names(networks[0]), _network_names(networks[1])
    if found is None:
        return
    field, *values = found
    received = ", ".join(f"{value} in {name}" for name, value in zip(names, values, strict=True))
    raise InputError(f"expected streams that agree in {field}, which a stream says once. Received: {received}")


def timed_streams(header: HeaderRecord) -> list[CopyStreamRecord]:
    """Sound, subtitles and captions, in order."""
    return [stream for stream in header.copy_streams if stream.kind not in UNTIMED]


def _differences(one: HeaderRecord, other: HeaderRecord) -> Iterator[tuple[str, str, str]]:
    """Fields that differ, with both values, as text."""
    yield from _of_records("", one, other, _OF_ONE_VIDEO)
    marks = one.marks or MarksRecord(), other.marks or MarksRecord()
    yield from _of_records("marks.", *marks, _OF_ONE_PART)
    streams = timed_streams(one), timed_streams(other)
    if len(streams[0]) != len(streams[1]):
        yield "copy_streams", _kinds(streams[0]), _kinds(streams[1])
    for number, pair in enumerate(zip(*streams, strict=False)):
        yield from _of_records(f"copy_streams[{number}].", *pair, _NAMES_OF_STREAMS)


def _of_records(prefix: str, one: Any, other: Any, exempt: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    for field in fields(one):
        values = getattr(one, field.name), getattr(other, field.name)
        if field.name in exempt or values[0] == values[1]:
            continue
        if is_dataclass(values[0]) and is_dataclass(values[1]):
            yield from _of_records(f"{prefix}{field.name}.", *values, ())
        else:
            yield prefix + field.name, _text(values[0]), _text(values[1])


def _kinds(streams: list[CopyStreamRecord]) -> str:
    return " and ".join(stream.kind for stream in streams) or "none"


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if is_dataclass(value):
        return "some"
    if value is None:
        return "none"
    text = str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."


def _key(record: NetworkRecord) -> tuple[Any, ...]:
    """Everything in a network, for comparison."""
    return (
        record.architecture,
        tuple(sorted(record.parameters.items())),
        record.tensors,
        tuple(sorted(record.known_weights.items())),
    )


def _network_names(records: tuple[NetworkRecord, ...]) -> str:
    total = sum(len(tensor.payload) for record in records for tensor in record.tensors)
    names = " and ".join(record.architecture for record in records)
    return f"{names} of {total} bytes" if records else "none"
