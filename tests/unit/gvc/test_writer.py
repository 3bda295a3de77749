"""Streams from arrays."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gvc

RANDOM = np.random.default_rng(5)


def images(*shape: int, dtype: type[np.unsignedinteger[Any]] = np.uint8, peak: int = 255) -> np.ndarray:
    return RANDOM.integers(0, peak, shape, dtype=dtype, endpoint=True)


@pytest.mark.parametrize(
    ("batch", "pixel_format"),
    [
        (images(3, 10, 14), "gray"),
        (images(3, 10, 14, dtype=np.uint16, peak=2**16 - 1), "gray16le"),
        (images(3, 10, 14, 3), "rgb24"),
        (images(3, 10, 14, 3, dtype=np.uint16, peak=2**16 - 1), "rgb48le"),
        (images(3, 10, 14, 4), "rgba"),
        (images(2, 10, 14, 4, dtype=np.uint16, peak=2**16 - 1), "rgba64le"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_arrays_come_back(batch: np.ndarray, pixel_format: str, tmp_path: Path) -> None:
    with gvc.Writer(tmp_path / "out.gvc", fps=25) as writer:
        writer.write(batch[0])
        writer.write_batch(batch[1:])
    assert writer.num_frames == len(batch)
    with gvc.open(tmp_path / "out.gvc") as video:
        assert video.metadata.pixel_format == pixel_format
        assert video.metadata.is_exact
        for frame, image in zip(video, batch, strict=True):
            found = frame.data[0] if image.ndim == 2 else np.stack(frame.data, axis=-1)
            assert np.array_equal(found, image)
            assert found.dtype == image.dtype


@pytest.mark.parametrize(
    ("pixel_format", "shapes", "dtype", "peak"),
    [
        ("yuv420p", [(9, 13), (5, 7), (5, 7)], np.uint8, 255),
        ("yuv422p10le", [(9, 13), (9, 7), (9, 7)], np.uint16, 1023),
        ("yuva420p", [(9, 13), (5, 7), (5, 7), (9, 13)], np.uint8, 255),
        ("gray12le", [(9, 13)], np.uint16, 4095),
        ("ya8", [(9, 13), (9, 13)], np.uint8, 255),
        ("gbrp", [(9, 13)] * 3, np.uint8, 255),
        ("nv12", [(9, 13), (5, 7), (5, 7)], np.uint8, 255),
    ],
)
def test_planes_come_back(
    pixel_format: str, shapes: list[tuple[int, int]], dtype: Any, peak: int, tmp_path: Path
) -> None:
    frames = [[images(*shape, dtype=dtype, peak=peak) for shape in shapes] for _ in range(2)]
    with gvc.Writer(tmp_path / "out.gvc", fps=Fraction(30000, 1001), pixel_format=pixel_format) as writer:
        writer.write_batch(frames)
    with gvc.open(tmp_path / "out.gvc") as video:
        assert video.metadata.pixel_format == pixel_format
        assert video.metadata.frame_rate == Fraction(30000, 1001)
        for frame, planes in zip(video, frames, strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(frame.data, planes, strict=True))
        with gvc.Writer(tmp_path / "copy.gvc", fps=25, pixel_format=pixel_format) as writer:
            writer.write_batch(video)
    with gvc.open(tmp_path / "copy.gvc") as video:
        assert all(np.array_equal(a, b) for a, b in zip(video[1].data, frames[1], strict=True))


@pytest.mark.parametrize(
    ("pixel_format", "image", "message"),
    [
        (None, np.zeros((8, 8), np.float32), "Received: an array (8, 8) of float32"),
        (None, np.zeros((2, 8, 8, 3), np.uint8), "write_batch takes several. Received: an array (2, 8, 8, 3)"),
        (None, [np.zeros((8, 8), np.uint8)], "Received: 1 planes: an array (8, 8) of uint8"),
        (None, "text", "Received: str"),
        ("yuv420p", np.zeros((8, 8, 3), np.uint8), "expected yuv420p frames"),
        ("yuv420p", [np.zeros((8, 8), np.uint8)] * 3, "(8, 8), (4, 4), (4, 4)"),
        ("yuv420p", [np.zeros((8, 8), np.uint16)] * 3, "planes of uint8"),
        ("gray12le", np.full((8, 8), 4096, np.uint16), "expected gray12le samples from 0 to 4095. Received: 4096"),
        ("rgb24", np.zeros((8, 8, 4), np.uint8), "expected rgb24 frames"),
        ("gray", np.zeros((0, 8), np.uint8), "expected"),
        (None, memoryview(np.zeros((8, 8), np.uint8)), "Received: memoryview"),
    ],
)
def test_what_is_no_frame(pixel_format: str | None, image: object, message: str, tmp_path: Path) -> None:
    writer = gvc.Writer(tmp_path / "out.gvc", fps=25, pixel_format=pixel_format)
    with pytest.raises(gvc.InputError) as caught:
        writer.write(image)
    assert message in str(caught.value)
    assert writer.num_frames == 0
    writer.abort()
    assert not list(tmp_path.iterdir())


def test_frames_of_one_size(tmp_path: Path) -> None:
    with gvc.Writer(tmp_path / "out.gvc", fps=25) as writer:
        writer.write(images(8, 10))
        with pytest.raises(gvc.InputError, match=r"expected frames of 10x8\. Received: frame 1 of 8x10"):
            writer.write(images(10, 8))
        with pytest.raises(gvc.InputError, match="expected gray frames"):
            writer.write(images(8, 10, 3))
        writer.write(images(8, 10))
    assert writer.report is not None
    assert writer.report.frames == 2


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), gvc.Writer(tmp_path / "out.gvc", fps=25) as writer:  # noqa: PT012
        writer.write(images(8, 10))
        raise RuntimeError
    with pytest.raises(gvc.OutputError, match="an open writer"):
        writer.write(images(8, 10))
    with pytest.raises(gvc.OutputError, match="given up its frames"):
        writer.close()
    with pytest.raises(gvc.InputError, match="at least one frame"), gvc.Writer(tmp_path / "out.gvc", fps=25):
        pass
    assert not list(tmp_path.iterdir())


def test_what_is_known_at_once(tmp_path: Path) -> None:
    (tmp_path / "there.gvc").write_bytes(b"something")
    with pytest.raises(gvc.OutputError, match=r"exists\. Give overwrite=True to replace it"):
        gvc.Writer(tmp_path / "there.gvc", fps=25)
    with pytest.raises(gvc.OutputError, match="existing folder"):
        gvc.Writer(tmp_path / "nowhere" / "out.gvc", fps=25)
    for rate in (0, -1, float("nan"), 10**6):
        with pytest.raises(gvc.InputError, match="frame rate"):
            gvc.Writer(tmp_path / "out.gvc", fps=rate)
    with pytest.raises(gvc.InputError, match="pixel format"):
        gvc.Writer(tmp_path / "out.gvc", fps=25, pixel_format="purple")


@pytest.mark.parametrize("mode", [gvc.Lossless, "lossless"])
def test_a_mode_is_made_not_named(mode: object, tmp_path: Path) -> None:
    with pytest.raises(gvc.InputError, match=r"expected a mode, such as gvc\.Lossless\(\).* Received: .*ossless"):
        gvc.Writer(tmp_path / "out.gvc", fps=25, mode=mode)  # type: ignore[arg-type]
    with pytest.raises(gvc.InputError, match="expected a mode"):
        gvc.encode(tmp_path / "in.y4m", tmp_path / "out.gvc", mode)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_close_gives_the_report_once_and_again(tmp_path: Path) -> None:
    writer = gvc.Writer(tmp_path / "out.gvc", fps=29.97, mode=gvc.GrayOnly())
    writer.write(images(8, 10, 3))
    report = writer.close()
    assert writer.close() is report
    assert (report.output, report.color, report.frames) == (str(tmp_path / "out.gvc"), "none", 1)
    with gvc.open(tmp_path / "out.gvc") as video:
        assert video.metadata.frame_rate == Fraction(30000, 1001)


def test_into_a_file_object() -> None:
    target = io.BytesIO()
    with gvc.Writer(target, fps=25) as writer:
        writer.write(images(8, 10))
    with gvc.open(target) as video:
        assert len(video) == 1
