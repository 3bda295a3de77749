"""Video that comes while it is coded: pipes, files at their own speed, and what FFmpeg opens."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

import av
import numpy as np
import pytest

from codec.errors import InputError
from codec.video.sources.live import LiveRaw, LiveY4m, PlayedFile, open_live
from codec.video.sources.live_container import LiveContainer
from codec.video.sources.options import SourceOptions

HEAD = b"YUV4MPEG2 W4 H2 F10:1 Ip C420jpeg\n"
FRAME = b"FRAME\n" + bytes(range(12))


def piped(data: bytes) -> BinaryIO:
    """The reading end of a pipe that brings these bytes."""
    ours, theirs = os.pipe()

    def write() -> None:
        with os.fdopen(theirs, "wb") as sink:
            sink.write(data)

    threading.Thread(target=write, daemon=True).start()
    return os.fdopen(ours, "rb")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "short.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=Fraction(50))
        stream.width, stream.height, stream.pix_fmt = 32, 16, "yuv420p"
        for index in range(6):
            rgb = np.full((16, 32, 3), 20 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb).reformat(format="yuv420p")))
        container.mux(stream.encode(None))
    return path


def test_y4m_comes_frame_by_frame() -> None:
    ours, theirs = os.pipe()
    with os.fdopen(theirs, "wb", 0) as sink, os.fdopen(ours, "rb") as stream:
        sink.write(HEAD + FRAME)
        source = LiveY4m(stream, "a pipe", SourceOptions())
        assert (source.info.width, source.info.height, source.info.frame_rate) == (4, 2, Fraction(10))
        assert source.info.num_frames_from_header is None
        arrivals = source.arrivals()
        assert next(arrivals)().picture.luma.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
        sink.write(FRAME)
        assert next(arrivals)().pts == 1


def test_y4m_that_breaks_off() -> None:
    with piped(HEAD + FRAME + FRAME[:9]) as stream:
        arrivals = LiveY4m(stream, "a pipe", SourceOptions()).arrivals()
        next(arrivals)
        with pytest.raises(InputError, match="frame 1 in a pipe"):
            next(arrivals)


def test_raw_frames_with_their_size() -> None:
    options = SourceOptions(size=(4, 2), pixel_format="gray", frame_rate=Fraction(5))
    source = LiveRaw(io.BytesIO(bytes(range(16))), "a pipe", options)
    assert [late().pts for late in source.arrivals()] == [0, 1]
    assert source.notes == ()
    assert "25" in LiveRaw(io.BytesIO(), "a pipe", SourceOptions(size=(4, 2), pixel_format="gray")).notes[0]


@pytest.mark.parametrize(
    ("options", "data", "message"),
    [
        (SourceOptions(size=(4, 2)), b"", "expected --size and --pix-fmt"),
        (SourceOptions(size=(4, 2), pixel_format="gray"), bytes(11), "expected whole frames of 8 bytes"),
    ],
)
def test_raw_frames_that_are_none(options: SourceOptions, data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(LiveRaw(io.BytesIO(data), "a pipe", options).arrivals())


def test_a_file_is_played_at_its_own_speed(recording: Path) -> None:
    source = PlayedFile(str(recording), SourceOptions())
    begin = time.monotonic()
    times = [late().pts * source.info.time_base for late in source.arrivals()]
    assert times == [Fraction(index, 50) for index in range(6)]
    assert time.monotonic() - begin >= 5 / 50  # not earlier than its times say


def test_a_file_ends_when_it_is_closed(recording: Path) -> None:
    source = PlayedFile(str(recording), SourceOptions())
    arrivals = source.arrivals()
    next(arrivals)
    source.close()
    assert list(arrivals) == []


def test_a_container_through_a_pipe(recording: Path) -> None:
    with piped(recording.read_bytes()) as stream:
        source = LiveContainer(stream, "a pipe", SourceOptions())
        frames = [late() for late in source.arrivals()]
    assert (source.info.width, source.info.height) == (32, 16)
    assert [frame.pts * source.info.time_base for frame in frames] == [Fraction(index, 50) for index in range(6)]
    with av.open(str(recording)) as container:
        lumas = [frame.to_ndarray()[:16] for frame in container.decode(video=0)]
    assert all(np.array_equal(frame.picture.luma, luma) for frame, luma in zip(frames, lumas, strict=True))


def test_packets_that_are_damaged_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "damaged.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 64, 48, "yuv420p", 1
        packets = []
        for index in range(8):
            rgb = np.random.default_rng(index).integers(0, 256, (48, 64, 3)).astype(np.uint8)
            packets += stream.encode(av.VideoFrame.from_ndarray(rgb).reformat(format="yuv420p"))
        packets += stream.encode(None)
        for index, packet in enumerate(packets):
            if index == 3:
                broken = av.Packet(b"\xff" * 40)
                broken.pts, broken.dts, broken.time_base, broken.stream = (
                    packet.pts,
                    packet.dts,
                    packet.time_base,
                    stream,
                )
                container.mux(broken)
            else:
                container.mux(packet)
    with piped(path.read_bytes()) as pipe:
        source = LiveContainer(pipe, "a pipe", SourceOptions())
        count = sum(1 for _ in source.arrivals())
    assert 0 < count < 8


def frames_of(path: str) -> Iterator[object]:
    return iter(open_live(path, SourceOptions()).arrivals())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe(tmp_path: Path) -> None:
    place = tmp_path / "pipe"
    os.mkfifo(place)

    def write() -> None:
        place.write_bytes(HEAD + FRAME + FRAME)

    threading.Thread(target=write, daemon=True).start()
    assert len(list(frames_of(str(place)))) == 2


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nothing.mp4", "nothing.mp4, which does not exist"),
        ("/dev/video987", "does not exist|cannot open /dev/video987"),
        ("udp://256.1.1.1:9", "cannot open udp://256.1.1.1:9 as live video"),
        ("nosuch://host", "cannot open nosuch://host as live video"),
    ],
)
def test_sources_that_are_not_there(path: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_live(path, SourceOptions())


def test_a_camera_of_ffmpegs_own() -> None:
    if "lavfi" not in av.formats_available:
        pytest.skip("no lavfi here")
    source = open_live("testsrc=size=32x16:rate=5", SourceOptions(kind="lavfi"))
    arrivals = cast("Iterator[object]", source.arrivals())
    assert source.info.width == 32
    assert next(arrivals) is not None
