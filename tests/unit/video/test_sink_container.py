"""codec.video.sinks.container, read back with plain PyAV."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from codec.errors import ClosedPipeError, OutputError
from codec.video.convert import PictureConverter, video_frame
from codec.video.copy_streams import copy_packet, describe_stream
from codec.video.info import Chapter, ColorDescription, CopyPacket, CopyStream, VideoInfo
from codec.video.picture import Frame, Picture, ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
from codec.video.sources.decoded_frames import picture_of
from tests.formats import REPRESENTATIVE, noise_bytes

TICK = Fraction(1, 600)
RATE = Fraction(24)
# 90 degrees, as FFmpeg's display matrix: 16.16 fixed point, the last one 2.30.
QUARTER_TURN = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
VARIABLE_TIMES = (0, 25, 50, 125, 150, 151, 300)


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def video_info(pixel_format: str, width: int = 64, height: int = 48, color_range: int = 0) -> VideoInfo:
    return VideoInfo(width, height, PIXEL_FORMATS[pixel_format], TICK, RATE, ColorDescription(color_range))


def smooth_frames(info: VideoInfo, times: tuple[int, ...] = (0, 25, 50)) -> list[Frame]:
    """A moving color gradient with a little noise."""
    generator = np.random.default_rng(5)
    rows, columns = np.mgrid[0 : info.height, 0 : info.width]
    frames = []
    for number, pts in enumerate(times):
        rgb = np.stack([rows * 3 + number * 4, columns * 2 + 20, (rows + columns) * 2 + 10], axis=-1) % 256
        noisy = np.clip(rgb + generator.integers(-2, 3, rgb.shape), 0, 255).astype(np.uint8)
        source = replace(info, pixel_format=PIXEL_FORMATS["rgb24"])
        picture = PIXEL_FORMATS["rgb24"].unpack(noisy.tobytes(), info.width, info.height)
        frames.append(Frame(PictureConverter(source, info.pixel_format).picture(picture), pts))
    return frames


def write_video(path: Path, info: VideoInfo, frames: list[Frame], options: SinkOptions) -> tuple[str, ...]:
    sink = open_sink(str(path), info, options)
    for frame in frames:
        sink.write(frame)
    sink.close()
    return sink.notes


@dataclass
class Read:
    """What plain PyAV finds in a file."""

    frames: list[av.VideoFrame]
    codec: str
    codec_tag: str
    color: tuple[int, int, int, int]
    sample_aspect_ratio: Fraction | None
    tags: dict[str, str]
    chapters: list[Any]
    end_seconds: float

    @property
    def seconds(self) -> list[float]:
        return [float(frame.pts * frame.time_base) for frame in self.frames if frame.pts is not None]


def read_video(path: Path | io.BytesIO) -> Read:
    with av.open(str(path) if isinstance(path, Path) else path) as source:
        stream = source.streams.video[0]
        context = stream.codec_context
        return Read(
            list(source.decode(video=0)),
            context.codec.canonical_name,
            context.codec_tag,
            (context.color_range, context.color_primaries, context.color_trc, context.colorspace),
            stream.sample_aspect_ratio,
            dict(source.metadata),
            source.chapters(),
            source.duration / av.time_base if source.duration is not None else 0,
        )


def planes_of(frame: av.VideoFrame) -> list[np.ndarray[Any, Any]]:
    return [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width].copy()
        for plane in frame.planes
    ]


def psnr(first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]) -> float:
    error = np.mean((first.astype(np.float64) - second) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


@pytest.mark.parametrize("size", [(64, 48), (35, 27)])
@pytest.mark.parametrize("name", [name for name in REPRESENTATIVE if name != "ya16le"])  # FFV1 does not have it
def test_ffv1_keeps_every_bit_of_every_format(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    info = video_info(name, *size)
    generator = np.random.default_rng(1)
    raw = [noise_bytes(info.pixel_format, info.width, info.height, generator) for _ in range(2)]
    frames = [Frame(info.pixel_format.unpack(data, *size), i * 25) for i, data in enumerate(raw)]
    assert write_video(tmp_path / "out.mkv", info, frames, SinkOptions(codec="ffv1")) == ()
    read = read_video(tmp_path / "out.mkv")
    assert read.codec == "ffv1"
    for frame, decoded in zip(frames, read.frames, strict=True):
        if name in ("rgb24", "bgr24"):
            assert decoded.format.name == "bgr0"
            assert np.array_equal(decoded.to_ndarray(format="rgb24"), ycocg_r_to_rgb(frame.picture))
        for plane, samples in zip(picture_of(decoded).planes(), frame.picture.planes(), strict=True):
            assert np.array_equal(plane, samples)


def test_x264rgb_keeps_every_bit(tmp_path: Path) -> None:
    info = video_info("rgb24", 35, 27)
    frames = smooth_frames(info)
    assert write_video(tmp_path / "out.mp4", info, frames, SinkOptions(codec="x264rgb")) == ()
    read = read_video(tmp_path / "out.mp4")
    for frame, decoded in zip(frames, read.frames, strict=True):
        assert decoded.format.name == "gbrp"
        assert np.array_equal(decoded.to_ndarray(format="rgb24"), ycocg_r_to_rgb(frame.picture))


@pytest.mark.parametrize(
    ("file", "codec", "canonical"),
    [
        ("out.mp4", None, "h264"),
        ("out.m4v", None, "h264"),
        ("out.mov", None, "h264"),
        ("out.mkv", None, "h264"),
        ("out.webm", None, "vp9"),
        ("out.mp4", "x265", "hevc"),
        ("out.mp4", "av1", "av1"),
        ("out.webm", "svtav1", "av1"),
        ("out.mkv", "libvpx-vp9", "vp9"),
    ],
)
@pytest.mark.parametrize("name", ["yuv420p", "rgb24"])
def test_codecs_and_containers(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], file: str, codec: str | None, canonical: str, name: str
) -> None:
    info = video_info(name, 96, 64)
    frames = smooth_frames(info, VARIABLE_TIMES)
    notes = write_video(tmp_path / file, info, frames, SinkOptions(codec=codec, pixel_format="yuv420p"))
    assert notes == ()
    read = read_video(tmp_path / file)
    assert read.codec == canonical
    assert read.seconds == pytest.approx([float(pts * TICK) for pts in VARIABLE_TIMES], abs=0.0011)
    target = PictureConverter(info, PIXEL_FORMATS["yuv420p"])
    for frame, decoded in zip(frames, read.frames, strict=True):
        expected = target.picture(frame.picture)
        luma, first, second = planes_of(decoded)
        assert psnr(luma, expected.luma) > 30
        assert psnr(first, expected.chroma_planes()[0]) > 30
        assert psnr(second, expected.chroma_planes()[1]) > 30
    if canonical == "hevc":
        assert read.codec_tag == "hvc1"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["yuv420p", "yuv444p", "yuv422p"])
def test_lossless_h264_in_mkv_keeps_yuv_to_the_bit(tmp_path: Path, name: str) -> None:
    info = video_info(name)
    frames = smooth_frames(info)
    assert write_video(tmp_path / "out.mkv", info, frames, SinkOptions(crf=0)) == ()
    for frame, decoded in zip(frames, read_video(tmp_path / "out.mkv").frames, strict=True):
        assert decoded.format.name == name
        for plane, samples in zip(
            planes_of(decoded), [frame.picture.luma, *frame.picture.chroma_planes()], strict=True
        ):
            assert np.array_equal(plane, samples)


@pytest.mark.parametrize(
    ("file", "options", "source", "size", "written", "said"),
    [
        ("a.mp4", SinkOptions(), "yuv420p", (64, 48), "yuv420p", ""),
        ("a.mp4", SinkOptions(), "nv12", (64, 48), "yuv420p", ""),
        ("a.mp4", SinkOptions(), "gray", (64, 48), "yuvj420p", ""),
        ("a.mp4", SinkOptions(), "rgb24", (64, 48), "yuv420p", "--pix-fmt yuv444p"),
        ("a.mp4", SinkOptions(), "yuv444p", (64, 48), "yuv420p", "--pix-fmt yuv444p"),
        ("a.mp4", SinkOptions(pixel_format="yuv444p"), "yuv444p", (64, 48), "yuv444p", ""),
        ("a.mkv", SinkOptions(), "yuv444p", (64, 48), "yuv444p", ""),
        ("a.mkv", SinkOptions(), "yuv440p", (64, 48), "yuv444p", "yuv440p was converted"),
        ("a.mkv", SinkOptions(), "rgb24", (64, 48), "yuv444p", "--codec ffv1"),
        ("a.mp4", SinkOptions(), "yuv420p", (35, 27), "yuv444p", "35x27 is no even size"),
        ("a.mp4", SinkOptions(), "rgb24", (35, 27), "yuv444p", "35x27 is no even size"),
        ("a.mp4", SinkOptions(), "gray", (35, 27), "yuvj444p", "35x27 is no even size"),
        ("a.mp4", SinkOptions(codec="h265"), "yuv420p", (35, 27), "yuv444p", "35x27 is no even size"),
        ("a.webm", SinkOptions(), "yuv420p", (35, 27), "yuv420p", ""),
        ("a.webm", SinkOptions(), "rgb24", (35, 27), "yuv420p", "--pix-fmt yuv444p"),
        ("a.webm", SinkOptions(pixel_format="rgb24"), "rgb24", (35, 27), "gbrp", ""),
        ("a.mkv", SinkOptions(codec="x264rgb"), "yuv420p", (35, 27), "gbrp", "converted to RGB"),
    ],
)
def test_pixel_format_and_its_note(
    tmp_path: Path, file: str, options: SinkOptions, source: str, size: tuple[int, int], written: str, said: str
) -> None:
    info = video_info(source, *size)
    notes = write_video(tmp_path / file, info, smooth_frames(info), options)
    read = read_video(tmp_path / file)
    assert [frame.format.name for frame in read.frames] == [written] * 3
    assert (read.frames[0].width, read.frames[0].height) == size
    assert said in " ".join(notes)
    assert bool(notes) == bool(said)


@pytest.mark.parametrize("source", ["rgb24", "yuv420p"])
@pytest.mark.parametrize(("file", "codec"), [("a.mp4", None), ("a.mkv", "ffv1"), ("a.webm", None)])
def test_gray_only(tmp_path: Path, source: str, file: str, codec: str | None) -> None:
    info = video_info(source)
    frames = [replace(frame, picture=Picture(frame.picture.luma)) for frame in smooth_frames(info)]
    write_video(tmp_path / file, info, frames, SinkOptions(gray_only=True, codec=codec))
    read = read_video(tmp_path / file)
    assert (read.color[0] == 2) == (source == "rgb24")
    for frame, decoded in zip(frames, read.frames, strict=True):
        planes = planes_of(decoded)
        assert psnr(planes[0], frame.picture.luma) > 35
        if codec == "ffv1":
            assert decoded.format.name == "gray"
            assert np.array_equal(planes[0], frame.picture.luma)
        else:
            assert all((plane == 128).all() for plane in planes[1:])


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


@pytest.mark.parametrize("file", ["a.mp4", "a.mkv"])
def test_nothing_appears_before_close_or_after_abort(tmp_path: Path, file: str) -> None:
    info = video_info("yuv420p")
    sink = open_sink(str(tmp_path / file), info, SinkOptions())
    for frame in smooth_frames(info, tuple(range(0, 2500, 25))):
        sink.write(frame)
    assert not (tmp_path / file).exists()
    sink.abort()
    sink.abort()
    del sink
    assert names_in(tmp_path) == []


def test_abort_after_close_keeps_the_file(tmp_path: Path) -> None:
    info = video_info("yuv420p")
    sink = open_sink(str(tmp_path / "a.mp4"), info, SinkOptions())
    sink.write(smooth_frames(info)[0])
    sink.close()
    sink.abort()
    assert names_in(tmp_path) == ["a.mp4"]
    assert len(read_video(tmp_path / "a.mp4").frames) == 1


@pytest.mark.parametrize(
    ("file", "options", "said"),
    [
        ("a.mp4", SinkOptions(codec="ffv1"), "h264"),
        ("a.webm", SinkOptions(codec="h264"), "vp9, av1"),
        ("a.mp4", SinkOptions(codec="divx"), "divx"),
        ("a.mp4", SinkOptions(crf=99), "0 to 51"),
        ("a.mkv", SinkOptions(codec="ffv1", crf=3), "lossless"),
        ("a.mp4", SinkOptions(preset="turbo"), "veryslow"),
        ("a.mkv", SinkOptions(codec="ffv1", preset="slow"), "slow"),
        ("a.mp4", SinkOptions(codec="av1", pixel_format="yuv444p"), "yuv420p"),
        ("a.mp4", SinkOptions(pixel_format="yuv420p10le"), "yuv420p10le"),
        ("a.mp4", SinkOptions(pixel_format="yuv420p"), "even sizes"),
    ],
)
def test_unfit_wishes_are_one_line(tmp_path: Path, file: str, options: SinkOptions, said: str) -> None:
    with pytest.raises(OutputError) as caught:
        open_sink(str(tmp_path / file), video_info("yuv420p", 35, 27), options)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == []


def test_a_video_that_the_encoder_refuses_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        open_sink(str(tmp_path / "a.mp4"), video_info("yuv420p", 70000, 2), SinkOptions())
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(("code", "said"), [(errno.ENOSPC, "No space left on device"), (errno.EPIPE, "stopped")])
@pytest.mark.parametrize("file", ["a.mp4", "a.mkv"])
def test_a_write_that_fails_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str, file: str
) -> None:
    info = video_info("yuv420p", 320, 240)
    sink = open_sink(str(tmp_path / file), info, SinkOptions(crf=0))
    noise = np.random.default_rng(0).integers(0, 256, (240, 320), np.uint8)
    chroma = (noise[:120, :160].copy(), noise[120:, 160:].copy())

    class Failing(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(code, os.strerror(code))

    monkeypatch.setattr(sink._gate, "_stream", Failing())  # type: ignore[attr-defined]
    with pytest.raises(OutputError, match=said) as caught:  # noqa: PT012 - buffers decide which call
        for number in range(40):
            sink.write(Frame(Picture(noise, chroma), number * 25))
        sink.close()
    assert isinstance(caught.value, ClosedPipeError) == (code == errno.EPIPE)
    assert "\n" not in str(caught.value)
    sink.abort()
    assert names_in(tmp_path) == []


def test_full_disk_is_one_line() -> None:
    info = video_info("yuv420p")
    with pytest.raises(OutputError, match="No space left on device"):  # noqa: PT012 - buffers decide which call
        sink = open_sink("/dev/full", info, SinkOptions(kind="mkv"))
        for frame in smooth_frames(info):
            sink.write(frame)
        sink.close()


@pytest.mark.parametrize("kind", ["mp4", "mov", "mkv", "webm"])
def test_standard_output_takes_every_container(kind: str) -> None:
    code = f"""
from fractions import Fraction
import numpy as np
from codec.video.info import VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
info = VideoInfo(64, 48, PIXEL_FORMATS["gray"], Fraction(1, 24), Fraction(24))
sink = open_sink("-", info, SinkOptions(kind={kind!r}))
for number in range(5):
    sink.write(Frame(Picture(np.full((48, 64), 50 * number, np.uint8)), number))
sink.close()
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stderr == b""
    read = read_video(io.BytesIO(result.stdout))
    assert [round(float(planes_of(frame)[0].mean()) / 50) for frame in read.frames] == [0, 1, 2, 3, 4]
    assert read.seconds == pytest.approx([number / 24 for number in range(5)], abs=0.0011)


def test_frames_for_encoders_respect_padded_lines() -> None:
    info = video_info("yuv422p", 35, 27)
    picture = smooth_frames(info)[0].picture
    frame = video_frame(picture, "yuv422p")
    assert frame.planes[0].line_size > 35
    for plane, samples in zip(planes_of(frame), [picture.luma, *picture.chroma_planes()], strict=True):
        assert np.array_equal(plane, samples)
