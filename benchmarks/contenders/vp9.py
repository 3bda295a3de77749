"""VP9, lossless."""

from __future__ import annotations

from benchmarks.contenders.plain_codec import PlainCodec

LOSSLESS = PlainCodec(
    name="VP9",
    settings="lossless",
    encoder="libvpx-vp9",
    codec_options={"lossless": "1", "deadline": "good", "cpu-used": "0", "row-mt": "1"},
    coded_formats={"yuv420p": "yuv420p", "yuv444p": "yuv444p", "rgb24": "gbrp"},
)
