"""Measures what any frame costs: ``python -m benchmarks.random_access FILE ... [--gop 48] [--frames 200]``.

Each file is encoded with ``--color lossless`` at ``--speed standard`` and ``swift`` and through x264, and with
``--color coded``, all with segments of at most so many frames; ``--guided`` adds ``--color guided``, which trains a
network, once as ever, and once with hints so coarse that a network pays. Beside them are FFV1, whose every frame is a
key frame, and x264 and x265 without loss, with at most as many frames from one key frame to the next, read with PyAV
(:mod:`benchmarks.seeking_rivals`). Then frames in random order are asked for, the same of every coder, each in a file
that was just opened, and then all frames from front to back.
Times are wall time in this process; a frame's do not include the opening. Bytes are those of the pictures, without
sound. Every random frame is compared with the source's: all planes where a coder is without loss, and otherwise the
gray.
Results: ``docs/decisions/0021-random-access.md``.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

import gvc
from benchmarks.figures import Table
from benchmarks.measure import BenchmarkError
from benchmarks.number_text import count, decimals
from benchmarks.seeking_rivals import RIVALS
from codec.encoder.modes import Chroma
from codec.hints.coder import HintSettings
from codec.lossless.parameters import Speed
from codec.plane_codecs import PlaneCodecSpec
from codec.video.sources import open_source
from gvc.frame import SourcePlanes

if TYPE_CHECKING:
    from codec.video.info import VideoInfo
    from gvc.frame import Planes

T = TypeVar("T")

HEAD = (
    "clip",
    "coded by",
    "gop",
    "segments",
    "bytes",
    "open, ms",
    "a frame, ms",
    "95 %, ms",
    "gray, ms",
    "in order, ms",
)
NUM_FRAMES = 200
GRAY_EVERY = 10
"""The gray alone is read for one of so many random frames; for all where nothing else is exact."""


class OpenFile(Protocol):
    """A coded file that was opened."""

    def frame(self, index: int) -> Any:
        """The frame of this number, in arrays. This is what is measured."""

    def gray(self, index: int) -> Any:
        """The gray of a frame; None if it does not come by itself."""

    def in_order(self) -> Iterator[Any]:
        """All frames."""

    def planes(self, found: Any, info: VideoInfo) -> Planes:
        """What :meth:`frame` found, as :class:`gvc.Video` has it.

        Args:
            found: the frame.
            info: of the source.
        """

    def close(self) -> None:
        """Close the file."""


class Coder(Protocol):
    """What writes files, and opens them."""

    @property
    def name(self) -> str:
        """In the table."""

    @property
    def fixed_gop(self) -> int | None:
        """Frames of a segment; None if they can be chosen."""

    @property
    def is_exact(self) -> bool:
        """Whether every sample comes back; otherwise, that is so of the gray."""

    def takes(self, info: VideoInfo) -> bool:
        """Whether such a video can be coded."""

    def write(self, source: Path, target: Path, gop: int) -> tuple[int, int]:
        """Code a file.

        Args:
            source: the file.
            target: the coded file, which may exist.
            gop: the most frames of a segment.

        Returns:
            The segments, and the bytes of the pictures.
        """

    def open(self, path: Path) -> OpenFile:
        """Open a coded file."""


class _Stream:
    """An open stream of gvc."""

    def __init__(self, path: Path) -> None:
        self._video = gvc.open(path)

    def frame(self, index: int) -> Planes:
        return self._video[index].data

    def gray(self, index: int) -> Any:
        return self._video.gray[index].data

    def in_order(self) -> Iterator[Any]:
        return iter(self._video)

    def planes(self, found: Planes, info: VideoInfo) -> Planes:
        del info
        return found

    def close(self) -> None:
        self._video.close()


@dataclass(frozen=True)
class Gvc:
    """A mode of gvc.

    Attributes:
        name, fixed_gop, is_exact: see :class:`Coder`.
        mode: makes the mode of what all modes share.
    """

    name: str
    mode: Callable[[gvc.Shared], gvc.Mode]
    is_exact: bool = True
    fixed_gop: int | None = None

    def takes(self, info: VideoInfo) -> bool:
        """See :class:`Coder`."""
        del info
        return True

    def write(self, source: Path, target: Path, gop: int) -> tuple[int, int]:
        """See :class:`Coder`."""
        shared = gvc.Shared(gop=gvc.Gop(frames=gop), segment_frames=max(gop, 1))
        mode = self.mode(shared)
        report = gvc.encode(source, target, mode, overwrite=True)
        if isinstance(mode, gvc.Guided) and mode.hints is not None and report.network is None:
            raise BenchmarkError(f"expected a network that pays beside coarse hints. Received: none of {source}")
        return report.segments, report.total_bytes - report.copy_bytes

    def open(self, path: Path) -> OpenFile:
        """See :class:`Coder`."""
        return _Stream(path)


def _joint(shared: gvc.Shared) -> gvc.Lossless:
    return gvc.Lossless(shared=shared, luma=PlaneCodecSpec("x264"), chroma=Chroma.JOINT)


COARSE_HINTS = HintSettings.parse("4:svtav1:crf=46,preset=8")
GUIDED: tuple[Coder, ...] = (
    Gvc("gvc guided", lambda shared: gvc.Guided(shared=shared), is_exact=False),
    Gvc("gvc network", lambda shared: gvc.Guided(shared=shared, hints=COARSE_HINTS), is_exact=False),
)
CODERS: tuple[Coder, ...] = (
    Gvc("gvc standard", lambda shared: gvc.Lossless(shared=shared)),
    Gvc("gvc swift", lambda shared: gvc.Lossless(shared=shared, speed=Speed.SWIFT)),
    Gvc("gvc x264 joint", _joint),
    Gvc("gvc coded", lambda shared: gvc.Coded(shared=shared), is_exact=False),
    *RIVALS,
)
"""All but :data:`GUIDED`."""


@dataclass(frozen=True)
class Clip:
    """A source, and the frames of it that are asked for.

    Attributes:
        path: of the file.
        info: of the video.
        digests: of each frame's planes, and of its gray.
        asked: numbers of frames, in the order in which they are asked for.
    """

    path: Path
    info: VideoInfo
    digests: tuple[tuple[bytes, bytes], ...]
    asked: tuple[int, ...]

    @classmethod
    def of(cls, path: Path, num_asked: int) -> Clip:
        """Read a file, and choose frames of it at random."""
        view, random = SourcePlanes(), Random(1)
        with closing(open_source(str(path))) as source:
            digests = tuple(
                (digest(view.data(frame.picture, source.info)), digest((frame.picture.luma,)))
                for frame in source.frames()
            )
            return cls(path, source.info, digests, tuple(random.randrange(len(digests)) for _ in range(num_asked)))


def digest(planes: Planes) -> bytes:
    """Tells planes from others."""
    found = hashlib.blake2b(digest_size=16)
    for plane in planes:
        found.update(f"{plane.shape} {plane.dtype} ".encode() + np.ascontiguousarray(plane).tobytes())
    return found.digest()


@dataclass
class Measured:
    """What a coder's files cost.

    Attributes:
        clip, coder, gop: what was measured.
        segments, bytes: of the files.
        opening, frames, grays: milliseconds, of each time.
        in_order: milliseconds of all frames.
        num_frames: in the files.
    """

    clip: str
    coder: str
    gop: int
    segments: int = 0
    bytes: int = 0
    opening: list[float] = field(default_factory=list)
    frames: list[float] = field(default_factory=list)
    grays: list[float] = field(default_factory=list)
    in_order: float = 0
    num_frames: int = 0

    def add(self, other: Measured) -> None:
        """Take the figures of another file, too."""
        self.segments += other.segments
        self.bytes += other.bytes
        self.opening += other.opening
        self.frames += other.frames
        self.grays += other.grays
        self.in_order += other.in_order
        self.num_frames += other.num_frames

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        return (
            self.clip,
            self.coder,
            str(self.gop),
            count(self.segments),
            count(self.bytes),
            decimals(statistics.median(self.opening), 1),
            decimals(statistics.median(self.frames), 1),
            decimals(float(np.percentile(self.frames, 95)), 1),
            decimals(statistics.median(self.grays) if self.grays else None, 1),
            decimals(self.in_order / self.num_frames, 1),
        )


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Wall time in milliseconds, and what came out."""
    start = time.perf_counter()
    result = work()
    return 1000 * (time.perf_counter() - start), result


def measure(clip: Clip, coder: Coder, gop: int, target: Path) -> Measured:
    """Code a clip, and ask for its frames.

    Raises:
        BenchmarkError: a frame is not the source's, or is missing.
    """
    segments, num_bytes = coder.write(clip.path, target, gop)
    result = Measured(clip.path.stem, coder.name, gop, segments, num_bytes, num_frames=len(clip.digests))
    for turn, index in enumerate(clip.asked):
        milliseconds, opened = timed(lambda: coder.open(target))
        result.opening.append(milliseconds)
        with closing(opened):
            milliseconds, found = timed(lambda opened=opened, index=index: opened.frame(index))  # type: ignore[misc]
            result.frames.append(milliseconds)
            whole, gray = clip.digests[index]
            if coder.is_exact and digest(opened.planes(found, clip.info)) != whole:
                raise BenchmarkError(f"expected frame {index} of {clip.path} from {coder.name}. Received: another")
        if turn % GRAY_EVERY and coder.is_exact:
            continue
        with closing(coder.open(target)) as opened:
            milliseconds, found = timed(lambda opened=opened, index=index: opened.gray(index))  # type: ignore[misc]
            if found is None:
                continue
            result.grays.append(milliseconds)
            if digest((found,)) != gray:
                raise BenchmarkError(f"expected the gray of frame {index} of {clip.path}. Received: another")
    with closing(coder.open(target)) as opened:
        result.in_order, num_found = timed(lambda: sum(1 for _ in opened.in_order()))
    if num_found != result.num_frames:
        raise BenchmarkError(f"expected {result.num_frames} frames of {clip.path}. Received: {num_found}")
    return result


def measure_all(clips: Sequence[Clip], coders: Sequence[Coder], gops: Sequence[int]) -> Iterator[Measured]:
    """Every clip by every coder, and then several clips together. Coders that cannot code one of them are left out.

    Raises:
        BenchmarkError: see :func:`measure`.
    """
    tasks = [(coder, gop) for coder in coders for gop in ([coder.fixed_gop] if coder.fixed_gop else gops)]
    tasks = [(coder, gop) for coder, gop in tasks if all(coder.takes(clip.info) for clip in clips)]
    together = [Measured("all", coder.name, gop) for coder, gop in tasks]
    with tempfile.TemporaryDirectory() as folder:
        for clip in clips:
            for (coder, gop), sums in zip(tasks, together, strict=True):
                measured = measure(clip, coder, gop, Path(folder) / "coded")
                sums.add(measured)
                yield measured
    if len(clips) > 1:
        yield from together


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.random_access", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--gop", nargs="+", type=int, default=[48], help="frames of a segment (48)")
    parser.add_argument("--frames", type=int, default=NUM_FRAMES, help=f"random frames of all files ({NUM_FRAMES})")
    parser.add_argument("--guided", action="store_true", help="color by a network, too, which is trained first")
    names = [coder.name for coder in (*CODERS, *GUIDED)]
    parser.add_argument("--only", nargs="+", choices=names, metavar="CODER", help=f"of {', '.join(names)}")
    options = parser.parse_args(arguments)
    coders = (*CODERS, *GUIDED) if options.guided or options.only else CODERS
    coders = tuple(coder for coder in coders if options.only is None or coder.name in options.only)
    shares = [len(part) for part in np.array_split(np.arange(options.frames), len(options.files))]
    clips = [Clip.of(path, max(1, share)) for path, share in zip(options.files, shares, strict=True)]
    rows = []
    for measured in measure_all(clips, coders, options.gop):
        rows.append(measured.cells())
        print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
    print(Table(HEAD, tuple(rows)).as_markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
