"""Reader of local weight files of all formats, with a diagnosis of files that are not weights.

Downloaded files of weights are often something else: an error page, a Git LFS pointer, or an incomplete file. The error
message names the case and the remedy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codec.errors import InputError
from codec.networks.pretrained.archives import read_hdf5, read_zip
from codec.networks.pretrained.arrays import MAX_FILE_BYTES, LayerArrays
from codec.networks.pretrained.caffemodel import read_caffemodel
from codec.networks.pretrained.onnx import read_onnx

# For each suffix: the description of the format, the magic bytes (Protocol Buffers have none), and the reader.
_FORMATS: dict[str, tuple[str, bytes, Callable[[memoryview], LayerArrays]]] = {
    ".caffemodel": ("a Caffe model", b"", read_caffemodel),
    ".onnx": ("an ONNX model", b"", read_onnx),
    ".npz": ("a NumPy archive", b"PK", read_zip),
    ".keras": ("a Keras model", b"PK", read_zip),
    ".h5": ("an HDF5 file", b"\x89HDF\r\n\x1a\n", read_hdf5),
    ".hdf5": ("an HDF5 file", b"\x89HDF\r\n\x1a\n", read_hdf5),
}
SUFFIXES: tuple[str, ...] = tuple(_FORMATS)
_PICKLES = (".pth", ".pt", ".pkl", ".npy")


def read_weights(path: Path) -> LayerArrays:
    """Read the weights in a file. Its suffix determines the format.

    Raises:
        InputError: the file does not exist, or its content does not fit its suffix.
    """
    if path.suffix.lower() in _PICKLES:
        raise InputError(
            f"expected a file of weights ({', '.join(SUFFIXES)}). Received: {path}, in which Python objects can be "
            "hidden that run when they are read. Export it from its own program as .onnx or .npz"
        )
    if path.suffix.lower() not in _FORMATS:
        raise InputError(f"expected a file of weights ({', '.join(SUFFIXES)}). Received: {path}")
    kind, magic, read = _FORMATS[path.suffix.lower()]
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_FILE_BYTES else b""
    except OSError as error:
        raise InputError(f"expected {kind} that can be read. Received: {path} ({error.strerror})") from None
    if size > MAX_FILE_BYTES:
        raise InputError(f"expected {kind} of at most {MAX_FILE_BYTES} bytes. Received: {path} of {size}")
    fault = _fault(data, magic)
    if fault is not None:
        raise InputError(f"expected {kind}. Received: {path}, which is {fault}")
    try:
        arrays = read(memoryview(data))
    except InputError as error:
        raise InputError(
            f"expected {kind}. Received: {path}, {size} bytes that cannot be read as one: {error}. "
            "If its size is not the publisher's, the download broke off: download the file again"
        ) from None
    if not arrays.layers:
        raise InputError(
            f"expected {kind}. Received: {path}, {size} bytes without any weights. "
            "Download the file that has the weights, not only the description of the network"
        )
    return arrays


def _fault(data: bytes, magic: bytes) -> str | None:
    """Describe, with a remedy, a file that cannot be a weight file; None if it may be one."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        return "empty: the download failed. Download the file again"
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<!--")):
        return (
            "a web page: the address showed an error, a login or a preview. Open the address in a browser, "
            "and save the file itself"
        )
    if start.startswith(b"version https://git-lfs"):
        return (
            "a Git LFS pointer: the repository keeps the file elsewhere. Run 'git lfs pull' there, or use its "
            "download button"
        )
    if start.startswith((b"{", b"[")):
        return "JSON text: the address answered with a message. Download the file itself"
    if start.startswith((b"name:", b"layer {", b"layers {", b"input:")):
        return "a description of a network (prototxt), without its weights. Download the .caffemodel beside it"
    if not data.startswith(magic):
        return f"of another format: it begins with {data[:8]!r}. Download the file again, or correct its suffix"
    return None
