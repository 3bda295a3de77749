"""Weights in NumPy's ``.npz`` and in Keras's ``.h5``, ``.weights.h5`` and ``.keras``.

The readers run no code from these files: they load no pickles and no Keras configuration, and follow no links to other
files. They check each size that a file declares before they allocate memory for it.
"""

from __future__ import annotations

import contextlib
import io
import warnings
import zipfile
from collections.abc import Iterator

import h5py
import numpy as np

from codec.errors import InputError
from codec.networks.pretrained.arrays import (
    MAX_FILE_BYTES,
    MAX_TENSORS,
    Budget,
    KernelLayout,
    LayerArrays,
    finite,
    group_by_layer,
)
from codec.weights.tensors import F32Array

_KERAS_MEMBER = "model.weights.h5"
_MAX_HDF5_ITEMS = 16 * MAX_TENSORS


@contextlib.contextmanager
def _whole(kind: str) -> Iterator[None]:
    """Turn the libraries' exceptions for a damaged file into an :class:`InputError` with a message of one line.

    They have no list of what they raise: LZMAError and OverflowError were seen beside the usual ones.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"expected a whole {kind}. Received: a damaged one ({_first_line(error)})") from None


def read_zip(data: memoryview) -> LayerArrays:
    """Read the weights in an ``.npz`` or a ``.keras`` file. Both are ZIP archives.

    Raises:
        InputError: the archive is neither, or it is damaged.
    """
    with _whole("ZIP archive"), zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MAX_TENSORS or sum(member.file_size for member in members) > MAX_FILE_BYTES:
            raise InputError(f"expected at most {MAX_TENSORS} members and {MAX_FILE_BYTES} bytes. Received: more")
        if _KERAS_MEMBER in archive.namelist():
            return read_hdf5(memoryview(archive.read(_KERAS_MEMBER)))
        with warnings.catch_warnings(action="ignore"):  # NumPy warns about archives that Python 2 wrote
            arrays = _read_npz(archive)
    return LayerArrays(KernelLayout.ROWS_COLUMNS_IN_OUT, group_by_layer(arrays))


def _read_npz(archive: zipfile.ZipFile) -> dict[str, F32Array]:
    budget = Budget()
    arrays = {}
    for member in archive.infolist():
        if not member.filename.endswith(".npy"):
            raise InputError(f"expected arrays (.npy) in the archive. Received: {member.filename[:80]!r}")
        name = member.filename.removesuffix(".npy")
        with archive.open(member) as file:
            version = np.lib.format.read_magic(file)
            read_header = np.lib.format.read_array_header_1_0
            if version != (1, 0):
                read_header = np.lib.format.read_array_header_2_0
            shape, _, dtype = read_header(file)
        if dtype.kind != "f":
            raise InputError(f"expected arrays of floating-point numbers. Received: {dtype} in {name[:80]!r}")
        budget.admit(shape or (1,), repr(name))
        with archive.open(member) as file, np.errstate(over="ignore"):
            array = np.lib.format.read_array(file, allow_pickle=False)
            arrays[name] = finite(array.astype(np.float32), repr(name))
    return arrays


def read_hdf5(data: memoryview) -> LayerArrays:
    """Read the weights in an HDF5 file that any version of Keras wrote.

    Raises:
        InputError: the file is damaged, or refers to data in other files.
    """
    with _whole("HDF5 file"), h5py.File(io.BytesIO(data), "r") as file:
        arrays = _read_datasets(file)
    return LayerArrays(KernelLayout.ROWS_COLUMNS_IN_OUT, group_by_layer(arrays))


def _read_datasets(file: h5py.File) -> dict[str, F32Array]:
    datasets: list[tuple[str, h5py.Dataset]] = []
    items = 0

    def visit(name: str, item: object) -> None:  # visititems does not follow links
        nonlocal items
        items += 1
        if items > _MAX_HDF5_ITEMS:
            raise InputError(f"expected at most {_MAX_HDF5_ITEMS} groups and datasets. Received: more")
        if isinstance(item, h5py.Dataset) and item.dtype.kind == "f" and not name.startswith("optimizer"):
            datasets.append((name, item))

    file.visititems(visit)
    budget = Budget()
    arrays = {}
    for name, dataset in datasets:
        if dataset.external or dataset.is_virtual:
            raise InputError(f"expected the weights of {name[:80]!r} in this file. Received: a reference to others")
        budget.admit(dataset.shape or (1,), repr(name))
        with np.errstate(over="ignore"):
            arrays[name] = finite(np.asarray(dataset[()], np.float32), repr(name))
    return arrays


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:120] or type(error).__name__
