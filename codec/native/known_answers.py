"""Answers that each kernel must give, computed once by the NumPy references: a library that gives others is not used.

A test compares them with the references. The inputs are made by a formula, because a generator of random numbers may
change with its version.
"""

from __future__ import annotations

import ctypes
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from codec.native.block_motion import coarse, flow_vectors
from codec.native.color import YuvConversion, rgb_of_yuv
from codec.native.convolution import Convolution, Convolutions, padded_picture
from codec.native.hints import Layout, chroma_of_quarters, enlarge_hint, fill_inputs, reduce_plane
from codec.native.known import between, known_channels, on_lattice, remembered
from codec.native.motion import moved
from codec.native.motion_search import searched


@dataclass(frozen=True)
class Known:
    """A question and its answer.

    Attributes:
        compute: the CRC-32 of what a library gives.
        crc32: what it must be.
    """

    compute: Callable[[ctypes.CDLL], int]
    crc32: int


def numbers(shape: tuple[int, ...], low: int, high: int, *, seed: int = 1) -> npt.NDArray[np.int64]:
    """Whole numbers from ``low`` to ``high`` that look random, the same on every machine: int64 of this shape."""
    places = np.arange(int(np.prod(shape)), dtype=np.uint64) + np.uint64(seed * 1_000_003)
    mixed = places * np.uint64(0x9E3779B97F4A7C15)  # the fraction of the golden ratio, 64 bits
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    found: npt.NDArray[np.int64] = low + ((mixed >> np.uint64(33)) % np.uint64(high - low + 1)).astype(np.int64)
    return found.reshape(shape)


def checksum(*arrays: npt.NDArray[Any]) -> int:
    """The CRC-32 of arrays, as little-endian int32."""
    total = 0
    for array in arrays:
        total = zlib.crc32(array.astype("<i4").tobytes(), total)
    return total


CONVOLUTION_SHAPE = (9, 17)
CONVOLUTION_INPUTS = (19, 3)


def convolution_layers() -> list[Convolution]:
    """Two layers with odd numbers of channels, that use every value of a register's lanes."""
    kernels = numbers((3, 3, 22, 37), -60, 60), numbers((1, 1, 37, 5), -300, 300, seed=2)
    biases = numbers((37,), -(2**16), 2**16, seed=3), numbers((5,), -(2**16), 2**16, seed=4)
    (first, second), (low, high) = kernels, biases
    return [
        Convolution(first.astype(np.int32), low.astype(np.int32), 9, 0, 2047),
        Convolution(second.astype(np.int32), high.astype(np.int32), 10, -4095, 4095),
    ]


def convolution_pictures() -> list[npt.NDArray[np.int16]]:
    """The pictures that the first layer takes, (height, width, channels) each."""
    pictures = enumerate(CONVOLUTION_INPUTS)
    return [numbers((*CONVOLUTION_SHAPE, count), -2047, 2047, seed=5 + k).astype(np.int16) for k, count in pictures]


def _convolution(library: ctypes.CDLL) -> int:
    network = Convolutions(library, convolution_layers(), CONVOLUTION_INPUTS, 2047)
    pictures = []
    for values in convolution_pictures():
        picture = padded_picture(CONVOLUTION_SHAPE, values.shape[2], network.margin)
        picture.inside[..., : values.shape[2]] = values
        pictures.append(picture)
    return checksum(network.run(pictures))


HINT_SHAPE, HINT_SCALE = (13, 21), 4
HINT_LAYOUT = Layout((13, 41), HINT_SHAPE, (2, 1))


def hint_picture() -> npt.NDArray[np.uint8]:
    """A hint picture of two planes of :data:`HINT_SHAPE`."""
    return numbers((8, 6), 0, 255, seed=20).astype(np.uint8)


def hint_luma() -> npt.NDArray[np.uint8]:
    """The gray of the same picture."""
    return numbers(HINT_LAYOUT.gray, 0, 255, seed=21).astype(np.uint8)


def hint_residuals() -> npt.NDArray[np.int16]:
    """What a network adds."""
    return numbers((*HINT_LAYOUT.grid, HINT_LAYOUT.num_outputs), -1023, 1023, seed=22).astype(np.int16)


def _hints(library: ctypes.CDLL) -> int:
    quarters = enlarge_hint(library, hint_picture(), HINT_SHAPE, HINT_SCALE)
    inputs = padded_picture(HINT_LAYOUT.grid, HINT_LAYOUT.num_inputs, 1)
    fill_inputs(library, HINT_LAYOUT, hint_luma(), quarters, inputs)
    planes = chroma_of_quarters(library, HINT_LAYOUT, None, quarters, hint_residuals())
    small = reduce_plane(library, planes[0], 2)
    return checksum(quarters, inputs.inside, *planes, small)


COLOR_CONVERSION = YuvConversion(full_range=False, red_share=0.2126, blue_share=0.0722, step_down=2, step_across=2)


def color_planes() -> list[npt.NDArray[np.uint8]]:
    """Gray and chroma of a picture in 4:2:0."""
    shapes = (11, 531), (6, 266), (6, 266)
    return [numbers(shape, 0, 255, seed=30 + k).astype(np.uint8) for k, shape in enumerate(shapes)]


def _color(library: ctypes.CDLL) -> int:
    luma, first, second = color_planes()
    return checksum(rgb_of_yuv(library, COLOR_CONVERSION, luma, first, second))


MOTION_BLOCK = (8, 4)


def motion_inputs() -> tuple[npt.NDArray[np.int16], list[npt.NDArray[np.int16]]]:
    """Two planes, (2, height, width), and fields: of whole samples, of fractions, and far beyond the border."""
    fields = [numbers((4, 9, 2), -reach, reach, seed=reach) for reach in (40, 41, 2**13)]
    fields[0] &= ~3
    return numbers((2, 27, 35), -1023, 1023).astype(np.int16), [field.astype(np.int16) for field in fields]


def _motion(library: ctypes.CDLL) -> int:
    planes, fields = motion_inputs()
    return checksum(*(moved(library, planes, field, MOTION_BLOCK) for field in fields))


def search_inputs() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.int16]]:
    """A picture whose lower half moved, the one before it, both (height, width), and a field to begin with."""
    coarse_scene = numbers((8, 11), 0, 255)
    scene = np.kron(coarse_scene, np.ones((8, 8), np.int64)) + numbers((64, 88), -6, 6, seed=2)
    smooth = (scene[1:, 1:] + scene[:-1, 1:] + scene[1:, :-1] + scene[:-1, :-1] + 2) >> 2
    picture = np.clip(smooth, 0, 255).astype(np.uint8)
    before, now = picture[2:45, 4:63], picture[2:45, 4:63].copy()
    now[20:] = picture[23:46, 1:60]
    return now, np.ascontiguousarray(before), numbers((6, 8, 2), -9, 9, seed=3).astype(np.int16)


def _search(library: ctypes.CDLL) -> int:
    now, before, start = search_inputs()
    return checksum(searched(library, now, before, [start], start.shape))


class Pictures(NamedTuple):
    """As :class:`codec.lossless.known.Known`, without its flag."""

    gray: npt.NDArray[np.int16]
    moved_gray: npt.NDArray[np.int16]
    base: npt.NDArray[np.int16]
    average: npt.NDArray[np.int16]


def known_inputs() -> Pictures:
    """Planes of a picture with an odd width and height, four grays and two components."""
    gray, moved_gray = (numbers((13, 23, 4), -512, 508, seed=seed).astype(np.int16) for seed in (1, 2))
    base, average = (numbers((13, 23, 2), -1023, 1023, seed=seed).astype(np.int16) for seed in (3, 4))
    return Pictures(gray, moved_gray, base, average)


def _known(library: ctypes.CDLL) -> int:
    pictures = known_inputs()
    return checksum(
        known_channels(library, pictures, 512, 256).inside,
        known_channels(
            library, pictures._replace(gray=pictures.gray[..., :0], moved_gray=pictures.gray[..., :0]), 0, 0
        ).inside,
        between(library, pictures.base, (25, 46)),
    )


def _history(library: ctypes.CDLL) -> int:
    average = known_inputs().average[..., 0].copy()
    found = []
    for kind in (np.uint8, np.int16):
        plane, before, after = (
            numbers(average.shape, 0, 255).astype(kind),
            np.empty_like(average),
            np.empty_like(average),
        )
        remembered(library, plane, average, before, after)
        found += [before, after, on_lattice(library, plane, (2, 2), 1), on_lattice(library, plane, (4, 4), 2)]
    return checksum(*found)


def coarse_inputs() -> list[npt.NDArray[np.uint8]]:
    """The pictures of :func:`search_inputs` at half and a quarter of their size, more or less: now, then before."""
    now, before, _ = search_inputs()
    return [np.ascontiguousarray(picture[::step, ::step]) for picture in (now, before) for step in (2, 4)]


def flow_input() -> npt.NDArray[np.float32]:
    """Optical flow with equal values, halves and values too large: (19, 29, 2)."""
    flow = numbers((19, 29, 2), -700, 700).astype(np.float32) / np.float32(8)
    flow[:9, :9] *= np.float32(9)
    flow[9:, 9:] = np.float32(0.375)
    return flow


def _block_motion(library: ctypes.CDLL) -> int:
    now, now_small, before, before_small = coarse_inputs()
    found = coarse(library, (now, now_small), (before, before_small))
    return checksum(found, flow_vectors(library, flow_input()))


KNOWN_ANSWERS: dict[str, Known] = {
    "convolution": Known(_convolution, 1059779959),
    "hints": Known(_hints, 768453013),
    "color": Known(_color, 2572575025),
    "motion": Known(_motion, 4000101259),
    "motion search": Known(_search, 326985492),
    "known channels": Known(_known, 2882539893),
    "history": Known(_history, 2182895728),
    "block motion": Known(_block_motion, 3103414871),
}
