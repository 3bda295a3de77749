"""Frames that a worker reads itself: it keeps its place, and what it cannot read is its own fault."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codec.cluster.remote import UnfitError
from codec.encoder import shared_reading
from codec.encoder.segment import SegmentInput
from codec.encoder.shared_reading import FramesChecksum, SharedRecipe, SharedSegment, encode_shared
from codec.encoder.tracks.color import ColorInput
from codec.errors import InputError
from codec.video.picture import Frame
from codec.video.selection import EVERYTHING
from codec.video.source import Source, WrappedSource
from codec.video.sources import SourceOptions, open_source
from codec.video.sources.shared import SharedInput

NUM_FRAMES = 12


class Counted(WrappedSource):
    """A source that cannot seek, and counts."""

    read_frames: list[int]
    num_closed = 0

    def frames(self) -> Iterator[Frame]:
        for frame in self.inner.frames():
            self.read_frames.append(frame.pts)
            yield frame

    def close(self) -> None:
        Counted.num_closed += 1
        super().close()


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SharedRecipe:
    path = tmp_path / "clip_8x8_25fps_gray.raw"
    path.write_bytes(b"".join(bytes([number] * 64) for number in range(NUM_FRAMES)))
    monkeypatch.setattr(Counted, "read_frames", [], raising=False)
    monkeypatch.setattr(Counted, "num_closed", 0)
    opened = SharedInput.open
    monkeypatch.setattr(SharedInput, "open", lambda shared: Counted(opened(shared)))

    def encode_segment(recipe: Any, segment: SegmentInput) -> list[int]:
        del recipe
        return [frame.pts for frame in segment.frames]

    monkeypatch.setattr(shared_reading, "encode_segment", encode_segment)
    monkeypatch.setattr(shared_reading, "_idle", shared_reading._Idle())
    shared = SharedInput.of(open_source(str(path)), str(path), SourceOptions(), None, EVERYTHING)
    recipe: Any = SimpleNamespace(description=SimpleNamespace(recoding=None))
    return SharedRecipe(recipe, shared, drops_alpha=False)


def coded(context: SharedRecipe, first: int, count: int) -> Any:
    return encode_shared(context, SharedSegment(0, first, count, ColorInput()))


def test_a_worker_reads_on_from_where_it_was(context: SharedRecipe) -> None:
    assert coded(context, 2, 2).coded == [2, 3]
    assert Counted.read_frames == [0, 1, 2, 3]
    assert coded(context, 6, 2).coded == [6, 7]
    assert Counted.read_frames == [0, 1, 2, 3, 4, 5, 6, 7]
    Counted.read_frames.clear()
    assert coded(context, 4, 2).coded == [4, 5]  # it is behind that already, and begins anew
    assert Counted.read_frames == [0, 1, 2, 3, 4, 5]
    assert Counted.num_closed == 1


def test_the_checksum_is_of_samples_and_times(context: SharedRecipe) -> None:
    source: Source = open_source(context.source.path)
    frames = list(source.frames())
    sums = []
    for begin in range(0, NUM_FRAMES, 3):
        checksum = FramesChecksum()
        for frame in frames[begin : begin + 3]:
            checksum.add(frame)
        sums.append(checksum.crc32)
        assert coded(context, begin, 3).frames_crc32 == checksum.crc32
    later = FramesChecksum()
    for frame in frames[:3]:
        later.add(Frame(frame.picture, frame.pts + 1, frame.duration))
    assert len({*sums, later.crc32}) == 5


def test_what_the_worker_cannot_read_is_its_own_fault(context: SharedRecipe) -> None:
    with pytest.raises(UnfitError, match="it has fewer frames than before"):
        coded(context, NUM_FRAMES - 1, 2)
    path = Path(context.source.path)
    path.write_bytes(path.read_bytes()[:-64])
    with pytest.raises(UnfitError, match="704 bytes in place of 768 bytes"):
        coded(context, 0, 2)
    path.unlink()
    with pytest.raises(UnfitError, match="does not exist"):
        coded(context, 0, 2)


def test_what_a_codec_refuses_is_not(context: SharedRecipe, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(recipe: Any, segment: SegmentInput) -> None:
        del recipe
        next(iter(segment.frames))
        raise InputError("no codec takes it")

    monkeypatch.setattr(shared_reading, "encode_segment", refuse)
    with pytest.raises(InputError, match="no codec takes it"):
        coded(context, 0, 2)
    assert Counted.num_closed == 1  # nobody knows where it was


def test_an_input_is_closed_when_nobody_uses_it(context: SharedRecipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_reading, "_IDLE_SECONDS", 0.05)
    coded(context, 0, 2)
    deadline = time.monotonic() + 30
    while not Counted.num_closed:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert coded(context, 2, 2).coded == [2, 3]
    other = SharedRecipe(context.recipe, context.source, drops_alpha=False)
    coded(other, 0, 2)  # of another video: the one before is not used any more
    assert Counted.num_closed >= 2
