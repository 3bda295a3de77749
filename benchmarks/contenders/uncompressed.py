"""Raw frames in a container: what everything is compared with."""

from __future__ import annotations

from benchmarks.contenders.plain_codec import PlainCodec

RAW = PlainCodec(
    name="raw",
    settings="",
    encoder="rawvideo",
    codec_options={},
    coded_formats={"rgb24": "rgb24", "yuv420p": "yuv420p", "yuv444p": "yuv444p"},
    extension="nut",
)
