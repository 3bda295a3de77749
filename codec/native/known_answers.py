"""Answers that each kernel must give, computed once by the NumPy references: a library that gives others is not used.

A test compares them with the references. The inputs are made by a formula, because a generator of random numbers may
change with its version.
"""

from __future__ import annotations

import ctypes
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from codec.native.adaptive_answer import adaptive_planes
from codec.native.area_averages import averaged_areas
from codec.native.block_motion import coarse
from codec.native.color import YuvConversion, rgb_of_yuv
from codec.native.convolution import Convolution, Convolutions, padded_picture
from codec.native.hints import Layout, chroma_of_quarters, enlarge_hint, fill_inputs, reduce_plane
from codec.native.known import between, known_channels, on_lattice, remembered
from codec.native.made_up import Known, checksum, numbers
from codec.native.motion import moved
from codec.native.motion_code import MotionCoder
from codec.native.motion_search import searched
from codec.native.range_coder import NativeReader, NativeWriter
from codec.native.steps import SampleCoder, Step, TableLayout
from codec.native.ycocg import rgb_of_ycocg, ycocg_of_rgb

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


YCOCG_DEPTHS = (8, 14, 16)
"""One for each pair of types that samples and their differences have."""


def rgb_samples(depth: int) -> npt.NDArray[Any]:
    """R, G and B of a picture: (height, width, 3), and (height, width, 4) with something between."""
    shape = (3, 521, 3 + (depth == 8))
    return numbers(shape, 0, (1 << depth) - 1, seed=35).astype(np.uint8 if depth == 8 else np.uint16)


def ycocg_planes(depth: int) -> list[npt.NDArray[Any]]:
    """Y, Co and Cg, of which many are no color."""
    peak, kind = (1 << depth) - 1, np.int16 if depth < 15 else np.int32
    luma, orange, green = (numbers((3, 521), low, peak, seed=36 - low) for low in (0, -peak, -99))
    return [luma.astype(rgb_samples(depth).dtype), orange.astype(kind), green.astype(kind)]


def _ycocg(library: ctypes.CDLL) -> int:
    found = list[npt.NDArray[Any]]()
    for depth in YCOCG_DEPTHS:
        rgb = rgb_samples(depth)
        found += ycocg_of_rgb(library, [rgb[..., k] for k in range(3)], depth)
        into = np.zeros_like(rgb)
        rgb_of_ycocg(library, ycocg_planes(depth), [into[..., k] for k in range(3)], depth)
        found.append(into)
    return checksum(*found)


AREA_SIDE = 5


def area_inputs() -> tuple[npt.NDArray[np.uint8], list[tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]]]:
    """A picture of 17x23, and shares along its rows and columns, of which some are of nothing."""
    picture = numbers((17, 23, 3), 0, 255, seed=37).astype(np.uint8)
    shares = []
    for most, length in ((6, 23), (4, 17)):
        places = numbers((most, AREA_SIDE), 0, length - 1, seed=38 + most).astype(np.int32)
        shares.append((places, (numbers((most, AREA_SIDE), 0, 999, seed=50 + most) / (500 * most)).astype(np.float32)))
    return picture, shares


def _areas(library: ctypes.CDLL) -> int:
    picture, (across, down) = area_inputs()
    return checksum(averaged_areas(library, picture, AREA_SIDE, across, down))


MOTION_BLOCK = (8, 4)


def motion_inputs() -> tuple[npt.NDArray[np.int16], list[npt.NDArray[np.int16]]]:
    """Two planes, (2, height, width), and fields: of whole samples, of fractions, and far beyond the border."""
    fields = [numbers((4, 9, 2), -reach, reach, seed=reach) for reach in (40, 41, 2**13)]
    fields[0] &= ~3
    return numbers((2, 27, 35), -1023, 1023).astype(np.int16), [field.astype(np.int16) for field in fields]


MOTION_LIMITS = (1023, 16383)


def _motion(library: ctypes.CDLL) -> int:
    planes, fields = motion_inputs()
    found = []
    for most in MOTION_LIMITS:  # the second time with samples 16 times as large
        found += [moved(library, planes, field, MOTION_BLOCK, most) for field in fields]
        planes = planes << np.int16(4)
    return checksum(*found)


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


def deeper(pictures: Pictures) -> Pictures:
    """The same with four times the range."""
    return Pictures(*(plane << np.int16(2) for plane in pictures))


def _known(library: ctypes.CDLL) -> int:
    pictures = known_inputs()
    return checksum(
        known_channels(library, pictures, 512, 256).inside,
        known_channels(
            library, pictures._replace(gray=pictures.gray[..., :0], moved_gray=pictures.gray[..., :0]), 0, 0
        ).inside,
        known_channels(library, deeper(pictures), 2048, 256, level_shift=2).inside,
        *(between(library, pictures.base.astype(np.int32) << bits, (25, 46), bits) for bits in (0, 6)),
    )


class HistoryPlane(NamedTuple):
    """A plane in code values, and its scale."""

    plane: npt.NDArray[Any]
    unit_bits: int
    gray_neutral: int


def history_planes() -> list[HistoryPlane]:
    """Planes of every dtype that planes have."""
    shape = known_inputs().average.shape[:2]
    return [
        HistoryPlane(numbers(shape, 0, 255).astype(np.uint8), 0, 512),
        HistoryPlane(numbers(shape, -256, 255).astype(np.int16), 0, 512),
        HistoryPlane(numbers(shape, 0, 2**16 - 1).astype(np.uint16), 7, 1024),
        HistoryPlane(numbers(shape, -(2**16), 2**16 - 1).astype(np.int32), 5, 4096),
    ]


def _history(library: ctypes.CDLL) -> int:
    average = known_inputs().average[..., 0].copy()
    found = []
    for plane, unit_bits, neutral in history_planes():
        before, after = np.empty_like(average), np.empty_like(average)
        remembered(library, plane, unit_bits, average, (before, after))
        gray = plane if plane.dtype.kind == "u" else before
        lattices = [on_lattice(library, gray, *block, unit_bits, neutral) for block in (((2, 2), 1), ((4, 4), 2))]
        found += [before, after, *lattices]
    return checksum(*found)


def coarse_inputs() -> list[npt.NDArray[np.uint8]]:
    """The pictures of :func:`search_inputs` at half and a quarter of their size, more or less: now, then before."""
    now, before, _ = search_inputs()
    return [np.ascontiguousarray(picture[::step, ::step]) for picture in (now, before) for step in (2, 4)]


def _block_motion(library: ctypes.CDLL) -> int:
    now, now_small, before, before_small = coarse_inputs()
    return checksum(coarse(library, (now, now_small), (before, before_small)))


RANGE_MODEL_SIZES = (2, 3, 97)


def range_starts(size: int) -> npt.NDArray[np.uint32]:
    """A model for the range coder, in which one symbol has nearly everything."""
    widths = numbers((size,), 1, 5000, seed=size)
    widths[size // 2] += 2**24 - widths.sum()
    return np.append(0, np.cumsum(widths)).astype(np.uint32)


def range_symbols(size: int) -> npt.NDArray[np.int32]:
    """Symbols of this model: the likely one, and each now and then."""
    symbols, is_likely = numbers((300,), 0, size - 1, seed=size), numbers((300,), 0, 3) > 0
    return np.where(is_likely, size // 2, symbols).astype(np.int32)


def range_bits() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Numbers of every size, and how many bits they have."""
    bits = numbers((100,), 0, 24, seed=8)
    return (numbers((100,), 0, 2**24 - 1, seed=9) & ((1 << bits) - 1)).astype(np.int32), bits.astype(np.int32)


def _range_coder(library: ctypes.CDLL) -> int:
    writer = NativeWriter(library)
    for size in RANGE_MODEL_SIZES:
        writer.write(range_symbols(size), range_starts(size))
    values, bits = range_bits()
    writer.write_bits(values, bits)
    words = writer.words()
    reader = NativeReader(library, words)
    symbols = [reader.read(300, range_starts(size)) for size in RANGE_MODEL_SIZES]
    return checksum(words, *symbols, reader.read_bits(bits))


NUM_STEPS = 5


def table_layout() -> TableLayout:
    """Tables of every size and fraction for 44 scales, as many as there are."""
    shifts = np.tile([3, 2, 1, 0], 11)
    counts = 8 >> shifts
    reach = 4 + np.arange(counts.sum()) % 9
    return TableLayout(
        first_table=(np.cumsum(counts) - counts).astype(np.int32),
        fraction_shift=shifts.astype(np.int32),
        reach=reach.astype(np.int32),
        offsets=np.append(0, np.cumsum(2 * reach + 1)).astype(np.int32),
        prior=numbers((int((2 * reach + 1).sum()),), 1, 2**26, seed=11),
        beyond=range_starts(2**12),
    )


class StepScale(NamedTuple):
    """The range of a step's samples, its units, and the errors that it allows."""

    depth: int
    unit_bits: int
    max_errors: tuple[int, int]


STEP_SCALES = (StepScale(8, 0, (0, 2)), StepScale(16, 6, (0, 0)), StepScale(14, 2, (0, 300)))


def picture_step(scale: StepScale) -> Step:
    """The first step of a picture: results reach every scale, and some samples are far from their means."""
    rows, columns, low, high = 17, 14, -1 << scale.depth, (1 << scale.depth) - 1
    base = numbers((rows, columns, 2), 4 * low >> scale.unit_bits, 4 * high >> scale.unit_bits, seed=12)
    shape = base.shape
    misses = numbers(shape, -3, 3, seed=13) * np.where(numbers(shape, 0, 15, seed=14) == 0, 90, 1) << scale.unit_bits
    misses += numbers(shape, -1 << scale.unit_bits, 1 << scale.unit_bits, seed=19) * (scale.depth > 8)
    return Step(
        number=0,
        sample_range=(low, high),
        max_errors=scale.max_errors,
        planes=np.clip((base << scale.unit_bits) // 4 + misses, low, high).astype(np.int32),
        base=base.astype(np.int16),
        results=numbers((9, 7, 5), -450, 450, seed=15).astype(np.int16),
        decoded=np.zeros(shape, np.int32),
        missed=np.zeros((9, 7, 8), np.int16),
        unit_bits=scale.unit_bits,
        raw_bits=scale.depth - 8,
    )


def _steps(library: ctypes.CDLL) -> int:
    layout, found = table_layout(), list[npt.NDArray[Any]]()
    for scale in STEP_SCALES:
        writer, sent = NativeWriter(library), picture_step(scale)
        _code_pictures(SampleCoder(layout, 2, writer), sent)
        words, received = writer.words(), replace(picture_step(scale), planes=None)
        _code_pictures(SampleCoder(layout, 2, NativeReader(library, words)), received)
        found += [words, sent.decoded, sent.missed, received.decoded, received.missed]
    return checksum(*found)


def _code_pictures(coder: SampleCoder, step: Step) -> None:
    for _ in range(2):  # the second one with tables that have learned
        for number in range(NUM_STEPS):
            coder.code_step(replace(step, number=number))
        coder.learn()


def motion_fields() -> list[npt.NDArray[np.int16]]:
    """Two fields, in which some vectors are their neighbor's, and some are far from it."""
    spread = np.where(numbers((2, 7, 9, 1), 0, 5, seed=16) == 0, 60, 1) * (numbers((2, 7, 9, 1), 0, 1, seed=17))
    return list((numbers((2, 7, 9, 2), -9, 9, seed=18) * spread).astype(np.int16))


def _motion_code(library: ctypes.CDLL) -> int:
    writer = NativeWriter(library)
    coder = MotionCoder(writer)
    for field in motion_fields():
        coder.write(field)
    words = writer.words()
    coder = MotionCoder(NativeReader(library, words))
    return checksum(words, *(coder.read(*field.shape[:2]) for field in motion_fields()))


KNOWN_ANSWERS: dict[str, Known] = {
    "adaptive planes": Known(adaptive_planes, 2353684692),
    "convolution": Known(_convolution, 1059779959),
    "hints": Known(_hints, 768453013),
    "color": Known(_color, 2572575025),
    "YCoCg": Known(_ycocg, 3899973008),
    "area averages": Known(_areas, 3443066531),
    "motion": Known(_motion, 86058339),
    "motion search": Known(_search, 326985492),
    "known channels": Known(_known, 3727401986),
    "history": Known(_history, 4107769294),
    "block motion": Known(_block_motion, 3851801376),
    "range coder": Known(_range_coder, 2643933562),
    "steps": Known(_steps, 3203519184),
    "motion code": Known(_motion_code, 2686606595),
}
