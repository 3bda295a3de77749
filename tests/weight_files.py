"""Writers of weight files in other programs' formats, for tests of the readers: just enough of each."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import h5py
import numpy as np

Arrays = Mapping[str, Sequence[np.ndarray]]


def varint(number: int) -> bytes:
    groups = []
    while number >= 0x80:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*groups, number])


def number_field(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def bytes_field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def fixed32_field(number: int, value: float) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value)


def packed_floats(array: np.ndarray) -> bytes:
    return np.ascontiguousarray(array, "<f4").tobytes()


def blob(array: np.ndarray) -> bytes:
    """A BlobProto of today."""
    dims = b"".join(varint(side) for side in array.shape)
    return bytes_field(5, packed_floats(array)) + bytes_field(7, bytes_field(1, dims))


def blob_v1(array: np.ndarray) -> bytes:
    """A BlobProto from before shapes: always four sides."""
    sides = [1] * (4 - array.ndim) + list(array.shape)
    numbers = b"".join(number_field(number, side) for number, side in enumerate(sides, start=1))
    return numbers + bytes_field(5, packed_floats(array))


def caffemodel(layers: Arrays, *, v1: bool = False) -> bytes:
    """A NetParameter with layers of weights, and one without."""
    layer_field, name_field, blob_field = (2, 4, 6) if v1 else (100, 1, 7)
    write_blob = blob_v1 if v1 else blob
    data = bytes_field(1, b"net") + bytes_field(layer_field, bytes_field(name_field, b"relu"))
    for name, arrays in layers.items():
        content = bytes_field(name_field, name.encode())
        content += b"".join(bytes_field(blob_field, write_blob(array)) for array in arrays)
        data += bytes_field(layer_field, content)
    return data


def onnx_tensor(name: str, array: np.ndarray, *, raw: bool = True) -> bytes:
    data_type = {"float32": 1, "int64": 7, "float16": 10, "float64": 11}[array.dtype.name]
    content = b"".join(number_field(1, side) for side in array.shape) + number_field(2, data_type)
    content += bytes_field(8, name.encode())
    return content + (bytes_field(9, array.tobytes()) if raw else bytes_field(4, packed_floats(array)))


def onnx_model(arrays: Mapping[str, np.ndarray], *, raw: bool = True) -> bytes:
    """A ModelProto whose graph has initializers and a node."""
    graph = bytes_field(1, bytes_field(4, b"Conv")) + bytes_field(2, b"graph")
    graph += b"".join(bytes_field(5, onnx_tensor(name, array, raw=raw)) for name, array in arrays.items())
    return number_field(1, 8) + bytes_field(2, b"test") + bytes_field(7, graph)


def write_legacy_h5(path: Path, layers: Arrays) -> None:
    """As Keras's published VGG16: /layer/layer_W_1:0 and /layer/layer_b_1:0."""
    with h5py.File(path, "w") as file:
        for name, arrays in layers.items():
            for suffix, array in zip(("W", "b"), arrays, strict=True):
                file.create_dataset(f"{name}/{name}_{suffix}_1:0", data=array)


def out_in_rows_columns(kernel: np.ndarray) -> np.ndarray:
    """A Keras kernel as Caffe and PyTorch have it, transposed convolutions included."""
    return kernel.transpose(3, 2, 0, 1)
