"""What shorter segments cost, estimated from the segments that were coded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from codec.encoder.modes.mode import Shared
from codec.encoder.survey import Survey, borders_of
from codec.encoder.write import Written
from codec.video.info import VideoInfo


@dataclass(frozen=True)
class GopPrice:
    """What ``--gop`` cost.

    Attributes:
        num_segments: how many more there are than without it.
        num_bytes: about what they take; None where each frame is a segment, so that there is nothing to compare with.
    """

    num_segments: int
    num_bytes: int | None


def price_of_gop(survey: Survey, shared: Shared, info: VideoInfo, written: Written) -> GopPrice | None:
    """Estimate what ``--gop`` cost; None without the option.

    The first frame of a segment cannot be predicted from the one before. Each segment that would not be there without
    the option costs what first frames take on average, framing included, more than other frames.

    Args:
        survey: with the segments as they are.
        shared: the options.
        info: of the video.
        written: bytes of all segments, and of frames that are not the first of theirs.
    """
    if shared.gop is None:
        return None
    without = borders_of(survey.num_frames, survey.cuts, replace(shared, gop=None), info)
    num_more = len(survey.borders) - len(without)
    num_later = written.num_frames - written.num_segments
    if not num_more or not num_later:
        return GopPrice(num_more, None if num_more else 0)
    segment_bytes = written.luma_bytes + written.color_bytes + written.alpha_bytes
    first_bytes = (segment_bytes - written.later_bytes) / written.num_segments
    return GopPrice(num_more, max(0, round(num_more * (first_bytes - written.later_bytes / num_later))))
