"""codec.video.sinks.images, read back by FFmpeg's PNG decoder."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from codec.errors import OutputError
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Frame, ycocg_r_to_rgb
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sinks.opening import open_sink
from codec.video.sinks.options import SinkOptions


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def video_info(pixel_format: str) -> VideoInfo:
    return VideoInfo(35, 27, PIXEL_FORMATS[pixel_format], Fraction(1, 24), Fraction(24))


def random_frames(info: VideoInfo, count: int = 3) -> list[Frame]:
    generator = np.random.default_rng(3)
    raw = [generator.integers(0, 256, info.raw_frame_bytes, np.uint8).tobytes() for _ in range(count)]
    return [Frame(info.pixel_format.unpack(data, info.width, info.height), i) for i, data in enumerate(raw)]


def write_images(path: str, info: VideoInfo, frames: list[Frame], options: SinkOptions) -> tuple[str, ...]:
    sink = open_sink(path, info, options)
    for frame in frames:
        sink.write(frame)
    sink.close()
    return sink.notes


def read_png(path: Path) -> tuple[str, np.ndarray[Any, Any]]:
    with av.open(str(path), format="png_pipe") as source:
        (frame,) = source.decode(video=0)
        return frame.format.name, frame.to_ndarray()


def test_rgb_comes_out_to_the_bit(tmp_path: Path) -> None:
    info = video_info("rgb24")
    frames = random_frames(info)
    notes = write_images(f"{tmp_path}/frames/", info, frames, SinkOptions())
    assert names_in(tmp_path) == ["frames"]
    names = names_in(tmp_path / "frames")
    assert names == ["frame_000001.png", "frame_000002.png", "frame_000003.png"]
    for name, frame in zip(names, frames, strict=True):
        read_format, pixels = read_png(tmp_path / "frames" / name)
        assert read_format == "rgb24"
        assert np.array_equal(pixels, ycocg_r_to_rgb(frame.picture))
    assert len(notes) == 1
    assert "frame rate" in notes[0]


def test_yuv_becomes_rgb_with_a_note(tmp_path: Path) -> None:
    info = video_info("yuv420p")
    frames = random_frames(info, 1)
    notes = write_images(f"{tmp_path}/frames/", info, frames, SinkOptions())
    _, pixels = read_png(tmp_path / "frames" / "frame_000001.png")
    assert np.array_equal(pixels, ColorConversion.of(info).rgb(frames[0].picture))
    assert any("yuv420p was converted to RGB" in note for note in notes)


@pytest.mark.parametrize(("name", "gray_only"), [("gray", False), ("rgb24", True), ("yuv420p", True)])
def test_gray_is_the_gray_plane(tmp_path: Path, name: str, gray_only: bool) -> None:
    info = video_info(name)
    frames = random_frames(info, 2)
    notes = write_images(f"{tmp_path}/frames/", info, frames, SinkOptions(gray_only=gray_only))
    for number, frame in enumerate(frames, 1):
        read_format, pixels = read_png(tmp_path / "frames" / f"frame_{number:06d}.png")
        assert read_format == "gray"
        assert np.array_equal(pixels, frame.picture.luma)
    assert any("black at 16" in note for note in notes) == (name == "yuv420p")


def test_nothing_appears_before_close_or_after_abort(tmp_path: Path) -> None:
    info = video_info("rgb24")
    sink = open_sink(f"{tmp_path}/frames/", info, SinkOptions())
    sink.write(random_frames(info, 1)[0])
    assert not (tmp_path / "frames").exists()
    sink.abort()
    assert names_in(tmp_path) == []


def test_existing_folder_of_frames_is_replaced_as_a_whole(tmp_path: Path) -> None:
    info = video_info("rgb24")
    frames = random_frames(info, 3)
    folder = tmp_path / "frames"
    folder.mkdir()
    write_images(str(folder), info, frames, SinkOptions())  # an empty folder needs no leave
    with pytest.raises(OutputError, match="exists"):
        write_images(str(folder), info, frames[:1], SinkOptions())
    assert len(names_in(folder)) == 3
    write_images(str(folder), info, frames[:1], SinkOptions(overwrite=True))
    assert names_in(folder) == ["frame_000001.png"]


def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "wedding.png").write_bytes(b"precious")
    with pytest.raises(OutputError, match=r"wedding\.png"):
        open_sink(f"{tmp_path}/photos/", video_info("rgb24"), SinkOptions(overwrite=True))
    assert (tmp_path / "photos" / "wedding.png").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("frames/", SinkOptions(pixel_format="yuv420p")),
        ("frames/", SinkOptions(codec="h264")),
        ("frames/%05d.png", SinkOptions(kind="png")),
        ("no/frames/", SinkOptions()),
    ],
)
def test_unfit_wishes_are_one_line(tmp_path: Path, path: str, options: SinkOptions) -> None:
    with pytest.raises(OutputError) as caught:
        open_sink(f"{tmp_path}/{path}", video_info("rgb24"), options)
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == []


def test_rgb_can_be_written_gray_and_gray_as_rgb(tmp_path: Path) -> None:
    info = video_info("rgb24")
    frames = random_frames(info, 1)
    write_images(f"{tmp_path}/a/", info, frames, SinkOptions(pixel_format="gray"))
    assert np.array_equal(read_png(tmp_path / "a" / "frame_000001.png")[1], frames[0].picture.luma)
    gray = video_info("gray")
    write_images(
        f"{tmp_path}/b/",
        gray,
        [replace(frames[0], picture=random_frames(gray, 1)[0].picture)],
        SinkOptions(pixel_format="rgb24"),
    )
    read_format, pixels = read_png(tmp_path / "b" / "frame_000001.png")
    assert read_format == "rgb24"
    assert np.array_equal(pixels[..., 1], random_frames(gray, 1)[0].picture.luma)
