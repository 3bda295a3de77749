"""``gvc-encode --playable``: only what browsers decode is tried, and what names something else is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codec.plane_codecs import tried_codecs, whats_not_playable
from codec.video.picture import Picture, ycocg_r_to_rgb
from codec.video.yuv_origin import YuvOrigin
from tests.end_to_end.conftest import assert_one_line_error, call, call_json, call_ok

SIZE = ("--size", "48x32", "--fps", "10")


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw video that FFV1 makes smallest: noise of few levels."""
    folder = tmp_path_factory.mktemp("videos")
    random = np.random.default_rng(5)
    for name, channels in (("gray", 1), ("rgba", 4)):
        frames = random.integers(0, 3, (6, 32, 48, channels), np.uint8) * np.uint8(60)
        (folder / f"{name}.raw").write_bytes(frames.tobytes())
    deep = random.integers(0, 3000, (6, 32, 48)).astype("<u2")
    (folder / "gray12le.raw").write_bytes(deep.tobytes())
    return folder


def test_codecs_that_are_tried_play() -> None:
    for depth in (8, 10, 12, 16):
        names = {spec.codec for spec in tried_codecs(depth, playable=True)}
        assert names <= {spec.codec for spec in tried_codecs(depth)}
        assert names
        assert names <= {"x264", "zstd", "svtav1", "raw"}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("gray", ("--color", "none")),
        ("gray12le", ("--color", "none")),
        ("rgba", ("--color", "lossless", "--effort", "none")),
        ("rgba", ("--color", "lossless", "--chroma", "x264")),
        ("rgba", ("--color", "coded", "--hints", "2:svtav1:crf=40,preset=8", "--quality-frames", "0")),
    ],
)
def test_every_part_of_the_stream_plays(name: str, options: tuple[str, ...], videos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gvc"
    call_ok("gvc-encode", videos / f"{name}.raw", out, *SIZE, "--pix-fmt", name, *options, "--playable")
    header = call_json("gvc-info", out)["header"]
    parts = {part: (header.get(part) or {}).get("codec", "") for part in ("hints", "alpha")}
    assert whats_not_playable({"gray": header["luma_codec"], **parts}) is None
    call_ok("gvc-verify", out)


def test_rgb_of_420_plays_as_that(tmp_path: Path) -> None:
    source, out = tmp_path / "made.raw", tmp_path / "out.gvc"
    rows, columns = np.mgrid[:32, :48]
    planes = (rows * 3 + columns * 2 + 20, columns[::2, ::2] + 90, rows[::2, ::2] + 110)
    luma, first, second = (plane.astype(np.uint8) for plane in planes)
    origin = YuvOrigin(128, 9539, 16525, -3209, -6660, 13075)
    frames = [origin.restored(Picture(luma + np.uint8(k), (first, second))) for k in range(3)]
    source.write_bytes(b"".join(ycocg_r_to_rgb(frame).tobytes() for frame in frames))
    coding = (*SIZE, "--pix-fmt", "rgb24", "--color", "lossless", "--speed", "swift", "--playable")
    call_ok("gvc-encode", source, out, *coding, "--verify")
    header = call_json("gvc-info", out)["header"]
    assert header["pixel_format"] == "rgb24 of yuv420p"
    assert whats_not_playable({"gray": header["luma_codec"]}) is None


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--color", "none", "--luma", "ffv1"), "--luma"),
        (("--color", "none", "--luma", "x265"), "--luma"),
        (("--color", "lossless", "--chroma", "ffv1"), "--chroma"),
        (("--color", "coded", "--hints", "2:x265:crf=30"), "--hints"),
        (("--color", "model"), "--network compact"),
    ],
)
def test_what_does_not_play_is_refused(options: tuple[str, ...], word: str, videos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gvc"
    coding = (*SIZE, "--pix-fmt", "rgba", *options, "--playable")
    assert_one_line_error(call("gvc-encode", videos / "rgba.raw", out, *coding), 3, word, "playable")
    assert list(tmp_path.iterdir()) == []


def test_names_of_what_does_not_play() -> None:
    assert whats_not_playable({"gray": "h264", "color": "av1", "alpha": "zstd"}) is None
    assert whats_not_playable({"gray": "network", "color": ""}) is None
    found = whats_not_playable({"gray": "ffv1", "color": "hevc"})
    assert found is not None
    assert "the gray (ffv1) and the color (hevc)" in found
