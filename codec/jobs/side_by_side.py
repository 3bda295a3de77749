"""The same frames of a video and of what encodes or networks made of it, as pictures with their color errors."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from pathlib import Path

from codec.jobs.frames import NAME, write_frames
from codec.metrics import Quality, QualityMeter
from codec.progress import Progress, Silent
from codec.video.color import ColorConversion
from codec.video.picture import Picture, of_8_bits
from codec.video.sources import open_source

ORIGINAL = "original"
"""The folder of the video's own frames."""


def write_side_by_side(
    original: str, made: Mapping[str, str], folder: str, frames: Collection[int], *, progress: Progress | None = None
) -> dict[str, dict[int, Quality | None]]:
    """Write frames as :func:`codec.jobs.frames.write_frames` does, and measure the color of what was made.

    Args:
        original: the video.
        made: streams, or other videos, by the names of their folders.
        folder: is there; gets the folders :data:`ORIGINAL` and those of ``made``.
        frames: their indices.
        progress: is told the frames done.

    Returns:
        By folder and frame, the quality of that one picture's color. Both pictures are taken as the R'G'B' that is
        shown, so that a video in 4:2:0 and a stream in RGB can be compared. None where the original has no color, or
        another size.

    Raises:
        InputError: an input cannot be opened or read.
        FrameError: one does not have one of the frames.
        StreamError: a stream is damaged.
        OutputError: a folder cannot be made.
    """
    progress = progress or Silent()
    for name, path in {ORIGINAL: original, **made}.items():
        write_frames(path, str(Path(folder, name)), frames, progress=progress)
    qualities: dict[str, dict[int, Quality | None]] = {name: {} for name in made}
    wanted = sorted(set(frames))
    progress.start("measuring color", len(wanted), "frames")
    for count, index in enumerate(wanted, 1):
        conversion, shown = _picture(Path(folder, ORIGINAL, NAME.format(index + 1)))
        for name in made:
            _, other = _picture(Path(folder, name, NAME.format(index + 1)))
            qualities[name][index] = _quality(conversion, shown, other)
        progress.advance(count)
    return qualities


def _picture(path: Path) -> tuple[ColorConversion, Picture]:
    """A picture of 8 bits in RGB, from a file of :func:`write_frames`."""
    with contextlib.closing(open_source(str(path))) as source:
        conversion = ColorConversion.of(source.info)
        picture = next(iter(source.frames())).picture
        return conversion.of_8_bits(), of_8_bits(picture, conversion.pixel_format.depth)


def _quality(conversion: ColorConversion, original: Picture, made: Picture) -> Quality | None:
    has_color = any(plane.any() for plane in original.chroma_planes())
    if not has_color or original.luma.shape != made.luma.shape:
        return None
    meter = QualityMeter(conversion)
    meter.add(original, made)
    return meter.result()
