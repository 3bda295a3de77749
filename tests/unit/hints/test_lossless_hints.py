"""The whole chroma through a video codec: every bit comes back, and what cannot be coded is refused."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import InputError, StreamError
from codec.hints.coder import decode_hints
from codec.hints.lossless import CHROMA_CODECS, LosslessHints, codecs_of, pictures_of_stacks, stack_chroma
from codec.luma import LumaParameters
from codec.video.picture import Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS

RATE = Fraction(25)
FORMATS = ("yuv420p", "yuv422p", "yuv444p", "yuv411p", "rgb24")


def noise(name: str, width: int, height: int, seed: int) -> Picture:
    """A picture of values all over their range."""
    random = np.random.default_rng(seed)
    if name == "rgb24":
        return rgb_to_ycocg_r(random.choice([0, 1, 128, 254, 255], (height, width, 3)).astype(np.uint8))
    shape = PIXEL_FORMATS[name].chroma_shape(width, height)
    chroma = tuple(random.integers(0, 256, shape, np.uint8) for _ in range(2))
    return Picture(random.integers(0, 256, (height, width), np.uint8), (chroma[0], chroma[1]))


def assert_same(decoded: list[Picture], originals: list[Picture]) -> None:
    for one, other in zip(decoded, originals, strict=True):
        for plane, expected in zip(one.chroma_planes(), other.chroma_planes(), strict=True):
            assert plane.dtype == expected.dtype
            np.testing.assert_array_equal(plane, expected)


@given(
    name=st.sampled_from(FORMATS),
    codec=st.sampled_from(CHROMA_CODECS),
    width=st.integers(1, 40),
    height=st.integers(1, 24),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_bit_comes_back(name: str, codec: str, width: int, height: int, seed: int) -> None:
    pixel_format = PIXEL_FORMATS[name]
    if codec not in codecs_of(pixel_format):
        codec = "ffv1"
    hints = LosslessHints.of(codec, pixel_format, width, height)
    pictures = [noise(name, width, height, seed + index) for index in range(3)]
    encoder = hints.begin(RATE)
    for picture in pictures:
        encoder.write(stack_chroma(picture.chroma_planes()))
    stacks = decode_hints(encoder.finish(), hints.parameters, len(pictures))
    assert_same(pictures_of_stacks([picture.luma_u8 for picture in pictures], stacks), pictures)


def test_the_codec_of_a_probe_is_judged_by_its_bytes() -> None:
    """Pictures that stand still cost x264 next to nothing, and FFV1 the same again for each."""
    picture = noise("yuv420p", 64, 48, 1)
    sizes: Callable[[str], Fraction] = lambda name: LosslessHints.of(  # noqa: E731
        name, PIXEL_FORMATS["yuv420p"], 64, 48
    ).probed_bytes([[picture] * 4], RATE)
    assert sizes("x264") < sizes("ffv1") / 10


@pytest.mark.parametrize(("codec", "name"), [("x264", "rgb24"), ("x265", "yuv420p"), ("network", "yuv420p")])
def test_codecs_that_cannot_are_refused(codec: str, name: str) -> None:
    with pytest.raises(InputError, match=rf"--chroma network or .*ffv1 for {name}\. Received: {codec}"):
        LosslessHints.of(codec, PIXEL_FORMATS[name], 16, 16)


def test_nine_bits_are_for_ffv1_alone() -> None:
    with pytest.raises(StreamError, match=r"9 bits in ffv1\. Received: 9 bits in h264"):
        LumaParameters("h264", 16, 16, 16, 16, is_lossless=True, bit_depth=9)
    with pytest.raises(StreamError, match="Received: 10 bits in ffv1"):
        LumaParameters("ffv1", 16, 16, 16, 16, is_lossless=True, bit_depth=10)


def test_samples_of_another_depth_are_refused() -> None:
    deep = LosslessHints.of("ffv1", PIXEL_FORMATS["rgb24"], 16, 16)
    with pytest.raises(InputError, match=r"uint16\. Received: .*uint8"):
        deep.begin(RATE).write(np.zeros((32, 16), np.uint8))
    flat = LosslessHints.of("ffv1", PIXEL_FORMATS["yuv444p"], 16, 16)
    encoder = flat.begin(RATE)
    encoder.write(np.zeros((32, 16), np.uint8))
    with pytest.raises(StreamError, match="expected a sound gray picture"):
        decode_hints(encoder.finish(), deep.parameters, 1)
