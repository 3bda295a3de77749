"""Decodes mutated streams, and holds that each ends with the sender's pictures or a GvcError: nothing else.

``python -m tests.fuzz.run --seconds 600`` tries new ones and prints a table. ``--stream NAME --first-seed S`` repeats
one case. What a case may do:

- end with a :class:`~container_format.errors.GvcError`;
- or end with pictures whose checksums are those of the records, computed here once more.

Frames by themselves, of some cases, are refused or the same pictures; where the whole is decoded, none is refused.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import resource
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np

from codec.checksums import chroma_crc32, gray_crc32
from codec.decoder import DecodeOptions, decode
from codec.decoder.random_access import FrameAccess
from codec.errors import GvcError
from codec.networks.declarations import find
from codec.stream_header import unpack_header
from codec.video.levels import Levels
from codec.video.picture import Frame
from codec.video.pixel_formats import ColorModel
from codec.video.yuv_origin import YuvOrigin
from container_format import NetworkRecord, SeekingReader, SegmentRecord, StreamReader
from container_format.describe import describe
from tests.fuzz.mutations import mutated
from tests.kept_frames import KeptFrames

FOLDER = Path(__file__).parents[1] / "conformance" / "v1"
MEMORY_LIMIT = 6 * 2**30  # of addresses; TensorFlow alone takes more than 2 GiB


class FuzzError(Exception):
    """A stream was decoded to pictures that are not the sender's."""


@dataclass
class Outcome:
    """What came of some cases.

    Attributes:
        counts: by outcome.
        slowest: seconds of the slowest case, and its name.
        faults: a traceback for each case that ended otherwise than it may.
    """

    counts: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    faults: list[str] = field(default_factory=list)


def corpus(*, with_floats: bool) -> dict[str, bytes]:
    """Sound streams by name; those whose networks need Keras take long."""
    found = {}
    for path in sorted([*(FOLDER / "valid").glob("*.gvc"), *(FOLDER / "uncommon").glob("*.gvc")]):
        data = path.read_bytes()
        networks = [r for r in StreamReader(io.BytesIO(data)).records() if isinstance(r, NetworkRecord)]
        declarations = [find(network.architecture) for network in networks]
        has_floats = any(declaration is not None and declaration.has_float_weights for declaration in declarations)
        if with_floats or not has_floats:
            found[path.stem] = data
    return found


def try_case(data: bytes, seed: int, *, workers: int = 1) -> str:
    """Decode one stream in one of several ways.

    Returns:
        ``decoded``, ``refused`` or ``recovered``.

    Raises:
        FuzzError: the pictures are not the sender's.
        Exception: any other fault.
    """
    gray, recover = seed % 7 == 0, seed % 5 == 0
    with contextlib.suppress(GvcError):
        describe(io.BytesIO(data), recover=recover)
    sink = KeptFrames()
    try:
        decoded = decode(io.BytesIO(data), sink.open, DecodeOptions(gray=gray, recover=recover, workers=workers))
    except GvcError:
        _access(data, seed, None, gray=gray)
        return "refused"
    if decoded.lost:
        return "recovered"
    _compare(StreamReader(io.BytesIO(data), recover=recover), sink, gray=gray)
    _access(data, seed, None if recover else sink.frames, gray=gray)
    return "decoded"


def _access(data: bytes, seed: int, whole: list[Frame] | None, *, gray: bool) -> None:
    """Ask for some frames in any order.

    Args:
        data: the stream.
        seed: of the frames; with most seeds there are none.
        whole: all frames; None if the stream was not decoded without damage.
        gray: only the gray is wanted.
    """
    if seed % 3:
        return
    random = Random(seed)
    try:
        access = FrameAccess(SeekingReader(io.BytesIO(data)), DecodeOptions(gray=gray), cache_bytes=2**20)
        for index in (random.randrange(access.num_frames) for _ in range(3)):
            frame, (begin, _) = access.frame(index), access.times_of(index)
            if whole is not None and not _are_same(frame, whole[index]):
                raise FuzzError(f"frame {index} by itself is another picture")
            access.index_at(begin)
    except GvcError as error:
        if whole is not None:
            raise FuzzError("a frame by itself was refused, and the whole was decoded") from error


def _are_same(frame: Frame, other: Frame) -> bool:
    pairs = zip(frame.picture.planes(), other.picture.planes(), strict=True)
    return frame.pts == other.pts and all(np.array_equal(one, another) for one, another in pairs)


def _compare(reader: StreamReader, sink: KeptFrames, *, gray: bool) -> None:
    frames, recoding = iter(sink.frames), unpack_header(reader.header).recoding
    if isinstance(recoding, YuvOrigin):
        return  # checksums are of planes that no frame has
    has_color = sink.info.pixel_format.model is not ColorModel.GRAY and not gray
    for segment in reader.records():
        if isinstance(segment, SegmentRecord):
            own = [next(frames).picture for _ in range(segment.num_frames)]
            luma = color = 0
            for picture in own:
                luma = gray_crc32(recoding.numbered(picture) if isinstance(recoding, Levels) else picture, luma)
                color = chroma_crc32(picture, color) if has_color else 0
            if luma != segment.luma_crc32:
                raise FuzzError(f"the gray of segment {segment.index} is not the sender's")
            if not gray and segment.color_crc32 not in (None, color):
                raise FuzzError(f"the color of segment {segment.index} is not the sender's")
    if next(frames, None) is not None:
        raise FuzzError("there are more frames than the records say")


def cases(streams: dict[str, bytes], seeds: Iterator[int]) -> Iterator[tuple[str, int, bytes]]:
    """A stream by name, a seed and the mutated stream; a seed always means the same."""
    names, everything = list(streams), list(streams.values())
    for seed in seeds:
        name = names[seed % len(names)]
        yield name, seed, mutated(streams[name], everything, seed)


def try_cases(streams: dict[str, bytes], seeds: Iterator[int], *, workers: int = 1) -> Outcome:
    """Try one after another."""
    outcome = Outcome()
    for name, seed, data in cases(streams, seeds):
        start = time.monotonic()
        try:
            outcome.counts[try_case(data, seed, workers=workers)] += 1
        except Exception:
            outcome.counts["fault"] += 1
            outcome.faults.append(f"{name}, seed {seed}:\n{traceback.format_exc()}")
        outcome.slowest = max(outcome.slowest, (time.monotonic() - start, f"{name}, seed {seed}"))
    return outcome


_BATCH = 2000


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=0, help="try new cases for so long")
    parser.add_argument("--cases", type=int, default=_BATCH, help="in one process, without --seconds")
    parser.add_argument("--first-seed", type=int, default=None, help="default: the time")
    parser.add_argument("--stream", help="mutate this one alone")
    parser.add_argument("--floats", action="store_true", help="networks of floats too, which need Keras")
    parser.add_argument("--workers", type=int, default=1, help="processes that decode segments, as of gvc-decode")
    parser.add_argument("--processes", type=int, default=4, help="cases wait for threads, so more than cores")
    options = parser.parse_args(arguments)
    first = int(time.time()) << 20 if options.first_seed is None else options.first_seed
    if options.seconds:
        return _for_seconds(options, first)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    streams = corpus(with_floats=options.floats)
    if options.stream:
        everything = list(streams.values())
        data = mutated(streams[options.stream], everything, first)
        print(try_case(data, first, workers=options.workers))
        return 0
    outcome = try_cases(streams, iter(range(first, first + options.cases)), workers=options.workers)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps([outcome.counts, outcome.slowest, peak, outcome.faults]))
    return 1 if outcome.faults else 0


def _for_seconds(options: argparse.Namespace, first: int) -> int:
    """Batches in processes of their own, so that a crash of native code ends a batch and not the run."""
    end, counts, slowest, peak, faults = time.monotonic() + options.seconds, Counter[str](), (0.0, ""), 0, []
    running: list[tuple[int, subprocess.Popen[str]]] = []
    while running or time.monotonic() < end:
        while len(running) < options.processes and time.monotonic() < end:
            command = [sys.executable, "-m", "tests.fuzz.run", "--first-seed", str(first), "--cases", str(_BATCH)]
            command += ["--workers", str(options.workers)]
            command += ["--floats"] if options.floats else []
            running.append((first, subprocess.Popen(command, stdout=subprocess.PIPE, text=True)))
            first += _BATCH
        seed, process = running.pop(0)
        output, _ = process.communicate()
        try:
            own, slow, memory, wrong = json.loads(output.splitlines()[-1])
        except (ValueError, IndexError):
            faults.append(f"the batch of seed {seed} ended with {process.returncode}")
            continue
        counts.update(own)
        slowest, peak = max(slowest, tuple(slow)), max(peak, memory)
        faults += wrong
    print(f"{sum(counts.values())} cases: {dict(counts)}; slowest {slowest[0]:.2f} s ({slowest[1]}), peak {peak} MiB")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
