"""Times as recorders write them: no rate, a clock that started long ago, packets in the order of decoding."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from recordings import moving_frame, write_recording

from codec.video.info import Chapter, CopyPacket
from codec.video.picture import Frame
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
from codec.video.sinks.start import Start
from codec.video.sources.container import ContainerSource


def write_times(path: Path, milliseconds: list[int], codec: str = "libx264") -> Path:
    """A recording whose muxer knows no rate."""
    with av.open(str(path), "w", container_options={"live": "1"} if path.suffix == ".webm" else {}) as output:
        video = output.add_stream(codec, rate=1000, options={"deadline": "realtime"} if codec == "libvpx" else {})
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        for number, time in enumerate(milliseconds):
            frame = moving_frame(number)
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
    return path


JITTER = np.cumsum(np.random.default_rng(0).integers(28, 40, 60)).tolist()


@pytest.mark.parametrize(
    ("name", "codec", "times"),
    [
        ("a.mkv", "libx264", JITTER),
        ("a.webm", "libvpx", JITTER),
        ("a.mkv", "libx264", [0, 1, 2, 3, 4, 5, 500, 503, 1000, 1500, 2000, 2001, 2002, 9000]),
        ("a.mkv", "libx264", [7 + 1_800_000 * number for number in range(6)]),
        ("a.mkv", "libx264", list(range(0, 60, 2))),
    ],
)
def test_the_mean_rate_in_place_of_the_clocks(tmp_path: Path, name: str, codec: str, times: list[int]) -> None:
    source = ContainerSource(write_times(tmp_path / name, times, codec))
    assert source.info.frame_rate == Fraction(len(times) - 1) / Fraction(times[-1] - times[0], 1000)
    assert [frame.pts for frame in source.frames()] == times


def test_a_high_rate_that_is_true(tmp_path: Path) -> None:
    source = ContainerSource(write_times(tmp_path / "a.mkv", list(range(50))))
    assert source.info.frame_rate == 1000


def test_y4m_gets_the_mean_rate_and_says_so(tmp_path: Path) -> None:
    source = ContainerSource(write_times(tmp_path / "a.mkv", [0, 30, 90, 100, 200]))
    sink = open_sink(str(tmp_path / "a.y4m"), source.info, SinkOptions())
    for frame in source.frames():
        sink.write(frame)
    sink.close()
    assert b" F20:1 " in (tmp_path / "a.y4m").read_bytes()[:60]
    (note,) = sink.notes
    assert "20 frames a second written, the frames' own times were lost" in note


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_avi_has_packets_in_the_order_of_decoding(tmp_path: Path, codec: str) -> None:
    source = ContainerSource(write_recording(tmp_path / "a.avi", codec, {"bf": "2"}))
    times = [frame.pts for frame in source.frames()]
    assert times == list(range(times[0], times[0] + 30))
    assert source.notes == ()


def decode_into(path: Path, source: ContainerSource) -> tuple[str, ...]:
    sink = open_sink(str(path), source.info, SinkOptions(codec="ffv1" if path.suffix == ".mkv" else None))
    for item in source.read():
        if isinstance(item, Frame):
            sink.write(item)
        else:
            sink.write_packet(item)
    sink.close()
    return sink.notes


def first_times(path: Path) -> tuple[float, float, int]:
    """Seconds of the first frame and of the first packet of the sound; the number of packets."""
    source = ContainerSource(path)
    items = list(source.read())
    frame = next(item for item in items if isinstance(item, Frame))
    packets = [item for item in items if isinstance(item, CopyPacket)]
    sound = source.info.copy_streams[0].time_base
    return float(frame.pts * source.info.time_base), float((packets[0].pts or 0) * sound), len(packets)


@pytest.mark.parametrize("name", ["out.mkv", "out.mp4", "out.mov"])
@pytest.mark.parametrize("start", [0, 3, 25_000])
def test_an_output_starts_near_zero(tmp_path: Path, name: str, start: int) -> None:
    path = write_recording(tmp_path / "a.ts", sound="aac", start_seconds=start)
    source = ContainerSource(path)
    frame, sound, count = first_times(path)
    assert source.info.start_pts == round(min(frame, sound) * 90_000)
    notes = decode_into(tmp_path / name, source)
    assert any("all times are moved" in note for note in notes) == (min(frame, sound) >= 1)
    frame_out, sound_out, count_out = first_times(tmp_path / name)
    assert count_out == count
    assert min(frame_out, sound_out) < 1
    assert frame_out - sound_out == pytest.approx(frame - sound, abs=0.0011)


def test_chapters_move_too(tmp_path: Path) -> None:
    info = ContainerSource(write_recording(tmp_path / "a.ts", start_seconds=100)).info
    chapter = Chapter(101_000, 103_000, Fraction(1, 1000), {"title": "One"})
    start = Start(replace(info, start_pts=9_000_000))
    assert start.chapter(chapter) == replace(chapter, start=1000, end=3000)
    assert start.chapter(replace(chapter, start=0)).start == 0
    assert start.pts(9_000_000) == 0
