"""R'G'B' video that a program made of 4:2:0 video, coded as that 4:2:0 video: half as many samples, smoother ones.

FFmpeg, and with it OpenCV, PyAV and what stands on them, makes R'G'B' of the pictures of most video files as follows,
on x86 processors, unless more accuracy is asked for: Y, U and V times 8 are multiplied by factors of 2**13 to the unit,
16 bits are cut off each product, the products are added, and the sums are cut to 0 to 255. Four samples share their
chroma. So their Y, U and V can be found again, and the receiver makes the same R'G'B' of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import ClassVar

import numpy as np

from codec.errors import InputError, StreamError
from codec.native.library import library
from codec.native.yuv_origin import CODES, YuvTables, planes_of_rgb
from codec.video.picture import Picture, rgb_to_ycocg_r, ycocg_r_to_rgb
from codec.video.pixel_formats import ColorModel, PixelFormat, pixel_format
from codec.video.source import CHANGED_FRAME, Source
from codec.video.views import SourceView

MAX_FACTOR = 2**15 - 1
MAX_OFFSET = 2**11 - 1
CODED_FORMAT = "yuv420p"
_UNIT_BITS, _CODE_BITS, _PRODUCT_BITS = 13, 3, 16
_ONE = 1 << 16
# FFmpeg's tables: in 65,536ths, what V gives to R and U to B, and what U and V take from G, where luma has 219 steps
# and chroma 224.
_SHARES = (
    (104597, 132201, 25675, 53279),  # BT.601
    (117489, 138438, 13975, 34925),  # BT.709
    (110013, 140363, 12277, 42626),  # BT.2020
    (117579, 136230, 16907, 35559),  # SMPTE 240M
    (104448, 132798, 24759, 53109),  # FCC
)


@dataclass(frozen=True)
class YuvOrigin:
    """The arithmetic that made R'G'B'.

    Attributes:
        offset: is taken from 8 Y, 0 to 2047.
        luma: factor of Y for R, G and B, from 2**13 to 2**15 - 1.
        blue_of_u, red_of_v: factors of U - 128 for B and of V - 128 for R, in the same range.
        green_of_u, green_of_v: factors for G, up to 2**15 - 1 to either sign.
    """

    needs_chroma: ClassVar[bool] = True
    note: ClassVar[str] = "its R'G'B' was made of 4:2:0, which is coded: every bit of R'G'B' comes out again"

    offset: int
    luma: int
    blue_of_u: int
    green_of_u: int
    green_of_v: int
    red_of_v: int

    @classmethod
    def of_numbers(cls, numbers: Sequence[int]) -> YuvOrigin:
        """The inverse of :meth:`numbers`.

        Raises:
            StreamError: there are not six, or one is out of its range.
        """
        if len(numbers) != len(fields(cls)):
            raise StreamError(f"expected {len(fields(cls))} numbers of the origin. Received: {len(numbers)}")
        origin = cls(*numbers)
        steep = (origin.luma, origin.blue_of_u, origin.red_of_v)
        is_valid = 0 <= origin.offset <= MAX_OFFSET and all(1 << _UNIT_BITS <= n <= MAX_FACTOR for n in steep)
        if not is_valid or max(abs(origin.green_of_u), abs(origin.green_of_v)) > MAX_FACTOR:
            raise StreamError(f"expected factors of an origin up to {MAX_FACTOR}. Received: {tuple(numbers)}")
        return origin

    def numbers(self) -> tuple[int, ...]:
        """The attributes in their order, as the header has them."""
        return self.offset, self.luma, self.blue_of_u, self.green_of_u, self.green_of_v, self.red_of_v

    @property
    def coded_format(self) -> PixelFormat:
        """4:2:0."""
        return pixel_format(CODED_FORMAT)

    def coded_source(self, source: Source) -> Source:
        """See :class:`codec.video.recoding.Recoding`."""

        def seen(picture: Picture) -> Picture:
            planes = self.planes(picture)
            if planes is None:
                raise InputError(CHANGED_FRAME)
            return planes

        return SourceView(source, self.coded_format, seen)

    @cached_property
    def _tables(self) -> YuvTables:
        codes = np.arange(CODES) << _CODE_BITS
        chroma = codes - (CODES // 2 << _CODE_BITS)
        factors = (self.luma, self.red_of_v, self.green_of_u, self.green_of_v, self.blue_of_u)
        summands = [codes - self.offset, *[chroma] * 4]
        products = [summand * factor >> _PRODUCT_BITS for summand, factor in zip(summands, factors, strict=True)]
        return YuvTables(np.stack(products).astype(np.int16))

    def planes(self, picture: Picture) -> Picture | None:
        """A picture of 4:2:0 that gives this one again.

        Args:
            picture: of R'G'B' of 8 bits.

        Returns:
            None if there is none, or the native library is missing.
        """
        loaded = library()
        found = None if loaded is None else planes_of_rgb(loaded, self._tables, ycocg_r_to_rgb(picture))
        return None if found is None else Picture(found[0], (found[1], found[2]))

    def made(self, picture: Picture) -> bool:
        """Whether this arithmetic makes a picture of some planes, seen by making it again."""
        planes = self.planes(picture)
        return planes is not None and all(map(np.array_equal, self.restored(planes).planes(), picture.planes()))

    def restored(self, picture: Picture) -> Picture:
        """The inverse of :meth:`planes`."""
        luma, red_of_v, green_of_u, green_of_v, blue_of_u = self._tables.values
        height, width = picture.luma.shape
        first, second = picture.chroma_planes()
        of_chroma = red_of_v[second], green_of_u[first] + green_of_v[second], blue_of_u[first]
        gray = luma[picture.luma]
        wide = (np.repeat(np.repeat(added, 2, axis=0)[:height], 2, axis=1)[:, :width] for added in of_chroma)
        rgb = np.stack([np.clip(gray + added, 0, CODES - 1) for added in wide], axis=-1)
        return rgb_to_ycocg_r(rgb.astype(np.uint8))


def may_have_origin(own: PixelFormat) -> bool:
    """Whether video of a format may have an origin: R'G'B' of 8 bits without alpha."""
    return own.model is ColorModel.RGB and own.depth == 8 and not own.has_alpha


def yuv_origin_of(source: Source) -> YuvOrigin | None:
    """The arithmetic that made all pictures of an R'G'B' video; None if there is none that is known.

    Args:
        source: is read once, if its format is R'G'B' of 8 bits without alpha, until a picture was not made so.
    """
    if not may_have_origin(source.info.pixel_format) or library() is None:
        return None
    left = list(_known_origins())
    for frame in source.frames():
        left = [origin for origin in left if origin.made(frame.picture)]
        if not left:
            return None
    return left[0]


def _known_origins() -> Iterator[YuvOrigin]:
    """Those of FFmpeg: each matrix, of limited and of full range."""
    for shares in _SHARES:
        limited = [share * sign for share, sign in zip(shares, (1, 1, -1, -1), strict=True)]
        full = [abs(share) * 224 // 255 * (1 if share > 0 else -1) for share in limited]
        for offset, luma, chroma in ((16 << _CODE_BITS, _ONE * 255 // 219, limited), (0, _ONE, full)):
            luma, red, blue, green_of_u, green_of_v = (_factor(share) for share in (luma, *chroma))
            yield YuvOrigin(offset, luma, blue, green_of_u, green_of_v, red)


def _factor(share: int) -> int:
    return ((share << _UNIT_BITS) + _ONE // 2) >> 16
