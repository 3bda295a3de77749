"""Values of known types as bytes, and back.

A pickle can make a reader do anything, and a work folder may have been written by anybody. So the types that can be
read are listed here, each by its name, and each is made by its own constructor, which checks what it is given. The text
is JSON; bytes and arrays follow it as they are:

    size of the text (8 bytes) | text | bytes and arrays, one after another
"""

from __future__ import annotations

import dataclasses
import json
import struct
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np

from codec.color_target import ColorTarget
from codec.encoder.modes.lossless import Chroma
from codec.encoder.recipe import ColorFacts, NetworkFacts, Prepared, Recipe
from codec.encoder.segment import SegmentSizes
from codec.encoder.survey import Survey
from codec.encoder.tracks.alpha import AlphaTrack
from codec.encoder.tracks.color import (
    HintedColor,
    InLuma,
    NetworkColor,
    NoColor,
    PredictedChroma,
    StackedChroma,
    VideoNetwork,
)
from codec.encoder.tracks.luma import PredictedLuma, VideoCodecLuma, WholePicture
from codec.errors import GvcError
from codec.hints.coder import HintParameters, HintSettings
from codec.keyframes import Keyframes
from codec.lossless.parameters import PredictionParameters, SampleScale
from codec.lossless.predictor_weights import PredictorShape, PredictorWeights
from codec.lossless.stacked import StackedParameters
from codec.metrics import QualityMeter
from codec.metrics.ciede2000 import ColorDifference
from codec.metrics.psnr import SquaredError
from codec.plane_codecs import CodedRun, PlaneCodecSpec, PlaneParameters
from codec.stream_header import Description
from codec.video.color import ColorConversion
from codec.video.info import Chapter, ColorDescription, CopyStream, VideoInfo
from codec.video.levels import Levels
from codec.video.marks import ChromaLocation, ContentLight, FieldOrder, Marks, MasteringDisplay
from codec.video.pixel_formats import ColorModel, Layout, PixelFormat
from codec.video.yuv_origin import YuvOrigin
from container_format import NetworkRecord
from container_format.records import Color, TensorRecord

_TEXT_BYTES = struct.Struct("<Q")
_ARRAY_KINDS = "biuf"
_MADE_OF_FIELDS = (
    *(Prepared, Recipe, ColorFacts, NetworkFacts, ColorTarget, Survey, Keyframes, SegmentSizes, CodedRun),
    *(Description, VideoInfo, PixelFormat, ColorDescription, Chapter, CopyStream, Levels, YuvOrigin, ColorConversion),
    *(Marks, MasteringDisplay, ContentLight, PlaneParameters, PlaneCodecSpec, HintParameters, HintSettings),
    *(StackedParameters, PredictionParameters, SampleScale, PredictorWeights, PredictorShape),
    *(AlphaTrack, VideoCodecLuma, WholePicture, PredictedLuma),
    *(NoColor, InLuma, StackedChroma, PredictedChroma, NetworkColor, HintedColor, VideoNetwork),
    *(NetworkRecord, TensorRecord),
)
_SUMS = (QualityMeter, ColorDifference, SquaredError)
"""Not made of fields: sums that grow. Their attributes are kept."""
_ENUMS: tuple[type[Enum], ...] = (ColorModel, Layout, FieldOrder, ChromaLocation, Color, Chroma)
_TYPES: dict[str, type[Any]] = {kind.__name__: kind for kind in (*_MADE_OF_FIELDS, *_SUMS, *_ENUMS)}


def pack_value(value: object) -> bytes:
    """Any value of the known types, of Python's own, or a NumPy array, as bytes.

    Raises:
        TypeError: it has a type that is not known.
    """
    bodies: list[bytes] = []
    text = json.dumps(_plain(value, bodies), separators=(",", ":")).encode()
    return b"".join((_TEXT_BYTES.pack(len(text)), text, *bodies))


def unpack_value(data: bytes) -> Any:
    """The inverse of :func:`pack_value`.

    Raises:
        ValueError: these are not its bytes, or a value is not allowed.
    """
    try:
        (size,) = _TEXT_BYTES.unpack_from(data)
        begin = _TEXT_BYTES.size + size
        if begin > len(data):
            raise ValueError("expected a whole text")
        return _value(json.loads(data[_TEXT_BYTES.size : begin]), memoryview(data)[begin:])
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        ArithmeticError,
        RecursionError,
        struct.error,
    ) as error:
        raise ValueError(f"expected values as gvc has packed them. Received: {type(error).__name__}") from error
    except GvcError as error:  # a constructor refuses what it is given
        raise ValueError(f"expected values that gvc allows. Received: {error}") from error


def _plain(value: Any, bodies: list[bytes]) -> Any:
    """A value as JSON has it: what JSON does not have is an object with one letter, which says what it is."""
    if isinstance(value, Enum):
        return {"e": [_name_of(value), value.name]}
    if value is None or isinstance(value, bool | str | int | float):
        return value
    if isinstance(value, np.integer | np.floating | np.bool_):
        return value.item()
    if isinstance(value, list):
        return [_plain(item, bodies) for item in value]
    if isinstance(value, tuple):
        return {"t": [_plain(item, bodies) for item in value]}
    if isinstance(value, frozenset):
        return {"s": [_plain(item, bodies) for item in sorted(value)]}
    if isinstance(value, dict):
        return {"d": [[_plain(key, bodies), _plain(item, bodies)] for key, item in value.items()]}
    if isinstance(value, Fraction):
        return {"q": [value.numerator, value.denominator]}
    if isinstance(value, bytes):
        return {"b": _placed(value, bodies)}
    if isinstance(value, np.ndarray) and value.dtype.kind in _ARRAY_KINDS:
        return {"a": [*_placed(value.tobytes(), bodies), value.dtype.str, list(value.shape)]}
    name = _name_of(value)
    attributes = vars(value)
    if not isinstance(value, _SUMS):
        attributes = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
    return {"o": [name, {key: _plain(item, bodies) for key, item in attributes.items()}]}


def _name_of(value: object) -> str:
    name = type(value).__name__
    if _TYPES.get(name) is not type(value):
        raise TypeError(f"expected a value of a known type. Received: {type(value)}")
    return name


def _placed(data: bytes, bodies: list[bytes]) -> list[int]:
    """Where the bytes will be: offset and size."""
    offset = sum(map(len, bodies))
    bodies.append(data)
    return [offset, len(data)]


def _value(plain: Any, body: memoryview) -> Any:
    if isinstance(plain, list):
        return [_value(item, body) for item in plain]
    if not isinstance(plain, dict):
        return plain
    ((kind, content),) = plain.items()
    if kind in "ts":
        return (tuple if kind == "t" else frozenset)(_value(item, body) for item in content)
    if kind == "d":
        return {_value(key, body): _value(item, body) for key, item in content}
    if kind == "q":
        return Fraction(*map(int, content))
    if kind == "b":
        return bytes(_part(body, *content))
    if kind == "a":
        offset, size, name, shape = content
        dtype = np.dtype(str(name))
        if dtype.kind not in _ARRAY_KINDS:
            raise ValueError("expected an array of numbers")
        return np.frombuffer(_part(body, offset, size), dtype).reshape(shape).copy()
    name, attributes = content
    return _made(_TYPES[name], attributes, body) if kind == "o" else _member(_TYPES[name], attributes, kind)


def _part(body: memoryview, offset: int, size: int) -> memoryview:
    if min(offset, size) < 0 or offset + size > len(body):
        raise ValueError("expected bytes inside the body")
    return body[offset : offset + size]


def _member(kind: type[Any], name: str, letter: str) -> Any:
    if letter != "e" or not issubclass(kind, Enum):
        raise ValueError("expected a member of an enumeration")
    return kind[name]


def _made(kind: type[Any], attributes: dict[str, Any], body: memoryview) -> Any:
    values = {name: _value(item, body) for name, item in attributes.items()}
    if issubclass(kind, Enum):
        raise ValueError("expected a value with fields")
    if kind not in _SUMS:
        return kind(**values)
    made = object.__new__(kind)
    vars(made).update(values)
    return made
