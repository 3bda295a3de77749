"""Files that change while they are read, between two passes or within one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from codec.errors import InputError
from codec.video.sources import SourceOptions, open_source
from codec.video.sources.limited import LimitedSource
from tests.end_to_end.conftest import write_video

RAW = SourceOptions(size=(8, 8), pixel_format="gray")
NUM_FRAMES = 6


def raw(folder: Path) -> Path:
    path = folder / "clip.raw"
    path.write_bytes(bytes(64 * NUM_FRAMES))
    return path


def y4m(folder: Path) -> Path:
    path = folder / "clip.y4m"
    path.write_bytes(b"YUV4MPEG2 W8 H8 F25:1 Cmono\n" + (b"FRAME\n" + bytes(64)) * NUM_FRAMES)
    return path


def container(folder: Path) -> Path:
    write_video(folder / "clip.mkv", frames=NUM_FRAMES)
    return folder / "clip.mkv"


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size * 2 // 3)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(bytes(64))


def rewrite(path: Path) -> None:
    status = path.stat()
    with path.open("r+b") as file:
        file.write(b"Y" if path.suffix == ".y4m" else b"\x1a")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))  # a clock may be coarse


@pytest.mark.parametrize("make", [raw, y4m, container])
@pytest.mark.parametrize("change", [cut, grow, rewrite, Path.unlink])
def test_a_file_that_changes(make: Callable[[Path], Path], change: Callable[[Path], None], tmp_path: Path) -> None:
    options = RAW if make is raw else SourceOptions()
    for is_within in (False, True):
        path = make(tmp_path)
        source = open_source(str(path), options)
        assert len(list(source.frames())) == NUM_FRAMES
        items = iter(source.read())
        if is_within:
            next(items)
        change(path)
        with pytest.raises(InputError, match="changed while it was read") as caught:
            list(items)
        assert "\n" not in str(caught.value)
        source.close()


def test_what_follows_the_frames_that_are_wanted_counts_too(tmp_path: Path) -> None:
    path = raw(tmp_path)
    source = LimitedSource(open_source(str(path), RAW), 2)
    frames = source.frames()
    next(frames)
    grow(path)
    with pytest.raises(InputError, match="changed while it was read, from 384 to 448 bytes"):
        next(frames)


def test_a_picture_that_changes(tmp_path: Path) -> None:
    from codec.video.png import png_bytes
    from tests.end_to_end.conftest import moving_picture

    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path in paths:
        path.write_bytes(png_bytes(moving_picture(16, 16, 0)))
    source = open_source(str(tmp_path))
    assert len(list(source.frames())) == 3
    grow(paths[2])
    frames = source.frames()
    next(frames)
    next(frames)
    with pytest.raises(InputError, match=r"2\.png changed while it was read"):
        next(frames)
