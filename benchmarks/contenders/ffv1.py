"""FFV1: lossless, every frame by itself."""

from __future__ import annotations

from benchmarks.contenders.plain_codec import PlainCodec

LOSSLESS = PlainCodec(
    name="FFV1",
    settings="level=3 context=1",
    encoder="ffv1",
    codec_options={"level": "3", "coder": "1", "context": "1", "g": "300", "slices": "4"},
    coded_formats={"rgb24": "bgr0", "yuv420p": "yuv420p", "yuv444p": "yuv444p"},
)
"""The large context model; states that live on for 300 frames make it smaller than FFmpeg's default of 12."""
