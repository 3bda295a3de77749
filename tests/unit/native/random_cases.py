"""One random question for each kernel, small enough to be asked thousands of times; CASES has a line for each.

Kernels that code symbols have theirs in ``random_coding.py``. The references compute in NumPy where no library is
loaded: tests ask with the fixture ``without_library``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.exact.grid import chroma_block
from codec.exact.layers import IntegerConvolution
from codec.exact.reference import run_layers
from codec.hints import planes as hint_planes
from codec.keyframes.area_averages import of_shares_by_numpy, shares
from codec.lossless.block_motion import coarse_by_numpy, reduced
from codec.lossless.history import on_lattice, quarters
from codec.lossless.known import Known, between_by_numpy, running_average
from codec.lossless.motion import field_shape, moved_by_numpy
from codec.lossless.motion_trial import refined
from codec.lossless.parameters import SampleScale, unit_choices
from codec.native import area_averages as native_areas
from codec.native import block_motion as native_block_motion
from codec.native import hints as native_hints
from codec.native import known as native_known
from codec.native import ycocg as native_ycocg
from codec.native.color import rgb_of_yuv
from codec.native.convolution import Convolution, Convolutions, padded_picture
from codec.native.hints import Layout
from codec.native.motion import moved
from codec.native.motion_search import searched
from codec.networks.compact import inputs_by_numpy
from codec.video.color import CONVERSION_MATRICES, ColorConversion
from codec.video.picture import Picture, rgb_by_numpy, sample_dtype, ycocg_by_numpy
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat
from tests.formats import EIGHT_BITS
from tests.unit.native.random_adaptive import adaptive_planes
from tests.unit.native.random_coding import motion_code, range_coder, steps

I16Array = npt.NDArray[np.int16]
U8Array = npt.NDArray[np.uint8]
YUV_FORMATS = [own for own in EIGHT_BITS.values() if own.model is ColorModel.YUV]
COLOR_FORMATS = [*YUV_FORMATS, PIXEL_FORMATS["rgb24"]]
KINDS = ((1, 0), (2, 1), (2, 2), (2, 4))
"""Components and grays of the predictors."""
LATTICES = (((1, 1), 1), ((2, 2), 1), ((1, 2), 1), ((2, 1), 1), ((1, 4), 1), ((4, 4), 2))
"""Blocks of gray samples, and the step between those that are taken."""

Case = Callable[[ctypes.CDLL, np.random.Generator], None]
"""Draws a shape and inputs, asks the library, and asserts that the answer is the reference's."""


def convolution(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """One layer: any odd kernel, one or two pictures, results with a margin or without."""
    rows, columns = 2 * random.integers(0, 3, 2) + 1
    height, width = random.integers(1, [9, 40])
    inputs = [int(count) for count in random.integers(1, 12, random.integers(1, 3))]
    outputs, shift = int(random.integers(1, 40)), int(random.integers(0, 13))
    low, high = sorted(int(value) for value in random.integers(-32768, 32768, 2))
    # No sum reaches 2**24, up to which the reference is exact; large weights meet small inputs, and vice versa.
    weight = int(random.choice([1, 60, 8195]))
    largest = min(2**23 // (weight * rows * columns * sum(inputs)), 32767)
    kernel = random.integers(-weight, weight + 1, (rows, columns, sum(inputs), outputs)).astype(np.int32)
    bias = random.integers(-(2**22), 2**22, outputs).astype(np.int32)
    parts = [random.integers(-largest, largest + 1, (height, width, count)) for count in inputs]
    network = Convolutions(library, [Convolution(kernel, bias, shift, low, high)], inputs, largest)
    pictures = [padded_picture((height, width), count, network.margin + int(random.integers(0, 2))) for count in inputs]
    for picture, part in zip(pictures, parts, strict=True):
        picture.inside[..., : part.shape[2]] = part
    margin = int(random.integers(0, 3))
    found = network.run(pictures, margin=margin)[margin : margin + height, margin : margin + width, :outputs]
    layer = IntegerConvolution(kernel, bias, shift, low, high)
    assert np.array_equal(found, run_layers([layer], np.concatenate(parts, axis=-1)[None].astype(np.int32))[0])


def motion(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """Planes of any size moved by any vectors, in blocks of any size that chroma has."""
    height, width = (int(side) for side in random.integers(1, [40, 60]))
    block = int(random.choice([2, 4, 8])), int(random.choice([2, 4, 8]))
    most = int(random.choice([1023, 4095, 16383]))
    planes = random.integers(-most - 1, most + 1, (int(random.integers(1, 4)), height, width)).astype(np.int16)
    reach = int(random.choice([3, 40, 2**13]))
    field = random.integers(-reach, reach + 1, (-(-height // block[0]), -(-width // block[1]), 2)).astype(np.int16)
    found = moved(library, planes, field, block, most)
    assert np.array_equal(found, moved_by_numpy(planes, field, block, most))


def motion_search(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """Two pictures of any size, alike or not, from no start or one."""
    height, width = (int(side) for side in random.integers(1, [50, 60]))
    before = random.integers(0, 256, (height, width)).astype(np.uint8)
    noise = random.integers(-4, 5, before.shape)
    luma = np.clip(np.roll(before, random.integers(-3, 4, 2), (0, 1)) + noise, 0, 255).astype(np.uint8)
    shape = field_shape(height, width)
    starts = [random.integers(-80, 81, shape).astype(np.int16) for _ in range(random.integers(0, 3))]
    assert np.array_equal(searched(library, luma, before, starts, shape), refined(luma, before, starts))


def random_known(
    random: np.random.Generator, shape: tuple[int, int], kind: tuple[int, int], range_bits: int = 0
) -> Known:
    """What is known of a picture with these components and grays; some of it lies in memory as planes."""
    components, grays = kind
    gray, moved_gray = ((random.integers(-512, 509, (*shape, grays)) << range_bits).astype(np.int16) for _ in range(2))
    most = 1024 << range_bits
    planes = random.integers(-most, most, (2 * components, *shape)).astype(np.int16).transpose(1, 2, 0)
    return Known(
        gray, moved_gray, planes[..., :components], planes[..., components:], is_moved=bool(random.integers(2))
    )


def known_channels(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """The trunk's input for gray and for chroma beside 1, 2 or 4 gray samples, and planes from every other sample."""
    rows, columns = (int(side) for side in random.integers(1, 40, 2))
    shift = int(random.integers(5))
    known = random_known(random, (rows, columns), KINDS[random.integers(4)], shift)
    neutral = int(random.choice([0, 512])) << shift
    expected = known.channels(neutral, level_shift=shift)
    found = native_known.known_channels(library, known, neutral, 256 * known.is_moved, level_shift=shift)
    assert np.array_equal(found.inside[..., : expected.shape[2]], expected)
    scale = random_scale(random)
    corners = random.integers(-1 << scale.depth, 1 << scale.depth, known.base[::2, ::2].shape).astype(np.int32)
    assert np.array_equal(
        native_known.between(library, corners, (rows, columns), scale.unit_bits),
        between_by_numpy(corners, (rows, columns), scale.unit_bits),
    )


def random_scale(random: np.random.Generator) -> SampleScale:
    """Any depth and units."""
    depth = int(random.integers(8, 17))
    return SampleScale(depth, int(random.choice(unit_choices(depth))))


def random_plane(random: np.random.Generator, shape: tuple[int, int], scale: SampleScale) -> npt.NDArray[Any]:
    """Code values of gray, or of differences of two colors, with the dtype that they have."""
    if random.integers(2):
        kind = np.int16 if scale.depth <= 14 else np.int32
        return random.integers(-1 << scale.depth, 1 << scale.depth, shape).astype(kind)
    return random.integers(0, 1 << scale.depth, shape).astype(np.uint8 if scale.depth == 8 else np.uint16)


def history(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """A plane of either kind remembered after another one or as the first, and put on any lattice."""
    shape = tuple(int(side) for side in random.integers(1, 60, 2))
    scale = random_scale(random)
    plane = random_plane(random, shape, scale)
    most = 1024 << scale.range_bits
    earlier = random.integers(-most, most, shape).astype(np.int16) if random.integers(2) else None
    before, average = np.empty((2, *shape), np.int16)
    native_known.remembered(library, plane, scale.unit_bits, earlier, (before, average))
    assert np.array_equal(before, quarters(plane, scale.unit_bits))
    assert np.array_equal(average, running_average(earlier, before))
    block, step = LATTICES[random.integers(len(LATTICES))]
    for gray in (before, *([] if plane.dtype == np.int16 else [plane])):
        found = native_known.on_lattice(library, gray, block, step, scale.unit_bits, scale.neutral)
        assert np.array_equal(found, on_lattice(gray, block, step, scale))


def random_scene(random: np.random.Generator, shape: tuple[int, int]) -> tuple[U8Array, U8Array]:
    """A picture and the one before it: parts of one scene, with some noise."""
    scene = random.integers(0, 256, (shape[0] + 20, shape[1] + 20)).astype(np.float64)
    scene = sum(np.roll(scene, (i, j), (0, 1)) for i in range(3) for j in range(3)) / 9
    pictures = []
    for _ in range(2):
        down, across = random.integers(0, 20, 2)
        part = scene[down : down + shape[0], across : across + shape[1]] + random.normal(
            0, random.choice([0, 3]), shape
        )
        pictures.append(np.clip(part, 0, 255).astype(np.uint8))
    return pictures[0], pictures[1]


def block_motion(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """The coarse search between pictures of any size."""
    rows, columns = (int(side) for side in random.integers(1, 44, 2))
    halves = [reduced(picture) for picture in random_scene(random, (rows, columns))]
    now, before = ((half, reduced(half)) for half in halves)
    assert np.array_equal(native_block_motion.coarse(library, now, before), coarse_by_numpy(now, before))


def random_guided(
    random: np.random.Generator, pixel_format: PixelFormat, shape: tuple[int, int]
) -> tuple[Layout, U8Array, I16Array, I16Array]:
    """A picture of guided color: its layout, its gray, enlarged hints, and what a network adds to them."""
    layout = Layout(shape, pixel_format.chroma_shape(shape[1], shape[0]), chroma_block(pixel_format))
    luma = random.integers(0, 256, shape).astype(np.uint8)
    quarters = random.integers(-600, 1700, (*layout.chroma, 2)).astype(np.int16)
    residuals = random.integers(-1023, 1024, (*layout.grid, layout.num_outputs)).astype(np.int16)
    return layout, luma, quarters, residuals


def hints(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """Planes made small and hints enlarged at any scale, the network's inputs, and chroma with its results or without.

    Where a sample of chroma covers several points of the grid, there is no network.
    """
    pixel_format = COLOR_FORMATS[random.integers(len(COLOR_FORMATS))]
    height, width = (int(side) for side in random.integers(1, 40, 2))
    layout, luma, quarters, residuals = random_guided(random, pixel_format, (height, width))
    scale, is_rgb = int(random.choice(hint_planes.SCALES)), pixel_format.model is ColorModel.RGB
    rows, columns = hint_planes.reduced_shape(*layout.chroma, scale)
    hint = random.choice(np.array([0, random.integers(256), 255], np.uint8), (2 * rows, columns))
    assert np.array_equal(
        native_hints.enlarge_hint(library, hint, layout.chroma, scale),
        hint_planes.enlarged_by_numpy([hint], layout.chroma, scale)[0],
    )
    with_network = all(layout.block) and bool(random.integers(4))
    if with_network:
        into = padded_picture(layout.grid, layout.num_inputs, int(random.integers(3)))
        native_hints.fill_inputs(library, layout, luma, quarters, into)
        expected = inputs_by_numpy(luma[None], quarters[None], layout.block)[0]
        assert np.array_equal(into.inside[..., : layout.num_inputs], expected)
    added = residuals if with_network else None
    found = native_hints.chroma_of_quarters(library, layout, luma if is_rgb else None, quarters, added)
    chroma = hint_planes.with_residuals(quarters, added, layout)
    expected_planes = hint_planes.picture_by_numpy(luma, chroma, pixel_format.model).chroma_planes()
    for own, plane in zip(found, expected_planes, strict=True):
        assert own.dtype == plane.dtype
        assert np.array_equal(own, plane)
        small = native_hints.reduce_plane(library, plane, scale)
        assert np.array_equal(small, hint_planes.reduced_by_numpy(plane, scale))


def convert_alike(
    library: ctypes.CDLL, random: np.random.Generator, conversion: ColorConversion, shape: tuple[int, int]
) -> None:
    """Convert noise of this shape in the library and in the reference."""
    luma = random.integers(0, 256, shape).astype(np.uint8)
    chroma_shape = conversion.pixel_format.chroma_shape(shape[1], shape[0])
    first, second = random.integers(0, 256, (2, *chroma_shape)).astype(np.uint8)
    expected = conversion.rgb_by_numpy(Picture(luma, (first, second)))
    native = conversion.as_native()
    assert np.array_equal(rgb_of_yuv(library, native, luma, first, second), expected)
    with_opacity = rgb_of_yuv(library, native, luma, first, second, with_opacity=True)
    assert np.array_equal(with_opacity, np.insert(expected, 3, 255, axis=-1))


def color(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """Any format of YUV, matrix and range; rows may be longer than what is computed at once."""
    pixel_format = YUV_FORMATS[random.integers(len(YUV_FORMATS))]
    conversion = ColorConversion(
        pixel_format, int(random.choice(CONVERSION_MATRICES)), full_range=bool(random.integers(2))
    )
    height, width = (int(side) for side in random.integers(1, [[50, 50], [6, 600]][random.integers(2)]))
    convert_alike(library, random, conversion, (height, width))


def ycocg(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """Samples of any depth, one plane after the other or in turn, and planes that no color has; rows may be long."""
    depth, channels = (int(random.integers(*ends)) for ends in ((8, 17), (3, 6)))
    height, width = (int(side) for side in random.integers(1, [[50, 50], [6, 1200]][random.integers(2)]))
    is_planar = bool(random.integers(2))
    shape = (channels, height, width) if is_planar else (height, width, channels)
    samples = random.integers(0, 1 << depth, shape).astype(sample_dtype(depth))
    parts = [samples[k] if is_planar else samples[..., k] for k in random.permutation(channels)]
    (red, green, blue), others = parts[:3], [part.copy() for part in parts[3:]]
    expected = ycocg_by_numpy(red, green, blue, depth)
    found = Picture.of_planes(native_ycocg.ycocg_of_rgb(library, (red, green, blue), depth))
    for own, plane in zip(found.planes(), expected.planes(), strict=True):
        assert own.dtype == plane.dtype
        assert np.array_equal(own, plane)
    kinds = [plane.dtype for plane in found.planes()]
    wild = [random.integers(-1 << depth, 1 << depth, (height, width)).astype(kind) for kind in kinds]
    for picture in (found, Picture.of_planes(wild)):
        native_ycocg.rgb_of_ycocg(library, picture.planes(), (red, green, blue), depth)
        assert all(map(np.array_equal, (red, green, blue), rgb_by_numpy(picture, depth)))
        assert all(map(np.array_equal, parts[3:], others))


def area_averages(library: ctypes.CDLL, random: np.random.Generator) -> None:
    """Pictures of any size that are reduced to squares, as their cuts are looked for."""
    side = int(random.integers(1, 40))
    height, width = (int(length) for length in random.integers(side, side + 150, 2))
    picture = random.integers(0, 256, (height, width, 3)).astype(np.uint8)
    found = native_areas.averaged_areas(library, picture, side, shares(width, side), shares(height, side))
    assert np.array_equal(found, of_shares_by_numpy(picture, side))


CASES: dict[str, Case] = {
    "adaptive planes": adaptive_planes,
    "convolution": convolution,
    "hints": hints,
    "color": color,
    "YCoCg": ycocg,
    "area averages": area_averages,
    "motion": motion,
    "motion search": motion_search,
    "known channels": known_channels,
    "history": history,
    "block motion": block_motion,
    "range coder": range_coder,
    "steps": steps,
    "motion code": motion_code,
}
