"""How many frames a second a video really has, and how many in all, where its container does not say.

Matroska and FLV may state no rate, or that of the clock: screen recorders and browsers then have 1000 frames a second.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import av.container
from av.video.stream import VideoStream

_PROBED_PACKETS = 250
_LARGEST_PLAUSIBLE = 120
_TOLERANCE = Fraction(1, 10)
_BACK_SECONDS = 1
_MAX_DENOMINATOR = 10**6
_STATES_NO_RATE = ("matroska", "flv", "live_flv")


def frame_rate_of(
    video: VideoStream, container: av.container.InputContainer, reopen: Callable[[], av.container.InputContainer]
) -> Fraction | None:
    """Frames a second: what the container states, or the mean where its own times contradict it.

    Args:
        video: the stream.
        container: that it is in.
        reopen: opens the file once more.

    Returns:
        None if neither is known.
    """
    nominal = video.average_rate or video.guessed_rate or None
    is_doubtful = nominal is None or nominal > _LARGEST_PLAUSIBLE
    if not is_doubtful and not container.format.name.startswith(_STATES_NO_RATE):
        return nominal
    if not is_doubtful and _agree(nominal, _mean_rate(reopen, video.index, _PROBED_PACKETS)):
        return nominal
    mean = _mean_rate(reopen, video.index, None)
    return nominal if _agree(nominal, mean) else mean


def num_frames_claimed(video: VideoStream, container: av.container.InputContainer) -> int | None:
    """The number of frames that a container states, or else what its duration and rate come to; None without either.

    Matroska states no number. Both are hints only.
    """
    if video.frames:
        return int(video.frames)
    rate = video.average_rate or video.guessed_rate
    if container.duration is None or not rate or rate > _LARGEST_PLAUSIBLE:
        return None
    return round(Fraction(container.duration, av.time_base) * rate) or None


def _agree(nominal: Fraction | None, mean: Fraction | None) -> bool:
    return mean is None or (nominal is not None and abs(nominal - mean) <= _TOLERANCE * nominal)


def _mean_rate(
    reopen: Callable[[], av.container.InputContainer], index: int, max_packets: int | None
) -> Fraction | None:
    """Frames a second over the first packets, or over all until the times start anew; None without two times."""
    first: int | None = None
    last = count = 0
    with reopen() as container:
        stream = container.streams[index]
        for packet in container.demux(stream):
            if packet.size == 0 or packet.pts is None:
                continue
            back = (last - packet.pts) * (packet.time_base or 0)
            if packet.is_keyframe and back > _BACK_SECONDS:
                break  # another recording is joined to this one
            first = packet.pts if first is None else min(first, packet.pts)
            last = max(last, packet.pts)
            count += 1
            if count == max_packets:
                break
        time_base = stream.time_base
    if first is None or time_base is None or last <= first:
        return None
    return ((count - 1) / ((last - first) * time_base)).limit_denominator(_MAX_DENOMINATOR)
