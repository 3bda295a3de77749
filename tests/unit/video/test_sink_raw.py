"""codec.video.sinks.raw and the choice of a sink by its path."""

from __future__ import annotations

import errno
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from codec.errors import ClosedPipeError, OutputError
from codec.video.color import ColorConversion
from codec.video.convert import PictureConverter
from codec.video.info import ColorDescription, CopyStream, VideoInfo
from codec.video.picture import Frame
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
from tests.formats import REPRESENTATIVE, noise_bytes

TICK = Fraction(1, 24)


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def video_info(pixel_format: str, width: int = 17, height: int = 13, color_range: int = 0) -> VideoInfo:
    color = ColorDescription(color_range)
    return VideoInfo(width, height, PIXEL_FORMATS[pixel_format], TICK, Fraction(24), color)


def random_frames(info: VideoInfo, count: int = 3, seed: int = 0) -> tuple[list[bytes], list[Frame]]:
    """Raw bytes of noise, and the frames that they are."""
    generator = np.random.default_rng(seed)
    raw = [noise_bytes(info.pixel_format, info.width, info.height, generator) for _ in range(count)]
    frames = [Frame(info.pixel_format.unpack(data, info.width, info.height), i, 1) for i, data in enumerate(raw)]
    return raw, frames


def write_raw(path: Path, info: VideoInfo, frames: list[Frame], options: SinkOptions) -> tuple[bytes, tuple[str, ...]]:
    sink = open_sink(str(path), info, options)
    for frame in frames:
        sink.write(frame)
    sink.close()
    return path.read_bytes(), sink.notes


@pytest.mark.parametrize("name", list(REPRESENTATIVE))
def test_own_format_comes_out_to_the_bit(tmp_path: Path, name: str) -> None:
    info = video_info(name)
    raw, frames = random_frames(info)
    written, notes = write_raw(tmp_path / "out.raw", info, frames, SinkOptions())
    assert written == b"".join(raw)
    assert notes == ()


def test_nothing_appears_before_close_or_after_abort(tmp_path: Path) -> None:
    info = video_info("yuv420p")
    _, frames = random_frames(info)
    path = tmp_path / "out.raw"
    sink = open_sink(str(path), info, SinkOptions())
    sink.write(frames[0])
    assert not path.exists()
    sink.abort()
    assert names_in(tmp_path) == []
    sink = open_sink(str(path), info, SinkOptions())
    sink.close()
    sink.abort()
    assert path.exists()


@pytest.mark.parametrize("source", ["rgb24", "yuv420p", "yuv444p", "gray", "nv12"])
@pytest.mark.parametrize("path", ["out.gray", "out.y", "out.raw"])
def test_gray_is_the_gray_plane(tmp_path: Path, source: str, path: str) -> None:
    info = video_info(source)
    _, frames = random_frames(info)
    options = SinkOptions(gray_only=path == "out.raw")
    written, _ = write_raw(tmp_path / path, info, frames, options)
    assert written == b"".join(frame.picture.luma.tobytes() for frame in frames)


def test_extensions_say_the_format(tmp_path: Path) -> None:
    info = video_info("rgb24")
    raw, frames = random_frames(info, 1)
    rgb = np.frombuffer(raw[0], np.uint8).reshape(-1, 3)
    assert write_raw(tmp_path / "a.rgb", info, frames, SinkOptions())[0] == raw[0]
    assert write_raw(tmp_path / "a.bgr", info, frames, SinkOptions())[0] == rgb[:, ::-1].tobytes()
    written, notes = write_raw(tmp_path / "a.yuv", info, frames, SinkOptions())
    assert len(written) == 3 * 17 * 13
    assert "rgb24 was converted to yuv444p" in notes[0]


def test_nv12_and_yuv420p_hold_the_same_samples(tmp_path: Path) -> None:
    info = video_info("nv12", 16, 8)
    _, frames = random_frames(info, 1)
    written, notes = write_raw(tmp_path / "a.raw", info, frames, SinkOptions(pixel_format="yuv420p"))
    assert written == PIXEL_FORMATS["yuv420p"].pack(frames[0].picture)
    assert notes == ()


@pytest.mark.parametrize("color_range", [1, 2])
@pytest.mark.parametrize(("source", "target"), [("yuv444p", "yuv420p"), ("yuv420p", "yuv444p"), ("yuv410p", "yuv422p")])
def test_other_chroma_resolution_keeps_luma_and_flat_color(color_range: int, source: str, target: str) -> None:
    info = video_info(source, 33, 21, color_range)
    _, frames = random_frames(info, 1)
    converter = PictureConverter(info, PIXEL_FORMATS[target])
    picture = frames[0].picture
    assert np.array_equal(converter.picture(picture).luma, picture.luma)
    assert not converter.is_exact
    shape = info.pixel_format.chroma_shape(33, 21)
    flat = replace(picture, chroma=(np.full(shape, 40, np.uint8), np.full(shape, 250, np.uint8)))
    first, second = converter.picture(flat).chroma_planes()
    assert first.shape == PIXEL_FORMATS[target].chroma_shape(33, 21)
    assert (first == 40).all()
    assert (second == 250).all()


@pytest.mark.parametrize(("size", "matrix"), [((32, 18), 6), ((1280, 720), 1)])
def test_rgb_to_yuv_follows_the_formula(size: tuple[int, int], matrix: int) -> None:
    info = video_info("rgb24", *size)
    raw, frames = random_frames(info, 1)
    converter = PictureConverter(info, PIXEL_FORMATS["yuv444p"])
    assert (converter.color.matrix, converter.color.color_range) == (matrix, 1)
    kr, kb = {1: (0.2126, 0.0722), 6: (0.299, 0.114)}[matrix]
    red, green, blue = np.moveaxis(np.frombuffer(raw[0], np.uint8).reshape(size[1], size[0], 3) / 255, -1, 0)
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    expected = (
        16 + 219 * luma,
        128 + 224 * (blue - luma) / (2 * (1 - kb)),
        128 + 224 * (red - luma) / (2 * (1 - kr)),
    )
    picture = converter.picture(frames[0].picture)
    for plane, exact in zip((picture.luma, *picture.chroma_planes()), expected, strict=True):
        assert np.abs(plane - exact).max() < 0.6
        assert abs((plane - exact).mean()) < 0.1


def test_yuv_to_rgb_is_the_projects_own_conversion(tmp_path: Path) -> None:
    info = video_info("yuv420p")
    _, frames = random_frames(info, 1)
    written, notes = write_raw(tmp_path / "a.rgb", info, frames, SinkOptions())
    assert written == ColorConversion.of(info).rgb(frames[0].picture).tobytes()
    assert "yuv420p was converted to rgb24" in notes[0]


def test_what_has_no_place_is_noted(tmp_path: Path) -> None:
    streams = (CopyStream("audio", "aac", TICK), CopyStream("subtitle", "subrip", TICK))
    info = replace(video_info("gray"), copy_streams=streams, display_matrix=(0, 1, 0, 1, 0, 0, 0, 0, 1))
    _, notes = write_raw(tmp_path / "a.raw", info, [], SinkOptions())
    assert "audio (aac), subtitle (subrip)" in notes[0]
    assert "rotation" in notes[1]


@pytest.mark.parametrize(
    ("path", "options", "said"),
    [
        ("out.avi", SinkOptions(), ".mkv"),
        ("out", SinkOptions(), ".y4m"),
        ("out.png", SinkOptions(), "frames/"),
        ("out_%04d.png", SinkOptions(), "frames/"),
        ("out.raw", SinkOptions(kind="avi"), "webm"),
        ("out.raw", SinkOptions(pixel_format="yuv420p11le"), "yuv420p11le"),
        ("out.raw", SinkOptions(pixel_format="rgb24", gray_only=True), "rgb24"),
        ("out.raw", SinkOptions(codec="h264"), "--codec h264"),
        ("out.raw", SinkOptions(crf=20), "--crf 20"),
        ("missing/out.raw", SinkOptions(), "missing"),
    ],
)
def test_unfit_wishes_are_one_line(tmp_path: Path, path: str, options: SinkOptions, said: str) -> None:
    with pytest.raises(OutputError) as caught:
        open_sink(str(tmp_path / path), video_info("gray"), options)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == []


def test_existing_output_needs_overwrite(tmp_path: Path) -> None:
    (tmp_path / "out.raw").write_bytes(b"x")
    with pytest.raises(OutputError, match="exists"):
        open_sink(str(tmp_path / "out.raw"), video_info("gray"), SinkOptions())
    open_sink(str(tmp_path / "out.raw"), video_info("gray"), SinkOptions(overwrite=True)).close()
    assert (tmp_path / "out.raw").read_bytes() == b""


def test_full_disk_is_one_line() -> None:
    info = video_info("gray")
    _, frames = random_frames(info)
    sink = open_sink("/dev/full", info, SinkOptions(kind="raw"))
    with pytest.raises(OutputError, match="No space left on device"):  # noqa: PT012 - buffers decide which call
        sink.write(frames[0])
        sink.close()
    sink.abort()


def test_closed_pipe_is_its_own_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = video_info("gray")
    sink = open_sink(str(tmp_path / "out.raw"), info, SinkOptions())

    class ClosedPipe:
        def write(self, _: bytes) -> int:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(sink._file, "stream", ClosedPipe())  # type: ignore[attr-defined]
    with pytest.raises(ClosedPipeError):
        sink.write(random_frames(info, 1)[1][0])
    monkeypatch.undo()
    sink.abort()
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(("pixel_format", "start"), [("rgb24", b"\x01\x02\x03"), ("gray", b"YUV4MPEG2 W1 H1")])
def test_standard_output_is_raw_for_rgb_and_y4m_otherwise(pixel_format: str, start: bytes) -> None:
    code = f"""
from fractions import Fraction
from codec.video.info import VideoInfo
from codec.video.picture import Frame
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions
info = VideoInfo(1, 1, PIXEL_FORMATS[{pixel_format!r}], Fraction(1, 24), Fraction(24))
sink = open_sink("-", info, SinkOptions())
sink.write(Frame(info.pixel_format.unpack(bytes([1, 2, 3])[: info.raw_frame_bytes], 1, 1), 0))
sink.close()
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.startswith(start)
    assert result.stderr == b""
