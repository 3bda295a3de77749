"""Raw geometry from names, sidecars, flags; and what fits when they fail."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.errors import InputError
from codec.video.geometry import (
    GeometryHints,
    RawGeometry,
    fitting_geometries,
    hints_from_name,
    hints_from_sidecar,
    parse_frame_rate,
)
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources.raw_geometry import resolve_geometry

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("name", "size", "pixel_format", "frame_rate"),
    [
        ("foo_256x256_24fps_rgb24.raw", (256, 256), "rgb24", 24),
        ("foreman_352x288_30_yuv420p.yuv", (352, 288), "yuv420p", 30),
        ("clip_1920x1080_29.97Hz_420_8bit.yuv", (1920, 1080), "yuv420p", NTSC),
        ("akiyo_qcif.yuv", (176, 144), "yuv420p", None),
        ("mobile_cif_15.yuv", (352, 288), "yuv420p", 15),
        ("harbour_4cif_60fps.yuv", (704, 576), "yuv420p", 60),
        ("crowd_run_1080p50.yuv", (1920, 1080), "yuv420p", 50),
        ("ducks_1920x1080p50_422.yuv", (1920, 1080), "yuv422p", 50),
        ("old_town_720p_444.yuv", (1280, 720), "yuv444p", None),
        ("BasketballDrill_832x480_50.yuv", (832, 480), "yuv420p", 50),
        ("Foo_1920X1080_23.976_NV12.yuv", (1920, 1080), "nv12", Fraction(24000, 1001)),
        ("clip256x256.rgb", (256, 256), "rgb24", None),
        ("clip_64x48.bgr", (64, 48), "bgr24", None),
        ("clip_64x48.y", (64, 48), "gray", None),
        ("clip_64x48_300.gray", (64, 48), "gray", 300),
        ("clip_64x48_1200.gray", (64, 48), "gray", None),  # a count of frames
        ("clip_64x48_420.raw", (64, 48), "yuv420p", None),  # not 420 frames a second
        ("clip_64x48_8b_i444.raw", (64, 48), "yuv444p", None),
        ("clip_64x48_rgb_24bit.raw", (64, 48), "rgb24", None),
        ("take7.raw", None, None, None),
        ("holiday2024.yuv", None, "yuv420p", None),
        ("recital.nv12", None, "nv12", None),
        ("abcif_0x0.raw", None, None, None),
        ("clip_64x48_0fps.rgb", (64, 48), "rgb24", None),
    ],
)
def test_name_is_read_as_yuview_reads_it(
    name: str, size: tuple[int, int] | None, pixel_format: str | None, frame_rate: Fraction | None
) -> None:
    assert hints_from_name(name) == GeometryHints(size, pixel_format, frame_rate and Fraction(frame_rate))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a_64x48_420_10b.yuv", "yuv420p10le"),
        ("a_64x48_10bit.yuv", "yuv420p10le"),
        ("a_64x48_yuv422p10le.yuv", "yuv422p10le"),
        ("a_64x48_yuv422p12.yuv", "yuv422p12le"),
        ("a_64x48_gray16be.raw", "gray16be"),
        ("a_64x48_p010.yuv", "p010le"),
        ("a_64x48_10bit.nv12", "p010le"),
        ("a_64x48_rgb_16b.raw", "rgb48le"),
        ("a_64x48_yv12.yuv", "yv12"),
    ],
)
def test_the_name_states_the_depth(name: str, expected: str) -> None:
    own = PIXEL_FORMATS[expected]
    geometry = resolve_geometry(Path(name), own.frame_bytes(64, 48), GeometryHints())
    assert geometry.pixel_format == own


def test_a_format_that_is_not_read_is_not_taken_for_another() -> None:
    with pytest.raises(InputError, match="Received: v210"):
        resolve_geometry(Path("a_64x48_v210.yuv"), 64 * 48 * 3 // 2, GeometryHints())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("25", 25), ("29.97", NTSC), ("23.98", Fraction(24000, 1001)), ("12.5", Fraction(25, 2)), ("30000/1001", NTSC)],
)
def test_frame_rates(text: str, expected: Fraction) -> None:
    assert parse_frame_rate(text) == expected


@pytest.mark.parametrize("text", ["0", "-1", "25/0", "1e9", "nan", "", "fast", "100001", "0.0", "1" * 50])
def test_bad_frame_rates(text: str) -> None:
    with pytest.raises(InputError, match="frame rate"):
        parse_frame_rate(text)


@pytest.mark.parametrize("sidecar", ["clip.raw.json", "clip.json"])
def test_sidecar(tmp_path: Path, sidecar: str) -> None:
    values = {"width": 64, "height": 48, "pixel_format": "nv12", "frame_rate": "30000/1001", "camera": "left"}
    (tmp_path / sidecar).write_text(json.dumps(values))
    assert hints_from_sidecar(tmp_path / "clip.raw") == GeometryHints((64, 48), "nv12", NTSC)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"width": "64", "height": 48}, "width"),
        ({"width": 64, "height": 0}, "height"),
        ({"width": True, "height": 48}, "width"),
        ({"width": 64}, "height"),
        ({"pixel_format": 3}, "pixel_format"),
        ({"pixel_format": "rgb42"}, "pixel_format"),
        ({"pixel_format": "yuv420p11le"}, "pixel_format"),
        ({"frame_rate": "fast"}, "frame_rate"),
        ({"frame_rate": None}, "frame_rate"),
        ({"frame_rate": -25}, "frame_rate"),
        ([1, 2], "JSON object"),
    ],
)
def test_bad_sidecar_names_the_key(tmp_path: Path, values: object, key: str) -> None:
    (tmp_path / "clip.json").write_text(json.dumps(values))
    with pytest.raises(InputError, match=key) as caught:
        hints_from_sidecar(tmp_path / "clip.raw")
    assert "clip.json" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 60000, b" " * 70000])
def test_sidecar_that_is_no_json(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clip.raw.json").write_bytes(content)
    with pytest.raises(InputError, match="sidecar"):
        hints_from_sidecar(tmp_path / "clip.raw")


def test_flags_come_before_the_sidecar_and_the_sidecar_before_the_name(tmp_path: Path) -> None:
    path = tmp_path / "clip_32x32_50fps_gray.raw"
    num_bytes = 64 * 48 * 3
    (tmp_path / f"{path.name}.json").write_text(json.dumps({"width": 64, "height": 48, "pixel_format": "gray"}))
    flags = GeometryHints(pixel_format="rgb24")
    assert resolve_geometry(path, num_bytes, flags) == RawGeometry(64, 48, PIXEL_FORMATS["rgb24"], Fraction(50))


@given(
    st.sampled_from([(176, 144), (352, 288), (256, 256), (1280, 720), (1920, 1080)]),
    st.sampled_from(["rgb24", "gray", "yuv420p", "yuv422p", "yuv444p"]),
    st.integers(1, 500),
)
def test_fits_hold_whole_frames_and_include_the_truth(size: tuple[int, int], name: str, num_frames: int) -> None:
    truth = RawGeometry(*size, PIXEL_FORMATS[name])
    num_bytes = truth.frame_bytes * num_frames
    fits = fitting_geometries(num_bytes)
    assert all(fit.geometry.frame_bytes * fit.num_frames == num_bytes for fit in fits)
    assert (truth, num_frames) in [(fit.geometry, fit.num_frames) for fit in fits]
    first = fitting_geometries(num_bytes, size=size, pixel_format=PIXEL_FORMATS[name])[0]
    assert first.geometry == truth


def test_unknown_geometry_lists_what_fits() -> None:
    num_bytes = 256 * 256 * 3 * 24
    with pytest.raises(InputError) as caught:
        resolve_geometry(Path("take7.raw"), num_bytes, GeometryHints(pixel_format="rgb24"))
    text = str(caught.value)
    assert "size of raw video" in text
    assert "256x256 rgb24 (24 frames)" in text
    assert "--size WxH" in text
    assert "--input-res" in text
    assert "--pix-fmt" in text
    assert "--input-csp" in text
    assert "--fps" in text
    assert "\n" not in text
    assert 1 <= text.count("frames)") + text.count("frame)") <= 6


def test_no_whole_number_of_frames_lists_what_fits() -> None:
    with pytest.raises(InputError) as caught:
        resolve_geometry(Path("a_352x288.yuv"), 352 * 288 * 3 * 5 // 2 * 3, GeometryHints(size=(352, 290)))
    assert "whole number of 352x290 yuv420p frames" in str(caught.value)
    assert "352x288 yuv420p" in str(caught.value)
    with pytest.raises(InputError, match=r"What fits: 352x288 yuv422p \(7 frames\)"):
        resolve_geometry(Path("a_352x288.yuv"), 352 * 288 * 2 * 7, GeometryHints())


def test_sizes_that_no_video_has() -> None:
    for size in ((0, 4), (4, -1), (70000, 4)):
        with pytest.raises(InputError, match="expected a size"):
            RawGeometry(*size, PIXEL_FORMATS["gray"])


def test_a_prime_number_of_bytes_fits_nothing() -> None:
    with pytest.raises(InputError, match="No common geometry fits"):
        resolve_geometry(Path("a.raw"), 1_000_003, GeometryHints())
