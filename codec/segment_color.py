"""Coloring of a segment with its hints and the network. The sender and the receiver both run this code.

Color is made at 8 bits, from the gray rounded to 8 bits. That of deep video then gets the video's depth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, partial

import numpy as np

from codec.hints.coder import HintParameters
from codec.hints.planes import picture_of_quarters, unpack_hints
from codec.late_picture import LatePicture
from codec.networks.interface import Colorizer
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, of_8_bits, with_color_of

_BATCH_PIXELS = 2**21  # the approximate number of gray pixels in one batch for the network


class SegmentColor:
    """Makes pictures from gray planes and hints. With neither network nor hints, the pictures have no color.

    Args:
        conversion: how the planes of the video become R'G'B'.
        colorizer: the network that makes the color, of 8 bits; None if hints alone make it.
        hints: the parameters of the hints; None if there are none.
    """

    def __init__(self, conversion: ColorConversion, colorizer: Colorizer | None, hints: HintParameters | None) -> None:
        self._format = conversion.pixel_format
        self._depth = conversion.pixel_format.depth
        self._conversion = conversion.of_8_bits()
        self._colorizer = colorizer
        self._hints = hints

    @property
    def is_exact(self) -> bool:
        """Whether the pictures are the same to the last bit on every machine."""
        return self._colorizer is None or self._colorizer.is_exact

    @property
    def has_memory(self) -> bool:
        """Whether the color of a frame depends on earlier frames of its shot."""
        return self._colorizer is not None and self._colorizer.has_memory

    def pictures(
        self, lumas: Iterable[PlaneArray], hints: Sequence[PlaneArray], shot_starts: Sequence[int] = ()
    ) -> Iterator[Picture]:
        """Color consecutive frames, of which the first begins a shot.

        Args:
            lumas: the gray planes, (height, width) each; taken a batch at a time.
            hints: the hint picture of each frame, as :func:`codec.hints.coder.decode_hints` returns them; empty if
                there are no hints.
            shot_starts: the indices, within ``lumas``, of further frames that begin a shot.

        Yields:
            The pictures, with exactly these gray planes.
        """
        starts = {0, *shot_starts} if self.has_memory else {0}
        for first, batch in _batches(lumas, starts):
            if self._colorizer is not None and first in starts:
                self._colorizer.begin_shot()
            yield from self._colored(batch, hints[first : first + len(batch)])

    def late_pictures(
        self, lumas: Iterable[PlaneArray], hints: Sequence[PlaneArray], shot_starts: Sequence[int] = ()
    ) -> Iterator[LatePicture]:
        """As :meth:`pictures`, which they are to the bit, but color is made when it is asked for.

        A network of whole numbers colors each picture by itself. One of floats colors the batches of :meth:`pictures`,
        since the last bits may depend on what is in a batch. One with memory colors all of them, in order.
        """
        if self.has_memory:
            yield from map(LatePicture.of, self.pictures(lumas, hints, shot_starts))
        elif self.is_exact:
            yield from self._one_by_one(lumas, hints)
        else:
            for first, batch in _batches(lumas, ()):
                made = cache(partial(self._colored, batch, hints[first : first + len(batch)]))
                yield from (self._late(luma, partial(_one_of, made, place)) for place, luma in enumerate(batch))

    def _one_by_one(self, lumas: Iterable[PlaneArray], hints: Sequence[PlaneArray]) -> Iterator[LatePicture]:
        """Late pictures, each colored by itself.

        The gray of a batch is taken before its first picture is given, which is quicker than gray and color in turns
        (docs/decisions/0021-random-access.md). Where not all pictures are asked for, a batch is one picture, so that no
        gray is decoded in vain. As long as all are, the next batch is twice as long.
        """
        batch: list[LatePicture] = []
        length = 1
        for index, luma in enumerate(lumas):
            made = partial(self._colored, [luma], hints[index : index + 1])
            batch.append(self._late(luma, partial(_one_of, made, 0)))
            if len(batch) == length:
                yield from batch
                is_all_made = all(late.is_made for late in batch)
                length = min(2 * length, max(1, _BATCH_PIXELS // luma.size)) if is_all_made else 1
                batch = []
        yield from batch

    def _late(self, luma: PlaneArray, make: Callable[[], Picture]) -> LatePicture:
        return LatePicture(luma, make, self._format.chroma_bytes(luma.shape[1], luma.shape[0]))

    def _colored(self, lumas: Sequence[PlaneArray], hints: Sequence[PlaneArray]) -> list[Picture]:
        made = self._batch([self._rounded(luma) for luma in lumas], hints)
        return [with_color_of(luma, colored, self._depth) for luma, colored in zip(lumas, made, strict=True)]

    def _rounded(self, luma: PlaneArray) -> PlaneArray:
        return of_8_bits(Picture(luma), self._depth).luma

    def _batch(self, lumas: Sequence[PlaneArray], hints: Sequence[PlaneArray]) -> list[Picture]:
        pixel_format = self._conversion.pixel_format
        quarters = None
        if self._hints is not None:
            height, width = lumas[0].shape
            quarters = unpack_hints(hints, pixel_format.chroma_shape(width, height), self._hints.scale)
        if self._colorizer is not None:
            return self._colorizer(np.stack(lumas), quarters)
        if quarters is None:
            return [self._conversion.neutral(luma) for luma in lumas]
        return [picture_of_quarters(luma, own, pixel_format) for luma, own in zip(lumas, quarters, strict=True)]


def _one_of(made: Callable[[], list[Picture]], place: int) -> Picture:
    return made()[place]


def _batches(lumas: Iterable[PlaneArray], starts: Collection[int]) -> Iterator[tuple[int, list[PlaneArray]]]:
    """Gray planes in batches for the network, none of them over the start of a shot, each with its first index."""
    batch: list[PlaneArray] = []
    stop = 0
    for stop, luma in enumerate(lumas, 1):
        batch.append(luma)
        if stop in starts or len(batch) * luma.size + luma.size > _BATCH_PIXELS:
            yield stop - len(batch), batch
            batch = []
    if batch:
        yield stop - len(batch), batch
