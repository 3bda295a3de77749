"""Containers as sources: times, descriptions, and what is beside the pictures, as they were written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from codec.video.info import CopyPacket
from codec.video.picture import Frame
from codec.video.sources.container import ContainerSource
from tests.unit.video.written_clips import X264_LOSSLESS, make_frame, plane_bytes, write_clip


def test_jpeg_video_is_full_range_without_a_change(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", "mjpeg", [make_frame(34, 22, "yuvj420p", 1)])
    source = ContainerSource(path)
    assert source.info.pixel_format.name == "yuv420p"
    assert source.info.color.color_range == 2
    with av.open(str(path)) as container:
        (reference,) = container.decode(video=0)
        (frame,) = source.frames()
        assert frame.picture.luma.tobytes() == plane_bytes(reference, 0, 34, 22)


def test_color_description_and_aspect_ratio(tmp_path: Path) -> None:
    def set_up(stream: VideoStream) -> None:
        stream.codec_context.color_range = 2
        stream.codec_context.color_primaries = 9
        stream.codec_context.color_trc = 16
        stream.codec_context.colorspace = 9
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)

    frames = [make_frame(32, 16, "yuv420p", seed) for seed in range(2)]
    path = write_clip(tmp_path / "a.mkv", "libx264", frames, options=X264_LOSSLESS, set_up=set_up)
    info = ContainerSource(path).info
    assert (info.color.color_range, info.color.primaries, info.color.transfer, info.color.matrix) == (2, 9, 16, 9)
    assert info.sample_aspect_ratio == Fraction(4, 3)
    assert info.display_matrix is None
    plain = ContainerSource(write_clip(tmp_path / "b.mkv", "libx264", frames, options=X264_LOSSLESS)).info
    assert (plain.color.color_range, plain.color.primaries, plain.color.transfer, plain.color.matrix) == (0, 2, 2, 2)
    assert plain.sample_aspect_ratio is None


@pytest.mark.parametrize(
    ("degrees", "flip", "corner"),
    [
        (90, False, (0, -65536, 65536, 0)),
        (180, False, (-65536, 0, 0, -65536)),
        (-90, False, (0, 65536, -65536, 0)),
        (0, True, (-65536, 0, 0, 65536)),
    ],
)
def test_rotation(tmp_path: Path, degrees: int, flip: bool, corner: tuple[int, int, int, int]) -> None:
    frames = [make_frame(32, 16, "yuv420p", seed) for seed in range(2)]

    def set_up(stream: VideoStream) -> None:
        stream.set_display_rotation(degrees, hflip=flip)

    path = write_clip(tmp_path / "a.mp4", "libx264", frames, options=X264_LOSSLESS, set_up=set_up)
    matrix = ContainerSource(path).info.display_matrix
    assert matrix is not None
    assert (matrix[0], matrix[1], matrix[3], matrix[4]) == corner
    assert matrix[8] == 1 << 30


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_variable_frame_rate_survives(tmp_path: Path, name: str) -> None:
    pts = [0, 40, 41, 500, 503, 1000]
    frames = [make_frame(32, 16, "yuv420p", seed) for seed in range(len(pts))]
    path = write_clip(tmp_path / name, "libx264", frames, options=X264_LOSSLESS, pts=pts, time_base=Fraction(1, 1000))
    source = ContainerSource(path)
    read = list(source.frames())
    assert [frame.pts * source.info.time_base for frame in read] == [Fraction(time, 1000) for time in pts]
    assert [frame.pts for frame in source.read() if isinstance(frame, Frame)] == [frame.pts for frame in read]
    assert source.notes == ()


def test_missing_times_are_counted(tmp_path: Path) -> None:
    frames = [make_frame(32, 16, "yuv420p", seed) for seed in range(6)]
    source = ContainerSource(write_clip(tmp_path / "a.h264", "libx264", frames, options=X264_LOSSLESS | {"bf": "2"}))
    assert source.info.frame_rate == 25
    read = list(source.frames())
    assert [frame.pts * source.info.time_base for frame in read] == [Fraction(number, 25) for number in range(6)]
    assert [frame.picture.luma.tobytes() for frame in read] == [plane_bytes(f, 0, 32, 16) for f in frames]


def write_film(path: Path, num_frames: int = 6) -> list[bytes]:
    """Video, sound, subtitles, tags and chapters; returns the packets of the sound."""
    sound = []
    with av.open(str(path), "w") as output:
        video = output.add_stream("ffv1", rate=25)
        video.width, video.height, video.pix_fmt = 32, 16, "yuv420p"
        audio = output.add_stream("pcm_s16le", rate=8000)
        audio.layout = "mono"
        audio.metadata["language"] = "deu"
        text = output.add_mux_stream("subrip")
        text.time_base = Fraction(1, 1000)
        output.metadata.update({"title": "A film", "comment": "for tests"})
        output.set_chapters(
            [
                {"id": 1, "start": 0, "end": 120, "time_base": Fraction(1, 1000), "metadata": {"title": "One"}},
                {"id": 2, "start": 120, "end": 240, "time_base": Fraction(1, 1000), "metadata": {"title": "Two"}},
            ]
        )
        output.start_encoding()
        for number in range(num_frames):
            frame = make_frame(32, 16, "yuv420p", number)
            frame.pts = number
            output.mux(video.encode(frame))
            data = np.random.default_rng(100 + number).bytes(640)
            samples = np.frombuffer(data, np.int16)[None]
            block = av.AudioFrame.from_ndarray(samples, "s16", "mono")
            block.sample_rate, block.pts = 8000, number * 320
            output.mux(audio.encode(block))
            sound.append(data)
            if number == 2:
                packet = av.Packet(b"Hello")
                packet.stream, packet.time_base = text, Fraction(1, 1000)
                packet.pts = packet.dts = 80
                packet.duration = 1000
                output.mux(packet)
        output.mux(video.encode(None))
        output.mux(audio.encode(None))
    return sound


def test_sound_subtitles_chapters_and_tags(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    sound = write_film(path)
    source = ContainerSource(path)
    info = source.info
    assert [(stream.kind, stream.codec) for stream in info.copy_streams] == [
        ("audio", "pcm_s16le"),
        ("subtitle", "subrip"),
    ]
    assert info.copy_streams[0].sample_rate == 8000
    assert info.copy_streams[0].tags["language"] == "deu"
    assert {"title", "comment"} <= {key.lower() for key in info.tags}
    assert "encoder" not in {key.lower() for key in info.tags}
    assert [chapter.tags["title"] for chapter in info.chapters] == ["One", "Two"]
    assert [chapter.start * chapter.time_base for chapter in info.chapters] == [0, Fraction(120, 1000)]
    items = list(source.read())
    packets = [item for item in items if isinstance(item, CopyPacket)]
    assert b"".join(packet.data for packet in packets if packet.stream == 0) == b"".join(sound)
    (text,) = [packet for packet in packets if packet.stream == 1]
    assert text.data == b"Hello"
    assert text.pts is not None
    assert text.pts * info.copy_streams[1].time_base == Fraction(80, 1000)
    frames = [item for item in items if isinstance(item, Frame)]
    assert len(frames) == 6
    # In the order of the file: sound comes between the frames, not behind them.
    first_sound = next(i for i, item in enumerate(items) if isinstance(item, CopyPacket))
    assert first_sound < len(items) - len(packets)
    assert [frame.pts for frame in source.frames()] == [frame.pts for frame in frames]
    assert source.notes == ()


def test_other_streams_are_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    frames = [make_frame(32, 16, "yuv420p", seed) for seed in range(2)]
    with av.open(str(path), "w") as output:
        streams = [output.add_stream("ffv1", rate=25) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 32, 16, "yuv420p"
        output.add_attachment("font.ttf", "application/x-truetype-font", b"not a font")
        for number, frame in enumerate(frames):
            frame.pts = number
            for stream in streams:
                output.mux(stream.encode(frame))
        for stream in streams:
            output.mux(stream.encode(None))
    source = ContainerSource(path)
    assert len([item for item in source.read() if isinstance(item, Frame)]) == 2
    assert source.notes == ("a further video stream (1) is left out",)
    assert [stream.kind for stream in source.info.copy_streams] == ["attachment"]


def test_vp9_alpha_is_noted(tmp_path: Path) -> None:
    frames = [make_frame(32, 16, "yuva420p", 1)]
    source = ContainerSource(write_clip(tmp_path / "a.webm", "libvpx-vp9", frames))
    assert any("an alpha channel" in note for note in source.notes)
