from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from codec.errors import InputError, OutputError
from codec.progress import Silent
from codec.references import colored_by, export_frames, find_references, read_references
from codec.video.color import ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources import SourceOptions, open_source

RGBS_U8 = np.random.default_rng(0).integers(0, 256, (5, 8, 12, 3), dtype=np.uint8)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    raw = tmp_path / "video.raw"
    raw.write_bytes(RGBS_U8.tobytes())
    source = open_source(str(raw), SourceOptions(size=(12, 8), frame_rate=Fraction(5), pixel_format="rgb24"))
    export_frames(source, [1, 3], str(tmp_path / "keyframes"), Silent())
    return tmp_path / "keyframes"


def test_frames_come_back_by_name(exported: Path) -> None:
    assert sorted(path.name for path in exported.iterdir()) == ["frame_000002.png", "frame_000004.png"]
    found = find_references([str(exported)], {1, 2, 3}, (8, 12))
    assert set(found) == {1, 3}
    assert all(np.array_equal(found[index], RGBS_U8[index]) for index in found)


def test_the_gray_stays_that_of_the_video() -> None:
    conversion = ColorConversion(PIXEL_FORMATS["rgb24"], 6, True)
    picture = conversion.picture(RGBS_U8[0])
    recolored = colored_by(picture, 255 - RGBS_U8[0], conversion)
    assert np.array_equal(recolored.luma, picture.luma)
    assert not np.array_equal(recolored.chroma_planes()[0], picture.chroma_planes()[0])


def test_nothing_that_was_recolored_is_replaced(exported: Path) -> None:
    source = open_source(str(exported))
    with pytest.raises(OutputError, match="new or empty folder"):
        export_frames(source, [0], str(exported), Silent())


@pytest.mark.parametrize(
    ("name", "frames", "shape", "message"),
    [
        (
            "frame_000002.png",
            {3},
            (8, 12),
            r"named after a keyframe, such as frame_000004.png. Received: .*frame_000002",
        ),
        ("cat.png", {1}, (8, 12), "named after a keyframe"),
        ("frame_2.png", {1}, (9, 12), "expected a picture of 12x9. Received: .* of 12x8"),
    ],
)
def test_references_that_fit_no_frame(
    tmp_path: Path, name: str, frames: set[int], shape: tuple[int, int], message: str
) -> None:
    cv2.imwrite(str(tmp_path / name), RGBS_U8[0])
    with pytest.raises(InputError, match=message):
        find_references([str(tmp_path / name)], frames, shape)


def test_two_pictures_of_one_frame(tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in ("frame_2.png", "frame_0002.png")]
    for path in paths:
        cv2.imwrite(path, RGBS_U8[0])
    with pytest.raises(InputError, match="expected one picture of frame 2"):
        find_references(paths, {1}, (8, 12))


def test_what_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_references([str(tmp_path / "missing.png")])
    (tmp_path / "text.png").write_text("<html>")
    with pytest.raises(InputError, match="PNG, TIFF, DPX, JPEG, BMP or WebP"):
        read_references([str(tmp_path / "text.png")])
