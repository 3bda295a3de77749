"""The geometry of raw video from its samples: found, or left open, but not taken for another."""

from __future__ import annotations

import functools
import itertools
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.raw_guess import FORMATS, raw_frame
from codec.errors import InputError
from codec.video.geometry import GeometryHints, RawGeometry
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources import raw_guess
from codec.video.sources.raw import RawSource
from codec.video.sources.raw_formats import GUESSED_FORMATS
from codec.video.sources.raw_guess import guess, parts_of, readings_of
from codec.video.sources.raw_rows import row_lengths

SAMPLES = Path(__file__).parents[3] / "samples"
CLIPS = ("demo_bbb_320x180_12fps.mp4", "demo_cc0_flower_320x180_15fps.mp4")
SIZES = ((320, 180), (176, 144), (300, 200), (128, 96))


@functools.cache
def raw_bytes(clip: str, size: tuple[int, int], pixel_format: str, num_frames: int) -> bytes:
    """Frames of a bundled sample, in some size and format, as raw video."""
    with av.open(str(SAMPLES / clip)) as container:
        frames = itertools.islice(container.decode(video=0), num_frames)
        return b"".join(
            frame.to_ndarray(width=size[0], height=size[1], format=pixel_format).tobytes() for frame in frames
        )


def found(path: Path) -> str | None:
    """What is found of a file, without its name."""
    num_bytes = path.stat().st_size
    reading = guess(readings_of(parts_of(path, num_bytes), num_bytes, GUESSED_FORMATS))
    return None if reading is None else str(reading.geometry)


def test_most_files_are_found_and_none_is_taken_for_another(tmp_path: Path) -> None:
    path = tmp_path / "take"
    cases = [
        (clip, size, form)
        for number, (clip, size, form) in enumerate(itertools.product(CLIPS, SIZES, FORMATS))
        if number % 6 == 1
    ]
    num_found = 0
    for clip, size, form in cases:
        path.write_bytes(raw_bytes(clip, size, form, 6))
        answer = found(path)
        assert answer in (None, f"{size[0]}x{size[1]} {form}")
        num_found += answer is not None
    assert num_found >= 0.7 * len(cases)


@pytest.mark.parametrize(
    ("form", "is_found"),
    [
        ("yuyv422", True),
        ("uyvy422", True),
        ("rgba", True),
        ("argb", True),
        ("nv16", True),
        ("yuv422p10le", True),
        ("yuv420p12le", True),
        ("gray16be", False),
        ("p010le", False),
        ("yuv411p", False),
        ("gbrp", False),
        ("ya8", False),
    ],
)
def test_rarer_formats_are_not_taken_for_the_usual_ones(tmp_path: Path, form: str, is_found: bool) -> None:
    path, geometry = tmp_path / "take", RawGeometry(176, 144, PIXEL_FORMATS[form])
    with av.open(str(SAMPLES / CLIPS[1])) as container:
        path.write_bytes(
            b"".join(raw_frame(frame, geometry) for frame in itertools.islice(container.decode(video=0), 6))
        )
    assert found(path) in ((str(geometry),) if is_found else (None, str(geometry)))


def test_rows_of_two_fields_are_not_taken_for_one(tmp_path: Path) -> None:
    """Two pictures that differ much, row by row: the halves of what could be one row."""
    path = tmp_path / "take"
    num_pixels = 320 * 180
    gray = np.frombuffer(raw_bytes(CLIPS[0], (320, 180), "gray", 24), np.uint8).reshape(-1, 180, 320)
    woven = np.stack([gray[:6], gray[18:]], axis=2).reshape(6, 360, 320)
    assert woven.size == 12 * num_pixels
    path.write_bytes(woven.tobytes())
    assert found(path) in (None, "320x360 gray")


@pytest.mark.parametrize("value", [0, 16, None])
def test_files_without_pictures_are_left_open(tmp_path: Path, value: int | None) -> None:
    path = tmp_path / "take"
    random = np.random.default_rng(1)
    noise = random.integers(0, 256, 176 * 144 * 3 * 4).astype(np.uint8)
    path.write_bytes((noise if value is None else np.full_like(noise, value)).tobytes())
    assert found(path) is None


def test_tiny_files_are_left_open(tmp_path: Path) -> None:
    path = tmp_path / "take"
    for num_bytes in (1, 2, 3, 17, 48 * 48):
        path.write_bytes(bytes(range(256)) * 9 + b"x" if num_bytes > 256 else bytes(range(num_bytes)))
        assert found(path) is None


def test_only_a_part_of_a_large_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_guess, "_PART_BYTES", 2**19)
    path = tmp_path / "take"
    path.write_bytes(raw_bytes(CLIPS[0], (176, 144), "rgb24", 40))
    parts = parts_of(path, path.stat().st_size)
    assert [len(part.samples) for part in parts] == [2**19, 2**19]
    assert parts[1].begin > 2**19
    assert found(path) == "176x144 rgb24"


def test_row_lengths() -> None:
    frame = np.frombuffer(raw_bytes(CLIPS[0], (300, 200), "gray", 6), np.uint8)
    assert 300 in row_lengths([frame], sample_bytes=1, max_lengths=3)
    deep = np.frombuffer(raw_bytes(CLIPS[0], (300, 200), "yuv420p10le", 6), np.uint8)
    assert 600 in row_lengths([deep], sample_bytes=2, max_lengths=3)


def test_a_source_says_what_was_found_and_how_to_say_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "take.raw"
    path.write_bytes(raw_bytes(CLIPS[0], (320, 180), "rgb24", 6))
    source = RawSource(path, GeometryHints(frame_rate=Fraction(12)))
    assert (source.info.width, source.info.height, source.info.pixel_format.name) == (320, 180, "rgb24")
    (note,) = source.notes
    for words in ("320x180 rgb24, or bgr24", "6 frames", "--size WxH and --pix-fmt NAME say otherwise"):
        assert words in note
    assert "\n" not in note


@pytest.mark.parametrize(
    ("name", "pixel_format", "size"),
    [
        ("take.yuv", "yuv422p", None),
        ("foreman_qcif.yuv", "yuv422p", (176, 144)),
        ("take_176x144.raw", "yuv420p", (176, 144)),
    ],
)
def test_samples_come_before_what_an_extension_usually_means(
    tmp_path: Path, name: str, pixel_format: str, size: tuple[int, int] | None
) -> None:
    path = tmp_path / name
    path.write_bytes(raw_bytes(CLIPS[1], (176, 144), pixel_format, 6))
    source = RawSource(path, GeometryHints(size, None, Fraction(15)))
    assert source.info.pixel_format.name == pixel_format
    assert len(source.notes) == 1
    assert "--pix-fmt NAME" in source.notes[0]


@pytest.mark.parametrize(
    ("extension", "meaning"),
    [("raw", "rgb24"), ("rgb", "rgb24"), ("yuv", "yuv420p"), ("gray", "gray"), ("bgr", "bgr24")],
)
def test_an_extension_means_a_format_where_samples_leave_it_open(tmp_path: Path, extension: str, meaning: str) -> None:
    path = tmp_path / f"take.{extension}"
    path.write_bytes(bytes(PIXEL_FORMATS[meaning].frame_bytes(64, 48) * 4))
    source = RawSource(path, GeometryHints((64, 48), None, Fraction(24)))
    assert source.info.pixel_format.name == meaning
    assert source.notes == (
        f"{path} is read as 64x48 {meaning}, which is what .{extension} means (--pix-fmt says otherwise)",
    )


def test_what_is_left_open_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "take.raw"
    num_pixels = 176 * 144
    gray = raw_bytes(CLIPS[0], (176, 144), "gray", 6)
    frames = (gray[start : start + num_pixels] for start in range(0, len(gray), num_pixels))
    path.write_bytes(b"".join(frame + bytes([128]) * (num_pixels // 2) for frame in frames))
    with pytest.raises(InputError, match="expected the size and pixel format of raw video") as caught:
        RawSource(path)
    for one in ("Its samples leave open: ", "176x144 yuv420p (6 frames)", "176x144 nv12 (6 frames)"):
        assert one in str(caught.value)
    assert "--size WxH" in str(caught.value)


def test_what_is_stated_is_not_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "take_320x180_12fps_gray.raw"
    path.write_bytes(raw_bytes(CLIPS[0], (320, 180), "rgb24", 6))
    source = RawSource(path)
    assert (source.info.pixel_format.name, source.info.num_frames_from_header, source.notes) == ("gray", 18, ())
