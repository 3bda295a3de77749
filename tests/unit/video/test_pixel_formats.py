"""Raw bytes to pictures and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import InputError
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, pixel_format, planar_twin
from tests.formats import noise_bytes

SIZES = st.integers(1, 40)


@given(st.sampled_from(sorted(PIXEL_FORMATS)), SIZES, SIZES, st.integers(0, 2**32 - 1))
def test_unpack_and_pack_are_inverse(name: str, width: int, height: int, seed: int) -> None:
    form = PIXEL_FORMATS[name]
    data = noise_bytes(form, width, height, np.random.default_rng(seed))
    picture = form.unpack(data, width, height)
    assert picture.luma.shape == (height, width)
    assert picture.luma.dtype == (np.uint8 if form.depth == 8 else np.uint16)
    assert (picture.alpha is not None) == form.has_alpha
    if form.model is ColorModel.GRAY:
        assert picture.chroma is None
    else:
        assert {plane.shape for plane in picture.chroma_planes()} == {form.chroma_shape(width, height)}
        expected = np.uint8 if form.depth == 8 else np.uint16
        if form.model is ColorModel.RGB:
            expected = np.int16 if form.depth < 16 else np.int32
        assert {plane.dtype for plane in picture.chroma_planes()} == {np.dtype(expected)}
    assert form.pack(picture) == data
    assert form.pack(form.unpack(memoryview(data), width, height)) == data


@given(
    st.sampled_from(sorted(name for name in PIXEL_FORMATS if not name.startswith("ya"))),
    SIZES,
    SIZES,
    st.integers(0, 2**32 - 1),
)
def test_planar_twin_holds_the_same_picture(name: str, width: int, height: int, seed: int) -> None:
    form = PIXEL_FORMATS[name]
    twin = planar_twin(form)
    data = noise_bytes(form, width, height, np.random.default_rng(seed))
    picture = form.unpack(data, width, height)
    again = twin.unpack(twin.pack(picture), width, height)
    for ours, theirs in zip(again.planes(), picture.planes(), strict=True):
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


@pytest.mark.parametrize("name", ["yuv420p10", "gray16", "rgb48", "p010", "gbrp12", "rgba64", "gray9"])
def test_a_deep_format_without_a_byte_order_is_little_endian(name: str) -> None:
    assert pixel_format(name).name == f"{name}le"
    assert not pixel_format(name).is_big_endian


@pytest.mark.parametrize("name", ["grayf32le", "gbrpf16", "rgbf32be"])
def test_floating_point_is_named(name: str) -> None:
    with pytest.raises(InputError, match=f"Received: {name}, which has floating point"):
        pixel_format(name)


def test_samples_of_more_bits_than_the_format_are_refused() -> None:
    frame = np.full(6, 1024, "<u2").tobytes()
    with pytest.raises(InputError, match=r"from 0 to 1023\. Received: 1024"):
        PIXEL_FORMATS["gray10le"].unpack(frame, 3, 2)
    with pytest.raises(InputError, match="p016le keeps all 16"):
        PIXEL_FORMATS["p010le"].unpack(np.full(6, 1, "<u2").tobytes(), 2, 2)


def test_the_other_byte_order_has_the_same_samples() -> None:
    samples = np.arange(35, dtype=np.uint16) * 1872
    little = PIXEL_FORMATS["gray16le"].unpack(samples.astype("<u2").tobytes(), 7, 5)
    big = PIXEL_FORMATS["gray16be"].unpack(samples.astype(">u2").tobytes(), 7, 5)
    np.testing.assert_array_equal(little.luma, big.luma)
    assert little.luma.dtype == np.uint16
    assert big.luma.dtype.isnative


@pytest.mark.parametrize("name", ["v210", "nv42", "rgb32", "bayer_rggb8", "", "yuv420"])
def test_unknown_names_list_what_there_is(name: str) -> None:
    with pytest.raises(InputError, match=f"yuv420p.*Received: {name}$"):
        pixel_format(name)
