import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import InputError
from codec.networks.pretrained import KernelLayout
from codec.networks.pretrained.arrays import MAX_PIECES
from codec.networks.pretrained.caffemodel import read_caffemodel
from tests.weight_files import blob, bytes_field, caffemodel, fixed32_field, number_field, packed_floats, varint

KERNEL = np.arange(24, dtype=np.float32).reshape(3, 2, 2, 2)
BIAS = np.array([0.5, -1, 2], np.float32)
LAYERS = {"conv1": (KERNEL, BIAS), "norm": (BIAS, BIAS, np.ones(1, np.float32))}


def with_blob(content: bytes) -> memoryview:
    return memoryview(bytes_field(100, bytes_field(1, b"conv") + bytes_field(7, content)))


@pytest.mark.parametrize("v1", [False, True])
def test_layers_and_shapes(v1: bool) -> None:
    arrays = read_caffemodel(memoryview(caffemodel(LAYERS, v1=v1)))
    assert arrays.layout is KernelLayout.OUT_IN_ROWS_COLUMNS
    assert list(arrays.layers) == ["conv1", "norm"]  # not the one without weights
    kernel, bias = arrays.layers["conv1"]
    assert np.array_equal(kernel, KERNEL)
    assert np.array_equal(bias.ravel(), BIAS)
    assert bias.shape == ((1, 1, 1, 3) if v1 else (3,))
    assert kernel.dtype == np.float32
    assert kernel.flags.writeable


def test_numbers_that_are_not_packed() -> None:
    content = bytes_field(7, number_field(1, 2)) + fixed32_field(5, 1.5) + fixed32_field(5, -2)
    assert read_caffemodel(with_blob(content)).layers["conv"][0].tolist() == [1.5, -2]


def test_a_number_without_axes() -> None:
    content = bytes_field(7, b"") + bytes_field(5, packed_floats(np.ones(1)))
    assert read_caffemodel(with_blob(content)).layers["conv"][0].tolist() == [1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (bytes_field(7, number_field(1, 3)) + bytes_field(5, bytes(8)), "shape \\(3,\\).*Received: 8 bytes"),
        (bytes_field(7, bytes_field(1, varint(2**40))), "at most 8 axes"),  # a terabyte is not allocated
        (bytes_field(7, bytes_field(1, b"\x7f" * 5)), "at most 4096 arrays"),
        (bytes_field(7, bytes_field(1, b"\x01" * 9)), "at most 8 numbers"),
        (bytes_field(7, number_field(1, 1) * 9), "at most 8 axes"),
        (bytes_field(7, number_field(1, 2**64 - 1)), "at most 8 axes"),  # -1
        (bytes_field(5, b"\x00\x00\xc0\x7f"), "finite weights in layer 'conv'"),
        (number_field(5, 1), "expected bytes in the field data"),
        (fixed32_field(5, 0) * (MAX_PIECES + 1), "expected packed numbers"),
    ],
)
def test_damage_is_named(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_caffemodel(with_blob(content))


def test_a_layer_twice_is_refused() -> None:
    with pytest.raises(InputError, match="conv1 twice"):
        read_caffemodel(memoryview(caffemodel({"conv1": (BIAS,)}) * 2))


def test_endless_arrays_are_refused() -> None:
    layer = bytes_field(1, b"conv") + bytes_field(7, blob(BIAS)) * 65
    with pytest.raises(InputError, match="at most 64 arrays"):
        read_caffemodel(memoryview(bytes_field(100, layer)))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(InputError):
        read_caffemodel(memoryview(data))


@given(st.data())
def test_any_damage_is_survived(data: st.DataObject) -> None:
    whole = bytearray(caffemodel(LAYERS))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255))
    length = data.draw(st.integers(0, len(whole)))
    with contextlib.suppress(InputError):
        arrays = read_caffemodel(memoryview(bytes(whole[:length])))
        assert all(np.isfinite(array).all() for blobs in arrays.layers.values() for array in blobs)
