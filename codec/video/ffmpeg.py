"""Which FFmpeg reads and writes videos here."""

from __future__ import annotations

import av


def ffmpeg_version() -> str:
    """The version of the FFmpeg libraries in PyAV, such as ``8.0``."""
    return str(av.ffmpeg_version_info)
