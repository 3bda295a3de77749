"""Inputs that several machines read, from any frame on."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codec.errors import InputError
from codec.video.picture import Picture
from codec.video.png import png_bytes
from codec.video.selection import EVERYTHING, Selection
from codec.video.source import SeekableSource, Source, frames_from
from codec.video.sources import SourceOptions, open_source
from codec.video.sources.fingerprint import Fingerprint
from codec.video.sources.limited import limited
from codec.video.sources.shared import SharedInput
from codec.video.views import SourceView
from tests.end_to_end.conftest import write_video

NUM_FRAMES = 7
OPTIONS = SourceOptions()


def raw(folder: Path) -> Path:
    path = folder / "clip_8x8_25fps_gray.raw"
    path.write_bytes(bytes(range(NUM_FRAMES * 64 % 256)) + bytes(NUM_FRAMES * 64 - NUM_FRAMES * 64 % 256))
    return path


def y4m(folder: Path) -> Path:
    path = folder / "clip.y4m"
    frames = (f"FRAME{' Ip' * (number % 3)}\n".encode() + bytes([number] * 64) for number in range(NUM_FRAMES))
    path.write_bytes(b"YUV4MPEG2 W8 H8 F25:1 Cmono\n" + b"".join(frames))
    return path


def images(folder: Path) -> Path:
    (folder / "images").mkdir()
    for number in range(NUM_FRAMES):
        (folder / "images" / f"{number}.png").write_bytes(png_bytes(np.full((8, 8, 3), number, np.uint8)))
    return folder / "images"


def container(folder: Path) -> Path:
    write_video(folder / "clip.mkv", frames=NUM_FRAMES)
    return folder / "clip.mkv"


def view(source: Source) -> Source:
    return SourceView(source, source.info.pixel_format, lambda picture: replace(picture, luma=255 - picture.luma))


def same(one: Picture, other: Picture) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.planes(), other.planes(), strict=True))


@pytest.mark.parametrize("make", [raw, y4m, images, container])
def test_any_frame_may_be_the_first(make: Callable[[Path], Path], tmp_path: Path) -> None:
    opened = open_source(str(make(tmp_path)))
    part = limited(opened, None, Selection(first=1, every=2))
    for source in (opened, view(opened), limited(opened, 5), part, limited(part, 2)):
        everything = list(source.frames())
        for first in range(len(everything) + 2):
            found = list(frames_from(source, first))
            assert [frame.pts for frame in found] == [frame.pts for frame in everything[first:]]
            assert all(same(a.picture, b.picture) for a, b in zip(found, everything[first:], strict=True))
    opened.close()


def test_what_can_seek_does(tmp_path: Path) -> None:
    for make in (raw, y4m, images):
        assert isinstance(open_source(str(make(tmp_path))), SeekableSource)


def shared(path: Path, max_frames: int | None = None, selection: Selection = EVERYTHING) -> SharedInput:
    source = open_source(str(path))
    return SharedInput.of(source, str(path), OPTIONS, max_frames, selection)


def test_it_is_opened_elsewhere_as_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = container(tmp_path)
    found = pickle.loads(pickle.dumps(shared(Path(path.name), 3, Selection(first=2))))
    monkeypatch.chdir("/")
    source = found.open()
    assert found.path == str(path)
    everything = list(open_source(str(path)).frames())
    assert all(same(a.picture, b.picture) for a, b in zip(source.frames(), everything[2:5], strict=True))


def test_another_file_is_named(tmp_path: Path) -> None:
    path = y4m(tmp_path)
    found = shared(path)
    data = path.read_bytes()
    path.write_bytes(data[:-10])
    with pytest.raises(InputError, match=r"expected the same .*clip.y4m on all machines. Received: 5\d\d bytes in pl"):
        found.open()
    path.write_bytes(data[:-1] + b"\0")
    with pytest.raises(InputError, match="Received: other bytes at the begin or the end"):
        found.open()
    path.write_bytes(data)
    os.utime(path, ns=(0, 0))  # a copy has another time
    found.open().close()
    path.unlink()
    with pytest.raises(InputError, match="does not exist"):
        found.open()


def test_other_images_are_named(tmp_path: Path) -> None:
    folder = images(tmp_path)
    found = shared(folder)
    (folder / "6.png").rename(folder / "7.png")
    with pytest.raises(InputError, match="files of other names or sizes"):
        found.open()
    (folder / "7.png").unlink()
    with pytest.raises(InputError, match=r"in 6 files in place of .* bytes in 7 files"):
        found.open()


def test_fingerprints_see_both_ends_of_large_files(tmp_path: Path) -> None:
    path = tmp_path / "large"
    data = bytearray(200_000)
    prints = set()
    for place in (0, 2**16 - 1, len(data) - 2**16, len(data) - 1, 100_000):
        changed = data.copy()
        changed[place] = 1
        path.write_bytes(changed)
        prints.add(Fingerprint.of([path]).ends)
    path.write_bytes(data)
    middle = Fingerprint.of([path]).ends
    assert len(prints | {middle}) == 5  # the one in the middle is not seen


def test_a_pipe_cannot_be_shared() -> None:
    with pytest.raises(InputError, match="others cannot read a pipe"):
        SharedInput.of(object(), "-", OPTIONS, None, EVERYTHING)  # type: ignore[arg-type]
