"""SVT-AV1 at a constant rate factor."""

from __future__ import annotations

from benchmarks.contenders.plain_codec import PlainCodec


def lossy(crf: int, *, preset: int = 6) -> PlainCodec:
    """The whole picture; 4:2:0 only, as the encoder is."""
    return PlainCodec(
        name="SVT-AV1",
        settings=f"crf={crf} preset={preset}",
        encoder="libsvtav1",
        codec_options={"crf": str(crf), "preset": str(preset)},
        coded_formats={"yuv420p": "yuv420p"},
    )
