"""codec.video.sinks.container, read back with plain PyAV: times, descriptions, and streams beside the video."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from codec.video.copy_streams import copy_packet, describe_stream
from codec.video.info import Chapter, ColorDescription, CopyPacket, CopyStream
from codec.video.picture import Frame
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
from tests.unit.video.written_videos import (
    QUARTER_TURN,
    TICK,
    VARIABLE_TIMES,
    read_video,
    smooth_frames,
    video_info,
    write_video,
)


@pytest.mark.parametrize(
    ("file", "codec"),
    [("a.mp4", None), ("a.mov", None), ("a.mkv", None), ("a.mkv", "ffv1"), ("a.webm", None), ("a.mp4", "h265")],
)
def test_everything_else_of_the_video_survives(tmp_path: Path, file: str, codec: str | None) -> None:
    chapters = (
        Chapter(0, 150, TICK, {"title": "One"}),
        Chapter(150, 400, TICK, {"title": "Two"}),
    )
    info = replace(
        video_info("yuv420p"),
        color=ColorDescription(2, 9, 16, 9),  # full range, BT.2020, PQ
        sample_aspect_ratio=Fraction(4, 3),
        display_matrix=QUARTER_TURN,
        tags={"title": "A film", "major_brand": "qt  ", "encoder": "someone else's"},
        chapters=chapters,
    )
    frames = smooth_frames(info, VARIABLE_TIMES)
    frames[-1] = replace(frames[-1], duration=100)
    notes = write_video(tmp_path / file, info, frames, SinkOptions(codec=codec))
    read = read_video(tmp_path / file)
    assert read.seconds == pytest.approx([float(pts * TICK) for pts in VARIABLE_TIMES], abs=0.0011)
    assert read.end_seconds == pytest.approx(float(400 * TICK), abs=0.0011)
    assert read.color == (2, 9, 16, 9)
    assert [frame.rotation for frame in read.frames] == [-90] * len(frames)
    assert read.tags.get("title", read.tags.get("TITLE")) == "A film"
    assert "someone else's" not in read.tags.values()
    assert [chapter["metadata"]["title"] for chapter in read.chapters] == ["One", "Two"]
    assert [float(chapter["start"] * chapter["time_base"]) for chapter in read.chapters] == [0, 0.25]
    assert read.sample_aspect_ratio == Fraction(4, 3)
    assert notes == ()


def test_quicktime_keeps_times_of_any_time_base_exactly(tmp_path: Path) -> None:
    for time_base in (Fraction(1, 90000), Fraction(1001, 30000), Fraction(1, 1000), Fraction(1, 12800)):
        info = replace(video_info("gray"), time_base=time_base)
        write_video(tmp_path / "a.mp4", info, smooth_frames(info, (3, 4, 8, 9, 20)), SinkOptions(overwrite=True))
        frames = read_video(tmp_path / "a.mp4").frames
        assert [frame.pts * frame.time_base for frame in frames if frame.pts is not None] == [
            pts * time_base for pts in (3, 4, 8, 9, 20)
        ]


def test_times_that_do_not_increase_are_moved_with_a_note(tmp_path: Path) -> None:
    info = video_info("gray")
    (note,) = write_video(tmp_path / "a.mp4", info, smooth_frames(info, (0, 25, 25, 20, 75)), SinkOptions())
    assert "do not increase" in note
    assert read_video(tmp_path / "a.mp4").seconds == pytest.approx([pts / 600 for pts in (0, 25, 26, 27, 75)])


def encode_sound(codec: str, container: str) -> tuple[CopyStream, list[CopyPacket]]:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream(codec, rate=48000)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "stereo"
        stream.metadata["language"] = "eng"
        noise = np.random.default_rng(0).normal(size=(2, 48000)).astype(np.float32) * 0.1
        frame = av.AudioFrame.from_ndarray(noise, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = 48000, 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer) as source:
        sound = source.streams[0]
        return describe_stream(sound), [copy_packet(0, packet) for packet in source.demux(sound) if packet.size]


def interleave(frames: list[Frame], packets: list[CopyPacket], stream: CopyStream) -> list[Frame | CopyPacket]:
    timed: list[tuple[Fraction, int, Frame | CopyPacket]] = [(frame.pts * TICK, 0, frame) for frame in frames]
    timed += [((packet.dts or 0) * stream.time_base, 1, packet) for packet in packets]
    return [item for _, _, item in sorted(timed, key=lambda entry: entry[:2])]


@pytest.mark.parametrize(
    ("file", "codec", "container"),
    [
        ("a.mp4", "aac", "mp4"),
        ("a.mov", "aac", "mp4"),
        ("a.mkv", "aac", "mp4"),
        ("a.mkv", "flac", "flac"),
        ("a.webm", "libopus", "webm"),
        ("a.mkv", "libopus", "mp4"),
        ("a.mp4", "libopus", "webm"),
    ],
)
def test_sound_survives_beside_the_video(tmp_path: Path, file: str, codec: str, container: str) -> None:
    stream, packets = encode_sound(codec, container)
    info = replace(video_info("yuv420p"), copy_streams=(stream,))
    sink = open_sink(str(tmp_path / file), info, SinkOptions())
    for item in interleave(smooth_frames(info, VARIABLE_TIMES), packets, stream):
        if isinstance(item, Frame):
            sink.write(item)
        else:
            sink.write_packet(item)
    sink.close()
    assert sink.notes == ()
    read = read_video(tmp_path / file)
    assert read.seconds == pytest.approx([float(pts * TICK) for pts in VARIABLE_TIMES], abs=0.0011)
    with av.open(str(tmp_path / file)) as source:
        sound = source.streams.audio[0]
        again = describe_stream(sound)
        packets_again = [copy_packet(0, packet) for packet in source.demux(sound) if packet.size]
        if container != "flac":
            assert sound.language == "eng"
    assert (again.codec, again.extradata, again.sample_rate) == (stream.codec, stream.extradata, 48000)
    assert [packet.data for packet in packets_again] == [packet.data for packet in packets]
    times = [float((packet.pts or 0) * stream.time_base) for packet in packets]
    assert [float((packet.pts or 0) * again.time_base) for packet in packets_again] == pytest.approx(times, abs=0.0011)


def test_streams_that_do_not_fit_are_left_out_with_a_note(tmp_path: Path) -> None:
    aac, packets = encode_sound("aac", "mp4")
    subtitles = CopyStream("subtitle", "subrip", Fraction(1, 1000), tags={"language": "eng"})
    vorbis = CopyStream("audio", "vorbis", TICK, b"", 48000, "stereo")
    info = replace(video_info("yuv420p"), copy_streams=(aac, subtitles, vorbis))
    texts = [CopyPacket(1, 100 * i, 100 * i, 90, True, b"line %d" % i) for i in range(3)]
    for file, left_out in (("a.mkv", ["audio stream 2 (vorbis)"]), ("a.mp4", [])):
        sink = open_sink(str(tmp_path / file), info, SinkOptions())
        for item in [*smooth_frames(info), *packets, *texts]:
            if isinstance(item, Frame):
                sink.write(item)
            else:
                sink.write_packet(item)
        sink.close()
        notes = [note for note in sink.notes if "was left out" in note]
        assert [note.split(" cannot be stored in ")[0] for note in notes] == left_out
        with av.open(str(tmp_path / file)) as source:
            assert len(source.streams.audio) >= 1
            read = [bytes(packet) for packet in source.demux(subtitles=0) if packet.size > 2]
        length = b"" if file == "a.mkv" else b"\0\x06"
        assert read == [length + text.data for text in texts]


def test_packets_with_bad_times_are_left_out_with_one_note(tmp_path: Path) -> None:
    stream, packets = encode_sound("aac", "mp4")
    packets[5] = replace(packets[5], pts=packets[1].pts, dts=packets[1].dts)
    packets[6] = replace(packets[6], pts=None, dts=None)
    info = replace(video_info("yuv420p"), copy_streams=(stream,))
    sink = open_sink(str(tmp_path / "a.mp4"), info, SinkOptions())
    for frame in smooth_frames(info):
        sink.write(frame)
    for packet in packets:
        sink.write_packet(packet)
    sink.close()
    (note,) = sink.notes
    assert note.startswith("audio stream 1 (aac): packets that cannot be stored")
    with av.open(str(tmp_path / "a.mp4")) as source:
        assert len([packet for packet in source.demux(audio=0) if packet.size]) == len(packets) - 2
