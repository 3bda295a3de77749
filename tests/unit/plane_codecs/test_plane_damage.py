"""Runs that were tampered with: a StreamError, never a crash, a hang or another exception."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import zstandard

from codec.errors import StreamError
from codec.plane_codecs import CodedRun, PlaneParameters, decode_planes
from container_format.errors import LimitError, UnsupportedError

CODECS = ["raw", "zstd", "ffv1", "x264", "x264:crf=23", "x265", "x265:crf=23", "svtav1"]


@pytest.fixture(params=CODECS)
def coded(request, make_clip, code) -> tuple[PlaneParameters, CodedRun]:
    return code(request.param, make_clip("moving", 70, 66, 6))


def refused(decode, parameters: PlaneParameters, run: CodedRun) -> None:
    with pytest.raises(StreamError) as caught:
        decode(parameters, run)
    assert "\n" not in str(caught.value)


def decode_or_refuse(parameters: PlaneParameters, run: CodedRun) -> None:
    # Codecs do not find all damage themselves, but they must give the right shape or a StreamError, and return: dav1d
    # and FFmpeg's H.264 decoder wait for ever on some damaged packets when they run in several threads.
    try:
        planes = list(decode_planes(parameters, run, max_frames=6))
    except StreamError:
        return
    assert np.shape(planes) == (6, 66, 70)


def with_packet(run: CodedRun, index: int, packet: bytes) -> CodedRun:
    return replace(run, packets=(*run.packets[:index], packet, *run.packets[index + 1 :]))


def test_truncated_packets(coded, decode) -> None:
    parameters, run = coded
    if parameters.codec == "hevc":
        # FFmpeg decodes what is there of a picture and makes up the rest; the container's checksums hold it.
        refused(decode, parameters, with_packet(run, 0, run.packets[0][:20]))
        return
    for index in (0, 2, 5):
        refused(decode, parameters, with_packet(run, index, run.packets[index][: len(run.packets[index]) // 4]))


def test_packets_cut_anywhere_never_escape(coded) -> None:
    parameters, run = coded
    rng = np.random.default_rng(9)
    for _ in range(30):
        index = int(rng.integers(len(run.packets)))
        end = int(rng.integers(1, len(run.packets[index])))
        decode_or_refuse(parameters, with_packet(run, index, run.packets[index][:end]))


def test_garbage(coded, decode) -> None:
    parameters, run = coded
    garbage = np.random.default_rng(3).bytes(200)
    refused(decode, parameters, with_packet(run, 0, garbage))
    refused(decode, parameters, CodedRun(run.extradata, (garbage,) * 6, 6))
    refused(decode, parameters, CodedRun(run.extradata, (b"\0",) * 6, 6))


def test_packets_missing_or_too_many(coded, decode) -> None:
    parameters, run = coded
    refused(decode, parameters, replace(run, packets=run.packets[:-1]))
    refused(decode, parameters, replace(run, num_frames=5))
    refused(decode, parameters, replace(run, num_frames=7))
    refused(decode, parameters, replace(run, packets=()))
    refused(decode, parameters, with_packet(run, 1, b""))


@pytest.mark.parametrize("coded", CODECS[2:], indirect=True)  # frames of raw and zstd may stand alone
def test_a_lost_first_packet(coded, decode) -> None:
    parameters, run = coded
    refused(decode, parameters, CodedRun(run.extradata, run.packets[1:], 5))


@pytest.mark.parametrize("coded", [codec for codec in CODECS if codec != "ffv1"], indirect=True)  # FFV1 states no size
def test_another_size(coded, decode) -> None:
    parameters, run = coded
    other = replace(parameters, width=90, height=60, coded_width=90, coded_height=60)
    refused(decode, other, run)


def test_flipped_bits_never_escape(coded) -> None:
    parameters, run = coded
    rng = np.random.default_rng(5)
    for _ in range(40):
        index = int(rng.integers(len(run.packets)))
        packet = bytearray(run.packets[index])
        packet[int(rng.integers(len(packet)))] ^= 1 << int(rng.integers(8))
        decode_or_refuse(parameters, with_packet(run, index, bytes(packet)))


def test_another_codecs_packets(make_clip, code, decode) -> None:
    runs = [code(codec, make_clip("moving", 70, 66, 2)) for codec in ("zstd", "ffv1", "x264", "x265", "svtav1")]
    for parameters, _ in runs:
        for other, run in runs:
            if other.codec != parameters.codec:
                refused(decode, parameters, run)


def test_a_huge_picture_is_refused_before_it_is_decoded(make_clip, code, decode) -> None:
    for codec in ("x264", "x265", "svtav1"):
        _, run = code(codec, make_clip("flat", 1200, 1100, 1))
        small, _ = code(codec, make_clip("flat", 80, 80, 1))
        refused(decode, small, run)


def test_broken_extradata(make_clip, code, decode) -> None:
    parameters, run = code("ffv1", make_clip("moving", 70, 66, 2))
    refused(decode, parameters, replace(run, extradata=b""))
    refused(decode, parameters, replace(run, extradata=run.extradata[:10]))
    refused(decode, parameters, replace(run, extradata=b"\xff" * 42))


def test_unknown_decoder_and_too_many_frames(make_clip, code) -> None:
    parameters, run = code("raw", make_clip("flat", 4, 4, 3))
    with pytest.raises(UnsupportedError, match=r"raw, zstd, ffv1, h264, hevc, av1\. Received: mjpeg"):
        decode_planes(replace(parameters, codec="mjpeg"), run, max_frames=3)
    with pytest.raises(LimitError, match=r"at most 2 frames in a segment\. Received: 3"):
        decode_planes(parameters, run, max_frames=2)


class TestZstd:
    parameters = PlaneParameters("zstd", 8, 8, 8, 8, is_lossless=True)

    def refuse(self, packet: bytes, message: str) -> None:
        with pytest.raises(StreamError, match=message):
            list(decode_planes(self.parameters, CodedRun(b"", (packet,), 1), max_frames=1))

    def test_claims_of_terabytes(self) -> None:
        # Single segment, 8-byte content size of 2**40, one empty last block.
        bomb = b"\x28\xb5\x2f\xfd\xe0" + (1 << 40).to_bytes(8, "little") + b"\x01\x00\x00"
        assert zstandard.get_frame_parameters(bomb).content_size == 1 << 40
        self.refuse(b"\0" + bomb, "at most 64 bytes in a zstd frame. Received: 1099511627776")

    def test_windows_of_gigabytes(self) -> None:
        # Window descriptor 0xa0 is 2**30 bytes; a 1-byte content size needs the single-segment flag, 2 bytes do not.
        frame = b"\x28\xb5\x2f\xfd\x80\xa0" + (64).to_bytes(4, "little") + b"\x01\x00\x00"
        assert zstandard.get_frame_parameters(frame).window_size == 1 << 30
        self.refuse(b"\0" + frame, "zstd frame is damaged")

    def test_size_not_stated(self) -> None:
        self.refuse(
            b"\0" + zstandard.ZstdCompressor(write_content_size=False).compress(bytes(64)), "states its content size"
        )

    def test_trailing_bytes(self) -> None:
        frame = zstandard.ZstdCompressor().compress(bytes(64))
        self.refuse(b"\0" + frame + b"x", "one zstd frame of 64 bytes")
        self.refuse(b"\0" + frame + frame, "one zstd frame of 64 bytes")

    def test_fewer_bytes_than_stated(self) -> None:
        frame = b"\x28\xb5\x2f\xfd\x20\x40\x01\x00\x00"  # states 64 bytes, holds none
        assert zstandard.get_frame_parameters(frame).content_size == 64
        self.refuse(b"\0" + frame, "zstd frame is damaged")

    def test_smaller_plane(self) -> None:
        self.refuse(b"\0" + zstandard.ZstdCompressor().compress(bytes(63)), "64 bytes in a zstd gray packet")

    def test_unknown_filter(self) -> None:
        self.refuse(b"\3" + zstandard.ZstdCompressor().compress(bytes(64)), "filter 0, 1 or 2")
