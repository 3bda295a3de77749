"""x264: lossless at qp 0, in YUV and in RGB."""

from __future__ import annotations

from benchmarks.contenders.plain_codec import PlainCodec

LOSSLESS_RGB = PlainCodec(
    name="x264rgb",
    settings="qp=0 veryslow",
    encoder="libx264rgb",
    codec_options={"qp": "0", "preset": "veryslow"},
    coded_formats={"rgb24": "rgb24"},
)
LOSSLESS_YUV = PlainCodec(
    name="x264",
    settings="qp=0 veryslow",
    encoder="libx264",
    codec_options={"qp": "0", "preset": "veryslow"},
    coded_formats={"yuv420p": "yuv420p", "yuv444p": "yuv444p"},
)
