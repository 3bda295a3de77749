"""Measures exact video of any depth: ``python -m benchmarks.deep_lossless FILE ... [--megabytes 24] [--speed max]``.

The first frames of each file, as many as the megabytes hold, go through ``gvc-encode --color lossless --effort none``
and back, and beside it through FFV1 (version 3, one group of pictures, the smaller of both contexts), x265 without loss
where its depth allows that, and Zstandard 19. Files are compared with files: FFV1 and x265 are in Matroska. Results:
``docs/decisions/0019-deep-video.md``.
"""

from __future__ import annotations

import argparse
import io
import itertools
import sys
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av

from benchmarks.figures import Table
from benchmarks.number_text import decimals
from codec.decoder import decode
from codec.encoder.encode import encode
from codec.encoder.modes import Lossless
from codec.lossless.parameters import Speed
from codec.video.convert import video_frame
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat, planar_twin
from codec.video.source import Source
from codec.video.sources import open_source
from codec.video.sources.limited import LimitedSource
from container_format.compression import compress

_FFV1 = {"level": "3", "coder": "range_tab", "slices": "4", "slicecrc": "0", "g": "100000000"}
_MOST_X265_BITS = 12
_RATE = Fraction(25)


class _Kept:
    """A sink that keeps the frames as raw bytes."""

    notes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self._own: PixelFormat | None = None

    def open(self, info: VideoInfo) -> _Kept:
        self._own = info.pixel_format
        return self

    def write(self, frame: Frame) -> None:
        if self._own is not None:
            self.frames.append(self._own.pack(frame.picture))

    def write_packet(self, packet: CopyPacket) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""

    def abort(self) -> None:
        """Nothing."""


def gvc_bytes(source: Source, speed: Speed) -> tuple[int, str, float, float]:
    """Bytes of the stream, what carries gray and chroma, seconds of encode and decode.

    Raises:
        AssertionError: the decoded frames are not the source's.
    """
    stream, kept, start = io.BytesIO(), _Kept(), time.monotonic()
    report = encode(source, stream, Lossless(effort="none", speed=speed))  # type: ignore[arg-type]
    middle = time.monotonic()
    stream.seek(0)
    decode(stream, kept.open)
    end = time.monotonic()
    own = source.info.pixel_format
    if kept.frames != [own.pack(frame.picture) for frame in source.frames()]:
        raise AssertionError("the decoded frames are not the source's")
    how = report.luma if report.chroma is None else f"{report.luma}, {report.chroma}"
    return report.total_bytes, how, middle - start, end - middle


def codec_bytes(encoder: str, options: dict[str, str], own: PixelFormat, pictures: Sequence[Picture]) -> int | None:
    """Bytes of a Matroska file; None if the encoder does not take the format."""
    name = {"rgb24": "bgr0", "rgba": "bgra"}.get(own.name, own.name) if encoder == "ffv1" else own.name
    height, width = pictures[0].luma.shape
    file = io.BytesIO()
    try:
        with av.open(file, "w", "matroska") as container:
            stream = container.add_stream(encoder, rate=_RATE, options=options)
            if not isinstance(stream, av.VideoStream):
                raise ValueError(f"expected a video encoder. Received: {encoder}")
            stream.width, stream.height, stream.pix_fmt = width, height, name
            stream.time_base = 1 / _RATE
            for index, picture in enumerate(pictures):
                frame = video_frame(picture, name)
                frame.pts = index
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except (av.FFmpegError, ValueError):
        return None
    return file.getbuffer().nbytes


def others(own: PixelFormat, pictures: Sequence[Picture]) -> dict[str, int | None]:
    """Bytes of the other codecs, by name."""
    ffv1 = [codec_bytes("ffv1", {**_FFV1, "context": context}, own, pictures) for context in ("0", "1")]
    found = {"FFV1": min((size for size in ffv1 if size is not None), default=None)}
    narrow = _narrowest(own, pictures)
    is_x265 = not own.has_alpha and own.model is not ColorModel.RGB and narrow.depth <= _MOST_X265_BITS
    options = {"x265-params": "lossless=1:log-level=none"}
    found["x265"] = codec_bytes("libx265", options, narrow, pictures) if is_x265 else None
    found["zstd"] = len(compress(b"".join(own.pack(picture) for picture in pictures), level=19))
    return found


def _narrowest(own: PixelFormat, pictures: Sequence[Picture]) -> PixelFormat:
    """Of gray whose samples need no more bits than x265 takes, the format of that many bits."""
    is_gray = own.model is ColorModel.GRAY and own.depth > _MOST_X265_BITS
    if is_gray and max(int(picture.luma.max()) for picture in pictures) < 1 << _MOST_X265_BITS:
        return PIXEL_FORMATS[f"gray{_MOST_X265_BITS}le"]
    return own


def row(path: Path, megabytes: float, speed: Speed) -> tuple[list[str], float]:
    """The row of a file, and its ratio."""
    opened = open_source(str(path))
    count = max(1, int(megabytes * 10**6 // opened.info.raw_frame_bytes))
    source = LimitedSource(opened, count)
    own = planar_twin(source.info.pixel_format)
    pictures = [frame.picture for frame in itertools.islice(source.frames(), count)]
    beside = others(own, pictures)
    size, how, encoding, decoding = gvc_bytes(source, speed)
    best = min(other for other in beside.values() if other is not None)
    texts = ["" if other is None else f"{other:,}" for other in beside.values()]
    times = [decimals(len(pictures) / seconds, 1) for seconds in (encoding, decoding)]
    return [
        path.name,
        own.name,
        str(len(pictures)),
        *texts,
        f"{size:,}",
        how,
        decimals(size / best, 3),
        *times,
    ], size / best


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deep_lossless", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--megabytes", type=float, default=24, help="of raw frames that are coded of each file (24)")
    parser.add_argument("--speed", choices=list(Speed), default=Speed.STANDARD, type=Speed)
    options = parser.parse_args()
    rows, product = [], 1.0
    for path in options.files:
        cells, ratio = row(path, options.megabytes, options.speed)
        print(" | ".join(cells), flush=True)
        rows.append(cells)
        product *= ratio
    head = ("clip", "format", "frames", "FFV1", "x265", "zstd", "gvc", "carried by", "of the best", "fps", "fps back")
    print(Table(head, tuple(map(tuple, rows))).as_markdown())
    print(f"geometric mean: {product ** (1 / len(rows)):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
