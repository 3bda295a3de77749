"""The pipeline of a colorization: one pass over the video, in memory that is bounded by the size of a few frames."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from codec.colorization.options import ColorizeOptions
from codec.colorization.output import colored_info
from codec.colorization.shots import with_cuts
from codec.colorization.stabilizer import Stabilizer
from codec.errors import InputError
from codec.networks.interface import Colorizer
from codec.progress import Progress, Silent
from codec.video.color import ColorConversion
from codec.video.convert import gray_info
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture, of_8_bits, with_color_of
from codec.video.sink import Sink
from codec.video.source import Source
from codec.video.views import info_of_8_bits, source_of_8_bits

_BATCH_PIXELS = 2**21  # largest number of gray samples in a batch for the network


@dataclass(frozen=True)
class Colorized:
    """The result of a colorization.

    Attributes:
        num_frames: the number of frames written.
        num_shots: the number of shots found; 0 if the color was removed.
        notes: remarks about properties of the input that the output cannot keep.
        seconds: the wall time.
    """

    num_frames: int
    num_shots: int
    notes: tuple[str, ...]
    seconds: float


def colorize(
    source: Source,
    open_sink: Callable[[VideoInfo], Sink],
    options: ColorizeOptions,
    *,
    progress: Progress | None = None,
) -> Colorized:
    """Make color for a gray video, or remove the color of a video. Audio, subtitles and times are not changed.

    Args:
        source: any video. Only its gray is used.
        open_sink: opens the sink for the description of the colored video.
        options: the options of the colorization.
        progress: receives the stages and the progress; None for no reports.

    Raises:
        InputError: the source, the weights or the references cannot be used.
        TrainingError: the network could not be trained.
        OutputError: the sink cannot take the frames.
    """
    start = time.monotonic()
    progress = progress or Silent()
    info = gray_info(source.info) if options.to_gray else colored_info(source.info)
    conversion = ColorConversion.of(info)
    painter: _Painter | None = None
    if not options.to_gray:
        if conversion.pixel_format.depth > 8 and not options.choices.keep_luma:
            raise InputError(
                f"expected video of 8 bits with --no-keep-luma. Received: {conversion.pixel_format.depth} bits",
                option="--no-keep-luma",
            )
        # This imports Keras, which takes seconds. It is needed only if color is made.
        from codec.colorization.networks import make_colorizer

        seen, seen_as = source_of_8_bits(source), conversion.of_8_bits()  # color is made at 8 bits
        colorizer = make_colorizer(seen, info_of_8_bits(info), seen_as, options, progress)
        painter = _Painter(colorizer, Stabilizer(seen_as) if options.stabilize else None, conversion)
    sink = open_sink(info)
    num_frames = 0
    try:
        progress.start("converting" if painter is None else "coloring", source.info.num_frames_from_header, "frames")
        for item in _gray(source) if painter is None else painter.colored(source):
            if isinstance(item, Frame):
                sink.write(item)
                num_frames += 1
                progress.advance(num_frames)
            else:
                sink.write_packet(item)
        sink.close()
    except BaseException:
        sink.abort()
        raise
    notes = (*source.notes, *sink.notes)
    return Colorized(num_frames, painter.num_shots if painter else 0, notes, time.monotonic() - start)


def _gray(source: Source) -> Iterator[Frame | CopyPacket]:
    for item in source.read():
        yield replace(item, picture=Picture(item.picture.luma)) if isinstance(item, Frame) else item


class _Painter:
    """Colorizes frames in batches that do not cross a cut. Packets keep their positions between the frames."""

    def __init__(self, colorizer: Colorizer, stabilizer: Stabilizer | None, conversion: ColorConversion) -> None:
        self._colorizer = colorizer
        self._stabilizer = stabilizer
        self._depth = conversion.pixel_format.depth
        self._waiting: list[Frame | CopyPacket] = []
        self._num_waiting_frames = 0
        self.num_shots = 0

    def colored(self, source: Source) -> Iterator[Frame | CopyPacket]:
        batch = max(1, _BATCH_PIXELS // (source.info.width * source.info.height))
        for item, begins_shot in with_cuts(source.read()):
            if begins_shot:
                yield from self._flush()
                self._begin_shot()
            self._waiting.append(item)
            self._num_waiting_frames += isinstance(item, Frame)
            if self._num_waiting_frames >= batch:
                yield from self._flush()
        yield from self._flush()

    def _begin_shot(self) -> None:
        self.num_shots += 1
        self._colorizer.begin_shot()
        if self._stabilizer is not None:
            self._stabilizer.begin_shot()

    def _flush(self) -> Iterator[Frame | CopyPacket]:
        grays = (Picture(item.picture.luma) for item in self._waiting if isinstance(item, Frame))
        lumas = [of_8_bits(gray, self._depth).luma for gray in grays]
        pictures = iter(self._colorizer(np.stack(lumas), None) if lumas else [])
        for item in self._waiting:
            if not isinstance(item, Frame):
                yield item
                continue
            picture = next(pictures)
            if self._stabilizer is not None:
                picture = self._stabilizer(picture)
            if self._depth > 8:
                picture = with_color_of(item.picture.luma, picture, self._depth)
            yield replace(item, picture=picture)
        self._waiting.clear()
        self._num_waiting_frames = 0
