"""Segments of planes, from the sender to the receiver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from codec.errors import StreamError
from codec.lossless.coder import ChromaCoder, LumaCoder
from codec.lossless.decoding import decode_lumas, decode_pictures
from codec.lossless.motion_code import MotionEncoder
from codec.lossless.motion_search import MotionSearch
from codec.lossless.parameters import CodedSamples
from codec.lossless.predictor_weights import LUMA_PREDICTOR, chroma_predictor
from codec.lossless.symbols import SymbolEncoder
from codec.video.picture import Picture, rgb_to_ycocg_r, ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel
from tests.unit.lossless.conftest import SHAPES, made_up_weights, wavy

HEIGHT, WIDTH, FRAMES = 19, 27, 4


def pictures(pixel_format: str) -> list[Picture]:
    own = PIXEL_FORMATS[pixel_format]
    made = []
    for index in range(FRAMES):
        if own.model is ColorModel.RGB:
            made.append(rgb_to_ycocg_r(wavy((HEIGHT, WIDTH, 3), 0, 255, index).astype(np.uint8)))
            continue
        shape = own.chroma_shape(WIDTH, HEIGHT)
        luma, first, second = (
            wavy(size, 0, 255, index + offset).astype(np.uint8)
            for offset, size in ((0, (HEIGHT, WIDTH)), (10, shape), (20, shape))
        )
        made.append(Picture(luma, (first, second)))
    return made


def coded(pixel_format: str, max_error: int) -> tuple[list[Picture], CodedSamples, LumaCoder, ChromaCoder]:
    """What the encoder says that the receiver will have, and what it sends."""
    own = PIXEL_FORMATS[pixel_format]
    luma = LumaCoder(made_up_weights(SHAPES[LUMA_PREDICTOR]))
    chroma = ChromaCoder(made_up_weights(SHAPES[chroma_predictor(own)]), own, max_error)
    search, motion = MotionSearch(), MotionEncoder()
    luma_symbols, chroma_symbols = SymbolEncoder(1), SymbolEncoder(2)
    luma_history, chroma_history = luma.begin(), chroma.begin()
    sent: list[Picture] = []
    for picture in pictures(pixel_format):
        field = search(picture.luma, sent[-1].luma) if sent else None
        if field is not None:
            motion.add(field)
        luma.code(luma_history, picture.luma, (HEIGHT, WIDTH), field, luma_symbols)
        sent.append(chroma.code(chroma_history, picture.luma, picture.chroma_planes(), field, chroma_symbols))
    return sent, CodedSamples(motion.finish(), luma_symbols.finish(), chroma_symbols.finish()), luma, chroma


def planes_of(picture: Picture) -> list[np.ndarray]:  # type: ignore[type-arg]
    return [picture.luma, *picture.chroma_planes()]


@pytest.mark.parametrize(
    ("pixel_format", "max_error"),
    [
        *[("rgb24", error) for error in range(5)],
        *[
            (form, error)
            for form in ("yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p")
            for error in (0, 3)
        ],
    ],
)
def test_receiver_has_what_the_sender_says(pixel_format: str, max_error: int) -> None:
    originals = pictures(pixel_format)
    sent, data, luma, chroma = coded(pixel_format, max_error)
    lumas = list(decode_lumas(luma, data, FRAMES, (HEIGHT, WIDTH)))
    received = list(decode_pictures(chroma, data, lumas))
    for original, promised, got in zip(originals, sent, received, strict=True):
        assert all(map(np.array_equal, planes_of(promised), planes_of(got)))
        assert np.array_equal(original.luma, got.luma)
        for before, after in zip(original.chroma_planes(), got.chroma_planes(), strict=True):
            assert np.abs(before.astype(int) - after).max() <= max_error
        if pixel_format == "rgb24":
            again = rgb_to_ycocg_r(ycocg_r_to_rgb(got))
            assert np.array_equal(again.luma, original.luma), "the gray survives the way through RGB"


@pytest.mark.parametrize(("pixel_format", "max_error"), [("yuv420p", 0), ("rgb24", 0), ("yuv410p", 3)])
def test_numpy_gives_the_same(pixel_format: str, max_error: int, request: pytest.FixtureRequest) -> None:
    sent, data, _, _ = coded(pixel_format, max_error)
    request.getfixturevalue("without_library")
    _, again, luma, chroma = coded(pixel_format, max_error)
    assert again == data
    lumas = list(decode_lumas(luma, data, FRAMES, (HEIGHT, WIDTH)))
    for promised, got in zip(sent, decode_pictures(chroma, data, lumas), strict=True):
        assert all(map(np.array_equal, planes_of(promised), planes_of(got)))


def test_damage_gives_other_planes_or_a_stream_error() -> None:
    sent, data, _, chroma = coded("yuv420p", 0)
    lumas = [picture.luma for picture in sent]
    random = np.random.default_rng(1)
    for _ in range(20):
        bits = bytearray(data.chroma)
        bits[random.integers(len(bits))] ^= 1 << random.integers(8)
        try:
            got = list(decode_pictures(chroma, replace(data, chroma=bytes(bits)), lumas))
        except StreamError:
            continue
        assert len(got) == FRAMES
