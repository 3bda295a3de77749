"""What a stream may cost: limits that a reader checks before it makes a picture.

A few bytes can state a very large video. So the area of a picture and the pictures of a segment are bounded, and an
area that a network goes over counts several times. Every limit is checked as soon as the number is read.
"""

from __future__ import annotations

from dataclasses import dataclass

from container_format.errors import LimitError
from container_format.records import (
    COLORS_WITH_NETWORK,
    LUMA_NETWORK,
    MAX_SIDE,
    HeaderRecord,
    SegmentRecord,
    has_chroma_samples,
    may_have_updates,
)

MAX_PIXELS_OPTION = "--max-pixels"
MAX_PIXELS = 35_651_584
"""The largest area of a picture, unless the user raises it: that of H.265, level 6.2, such as 8192x4352."""
NETWORK_COST = 4
"""How often a picture counts that a network codes or colors: so 3840x2160 is within the limit."""
MAX_PIXELS_HELP = f"take pictures of up to N pixels, {NETWORK_COST} times less where networks are used ({MAX_PIXELS})"
MOST_PIXELS = NETWORK_COST * MAX_SIDE**2
"""The highest limit that a user can need."""
MAX_SEGMENT_PIXELS = 2**26
"""The most samples of the gray of a segment. One picture alone may have more."""
MAX_PADDING = 128
"""How much longer a coded side may be: decoders fill pictures up to whole blocks."""


@dataclass(frozen=True)
class Limits:
    """The limits of a reader. Those of the format hold for every reader, and are checked here too.

    Attributes:
        max_pixels: the largest area of a picture, in samples of the gray. Where a network codes or colors it, its area
            counts ``NETWORK_COST`` times.
    """

    max_pixels: int = MAX_PIXELS

    def check_picture(self, width: int, height: int, *, has_network: bool) -> None:
        """Check the size of a video's pictures.

        Raises:
            LimitError: they are too large.
        """
        cost = NETWORK_COST if has_network else 1
        if width * height * cost > self.max_pixels:
            through = f", counted {cost} times where a network is used" if has_network else ""
            raise LimitError(
                f"expected pictures of at most {self.max_pixels} pixels{through}. Received: {width}x{height}; "
                f"{MAX_PIXELS_OPTION} {width * height * cost} takes them",
                option=MAX_PIXELS_OPTION,
            )

    def check_header(self, header: HeaderRecord) -> None:
        """Check the sizes that a header states.

        Raises:
            LimitError: a picture is too large, or much larger than what is to be seen of it.
        """
        has_network = (
            header.luma_codec == LUMA_NETWORK
            or header.color in COLORS_WITH_NETWORK
            or has_chroma_samples(header)
            or may_have_updates(header)
        )
        self.check_picture(header.width, header.height, has_network=has_network)
        if header.coded_width > header.width + MAX_PADDING or header.coded_height > header.height + MAX_PADDING:
            raise LimitError(
                f"expected coded sides up to {MAX_PADDING} longer than {header.width}x{header.height}. "
                f"Received: {header.coded_width}x{header.coded_height}"
            )
        if header.hints is not None:
            # The planes of chroma are at most as large as the gray, and lie above each other in one picture.
            coded, most = (header.hints.coded_width, header.hints.coded_height), (header.width, 2 * header.height)
            if coded[0] > most[0] + MAX_PADDING or coded[1] > most[1] + MAX_PADDING:
                raise LimitError(
                    f"expected coded chroma up to {most[0] + MAX_PADDING}x{most[1] + MAX_PADDING}. "
                    f"Received: {coded[0]}x{coded[1]}"
                )


DEFAULT_LIMITS = Limits()
"""For readers whose users say nothing."""
UNLIMITED = Limits(MOST_PIXELS)
"""For readers that make no pictures."""


def check_segment_pixels(header: HeaderRecord, segment: SegmentRecord) -> None:
    """Check the pictures of a segment, which no user can allow more of.

    Raises:
        LimitError: all together are too large.
    """
    pixels = header.width * header.height * segment.num_frames
    if segment.num_frames > 1 and pixels > MAX_SEGMENT_PIXELS:
        raise LimitError(
            f"expected one picture or at most {MAX_SEGMENT_PIXELS:,} pixels in segment {segment.index}. "
            f"Received: {pixels:,} in {segment.num_frames} pictures"
        )
