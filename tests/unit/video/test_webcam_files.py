"""Files of webcams and laboratory programs: JPEG with odd segments, uncompressed AVI."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from recordings import moving_frame

from codec.errors import InputError
from codec.video.picture import ycocg_r_to_rgb
from codec.video.sources.container import ContainerSource

HARMLESS = {
    "an Exif segment that leads nowhere": b"\xff\xe1\x00\x12Exif\0\0II*\0\xff\xff\xff\xff\0\0",
    "an odd AVI1 segment": b"\xff\xe0\x00\x07AVI1\0",
    "a segment of the vendor's": b"\xff\xe4\x00\x12WEBCAM-VENDOR-XY",
    "a segment of one byte": b"\xff\xe2\x00\x03A",
    "a color profile that is cut off": b"\xff\xe2\x00\x14ICC_PROFILE\0\x00\x02ABCD",
}


def write_jpegs(path: Path, *, behind_start: bytes = b"", cut: int = 0, padding: int = 0) -> Path:
    encoder = av.CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 64, 48, "yuvj420p"
    encoder.time_base, encoder.framerate = Fraction(1, 25), Fraction(25)
    pictures = []
    for number in range(6):
        frame = moving_frame(number, pixel_format="yuvj420p")
        frame.pts = number
        pictures += [bytes(packet) for packet in encoder.encode(frame)]
    pictures += [bytes(packet) for packet in encoder.encode(None)]
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        output.start_encoding()
        for number, data in enumerate(pictures):
            changed = data[:2] + behind_start + data[2 : len(data) - cut] + bytes(padding)
            packet = av.Packet(changed)
            packet.stream, packet.time_base = stream, Fraction(1, 25)
            packet.pts = packet.dts = number
            packet.duration, packet.is_keyframe = 1, True
            output.mux(packet)
    return path


def gray_planes(path: Path) -> list[bytes]:
    return [frame.picture.luma.tobytes() for frame in ContainerSource(path).frames()]


@pytest.mark.parametrize("segment", HARMLESS.values(), ids=HARMLESS)
def test_jpeg_segments_that_are_not_about_the_picture(tmp_path: Path, segment: bytes) -> None:
    plain = gray_planes(write_jpegs(tmp_path / "plain.avi"))
    assert len(plain) == 6
    assert gray_planes(write_jpegs(tmp_path / "a.avi", behind_start=segment)) == plain


@pytest.mark.parametrize(("cut", "padding"), [(2, 0), (0, 40), (2, 1)])
def test_jpeg_ends(tmp_path: Path, cut: int, padding: int) -> None:
    plain = gray_planes(write_jpegs(tmp_path / "plain.avi"))
    assert gray_planes(write_jpegs(tmp_path / "a.avi", cut=cut, padding=padding)) == plain


def test_a_jpeg_that_lacks_rows(tmp_path: Path) -> None:
    path = write_jpegs(tmp_path / "a.avi", cut=400)
    with pytest.raises(InputError, match="cannot decode frame 0"):
        list(ContainerSource(path).frames())


def write_dib(path: Path, rows: list[npt.NDArray[np.uint8]], bits: int, *, height: int, palette: bytes = b"") -> Path:
    """An AVI of uncompressed pictures: rows of whole words, from the bottom if the height is above 0."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)

    width = rows[0].shape[1] * 8 // bits
    frames = [np.pad(picture, ((0, 0), (0, -picture.shape[1] % 4))).tobytes() for picture in rows]
    count, size = len(frames), len(frames[0])
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 0, size, 0, 0, len(palette) // 4, 0) + palette
    stream = b"vidsDIB " + struct.pack(
        "<IHHIIIIIIIIhhhh", 0, 0, 0, 0, 1, 10, 0, count, size, 2**32 - 1, 0, 0, 0, width, abs(height)
    )
    main = struct.pack("<14I", 100_000, 0, 0, 16, count, 0, 1, size, width, abs(height), 0, 0, 0, 0)
    lists = chunk(b"LIST", b"strl" + chunk(b"strh", stream) + chunk(b"strf", header))
    movie, index = b"movi", b""
    for frame in frames:
        index += b"00db" + struct.pack("<III", 16, len(movie), len(frame))
        movie += chunk(b"00db", frame)
    body = chunk(b"LIST", b"hdrl" + chunk(b"avih", main) + lists) + chunk(b"LIST", movie) + chunk(b"idx1", index)
    path.write_bytes(chunk(b"RIFF", b"AVI " + body))
    return path


@pytest.mark.parametrize("is_bottom_up", [True, False])
def test_uncompressed_avi_of_odd_width(tmp_path: Path, is_bottom_up: bool) -> None:
    images = [moving_frame(number, 36, 21, "rgb24").to_ndarray()[:, :35] for number in range(3)]
    rows = [(image[::-1] if is_bottom_up else image)[..., ::-1].reshape(21, -1) for image in images]
    path = write_dib(tmp_path / "a.avi", rows, 24, height=21 if is_bottom_up else -21)
    for image, frame in zip(images, ContainerSource(path).frames(), strict=True):
        np.testing.assert_array_equal(ycocg_r_to_rgb(frame.picture), image)


def test_uncompressed_avi_with_a_palette_of_grays(tmp_path: Path) -> None:
    images = [moving_frame(number, 36, 21, "rgb24").to_ndarray()[:, :35, 0] for number in range(3)]
    grays = bytes(value for level in range(256) for value in (level, level, level, 0))
    path = write_dib(tmp_path / "a.avi", [image[::-1] for image in images], 8, height=21, palette=grays)
    for image, frame in zip(images, ContainerSource(path).frames(), strict=True):
        np.testing.assert_array_equal(ycocg_r_to_rgb(frame.picture), np.repeat(image[..., None], 3, axis=2))
