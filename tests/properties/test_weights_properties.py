import dataclasses

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from codec.errors import StreamError
from codec.networks.start import start_weights
from codec.weights.packing import pack_weights, unpack_weights
from codec.weights.quantizing import quantize_tensor
from codec.weights.tensors import QuantizedTensor
from container_format import TensorRecord

SHAPE = (3, 3, 2, 4)
START = {"conv/kernel": start_weights([SHAPE])[0]}
values_of_shape = hnp.arrays(np.int32, SHAPE, elements=st.integers(-4000, 4000))


def packed_tensor(values: npt.NDArray[np.int32]) -> TensorRecord:
    return pack_weights((QuantizedTensor("conv/kernel", SHAPE, 0.25, values),), START)[0]


@given(values_of_shape)
def test_whole_numbers_come_back(values: npt.NDArray[np.int32]) -> None:
    (tensor,) = unpack_weights((packed_tensor(values),), START)
    assert np.array_equal(tensor.values, values)


@given(
    hnp.arrays(np.float32, SHAPE, elements=st.floats(-(2.0**99), 2.0**99, width=32, allow_subnormal=False)),
    st.floats(0.01, 2),
)
def test_any_weights_can_be_sent(weights: npt.NDArray[np.float32], step_scale: float) -> None:
    tensor = quantize_tensor("conv/kernel", weights, START["conv/kernel"], step_scale)
    (received,) = unpack_weights(pack_weights((tensor,), START), START)
    assert np.array_equal(received.values, tensor.values)
    assert np.abs(tensor.values * np.float32(tensor.step) - weights).max() <= tensor.step


@given(values_of_shape, st.binary(max_size=300), st.sampled_from(["table", "payload"]), st.booleans(), st.floats())
def test_hostile_bytes_are_weights_or_an_error(
    values: npt.NDArray[np.int32], junk: bytes, field: str, is_appended: bool, step: float
) -> None:
    packed = packed_tensor(values)
    changed = getattr(packed, field) + junk if is_appended else junk
    hostile = dataclasses.replace(packed, **{field: changed}, step=step)
    try:
        (tensor,) = unpack_weights((hostile,), START)
    except StreamError:
        return
    assert tensor.values.shape == SHAPE
    assert np.isfinite(tensor.values * np.float32(tensor.step)).all()
