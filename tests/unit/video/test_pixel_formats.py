"""Raw bytes to pictures and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import InputError
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, pixel_format, planar_twin

SIZES = st.integers(1, 40)


@given(st.sampled_from(sorted(PIXEL_FORMATS)), SIZES, SIZES, st.integers(0, 2**32 - 1))
def test_unpack_and_pack_are_inverse(name: str, width: int, height: int, seed: int) -> None:
    form = PIXEL_FORMATS[name]
    data = np.random.default_rng(seed).bytes(form.frame_bytes(width, height))
    picture = form.unpack(data, width, height)
    assert picture.luma.shape == (height, width)
    assert picture.luma.dtype == np.uint8
    if form.model is ColorModel.GRAY:
        assert picture.chroma is None
    else:
        assert {plane.shape for plane in picture.chroma_planes()} == {form.chroma_shape(width, height)}
        expected = np.int16 if form.model is ColorModel.RGB else np.uint8
        assert {plane.dtype for plane in picture.chroma_planes()} == {np.dtype(expected)}
    assert form.pack(picture) == data
    assert form.pack(form.unpack(memoryview(data), width, height)) == data


@given(st.sampled_from(["nv12", "bgr24"]), SIZES, SIZES, st.integers(0, 2**32 - 1))
def test_planar_twin_holds_the_same_picture(name: str, width: int, height: int, seed: int) -> None:
    form = PIXEL_FORMATS[name]
    twin = planar_twin(form)
    data = np.random.default_rng(seed).bytes(form.frame_bytes(width, height))
    picture = form.unpack(data, width, height)
    again = twin.unpack(twin.pack(picture), width, height)
    np.testing.assert_array_equal(again.luma, picture.luma)
    for ours, theirs in zip(again.chroma_planes(), picture.chroma_planes(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_order_of_samples() -> None:
    form = PIXEL_FORMATS["nv12"]
    picture = form.unpack(bytes(range(9)) + b"UVuvUVuv", 3, 3)
    assert picture.luma.tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert picture.chroma_planes()[0].tolist() == [[ord("U"), ord("u")]] * 2
    assert picture.chroma_planes()[1].tolist() == [[ord("V"), ord("v")]] * 2
    red = PIXEL_FORMATS["rgb24"].unpack(b"\xff\0\0", 1, 1)
    assert PIXEL_FORMATS["bgr24"].pack(red) == b"\0\0\xff"


@pytest.mark.parametrize(
    ("name", "num_bytes"),
    [
        ("yuv420p", 35 + 2 * 12),
        ("yuv422p", 35 + 2 * 20),
        ("yuv440p", 35 + 2 * 21),
        ("yuv411p", 35 + 2 * 10),
        ("yuv410p", 35 + 2 * 4),
        ("yuv444p", 105),
        ("nv12", 35 + 2 * 12),
        ("gray", 35),
        ("rgb24", 105),
    ],
)
def test_odd_sizes_round_chroma_up(name: str, num_bytes: int) -> None:
    assert PIXEL_FORMATS[name].frame_bytes(7, 5) == num_bytes


@pytest.mark.parametrize("change", [-1, 1])
def test_wrong_length_is_refused(change: int) -> None:
    with pytest.raises(InputError, match=r"expected 59 bytes.*Received: " + str(59 + change)):
        PIXEL_FORMATS["yuv420p"].unpack(bytes(59 + change), 7, 5)


@pytest.mark.parametrize(
    "name", ["yuv420p10le", "yuv420p10", "gray16be", "rgb48", "p010le", "gbrp12le", "rgba64be", "gray9le"]
)
def test_more_than_8_bits_are_named(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} has more than 8 bits"):
        pixel_format(name)


@pytest.mark.parametrize("name", ["yv12", "nv16", "nv21", "rgb32", "rgba", "", "yuv420"])
def test_unknown_names_list_what_there_is(name: str) -> None:
    with pytest.raises(InputError, match=f"yuv420p.*Received: {name}$"):
        pixel_format(name)
