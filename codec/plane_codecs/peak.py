"""A check of decoded samples: none may have more bits than the video says."""

from __future__ import annotations

from codec.errors import StreamError
from codec.plane_codecs.interface import PlaneParameters
from codec.video.picture import PlaneArray


def check_peak(plane: PlaneArray, parameters: PlaneParameters) -> None:
    """Check the samples of a decoded plane.

    Args:
        plane: (height, width), uint8 or uint16.
        parameters: of the decoder.

    Raises:
        StreamError: a sample has more bits than ``parameters.depth``.
    """
    bits = 8 * plane.dtype.itemsize
    if parameters.depth < bits and plane.size and int(plane.max()) > parameters.peak:
        raise StreamError(f"expected samples up to {parameters.peak} in a gray plane. Received: {int(plane.max())}")
