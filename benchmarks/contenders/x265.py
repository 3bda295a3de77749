"""x265: lossless, at a constant rate factor, and on the chroma planes alone."""

from __future__ import annotations

from benchmarks.contenders.plain_codec import PlainCodec

YUV = {"yuv420p": "yuv420p", "yuv444p": "yuv444p"}
QUIET = "log-level=error"

LOSSLESS = PlainCodec(
    name="x265",
    settings="lossless slow",
    encoder="libx265",
    codec_options={"preset": "slow", "x265-params": f"lossless=1:{QUIET}"},
    coded_formats={**YUV, "rgb24": "gbrp"},
)


def lossy(crf: int, *, preset: str = "medium") -> PlainCodec:
    """The whole picture at a constant rate factor."""
    return PlainCodec(
        name="x265",
        settings=f"crf={crf} {preset}",
        encoder="libx265",
        codec_options={"preset": preset, "x265-params": f"crf={crf}:{QUIET}"},
        coded_formats=YUV,
    )


def chroma(crf: int, *, preset: str = "medium") -> PlainCodec:
    """The chroma planes at full resolution, U above V as one gray picture; the gray plane is known to the receiver.

    A stream without a container and without the 2 kB in which x265 describes its settings, so that no byte but the
    picture's is charged.
    """
    return PlainCodec(
        name="x265 chroma",
        settings=f"crf={crf} {preset}",
        encoder="libx265",
        codec_options={"preset": preset, "x265-params": f"crf={crf}:info=0:{QUIET}"},
        coded_formats=dict.fromkeys(YUV, "gray"),
        planes="chroma",
        extension="hevc",
    )
