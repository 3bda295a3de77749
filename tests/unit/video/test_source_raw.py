"""Raw video files as sources."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from codec.errors import InputError
from codec.video.geometry import GeometryHints
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.video.sources.raw import RawSource
from tests.formats import noise_bytes


@pytest.mark.parametrize("name", PIXEL_FORMATS)
def test_every_pixel_format_comes_back_bit_for_bit(tmp_path: Path, name: str) -> None:
    form = PIXEL_FORMATS[name]
    rng = np.random.default_rng(1)
    frames = [noise_bytes(form, 35, 21, rng) for _ in range(3)]
    path = tmp_path / f"clip_35x21_12.5fps_{name}.raw"
    path.write_bytes(b"".join(frames))
    source = RawSource(path)
    assert (source.info.width, source.info.height, source.info.pixel_format) == (35, 21, form)
    assert source.info.frame_rate == Fraction(25, 2)
    assert source.info.time_base == Fraction(2, 25)
    assert source.info.num_frames_from_header == 3
    assert source.notes == ()
    for _ in range(2):  # a second pass starts at the first frame again
        read = list(source.frames())
        assert [form.pack(frame.picture) for frame in read] == frames
        assert [frame.pts for frame in read] == [0, 1, 2]
    assert len(list(source.read())) == 3
    source.close()


def test_missing_frame_rate_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "clip_4x4_gray.raw"
    path.write_bytes(bytes(16))
    source = RawSource(path)
    assert source.info.frame_rate == 25
    assert "25 is taken" in source.notes[0]
    assert RawSource(path, GeometryHints(frame_rate=Fraction(10))).notes == ()


def test_bad_files(tmp_path: Path) -> None:
    path = tmp_path / "clip_4x4.gray"
    with pytest.raises(InputError, match="cannot read"):
        RawSource(path)
    path.write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        RawSource(path)
    path.write_bytes(bytes(17))
    with pytest.raises(InputError, match="whole number"):
        RawSource(path)


def test_file_that_shrinks_names_the_frame(tmp_path: Path) -> None:
    path = tmp_path / "clip_4x4.gray"
    path.write_bytes(bytes(32))
    source = RawSource(path)
    path.write_bytes(bytes(20))
    with pytest.raises(InputError, match="frame 1"):
        list(source.frames())
    path.unlink()
    with pytest.raises(InputError, match="cannot read"):
        list(source.frames())
