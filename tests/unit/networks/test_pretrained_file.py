from pathlib import Path

import numpy as np
import pytest

from codec.errors import InputError
from codec.networks.pretrained import SUFFIXES, read_weights
from tests.weight_files import bytes_field, caffemodel, number_field

LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 128946764\n"
PROTOTXT = b'name: "LtoAB"\n\nlayer {\n  name: "data_l"\n}\n'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.caffemodel", b"", "which is empty: the download failed. Download the file again"),
        ("a.caffemodel", b"\n<!DOCTYPE html><html><title>404</title>", "a web page: the address showed an error"),
        ("a.onnx", b"<html>Sign in</html>", "a web page"),
        ("a.h5", b"<?xml version='1.0'?><Error>NoSuchKey</Error>", "a web page"),
        ("a.caffemodel", LFS_POINTER, "a Git LFS pointer: .* Run 'git lfs pull'"),
        ("a.npz", LFS_POINTER, "a Git LFS pointer"),
        ("a.onnx", b'{"message": "Not Found"}', "JSON text"),
        ("a.caffemodel", PROTOTXT, "prototxt"),
        ("a.caffemodel", b"404: Not Found", "14 bytes that cannot be read as one: .* download the file again"),
        ("a.caffemodel", caffemodel({"c": (np.ones(9),)})[:-3], "cannot be read as one: expected .* more bytes"),
        ("a.caffemodel", bytes_field(1, b"net"), "without any weights"),
        ("a.onnx", number_field(1, 8), "without any weights"),
        ("a.npz", b"\x89HDF\r\n\x1a\n", "of another format: it begins with b'.x89HDF"),
        ("a.h5", b"PK\x03\x04", "expected an HDF5 file. Received: .*of another format"),
        ("a.keras", b"PK\x03\x04", "expected a Keras model. .*damaged"),
        ("a.pth", b"PK\x03\x04", "Python objects .* Export it from its own program as .onnx or .npz"),
        ("a.bin", b"PK\x03\x04", "expected a file of weights \\(.caffemodel, .onnx"),
    ],
)
def test_what_is_no_file_of_weights_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_weights(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.onnx \(No such file or directory\)"):
        read_weights(tmp_path / "none.onnx")
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(InputError, match="Is a directory"):
        read_weights(tmp_path / "folder.npz")


def test_files_too_large_are_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.onnx").open("wb") as file:
        file.truncate(3 << 30)  # takes no room on the disk
    with pytest.raises(InputError, match="at most 2147483648 bytes"):
        read_weights(tmp_path / "a.onnx")


def test_suffixes_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "A.CaffeModel"
    path.write_bytes(caffemodel({"c": (np.ones(2),)}))
    assert list(read_weights(path).layers) == ["c"]
    assert ".caffemodel" in SUFFIXES
