"""Elementary streams: coded pictures without a container, and so without times."""

from __future__ import annotations

import av.container

from codec.errors import InputError

_FORMATS = frozenset(
    {
        *("avs2", "avs3", "cavsvideo", "dirac", "dnxhd", "evc", "h261", "h263", "h264", "hevc"),
        *("m4v", "mpegvideo", "obu", "vc1", "vvc"),
    }
)
"""FFmpeg's names of the demuxers that take a frame rate."""


def check_elementary(container: av.container.InputContainer, name: str) -> None:
    """Refuse a frame rate for what has times of its own.

    Raises:
        InputError: the container is no elementary stream.
    """
    if container.format.name not in _FORMATS:
        raise InputError(
            "expected a frame rate for raw, y4m or image input, or an elementary stream such as .h264. "
            f"Received: one for {name}, which has its own times"
        )
