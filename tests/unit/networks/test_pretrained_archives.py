import contextlib
import io
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.backend import keras
from codec.errors import InputError
from codec.networks.pretrained import KernelLayout, read_weights
from codec.networks.pretrained.archives import read_hdf5, read_zip
from tests.weight_files import write_legacy_h5

KERNEL = np.arange(24, dtype=np.float32).reshape(2, 2, 2, 3)
BIAS = np.array([0.5, -1, 2], np.float32)


def npz(arrays: dict[str, np.ndarray], *, compressed: bool = False) -> bytes:
    buffer = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, **arrays)
    return buffer.getvalue()


def hdf5(arrays: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array)
    return buffer.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("names", [("conv1/kernel", "conv1/bias"), ("conv1_W", "conv1_b"), ("conv1.w", "conv1.b")])
@pytest.mark.parametrize("compressed", [False, True])
def test_npz_by_layer(names: tuple[str, str], compressed: bool) -> None:
    arrays = read_zip(memoryview(npz({names[1]: BIAS, names[0]: KERNEL}, compressed=compressed)))
    assert arrays.layout is KernelLayout.ROWS_COLUMNS_IN_OUT
    (kernel, bias) = arrays.layers["conv1"]
    assert np.array_equal(kernel, KERNEL)
    assert np.array_equal(bias, BIAS)


def test_npz_of_doubles_and_normalizations() -> None:
    arrays = read_zip(memoryview(npz({"n/moving_variance": BIAS + 1, "n/moving_mean": BIAS.astype(np.float64)})))
    assert [array.tolist() for array in arrays.layers["n"]] == [BIAS.tolist(), (BIAS + 1).tolist()]
    assert arrays.layers["n"][0].dtype == np.float32


def test_pickles_are_not_opened() -> None:
    with pytest.raises(InputError, match="floating-point numbers"):
        read_zip(memoryview(npz({"a/kernel": np.array([{"a": 1}], object)})))


def huge_npy() -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f4", "fortran_order": False, "shape": (1 << 28, 1 << 20)})
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zipped({"a.npy": huge_npy()}), "at most 4096 arrays and 268435456 weights"),
        (zipped({"readme.txt": b"text"}), "expected arrays"),
        (zipped({"a.npy": b"text"}), "damaged"),
        (npz({"a": KERNEL})[:-30], "damaged"),
        (npz({"a": np.array([np.nan])}), "finite weights in 'a'"),
        (npz({"a": np.array([1e300])}), "finite weights in 'a'"),
        (npz({"a": np.zeros((0, 2))}), "axes of 1"),
        (b"PK", "damaged"),
    ],
)
def test_damaged_archives_are_named(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_zip(memoryview(data))


def small_model() -> keras.Model:
    inputs = keras.Input((8, 8, 2))
    tensor = keras.layers.Conv2D(3, 2, name="block1_conv1")(inputs)
    model = keras.Model(inputs, keras.layers.Conv2D(4, 1, name="block1_conv2")(tensor))
    model.set_weights([np.full(weights.shape, i + 1.0) for i, weights in enumerate(model.get_weights())])
    return model


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras 3.15 saving with NumPy 2
@pytest.mark.parametrize("name", ["a.weights.h5", "a.keras"])
def test_keras_3_counts_the_layers_of_a_kind(tmp_path: Path, name: str) -> None:
    model = small_model()
    (model.save_weights if name.endswith("h5") else model.save)(tmp_path / name)
    arrays = read_weights(tmp_path / name)
    assert list(arrays.layers) == ["conv2d", "conv2d_1"]
    assert [array.shape for array in arrays.layers["conv2d"]] == [(2, 2, 2, 3), (3,)]
    assert [float(array.flat[0]) for array in arrays.layers["conv2d_1"]] == [3, 4]


def test_legacy_keras_names_the_layers(tmp_path: Path) -> None:
    write_legacy_h5(tmp_path / "a.h5", {"block1_conv1": (KERNEL, BIAS)})
    arrays = read_weights(tmp_path / "a.h5")
    assert [array.shape for array in arrays.layers["block1_conv1"]] == [KERNEL.shape, BIAS.shape]
    data = hdf5({"model_weights/vgg16/c1/kernel:0": KERNEL, "model_weights/vgg16/c1/bias:0": BIAS, "optimizer/a": BIAS})
    layers = read_hdf5(memoryview(data)).layers
    assert {name: [array.shape for array in found] for name, found in layers.items()} == {"c1": [(2, 2, 2, 3), (3,)]}


def test_hdf5_that_points_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(bytes(12))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("a/kernel", (3,), "f4", external=[(str(tmp_path / "secret"), 0, 12)])
    with pytest.raises(InputError, match="reference to others"):
        read_weights(tmp_path / "a.h5")


def test_hdf5_links_are_not_followed(tmp_path: Path) -> None:
    write_legacy_h5(tmp_path / "other.h5", {"conv": (KERNEL, BIAS)})
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["linked"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/conv")
    with pytest.raises(InputError, match="without any weights"):
        read_weights(tmp_path / "a.h5")


def test_hdf5_that_claims_much_is_refused() -> None:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_dataset("a/kernel", (1 << 20, 1 << 20), "f4", chunks=(16, 16))  # four terabytes, none of it stored
    with pytest.raises(InputError, match="268435456 weights"):
        read_hdf5(memoryview(buffer.getvalue()))


@settings(deadline=None)
@given(st.data())
def test_any_damage_is_survived(data: st.DataObject) -> None:
    zip_data, hdf5_data = ZIP_AND_HDF5
    whole = bytearray(data.draw(st.sampled_from([zip_data, hdf5_data])))
    read = read_zip if whole.startswith(b"PK") else read_hdf5
    whole[data.draw(st.integers(8, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):
        read(memoryview(bytes(whole[: data.draw(st.integers(8, len(whole)))])))


ZIP_AND_HDF5 = (npz({"c/kernel": KERNEL, "c/bias": BIAS}), hdf5({"c/kernel": KERNEL, "c/bias": BIAS}))
