"""How large a stream becomes: a projection before the work, and a limit that ends it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

from codec.encoder.modes import Mode
from codec.encoder.survey import frame_rate_of
from codec.errors import InputError, OutputError
from codec.plane_codecs import PlaneCodecSpec, is_lossless, plane_parameters
from codec.plane_codecs.probe import probed_bytes
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.video.source import Source

# What is read and coded for a projection: about a second of work.
_RUNS, _MOST_RUN_FRAMES, _MOST_CODED_PIXELS = 3, 6, 2**24
_MOST_FRAMES, _MOST_PIXELS = 100, 2**25
_QUICK, _QUICK_DEEP = "x264:preset=veryfast", "ffv1"
_PLAIN = ("raw", "zstd")  # codecs that are quick themselves, and whose bytes are more than those of the quick ones
_SURE = 2  # a projection of more than so many times the limit is no accident


def projected_gray_bytes(source: Source, mode: Mode) -> int | None:
    """About how many bytes the exact gray of a video takes, from a few of its first frames.

    Args:
        source: is read from its start for about a second.
        mode: with its options.

    Returns:
        The bytes; None if the gray is coded with loss, or the source does not say how many frames it has.

    Raises:
        InputError: the source cannot be read.
    """
    info = source.info
    num_frames = info.num_frames_from_header
    if num_frames is None or not is_lossless(mode.luma):
        return None
    quick = _QUICK if info.pixel_format.depth == 8 else _QUICK_DEEP
    spec = mode.luma if mode.luma.codec in _PLAIN else PlaneCodecSpec.parse(quick)
    parameters = plane_parameters(spec, info.width, info.height, info.pixel_format.depth)
    runs = list(_first_runs(source, info, num_frames))
    segment = Fraction(num_frames, max(1, len(runs)))
    return round(probed_bytes(spec, parameters, runs, frame_rate_of(info), segment))


def _first_runs(source: Source, info: VideoInfo, num_frames: int) -> Iterator[list[Picture]]:
    """Runs of pictures, spread over the frames that are read."""
    num_pixels = info.width * info.height
    run_frames = max(2, min(_MOST_RUN_FRAMES, _MOST_CODED_PIXELS // (_RUNS * num_pixels)))
    most = min(num_frames, _MOST_FRAMES, max(_RUNS * run_frames, _MOST_PIXELS // num_pixels))
    apart = max(run_frames, -(-most // _RUNS))
    run: list[Picture] = []
    for index, frame in enumerate(source.frames()):
        if index >= most:
            break
        if index % apart < run_frames:
            run.append(frame.picture)
        if len(run) == run_frames:
            yield run
            run = []
    if run:
        yield run


def larger_than_input(input_path: str, output_path: str, input_bytes: int, projected_bytes: int) -> str:
    """The line that says that a stream will be larger than its input, and what to do instead."""
    return (
        f"{input_path} is compressed already, to {_size(input_bytes)}; its exact gray alone takes about "
        f"{_size(projected_bytes)}, so that {output_path} will be larger than the input. Code the gray with loss "
        "(--luma svtav1:crf=35), or keep the input: gvc is the wrong tool for it"
    )


def check_projection(projected_bytes: int | None, limit: int | None, option: str) -> None:
    """Refuse work whose result will be far above a limit.

    Raises:
        OutputError: it will.
    """
    if limit is not None and projected_bytes is not None and projected_bytes > _SURE * limit:
        raise OutputError(
            f"expected a stream of at most {limit} bytes ({option}). Received: a video whose exact gray alone takes "
            f"about {projected_bytes} bytes. Code the gray with loss (--luma svtav1:crf=35), or allow more",
            option=option,
        )


def limit_of(max_bytes: int | None, input_bytes: int | None, *, must_save: bool) -> tuple[int | None, str]:
    """The most bytes that a stream may have, and the option that says so.

    Raises:
        InputError: the stream must be smaller than an input whose size is not known.
    """
    if not must_save:
        return max_bytes, "--max-bytes"
    if input_bytes is None:
        raise InputError(
            "expected a file as input with --must-save, since a pipe or a folder has no size to compare with. "
            "Give --max-bytes N",
            option="--must-save",
        )
    if max_bytes is not None and max_bytes < input_bytes:
        return max_bytes, "--max-bytes"
    return input_bytes - 1, "--must-save"


class LimitedOutput:
    """A binary output that takes so many bytes, and no more.

    Args:
        stream: takes them.
        limit: the most bytes.
        option: that says so.
    """

    def __init__(self, stream: BinaryIO, limit: int, option: str) -> None:
        self._stream = stream
        self._limit = limit
        self._option = option
        self._num_bytes = 0

    def write(self, data: bytes) -> int:
        """Pass bytes on.

        Raises:
            OutputError: they are too many.
            OSError: the output cannot be written.
        """
        self._num_bytes += len(data)
        if self._num_bytes > self._limit:
            raise OutputError(
                f"expected a stream of at most {self._limit} bytes ({self._option}). Received: more than that; nothing "
                "was kept. Code the gray with loss (--luma svtav1:crf=35), or allow more",
                option=self._option,
            )
        return self._stream.write(data)

    def flush(self) -> None:
        """Pass it on."""
        self._stream.flush()


def _size(num_bytes: int) -> str:
    return f"{num_bytes / 1e6:.1f} MB" if num_bytes >= 10**5 else f"{num_bytes / 1e3:.1f} kB"
