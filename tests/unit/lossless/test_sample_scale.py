"""Planes of 8 to 16 bits, in every unit: the receiver has what the sender had, and NumPy gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from codec.errors import StreamError
from codec.lossless.coder import ChromaCoder, LumaCoder
from codec.lossless.decoding import decode_lumas, decode_pictures
from codec.lossless.history import quarters
from codec.lossless.motion_code import MotionEncoder
from codec.lossless.motion_search import MotionSearch
from codec.lossless.parameters import CodedSamples, SampleScale, unit_choices
from codec.lossless.predictor_weights import LUMA_PREDICTOR, chroma_predictor
from codec.lossless.symbols import SymbolEncoder
from codec.video.picture import Picture, difference_dtype, rgb_to_ycocg_r, sample_dtype, ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat
from tests.unit.lossless.conftest import SHAPES, made_up_weights

Plane = npt.NDArray[np.int64]
Maker = Callable[[np.random.Generator, tuple[int, int], int], Plane]
FRAMES = 3
DEPTHS = (8, 9, 10, 12, 14, 16)


def noisy(random: np.random.Generator, shape: tuple[int, int], depth: int) -> Plane:
    """Slopes, an edge, and noise of a few code values."""
    slopes = np.cumsum(random.integers(-9, 10, shape) << max(depth - 10, 0), axis=1) + (1 << depth >> 1)
    slopes[: shape[0] // 3] += 1 << depth >> 2
    return slopes


def constant(random: np.random.Generator, shape: tuple[int, int], depth: int) -> Plane:
    """One value everywhere."""
    return np.full(shape, int(random.integers(1 << depth)))


def checkerboard(random: np.random.Generator, shape: tuple[int, int], depth: int) -> Plane:
    """The smallest and the largest sample side by side."""
    del random
    return np.indices(shape).sum(axis=0) % 2 * ((1 << depth) - 1)


def hot_pixel(random: np.random.Generator, shape: tuple[int, int], depth: int) -> Plane:
    """All dark but one."""
    plane = random.integers(0, 3, shape)
    plane[shape[0] // 2, shape[1] // 2] = (1 << depth) - 1
    return plane


def noise(random: np.random.Generator, shape: tuple[int, int], depth: int) -> Plane:
    """Any value anywhere."""
    return random.integers(0, 1 << depth, shape)


def black_and_white(random: np.random.Generator, shape: tuple[int, int], depth: int) -> Plane:
    """The smallest and the largest sample anywhere."""
    return random.integers(0, 2, shape) * ((1 << depth) - 1)


MAKERS = (noisy, constant, checkerboard, hot_pixel, noise, black_and_white)


def made_pictures(own: PixelFormat, depth: int, make: Maker, size: tuple[int, int]) -> list[Picture]:
    """Consecutive pictures; of RGB, the planes of YCoCg-R with any values."""
    random = np.random.default_rng(depth)
    unsigned = sample_dtype(depth)
    made = []
    for _ in range(FRAMES):
        luma = make(random, size, depth).clip(0, (1 << depth) - 1).astype(unsigned)
        shape = own.chroma_shape(size[1], size[0])
        if own.model is ColorModel.RGB:
            planes = [2 * make(random, shape, depth) - (1 << depth) for _ in range(2)]
            kind = difference_dtype(depth)
            first, second = (plane.clip(-1 << depth, (1 << depth) - 1).astype(kind) for plane in planes)
        else:
            planes = [make(random, shape, depth) for _ in range(2)]
            first, second = (plane.clip(0, (1 << depth) - 1).astype(unsigned) for plane in planes)
        made.append(Picture(luma, (first, second)))
    return made


class Coders:
    """The coders of gray and chroma for one format and scale, with made-up weights."""

    def __init__(self, own: PixelFormat, scale: SampleScale, max_error: int = 0) -> None:
        self.luma = LumaCoder(made_up_weights(SHAPES[LUMA_PREDICTOR]), scale, max_error)
        self.chroma = ChromaCoder(made_up_weights(SHAPES[chroma_predictor(own)]), own, max_error, scale)

    def encode(self, pictures: Sequence[Picture]) -> CodedSamples:
        search, motion = MotionSearch(), MotionEncoder()
        luma_symbols, chroma_symbols = SymbolEncoder(1), SymbolEncoder(2)
        luma_history, chroma_history = self.luma.begin(), self.chroma.begin()
        before = None
        for picture in pictures:
            field = None if before is None else search(picture.luma, before)
            if field is not None:
                motion.add(field)
            shape = picture.luma.shape[0], picture.luma.shape[1]
            before = self.luma.code(luma_history, picture.luma, shape, field, luma_symbols)
            self.chroma.code(chroma_history, before, picture.chroma_planes(), field, chroma_symbols)
        return CodedSamples(motion.finish(), luma_symbols.finish(), chroma_symbols.finish())

    def decode(self, coded: CodedSamples, size: tuple[int, int]) -> list[Picture]:
        return list(decode_pictures(self.chroma, coded, list(decode_lumas(self.luma, coded, FRAMES, size))))


def assert_same(received: Sequence[Picture], sent: Sequence[Picture]) -> None:
    for own, original in zip(received, sent, strict=True):
        for found, plane in zip(own.planes(), original.planes(), strict=True):
            assert found.dtype == plane.dtype
            assert np.array_equal(found, plane)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", ["yuv420p", "rgb24"])
def test_every_unit(name: str, depth: int) -> None:
    own, size = PIXEL_FORMATS[name], (19, 27)
    sent = made_pictures(own, depth, noisy, size)
    for unit_bits in unit_choices(depth):
        coders = Coders(own, SampleScale(depth, unit_bits))
        assert_same(coders.decode(coders.encode(sent), size), sent)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("name", ["yuv422p", "rgb24"])
def test_every_kind_of_picture(name: str, make: Maker) -> None:
    own = PIXEL_FORMATS[name]
    for size, depth in (((1, 1), 16), ((9, 70), 16), ((17, 5), 10)):
        sent = made_pictures(own, depth, make, size)
        for unit_bits in (0, unit_choices(depth)[-1]):
            coders = Coders(own, SampleScale(depth, unit_bits))
            assert_same(coders.decode(coders.encode(sent), size), sent)


@pytest.mark.parametrize("make", [noisy, hot_pixel, black_and_white])
@pytest.mark.parametrize(("depth", "unit_bits", "origin"), [(10, 1, 0), (12, 0, 700), (16, 0, 40000), (16, 7, 0)])
def test_numpy_gives_the_same(
    make: Maker, depth: int, unit_bits: int, origin: int, request: pytest.FixtureRequest
) -> None:
    own, size, scale = PIXEL_FORMATS["yuv420p"], (18, 21), SampleScale(depth, unit_bits, origin)
    sent = made_pictures(own, depth, make, size)
    coded = Coders(own, scale).encode(sent)
    request.getfixturevalue("without_library")
    coders = Coders(own, scale)
    assert coders.encode(sent) == coded
    assert_same(coders.decode(coded, size), sent)


@pytest.mark.parametrize(("depth", "unit_bits", "max_error"), [(8, 0, 20), (10, 1, 3), (16, 4, 300), (16, 8, 4095)])
def test_errors_are_no_larger_than_allowed(
    depth: int, unit_bits: int, max_error: int, request: pytest.FixtureRequest
) -> None:
    own, size, scale = PIXEL_FORMATS["yuv444p"], (20, 33), SampleScale(depth, unit_bits)
    sent = made_pictures(own, depth, noise, size)
    coders = Coders(own, scale, max_error)
    coded = coders.encode(sent)
    received = coders.decode(coded, size)
    for found, original in zip(received, sent, strict=True):
        for got, plane in zip(found.planes(), original.planes(), strict=True):
            assert np.abs(got.astype(int) - plane.astype(int)).max() <= max_error
    request.getfixturevalue("without_library")
    assert_same(Coders(own, scale, max_error).decode(coded, size), received)


@pytest.mark.parametrize(("depth", "max_error"), [(10, 4), (16, 300)])
def test_colors_stay_in_the_gamut(depth: int, max_error: int) -> None:
    random, own, size = np.random.default_rng(3), PIXEL_FORMATS["rgb24"], (15, 22)
    colors = [noise(random, (*size, 3), depth).astype(sample_dtype(depth)) for _ in range(FRAMES)]
    coders = Coders(own, SampleScale(depth, 1), max_error)
    sent = [rgb_to_ycocg_r(color, depth) for color in colors]
    lumas = [picture.luma for picture in sent]
    coder = ChromaCoder(made_up_weights(SHAPES[chroma_predictor(own)]), own, max_error, SampleScale(depth, 1))
    history, symbols = coder.begin(), SymbolEncoder(2)
    still = np.zeros((2, 3, 2), np.int16)
    promised = [
        coder.code(history, picture.luma, picture.chroma_planes(), still if index else None, symbols)
        for index, picture in enumerate(sent)
    ]
    motion = MotionEncoder()
    for _ in range(FRAMES - 1):
        motion.add(still)
    coded = CodedSamples(motion.finish(), b"", symbols.finish())
    received = list(decode_pictures(coders.chroma, coded, lumas))
    assert_same(received, promised)
    for found, original in zip(received, sent, strict=True):
        again = rgb_to_ycocg_r(ycocg_r_to_rgb(found, depth), depth)
        assert_same([again], [found])
        for got, plane in zip(found.chroma_planes(), original.chroma_planes(), strict=True):
            assert np.abs(got.astype(int) - plane).max() <= max_error


def test_an_origin_lets_small_units_serve_values_far_from_zero() -> None:
    random, size = np.random.default_rng(1), (32, 48)
    still = random.integers(0, 200, size)
    sent = [(51000 + still + random.integers(0, 4, size)).astype(np.uint16) for _ in range(FRAMES)]

    def num_bytes(scale: SampleScale) -> int:
        coder, symbols, search = LumaCoder(made_up_weights(SHAPES[LUMA_PREDICTOR]), scale), SymbolEncoder(1), None
        history, before = coder.begin(), None
        search = MotionSearch()
        for luma in sent:
            field = None if before is None else search(luma, before)
            before = coder.code(history, luma, size, field, symbols)
            assert np.array_equal(before, luma)
        return len(symbols.finish())

    assert num_bytes(SampleScale(16, 0, 49000)) < num_bytes(SampleScale(16, 0)) / 2


def test_search_sees_small_differences_of_deep_pictures() -> None:
    random = np.random.default_rng(2)
    scene = random.integers(0, 200, (80, 112)).astype(np.float64)
    scene = sum(np.roll(scene, (i, j), (0, 1)) for i in range(4) for j in range(4)) / 16
    before, now = ((40000 + 2 * scene[8:72, 8 + x : 104 + x]).astype(np.uint16) for x in (0, 3))
    assert (MotionSearch()(now, before)[:, :-1] == (0, 12)).all(axis=-1).mean() > 0.8
    hot = before.copy()
    hot[0, 0] = 65535
    assert MotionSearch()(hot, before).shape == (8, 12, 2)


def test_units_are_those_of_eight_bits_where_samples_have_them() -> None:
    scale = SampleScale()
    assert (scale.range_bits, scale.neutral, scale.most, scale.raw_bits, scale.chroma_origin) == (0, 512, 1023, 0, 0)
    assert list(unit_choices(8)) == [0]
    for depth in DEPTHS[1:]:
        own = SampleScale(depth, depth - 8)
        assert (own.range_bits, own.neutral, own.most, own.chroma_origin) == (0, 512, 1023, 0)


@pytest.mark.parametrize("depth", DEPTHS)
def test_what_a_predictor_sees_fits_its_inputs(depth: int) -> None:
    for unit_bits in unit_choices(depth):
        scale = SampleScale(depth, unit_bits)
        ends = quarters(np.array([-1 << depth, (1 << depth) - 1], np.int32), unit_bits)
        levels = (ends.astype(int) - scale.neutral) >> scale.range_bits
        assert np.abs(levels).max() < 2047
        assert int(ends[1]) - int(ends[0]) < 2**15
        middle = np.array([1 << (depth - 1)], np.int32) - np.int32(scale.chroma_origin)
        assert quarters(middle, unit_bits)[0] == scale.neutral


@pytest.mark.parametrize(
    ("depth", "unit_bits", "origin", "expected"),
    [
        (7, 0, 0, "8 to 16 bits"),
        (17, 0, 0, "8 to 16 bits"),
        (8, 1, 0, r"2\*\*0 to 2\*\*0 code values"),
        (10, 5, 0, r"2\*\*0 to 2\*\*4 code values"),
        (10, -1, 0, "code values"),
        (10, 0, 1024, "code value of 10 bits"),
        (10, 0, -1, "code value of 10 bits"),
        (8, 0, 1, "code value of 8 bits"),
    ],
)
def test_other_scales_are_refused(depth: int, unit_bits: int, origin: int, expected: str) -> None:
    with pytest.raises(StreamError, match=expected):
        SampleScale(depth, unit_bits, origin)
