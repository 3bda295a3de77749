"""The pixel formats that gvc reads and writes: their geometry, and their samples in memory and in raw files.

Names are FFmpeg's. In memory a sample is a code value: uint8 for 8 bits, uint16 for 9 to 16 bits.
:meth:`PixelFormat.unpack` and :meth:`PixelFormat.pack` are inverse to each other, bit for bit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.errors import InputError
from codec.video.depths import DEEP
from codec.video.picture import (
    ChromaArray,
    Picture,
    PlaneArray,
    difference_dtype,
    fill_rgb,
    sample_dtype,
    ycocg_r_of,
)


class ColorModel(Enum):
    """What the chroma planes of a picture are."""

    GRAY = "gray"  # none
    YUV = "yuv"  # U and V, as they come
    RGB = "rgb"  # Co and Cg of YCoCg-R, with one bit more than R, G and B, signed


class Layout(Enum):
    """How the samples of a raw frame follow each other."""

    PLANAR = "planar"  # one plane after the other
    SEMI_PLANAR = "semi-planar"  # Y, then the chroma samples in turn
    PACKED = "packed"  # all components of a pixel together


@dataclass(frozen=True)
class PixelFormat:
    """One pixel format.

    Attributes:
        name: FFmpeg's name, such as ``yuv420p``.
        model: what its chroma planes are.
        layout: how the samples of a raw frame follow each other.
        order: the components in the order of a raw frame, such as ``yuv``, ``bgra`` or ``yuyv``; ``0`` stands for a
            filler. In a semi-planar format, those of the second plane.
        log2_chroma_w: chroma planes are ``ceil(width / 2**log2_chroma_w)`` wide.
        log2_chroma_h: chroma planes are ``ceil(height / 2**log2_chroma_h)`` high.
        depth: bits of a sample, 8 to 16. Those of Co and Cg have one more.
        is_big_endian: of the two bytes of a sample in a raw frame, the upper one comes first.
        padding: bits below the sample in the two bytes of a raw frame; they are 0.
    """

    name: str
    model: ColorModel
    layout: Layout
    order: str
    log2_chroma_w: int = 0
    log2_chroma_h: int = 0
    depth: int = 8
    is_big_endian: bool = False
    padding: int = 0

    @property
    def has_alpha(self) -> bool:
        """Whether there is a plane of alpha, of the size of the gray."""
        return "a" in self.order

    @property
    def peak(self) -> int:
        """The largest sample, in code values: 255 for 8 bits."""
        return (1 << self.depth) - 1

    def chroma_shape(self, width: int, height: int) -> tuple[int, int]:
        """Shape ``(rows, columns)`` of each chroma plane of a ``width`` x ``height`` picture."""
        return -(-height >> self.log2_chroma_h), -(-width >> self.log2_chroma_w)

    def chroma_bytes(self, width: int, height: int) -> int:
        """Bytes of both chroma planes of a ``width`` x ``height`` picture in memory."""
        if self.model is ColorModel.GRAY:
            return 0
        kind = difference_dtype(self.depth) if self.model is ColorModel.RGB else sample_dtype(self.depth)
        rows, columns = self.chroma_shape(width, height)
        return 2 * rows * columns * np.dtype(kind).itemsize

    def neutral_chroma(self, luma: PlaneArray) -> tuple[ChromaArray, ChromaArray] | None:
        """The two chroma planes of a picture without color; None if the format is gray."""
        if self.model is ColorModel.GRAY:
            return None
        height, width = luma.shape
        shape = self.chroma_shape(width, height)
        plane: ChromaArray = (
            np.zeros(shape, difference_dtype(self.depth))
            if self.model is ColorModel.RGB
            else np.full(shape, 1 << (self.depth - 1), sample_dtype(self.depth))
        )
        return plane, plane

    def opaque(self, luma: PlaneArray) -> PlaneArray:
        """The alpha of a picture that hides nothing."""
        return np.full(luma.shape, self.peak, sample_dtype(self.depth))

    def raw_shapes(self, width: int, height: int) -> list[tuple[int, int]]:
        """The planes of a raw frame: rows, and samples in a row, of each."""
        if self.layout is Layout.PACKED:
            # Two pixels of packed YUV share U and V, and have four samples.
            return [(height, 4 * -(-width // 2) if self._is_packed_yuv else len(self.order) * width)]
        chroma = self.chroma_shape(width, height)
        if self.layout is Layout.SEMI_PLANAR:
            return [(height, width), (chroma[0], 2 * chroma[1])]
        return [chroma if component in "uv" else (height, width) for component in self.order]

    def frame_bytes(self, width: int, height: int) -> int:
        """Bytes of one raw frame."""
        return self.raw_dtype.itemsize * sum(map(math.prod, self.raw_shapes(width, height)))

    def unpack(self, data: bytes | memoryview, width: int, height: int) -> Picture:
        """Raw bytes of one frame to its picture.

        Raises:
            InputError: ``data`` is not exactly one frame long, or a sample has more bits than the format.
        """
        expected = self.frame_bytes(width, height)
        if len(data) != expected:
            raise InputError(
                f"expected {expected} bytes for a {width}x{height} {self.name} frame. Received: {len(data)}"
            )
        samples = np.frombuffer(data, self.raw_dtype)
        planes, start = [], 0
        for shape in self.raw_shapes(width, height):
            planes.append(samples[start : start + math.prod(shape)].reshape(shape))
            start += math.prod(shape)
        return self.picture_of(planes, width, height)

    def picture_of(self, raw_planes: Sequence[npt.NDArray[Any]], width: int, height: int) -> Picture:
        """The picture of the planes of a raw frame.

        Args:
            raw_planes: as :meth:`raw_shapes` says, in the byte order of the format.
            width: of the picture.
            height: of the picture.

        Raises:
            InputError: a sample has more bits than the format.
        """
        planes = [self._samples(plane) for plane in raw_planes]
        found = dict(self._components(planes, width, height))
        alpha = found.get("a")
        if self.model is ColorModel.GRAY:
            return Picture(found["y"], alpha=alpha)
        if self.model is ColorModel.YUV:
            return Picture(found["y"], (found["u"], found["v"]), alpha)
        return replace(ycocg_r_of(found["r"], found["g"], found["b"], self.depth), alpha=alpha)

    def pack(self, picture: Picture) -> bytes:
        """A picture in this format's color model and chroma shape to the raw bytes of one frame."""
        return b"".join(np.ascontiguousarray(plane).tobytes() for plane in self.raw_planes(picture))

    def raw_planes(self, picture: Picture) -> list[npt.NDArray[Any]]:
        """The inverse of :meth:`picture_of`. Alpha that the picture does not have is opaque, and a filler is 0."""
        values = self._values(picture)
        if self.layout is Layout.PLANAR and self.model is not ColorModel.RGB:
            return [values[component].astype(self.raw_dtype, copy=False) for component in self.order]
        height, width = picture.luma.shape
        make = np.zeros if "0" in self.order else np.empty
        planes = [make(shape, sample_dtype(self.depth)) for shape in self.raw_shapes(width, height)]
        if self._is_packed_yuv and width % 2:  # the second pixel of the last pair repeats the first
            values["y"] = np.pad(values["y"], ((0, 0), (0, 1)), mode="edge")
        places = dict(self._components(planes, width + width % 2 * self._is_packed_yuv, height))
        if self.model is ColorModel.RGB:
            fill_rgb(picture, [places[component] for component in "rgb"], self.depth)
        for component, samples in values.items():
            places[component][:] = samples
        shifted = [plane << self.padding for plane in planes] if self.padding else planes
        return [plane.astype(self.raw_dtype, copy=False) for plane in shifted]

    @property
    def _is_packed_yuv(self) -> bool:
        return self.layout is Layout.PACKED and self.model is ColorModel.YUV

    @property
    def raw_dtype(self) -> np.dtype[Any]:
        """The type of a sample in a raw frame, with its byte order."""
        return np.dtype(np.uint8 if self.depth == 8 else ">u2" if self.is_big_endian else "<u2")

    def _samples(self, plane: npt.NDArray[Any]) -> PlaneArray:
        """Samples as they are in memory."""
        if self.depth == 8:
            return plane
        values: PlaneArray = plane.astype(np.uint16)
        largest = int(values.max(initial=0))
        if self.padding:
            if np.bitwise_or.reduce(values, axis=None) & ((1 << self.padding) - 1):
                raise InputError(
                    f"expected {self.name} samples of {self.depth} bits with {self.padding} zero bits below. "
                    f"Received: samples that use these bits; {_wider(self.name)} keeps all 16"
                )
            return values >> self.padding
        if largest > self.peak:
            raise InputError(
                f"expected {self.name} samples from 0 to {self.peak}. Received: {largest}. "
                "Is it another depth, or the other byte order (le, be)?"
            )
        return values

    def _components(
        self, planes: Sequence[npt.NDArray[Any]], width: int, height: int
    ) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        """Views of the planes of a raw frame, one for each component."""
        if self.layout is Layout.PLANAR:
            yield from zip(self.order, planes, strict=True)
        elif self.layout is Layout.SEMI_PLANAR:
            yield "y", planes[0]
            yield from ((component, planes[1][:, k::2]) for k, component in enumerate(self.order))
        elif self._is_packed_yuv:
            first = self.order.index("y")
            yield "y", planes[0][:, first::2][:, :width]
            yield from ((component, planes[0][:, self.order.index(component) :: 4]) for component in "uv")
        else:
            pixels = planes[0].reshape(height, width, len(self.order))
            yield from ((component, pixels[..., k]) for k, component in enumerate(self.order) if component != "0")

    def _values(self, picture: Picture) -> dict[str, npt.NDArray[Any]]:
        """The samples of each component of a picture but R, G and B."""
        values: dict[str, npt.NDArray[Any]] = {}
        if self.model is not ColorModel.RGB:
            values["y"] = picture.luma
        if self.model is ColorModel.YUV:
            values["u"], values["v"] = picture.chroma_planes()
        if self.has_alpha:
            values["a"] = self.opaque(picture.luma) if picture.alpha is None else picture.alpha
        return values


_SUBSAMPLINGS = {"420": (1, 1), "422": (1, 0), "444": (0, 0), "440": (0, 1), "411": (2, 0), "410": (2, 2)}
_PACKED_RGB = ("rgb", "bgr", "rgba", "bgra", "argb", "abgr", "rgb0", "bgr0", "0rgb", "0bgr")


def _formats() -> Iterator[PixelFormat]:
    """Those of 8 bits."""
    gray, yuv, rgb = ColorModel.GRAY, ColorModel.YUV, ColorModel.RGB
    for order in _PACKED_RGB:
        yield PixelFormat(f"{order}24" if len(order) == 3 else order, rgb, Layout.PACKED, order)
    yield PixelFormat("gbrp", rgb, Layout.PLANAR, "gbr")
    yield PixelFormat("gbrap", rgb, Layout.PLANAR, "gbra")
    yield PixelFormat("gray", gray, Layout.PLANAR, "y")
    yield PixelFormat("ya8", gray, Layout.PACKED, "ya")
    for name, shifts in _SUBSAMPLINGS.items():
        yield PixelFormat(f"yuv{name}p", yuv, Layout.PLANAR, "yuv", *shifts)
        if name in ("420", "422", "444"):
            yield PixelFormat(f"yuva{name}p", yuv, Layout.PLANAR, "yuva", *shifts)
    yield PixelFormat("yv12", yuv, Layout.PLANAR, "yvu", 1, 1)
    for name, order, shifts in (("nv12", "uv", (1, 1)), ("nv21", "vu", (1, 1)), ("nv16", "uv", (1, 0))):
        yield PixelFormat(name, yuv, Layout.SEMI_PLANAR, order, *shifts)
    yield PixelFormat("nv24", yuv, Layout.SEMI_PLANAR, "uv")
    for order in ("yuyv", "uyvy", "yvyu"):
        yield PixelFormat(f"{order}422", yuv, Layout.PACKED, order, 1, 0)


def _deep_formats() -> Iterator[PixelFormat]:
    """Those of 9 to 16 bits, with the lower byte first."""
    gray, yuv, rgb = ColorModel.GRAY, ColorModel.YUV, ColorModel.RGB
    for depth in DEEP:
        yield PixelFormat(f"gray{depth}le", gray, Layout.PLANAR, "y", depth=depth)
        for name in ("420", "422", "444", "440"):
            shifts = _SUBSAMPLINGS[name]
            if name != "440" or depth in (10, 12):
                yield PixelFormat(f"yuv{name}p{depth}le", yuv, Layout.PLANAR, "yuv", *shifts, depth=depth)
            if name != "440" and depth != 14 and (name, depth) != ("420", 12):  # as FFmpeg
                yield PixelFormat(f"yuva{name}p{depth}le", yuv, Layout.PLANAR, "yuva", *shifts, depth=depth)
        yield PixelFormat(f"gbrp{depth}le", rgb, Layout.PLANAR, "gbr", depth=depth)
        if depth != 9:
            yield PixelFormat(f"gbrap{depth}le", rgb, Layout.PLANAR, "gbra", depth=depth)
    yield PixelFormat("ya16le", gray, Layout.PACKED, "ya", depth=16)
    for order in ("rgb", "bgr", "rgba", "bgra"):
        yield PixelFormat(f"{order}{16 * len(order)}le", rgb, Layout.PACKED, order, depth=16)
    for digit, name in ((0, "420"), (2, "422"), (4, "444")):
        for depth in (10, 12, 16):
            yield PixelFormat(
                f"p{digit}{depth}le",
                yuv,
                Layout.SEMI_PLANAR,
                "uv",
                *_SUBSAMPLINGS[name],
                depth=depth,
                padding=16 - depth,
            )
    for depth in (10, 12):
        yield PixelFormat(f"y2{depth}le", yuv, Layout.PACKED, "yuyv", 1, 0, depth=depth, padding=16 - depth)


def _all_formats() -> Iterator[PixelFormat]:
    yield from _formats()
    for little in _deep_formats():
        yield little
        yield replace(little, name=little.name.removesuffix("le") + "be", is_big_endian=True)


PIXEL_FORMATS: dict[str, PixelFormat] = {f.name: f for f in _all_formats()}
_ALIASES = {f"yuvj{name}p": f"yuv{name}p" for name in ("420", "422", "444", "440", "411")}
"""FFmpeg's names of formats whose range is full by their name; the samples lie alike."""


def pixel_format(name: str) -> PixelFormat:
    """The pixel format of that name; a deep format may be named without its byte order, which is then ``le``.

    Raises:
        InputError: the format is unknown.
    """
    own = _ALIASES.get(name, name)
    for candidate in (own, f"{own}le"):
        if candidate in PIXEL_FORMATS:
            return PIXEL_FORMATS[candidate]
    if re.search(r"f(16|32)(le|be)?$", name):
        raise InputError(f"expected whole-number samples of 8 to 16 bits. Received: {name}, which has floating point")
    raise InputError(f"expected one of the pixel formats {names_in_short()}. Received: {name}")


def is_full_range_by_name(name: str) -> bool:
    """Whether a name that :func:`pixel_format` takes means full range, as those of JPEG do."""
    return name in _ALIASES


def names_in_short() -> str:
    """The names of the formats of 8 bits, and how the others are named."""
    own = (name for name, own in PIXEL_FORMATS.items() if own.depth == 8)
    return f"{', '.join(own)}, or with more bits gray10le, yuv420p12be, gbrp16le, p010le, rgb48le and the like"


def planar_twin(source: PixelFormat) -> PixelFormat:
    """The format with the same samples that codecs take: planar where FFmpeg has such a format, and little-endian."""
    alpha = "a" if source.has_alpha else ""
    if source.model is ColorModel.GRAY:
        if alpha:
            return PIXEL_FORMATS["ya8" if source.depth == 8 else "ya16le"]
        return gray_format(source.depth)
    if source.model is ColorModel.RGB:
        if source.depth == 8:
            return PIXEL_FORMATS["rgba" if alpha else "rgb24"]
        return PIXEL_FORMATS[f"gbr{alpha}p{source.depth}le"]
    (name,) = (name for name, shifts in _SUBSAMPLINGS.items() if shifts == (source.log2_chroma_w, source.log2_chroma_h))
    return PIXEL_FORMATS[f"yuv{alpha}{name}p" + ("" if source.depth == 8 else f"{source.depth}le")]


def gray_format(depth: int) -> PixelFormat:
    """The format of gray planes of this depth; 8, or one of FFmpeg's."""
    return PIXEL_FORMATS["gray" if depth == 8 else f"gray{depth}le"]


def without_alpha(source: PixelFormat) -> PixelFormat:
    """The planar format of the other planes."""
    return planar_twin(replace(source, order=source.order.replace("a", "")))


def with_alpha(source: PixelFormat) -> PixelFormat:
    """The planar format of the same planes and alpha."""
    return planar_twin(source if source.has_alpha else replace(source, order=source.order + "a"))


def format_of_8_bits(source: PixelFormat) -> PixelFormat:
    """The planar format of the same color model and chroma shape, without alpha, whose samples have 8 bits."""
    return without_alpha(replace(source, depth=8))


def _wider(name: str) -> str:
    return re.sub(r"1[02](?=[lb]e$)", "16", name)
