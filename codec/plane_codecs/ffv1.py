"""``ffv1``: FFV1 version 3 (RFC 9043), lossless. It uses intra prediction only: no frame is predicted from another."""

from __future__ import annotations

from fractions import Fraction

from codec.plane_codecs.declaration import PlaneCodec, always, decode_by_ffmpeg
from codec.plane_codecs.interface import PlaneCodecSpec, PlaneEncoder, PlaneParameters
from codec.plane_codecs.options import THREADS, ChoiceOption
from codec.video.depths import DEEP, DEPTHS

# These options gave the fewest bytes of those measured in docs/decisions/0002-luma-codec.md. The container has its own
# checksums, so slices need no CRC. "g" is the distance between the codec's keyframes, which reset the coder's adaptive
# state. Its large value puts a keyframe at the start of a run only.
_DEFAULTS = {"context": "1", "coder": "range_tab", "slices": "4", "slicecrc": "0"}
_FIXED = {"level": "3", "g": "100000000"}
_DEFAULT_THREADS = "4"
# FFmpeg's encoder splits a picture into 2x2 slices at least, and refuses a picture with a side of one sample.
_MIN_SIDE = 2


def _parameters(spec: PlaneCodecSpec, width: int, height: int) -> PlaneParameters:
    del spec
    return PlaneParameters("ffv1", width, height, max(width, _MIN_SIDE), max(height, _MIN_SIDE), is_lossless=True)


def _open_encoder(spec: PlaneCodecSpec, parameters: PlaneParameters, frame_rate: Fraction) -> PlaneEncoder:
    from codec.plane_codecs.ffmpeg import EncoderSettings, FfmpegEncoder

    options = {**_FIXED, **{name: spec.option(name) or default for name, default in _DEFAULTS.items()}}
    threads = int(spec.option("threads") or _DEFAULT_THREADS)
    return FfmpegEncoder(
        EncoderSettings("ffv1", "ffv1", CODEC.picture_format(parameters), options, threads), parameters, frame_rate
    )


CODEC = PlaneCodec(
    name="ffv1",
    summary="FFV1 version 3 (RFC 9043), each frame by itself",
    options=(
        ChoiceOption("context", ("0", "1")),
        ChoiceOption("coder", ("rice", "range_def", "range_tab")),
        ChoiceOption("slices", ("4", "6", "9", "12", "16", "24", "30")),
        ChoiceOption("slicecrc", ("0", "1")),
        THREADS,
    ),
    is_lossless=always,
    decoder="ffv1",
    decode=decode_by_ffmpeg,
    parameters=_parameters,
    open_encoder=_open_encoder,
    whole_picture_formats=(
        *("yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p", "yuv440p10le", "yuv440p12le"),
        *(f"yuv{chroma}p{depth}le" for chroma in ("420", "422", "444") for depth in DEEP),
    ),
    depths=DEPTHS,
    tried=1,
    tried_deep="",
)
