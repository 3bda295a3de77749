"""codec.video.sinks.container, read back with plain PyAV: pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codec.video.convert import PictureConverter
from codec.video.picture import Frame, Picture, ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.options import SinkOptions
from codec.video.sources.decoded_frames import picture_of
from tests.formats import REPRESENTATIVE, noise_bytes
from tests.unit.video.written_videos import (
    TICK,
    VARIABLE_TIMES,
    planes_of,
    psnr,
    read_video,
    smooth_frames,
    video_info,
    write_video,
)


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
