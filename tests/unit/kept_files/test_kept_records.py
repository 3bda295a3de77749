"""Files made again from their pictures: every format, packing and filter, and what is kept where they cannot be."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from codec.errors import StreamError
from codec.kept_files.deflate import is_usual_zlib
from codec.kept_files.keeping import is_whole, kept_record
from codec.kept_files.restoring import restored
from container_format.kept_files import KeptFileRecord, pack_kept, unpack_kept
from tests.image_files import encoded_image, picture_in, png_file, tiff_file

FFMPEG_DPX = (
    *("gray", "rgb24", "rgba", "abgr", "gray16le", "gray16be", "rgb48le", "rgb48be", "rgba64le", "rgba64be"),
    *("gbrp10le", "gbrp10be", "gbrp12le", "gbrp12be"),
)
_FIRST_SAMPLES = 1664  # where FFmpeg's DPX files have them


def kept(folder: Path, name: str, data: bytes) -> KeptFileRecord:
    """The record of a file, from which and whose picture it was made again, also through bytes."""
    path = folder / name
    path.write_bytes(data)
    picture, form = picture_in(path)
    record = kept_record(name, data, picture, form)
    packed = pack_kept(record, b"dictionary" * 20)
    again = unpack_kept(KeptFileRecord, packed, b"dictionary" * 20)
    assert again == record
    assert restored(again, picture, form) == data
    return record


@pytest.mark.parametrize("pixel_format", FFMPEG_DPX)
@pytest.mark.parametrize("width", [61, 64])
def test_dpx_files_of_every_kind(tmp_path: Path, pixel_format: str, width: int) -> None:
    record = kept(tmp_path, "a.dpx", encoded_image("dpx", pixel_format, width, 33))
    assert not is_whole(record)
    assert not record.changed_values
    assert _FIRST_SAMPLES <= len(record.rest) < _FIRST_SAMPLES + 4 * 33  # rows end with a whole word


def test_dpx_with_filling_bits_header_and_tail(tmp_path: Path) -> None:
    """Filling that is not zero is kept as changes, everything around the samples as it is."""
    data = bytearray(encoded_image("dpx", "gbrp10be", 60, 20))
    for place in range(_FIRST_SAMPLES + 3, len(data), 400):
        data[place] |= 3
    data[768:770] = b"\0\0"
    data[40:45] = b"scan1"
    record = kept(tmp_path, "a.dpx", bytes(data) + b"behind the samples")
    assert not is_whole(record)
    assert 0 < len(record.changed_values) <= 13
    assert record.rest.endswith(b"behind the samples")


def test_dpx_of_method_b(tmp_path: Path) -> None:
    """Samples in the lower 30 bits of each word, which FFmpeg reads and does not write."""
    data = bytearray(encoded_image("dpx", "gbrp10be", 60, 20))
    samples = np.frombuffer(bytes(data[_FIRST_SAMPLES:]), ">u4") >> 2
    data[_FIRST_SAMPLES:] = samples.astype(">u4").tobytes()
    data[804:806] = struct.pack(">H", 2)
    record = kept(tmp_path, "a.dpx", bytes(data))
    assert not is_whole(record)
    assert not record.changed_values


@pytest.mark.parametrize("pixel_format", ["gray", "ya8", "rgb24", "rgba", "gray16le", "rgb48le", "rgba64le"])
@pytest.mark.parametrize("algorithm", ["raw", "deflate"])
def test_tiff_files_by_ffmpeg(tmp_path: Path, pixel_format: str, algorithm: str) -> None:
    data = encoded_image("tiff", pixel_format, 61, 33, options={"compression_algo": algorithm})
    assert not is_whole(kept(tmp_path, "a.tif", data))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [1, 8])
@pytest.mark.parametrize("predictor", [1, 2])
def test_tiff_strips_in_both_byte_orders(tmp_path: Path, order: str, compression: int, predictor: int) -> None:
    rng = np.random.default_rng(1)
    values = rng.integers(0, 2**16, (20, 30, 3)).astype(np.uint16) >> 4
    if predictor == 2:
        values[:, 1:] -= values[:, :-1].copy()
    rows = values.astype(f"{order}u2").reshape(20, -1).view(np.uint8)
    strips = [rows[begin : begin + 7].tobytes() for begin in range(0, 20, 7)]
    if compression == 8:
        strips = [zlib.compress(strip, 9) for strip in strips]
    tags = {256: 30, 257: 20, 258: 16, 259: compression, 262: 2, 277: 3, 284: 1, 317: predictor}
    data = tiff_file(strips, tags, order=order, rows=7)
    record = kept(tmp_path, "a.tif", data)
    assert not is_whole(record)
    assert (record.deflate is None) == (compression == 1)


def test_packbits_is_kept_whole(tmp_path: Path) -> None:
    record = kept(tmp_path, "a.tif", encoded_image("tiff", "rgb24", 40, 20))
    assert is_whole(record)
    assert record.gaps == ()


@pytest.mark.parametrize("pixel_format", ["gray", "ya8", "rgb24", "rgba", "gray16be", "ya16be", "rgb48be", "rgba64be"])
@pytest.mark.parametrize("prediction", ["none", "mixed"])
def test_png_files_by_ffmpeg(tmp_path: Path, pixel_format: str, prediction: str) -> None:
    record = kept(tmp_path, "a.png", encoded_image("png", pixel_format, 61, 33, options={"pred": prediction}))
    assert not is_whole(record)


@pytest.mark.parametrize("level", range(1, 10))
@pytest.mark.parametrize("strategy", [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_RLE, zlib.Z_HUFFMAN_ONLY])
def test_png_of_every_filter_level_and_strategy(tmp_path: Path, level: int, strategy: int) -> None:
    """Any bytes are rows of some picture, so the filters may be any."""
    rng = np.random.default_rng(level)
    filters = rng.integers(0, 5, 40).tolist()
    lines = (rng.integers(0, 6, (40, 3 * 50)) ** 2).astype(np.uint8)
    compressor = zlib.compressobj(level, zlib.DEFLATED, 15, 8 + level % 2, strategy)
    data = b"".join(bytes([kind]) + line.tobytes() for kind, line in zip(filters, lines, strict=True))
    compressed = compressor.compress(data) + compressor.flush()
    record = kept(tmp_path, "a.png", png_file(lines, filters, bits=8, color=2, compressed=compressed, chunk=500))
    assert not is_whole(record)
    assert record.samples is not None
    assert record.samples.filters == bytes(filters)


def test_png_that_no_zlib_makes_is_kept_whole(tmp_path: Path) -> None:
    """Stored blocks in the middle: as another compressor might make them."""
    lines = np.zeros((20, 60), np.uint8)
    data = b"".join(b"\0" + line.tobytes() for line in lines)
    compressor = zlib.compressobj(6)
    compressed = compressor.compress(data[:600]) + compressor.flush(zlib.Z_FULL_FLUSH)
    compressed += compressor.compress(data[600:]) + compressor.flush()
    png = png_file(lines, [0] * 20, bits=8, color=2, compressed=compressed)
    assert is_whole(kept(tmp_path, "a.png", png))


def test_this_zlib_is_zlib() -> None:
    assert is_usual_zlib()


def test_another_picture_is_no_restoration(tmp_path: Path) -> None:
    path = tmp_path / "a.dpx"
    path.write_bytes(encoded_image("dpx", "rgb24", 20, 10))
    picture, form = picture_in(path)
    record = kept_record("a.dpx", path.read_bytes(), picture, form)
    path.write_bytes(encoded_image("dpx", "rgb24", 20, 10, seed=1))
    with pytest.raises(StreamError, match="SHA-256"):
        restored(record, picture_in(path)[0], form)


@pytest.mark.parametrize("width", [64, 61])
def test_dpx_of_packed_samples(tmp_path: Path, width: int) -> None:
    """Bit after bit, from the lowest of each 32; rows end with a whole word."""
    bits = 12  # FFmpeg reads no packed samples of 10 bits
    data = bytearray(encoded_image("dpx", "gbrp12be", width, 20))
    samples = np.random.default_rng(1).integers(0, 2**bits, (20, width * 3))
    each = (samples[..., np.newaxis] >> np.arange(bits) & 1).astype(np.uint8).reshape(20, -1)
    packed = np.packbits(each, axis=1, bitorder="little")
    words = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 4))).view("<u4").astype(">u4")
    data[_FIRST_SAMPLES:] = words.tobytes()
    data[804:806] = struct.pack(">H", 0)
    path = tmp_path / "a.dpx"
    path.write_bytes(data)
    picture, form = picture_in(path)
    record = kept_record("a.dpx", bytes(data), picture, form)
    assert restored(record, picture, form) == data
    assert not is_whole(record)
    assert not record.changed_values


def test_tiff_with_separate_planes(tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(0, 256, (3, 20, 30), np.uint8)
    strips = [values[plane, begin : begin + 10].tobytes() for plane in range(3) for begin in (0, 10)]
    tags = {256: 30, 257: 20, 258: 8, 259: 1, 262: 2, 277: 3, 284: 2}
    record = kept(tmp_path, "a.tif", tiff_file(strips, tags, rows=10))
    assert not is_whole(record)
