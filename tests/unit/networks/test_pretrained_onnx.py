import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import InputError
from codec.networks.pretrained import KernelLayout
from codec.networks.pretrained.onnx import read_onnx
from tests.weight_files import bytes_field, number_field, onnx_model, onnx_tensor

KERNEL = np.arange(24, dtype=np.float32).reshape(3, 2, 2, 2)
VALUES = np.array([1, 2, 3], np.float32)
ARRAYS = {
    "model1.0.bias": VALUES,
    "model1.0.weight": KERNEL,
    "model1.4.running_var": VALUES + 3,
    "model1.4.running_mean": VALUES + 2,
    "model1.4.num_batches_tracked": np.array(7, np.int64),
    "model1.4.weight": VALUES,
    "model1.4.bias": VALUES + 1,
}


def with_tensor(content: bytes) -> memoryview:
    return memoryview(bytes_field(7, bytes_field(5, content)))


@pytest.mark.parametrize("raw", [False, True])
def test_initializers_by_layer(raw: bool) -> None:
    numbers = {name: array for name, array in ARRAYS.items() if raw or array.dtype == np.float32}
    arrays = read_onnx(memoryview(onnx_model(numbers, raw=raw)))
    assert arrays.layout is KernelLayout.OUT_IN_ROWS_COLUMNS
    assert sorted(arrays.layers) == ["model1.0", "model1.4"]
    assert np.array_equal(arrays.layers["model1.0"][0], KERNEL)
    assert [array.tolist() for array in arrays.layers["model1.4"]] == [(VALUES + i).tolist() for i in range(4)]


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_precisions(dtype: type) -> None:
    arrays = read_onnx(memoryview(onnx_model({"a.weight": VALUES.astype(dtype)})))
    assert arrays.layers["a"][0].dtype == np.float32
    assert np.array_equal(arrays.layers["a"][0], VALUES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (number_field(2, 1) + number_field(1, 3) + bytes_field(9, bytes(8)), "shape \\(3,\\).*Received: 8 bytes"),
        (number_field(2, 1) + number_field(1, 2**40), "at most 8 axes"),
        (number_field(2, 1) + number_field(1, 1) * 9, "at most 8 axes"),
        (number_field(14, 1), "reference to another file"),
        (onnx_tensor("a", np.array([np.inf], np.float32)), "finite weights in 'a'"),
        (onnx_tensor("a", np.array([1e300])), "finite weights in 'a'"),  # float32 ends before
    ],
)
def test_damage_is_named(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_onnx(with_tensor(content))


def test_an_initializer_twice_is_refused() -> None:
    with pytest.raises(InputError, match="'a' twice"):
        read_onnx(memoryview(bytes_field(7, bytes_field(5, onnx_tensor("a", VALUES)) * 2)))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for stream in (memoryview(data), memoryview(bytes_field(7, data)), with_tensor(data)):
        with contextlib.suppress(InputError):
            read_onnx(stream)


@given(st.data())
def test_any_damage_is_survived(data: st.DataObject) -> None:
    whole = bytearray(onnx_model(ARRAYS))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):
        read_onnx(memoryview(bytes(whole[: data.draw(st.integers(0, len(whole)))])))
