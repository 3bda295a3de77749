"""The whole chroma through a video codec: every bit comes back, and what cannot be read is refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.encoder.modes import Lossless
from codec.errors import InputError, StreamError
from codec.lossless.stacked import (
    CHROMA_CODECS,
    StackedChromaEncoder,
    StackedParameters,
    pack_far,
    pictures_of_stacks,
    probed_stack_bytes,
    stack_chroma,
    unpack_far,
    unstack_chroma,
)
from codec.plane_codecs import PlaneCodecSpec, decode_planes
from codec.video.picture import Picture, rgb_to_ycocg_r, sample_dtype, ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel
from tests.formats import noise_picture

RATE = Fraction(25)
FORMATS = (
    *("yuv420p", "yuv422p", "yuv444p", "yuv411p", "rgb24"),
    *("yuv420p10le", "yuv444p16le", "gbrp10le", "gbrp14le", "gbrp16le"),
)


def noise(name: str, width: int, height: int, seed: int) -> Picture:
    """A picture of values all over their range."""
    random, own = np.random.default_rng(seed), PIXEL_FORMATS[name]
    if own.model is ColorModel.RGB:
        values = np.array([0, 1, (own.peak + 1) // 2, own.peak - 1, own.peak])
        return rgb_to_ycocg_r(random.choice(values, (height, width, 3)).astype(sample_dtype(own.depth)), own.depth)
    return noise_picture(own, width, height, random)


@settings(deadline=None, max_examples=60)
@given(
    name=st.sampled_from(FORMATS),
    codec=st.sampled_from(CHROMA_CODECS),
    width=st.integers(1, 40),
    height=st.integers(1, 24),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_bit_comes_back(name: str, codec: str, width: int, height: int, seed: int) -> None:
    pixel_format = PIXEL_FORMATS[name]
    spec = PlaneCodecSpec(codec if pixel_format.depth <= 10 else "ffv1")
    parameters = StackedParameters.of(spec, pixel_format, width, height)
    pictures = [noise(name, width, height, seed + index) for index in range(3)]
    encoder = StackedChromaEncoder(spec, parameters, RATE)
    for picture in pictures:
        encoder.write(picture)
    run, far = encoder.finish()
    stacks = list(decode_planes(parameters.pictures, run, max_frames=len(pictures)))
    decoded = pictures_of_stacks([picture.luma for picture in pictures], stacks, far, pixel_format, count=3)
    for one, other in zip(decoded, pictures, strict=True):
        for plane, expected in zip(one.chroma_planes(), other.chroma_planes(), strict=True):
            assert plane.dtype == expected.dtype
            np.testing.assert_array_equal(plane, expected)


def test_what_is_stacked_of_rgb_are_differences_to_green() -> None:
    rgb = np.array([[[200, 100, 90], [0, 255, 0]]], np.uint8)
    stack, is_far = stack_chroma(rgb_to_ycocg_r(rgb).chroma_planes())
    # B - G over R - G, plus 128, modulo 256.
    np.testing.assert_array_equal(stack, [[118, 129], [228, 129]])
    np.testing.assert_array_equal(is_far, [[False, True], [False, True]])


def test_every_color_comes_back() -> None:
    values = np.array([0, 1, 63, 64, 127, 128, 129, 191, 192, 254, 255], np.uint8)
    rgb = np.stack(np.meshgrid(values, values, values), axis=-1).reshape(1, -1, 3)
    picture = rgb_to_ycocg_r(rgb)
    back = Picture(picture.luma, unstack_chroma(*stack_chroma(picture.chroma_planes()), PIXEL_FORMATS["rgb24"]))
    np.testing.assert_array_equal(ycocg_r_to_rgb(back), rgb)


def test_nothing_far_costs_nothing() -> None:
    assert pack_far([np.zeros((4, 6), np.bool_)] * 3) == b""
    assert not unpack_far(b"", (3, 4, 6)).any()


def test_far_differences_of_another_size_are_refused() -> None:
    packed = pack_far([np.eye(8, dtype=np.bool_)] * 3)
    np.testing.assert_array_equal(unpack_far(packed, (3, 8, 8))[2], np.eye(8))
    with pytest.raises(StreamError, match="384 samples"):
        unpack_far(packed, (6, 8, 8))
    with pytest.raises(StreamError):
        unpack_far(packed, (1, 8, 8))
    with pytest.raises(StreamError):
        unpack_far(packed[:-3], (3, 8, 8))


def test_a_codec_is_judged_by_its_bytes() -> None:
    """Pictures that stand still cost x264 next to nothing, and FFV1 the same again for each."""
    picture = noise("yuv420p", 64, 48, 1)
    x264, ffv1 = (
        probed_stack_bytes(spec, StackedParameters.of(spec, PIXEL_FORMATS["yuv420p"], 64, 48), [[picture] * 4], RATE)
        for spec in map(PlaneCodecSpec, ("x264", "ffv1"))
    )
    assert x264 < ffv1 / 10


@pytest.mark.parametrize("codec", ["x265", "svtav1", ""])
def test_other_codecs_are_refused(codec: str) -> None:
    known = "auto, adaptive, network, x264, ffv1, joint"
    with pytest.raises(InputError, match=f"--chroma to be one of {known}. Received: {codec}"):
        Lossless(chroma=codec)
