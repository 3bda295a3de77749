"""Adaptive planes: what comes back, what they cost, and what damaged data lead to."""

from __future__ import annotations

import ctypes
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import StreamError
from codec.lossless.adaptive.bits import BitDecoder, BitEncoder, ReferenceBits
from codec.lossless.adaptive.coder import AdaptiveChromaCoder, AdaptiveLumaCoder, averaged
from codec.lossless.adaptive.features import Feature, Source
from codec.lossless.adaptive.least_squares import WEIGHT_BITS, TileProducts
from codec.lossless.adaptive.symbols import ReferenceSymbols
from codec.lossless.adaptive.tables import tables
from codec.lossless.parameters import SampleScale, Speed
from codec.lossless.planes import chroma_range
from codec.lossless.sessions import adaptive_number, chroma_coder, gray_coder
from codec.native import library as native_library
from codec.native.adaptive import AdaptiveLayout, AdaptiveLevel, NativeBits
from codec.video.picture import ChromaArray, Picture, difference_dtype, sample_dtype
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat, planar_twin

HEIGHT, WIDTH, NUM_PICTURES = 13, 21, 3
every_level = pytest.mark.parametrize("level", AdaptiveLevel, ids=lambda level: level.name.lower())


FORMATS = ("yuv420p", "yuv444p", "rgb24", "yuv422p10le", "gbrp16le", "yuv411p")
# The reference takes seconds for the larger ones.
ENGINES_AND_FORMATS = [
    *(("native", name) for name in FORMATS),
    *(("reference", name) for name in ("yuv420p", "rgb24")),
    *(pytest.param("reference", name, marks=pytest.mark.slow) for name in FORMATS if name not in ("yuv420p", "rgb24")),
]


@pytest.fixture(params=["native", "reference"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "reference":
        none: ctypes.CDLL | None = None
        for module in ("codec.lossless.adaptive.bits", "codec.lossless.adaptive.coder"):
            monkeypatch.setattr(f"{module}.library", lambda: none)
    elif native_library.library() is None:
        pytest.skip("needs the native library")


def plane(shape: tuple[int, int], low: int, high: int, picture: int, seed: int) -> np.ndarray:
    """Waves that move, with a little noise."""
    random = np.random.default_rng([seed, picture])
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    waves = 0.5 + 0.3 * np.sin((columns + picture) / 5 + seed) + 0.1 * np.cos(rows / 3)
    noise = random.integers(-2, 3, shape)
    return np.clip(low + (high - low) * waves + noise, low, high).astype(np.int32)


def pictures_of(own: PixelFormat) -> list[Picture]:
    depth, is_rgb = own.depth, own.model is ColorModel.RGB
    chroma_shape, allowed = own.chroma_shape(WIDTH, HEIGHT), chroma_range(own, depth)
    kind = difference_dtype(depth) if is_rgb else sample_dtype(depth)

    def chroma(number: int, seed: int) -> ChromaArray:
        found: ChromaArray = plane(chroma_shape, allowed.low, allowed.high, number, seed).astype(kind)
        return found

    lumas = [plane((HEIGHT, WIDTH), 0, (1 << depth) - 1, k, 0).astype(sample_dtype(depth)) for k in range(NUM_PICTURES)]
    return [Picture(luma, (chroma(k, 1), chroma(k, 2))) for k, luma in enumerate(lumas)]


def fields() -> list[np.ndarray | None]:
    random = np.random.default_rng(5)
    return [None, *(random.integers(-9, 10, (2, 3, 2)).astype(np.int16) for _ in range(NUM_PICTURES - 1))]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("engine", "name"), ENGINES_AND_FORMATS, indirect=["engine"])
@every_level
def test_pictures_come_back(name: str, level: AdaptiveLevel) -> None:
    own = planar_twin(PIXEL_FORMATS[name])
    scale = SampleScale(own.depth, max(0, own.depth - 9))
    pictures = pictures_of(own)
    luma_coder, coder = AdaptiveLumaCoder(scale, level), AdaptiveChromaCoder(own, scale, level)
    gray, color = luma_coder.session(), coder.session()
    for picture, field in zip(pictures, fields(), strict=True):
        gray.code(picture.luma, (HEIGHT, WIDTH), field)
        color.code(picture.luma, picture.chroma_planes(), field)
    gray_back, color_back = luma_coder.session(gray.finish()), coder.session(color.finish())
    for picture, field in zip(pictures, fields(), strict=True):
        luma = gray_back.code(None, (HEIGHT, WIDTH), field)
        decoded = color_back.code(luma, None, field)
        assert luma.dtype == picture.luma.dtype
        assert np.array_equal(luma, picture.luma)
        for one, other in zip(decoded.chroma_planes(), picture.chroma_planes(), strict=True):
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)
    gray_back.finish()
    color_back.finish()


@pytest.mark.usefixtures("engine")
@every_level
def test_damaged_data_are_found(level: AdaptiveLevel) -> None:
    luma = plane((HEIGHT, WIDTH), 0, 255, 0, 0).astype(np.uint8)
    coder = AdaptiveLumaCoder(level=level)
    session = coder.session()
    session.code(luma, (HEIGHT, WIDTH), None)
    data = session.finish()
    with pytest.raises(StreamError, match="expected more data for adaptive planes"):
        coder.session(data[: len(data) // 2]).code(None, (HEIGHT, WIDTH), None)
    longer = coder.session(data + b"\0")
    longer.code(None, (HEIGHT, WIDTH), None)
    with pytest.raises(StreamError, match=f"expected {len(data)} bytes of adaptive planes. Received: {len(data) + 1}"):
        longer.finish()


@pytest.mark.usefixtures("engine")
def test_states_that_end_elsewhere_are_found() -> None:
    luma = plane((HEIGHT, WIDTH), 0, 255, 0, 0).astype(np.uint8)
    coder = AdaptiveLumaCoder(level=AdaptiveLevel.SWIFT)
    session = coder.session()
    session.code(luma, (HEIGHT, WIDTH), None)
    data = bytearray(session.finish())
    data[3] ^= 1  # of the first state
    damaged = coder.session(bytes(data))

    def decode() -> None:
        damaged.code(None, (HEIGHT, WIDTH), None)
        damaged.finish()

    with pytest.raises(StreamError, match="expected"):
        decode()


def test_long_planes_are_blocks_of_symbols() -> None:
    """Each block ends with its own states, so that a damaged one is found where it ends."""
    random = np.random.default_rng(2)
    coder = AdaptiveLumaCoder(level=AdaptiveLevel.SWIFT)
    session, lumas = coder.session(), [random.integers(0, 256, (160, 160), np.uint8) for _ in range(6)]
    for luma in lumas:
        session.code(luma, luma.shape, None)
    num_bytes, data = session.num_bytes, session.finish()
    assert abs(num_bytes - len(data)) < 0.01 * len(data)
    back = coder.session(data)
    for luma in lumas:
        assert np.array_equal(back.code(None, luma.shape, None), luma)
    back.finish()
    back = coder.session(data[:30000] + bytes([data[30000] ^ 1]) + data[30001:])
    back.code(None, lumas[0].shape, None)
    with pytest.raises(StreamError, match="expected a block of symbols that ends as the sender began it"):
        back.code(None, lumas[1].shape, None)


@every_level
def test_a_session_goes_on_after_a_cut(level: AdaptiveLevel) -> None:
    """A run without motion uses no picture before it, but what was learned of probabilities."""
    luma = plane((64, 64), 0, 255, 0, 0).astype(np.uint8)
    session, sizes = AdaptiveLumaCoder(level=level).session(), [0]
    for _ in range(3):
        session.begin_run()
        session.code(luma, (64, 64), None)
        sizes.append(session.num_bytes)
    first, second, third = (later - earlier for earlier, later in itertools.pairwise(sizes))
    assert third < second < first


@every_level
def test_still_pictures_cost_next_to_nothing(level: AdaptiveLevel) -> None:
    luma = np.random.default_rng(1).integers(0, 256, (64, 64), np.uint8)
    session = AdaptiveLumaCoder(level=level).session()
    session.code(luma, (64, 64), None)
    first = session.num_bytes
    for _ in range(10):
        session.code(luma, (64, 64), np.zeros((8, 8, 2), np.int16))
    assert session.num_bytes - first < (160 if level.is_symbols else 32)
    assert first < (1.1 if level is AdaptiveLevel.SWIFT else 1.08) * luma.size  # noise


def test_adaptive_planes_are_exact_or_refused() -> None:
    for make in (
        lambda: gray_coder(adaptive_number(Speed.SWIFT), None, SampleScale(10, 2), 1),
        lambda: chroma_coder(adaptive_number(Speed.MAX), None, PIXEL_FORMATS["yuv420p"], 2),
    ):
        with pytest.raises(StreamError, match="expected exact samples of adaptive planes"):
            make()


def test_tables_are_sound() -> None:
    known = tables()
    squash, stretch = known.squash.astype(int), known.stretch.astype(int)
    assert (np.diff(squash) >= 0).all()
    assert (np.diff(stretch) >= 0).all()
    assert (squash + np.roll(squash[::-1], 1))[1:].tolist() == [1 << 16] * 4095
    assert np.abs(squash[stretch + 2048] / 65536 - (np.arange(4096) + 0.5) / 4096).max() < 0.0015
    assert known.rate[:3].tolist() == [2560, 1575, 1137]
    assert known.energy_weight[[0, 10, 25]].tolist() == [32, 8, 1]
    thresholds = (np.arange(2560) - 1280) / 64
    np.testing.assert_allclose(known.survival, 1 / (1 + np.exp(-thresholds)), rtol=2e-7)
    assert (np.diff(known.survival) >= 0).all()


@every_level
def test_least_squares_finds_weights(level: AdaptiveLevel) -> None:
    """Samples that are a sum of two neighbors' differences, in the row of tiles above."""
    random = np.random.default_rng(3)
    neighbors = [Feature(Source.ABOVE, -1, 0), Feature(Source.ABOVE, -1, 1), Feature(Source.MOVED, 0, 0)]
    products = TileProducts(AdaptiveLayout(16, 24, 1, (8, 8), 0, 255, 0, level), neighbors)
    products.begin_picture(has_before=False)
    for column in range(3):
        values = random.integers(-200, 200, (4, 64))
        values[3] = values[0] // 2 - values[1]
        products.add(0, column, values.astype(np.int64), np.ones(64, np.int64))
    found = products.weights(1) / (1 << WEIGHT_BITS)
    assert found.shape == (3, level.num_fits, 3)
    assert np.abs(found[:, :3] - [0.5, -1, 0]).max() < 0.01
    if level is AdaptiveLevel.MAX:  # a fit that may use the last one alone
        assert (found[:, 3, :2] == 0).all()
        assert np.abs(found[:, 3, 2]).max() < 0.2


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(16, 65520)), max_size=60))
def test_bits_come_back(coded: list[tuple[int, int]]) -> None:
    bits = ReferenceBits(None)
    for bit, probability in coded:
        bits.code(bit, probability)
    data = bits.end()
    back = ReferenceBits(data)
    assert [back.code(0, probability) for _, probability in coded] == [bit for bit, _ in coded]
    assert back.num_bytes == len(data)


def test_bits_are_those_of_the_engine() -> None:
    loaded = native_library.library()
    kind = ReferenceBits if loaded is None else NativeBits
    for level in AdaptiveLevel:
        own = ReferenceSymbols if loaded is None and level.is_symbols else kind
        assert isinstance(BitEncoder(level).bits, own)
        assert isinstance(BitDecoder(level, b"1234").bits, own)


def test_gray_is_averaged_where_chroma_is_coarser() -> None:
    luma = np.array([[0, 1, 10], [2, 4, 20], [8, 8, 9]], np.uint8)
    assert averaged(luma, (2, 2), (1, 1)).tolist() == [[2, 15], [8, 9]]
    assert averaged(luma, (3, 3), (0, 0)).tolist() == luma.tolist()
