"""``ffv1``: FFV1 version 3 (RFC 9043), lossless, each frame predicted from itself alone."""

from __future__ import annotations

from fractions import Fraction

from codec.plane_codecs.ffmpeg import EncoderSettings, FfmpegEncoder
from codec.plane_codecs.interface import PlaneCodecSpec, PlaneEncoder, PlaneParameters

# The smallest of those measured in docs/decisions/0002-luma-codec.md. The container checks every byte itself, so
# slices need no CRC of their own. "g" is the distance of keyframes, where the coder forgets what it has learned:
# only at the start of a run.
_DEFAULTS = {"context": "1", "coder": "range_tab", "slices": "4", "slicecrc": "0"}
_FIXED = {"level": "3", "g": "100000000"}
_DEFAULT_THREADS = "4"
# FFmpeg's encoder cuts a picture into 2x2 slices and refuses to cut one that is one sample wide.
_MIN_SIDE = 2


def parameters(_spec: PlaneCodecSpec, width: int, height: int) -> PlaneParameters:
    """What a decoder of ``ffv1`` needs."""
    return PlaneParameters("ffv1", width, height, max(width, _MIN_SIDE), max(height, _MIN_SIDE), is_lossless=True)


def open_encoder(spec: PlaneCodecSpec, luma: PlaneParameters, frame_rate: Fraction) -> PlaneEncoder:
    """An encoder for one segment of ``ffv1``."""
    options = {**_FIXED, **{name: spec.option(name) or default for name, default in _DEFAULTS.items()}}
    threads = int(spec.option("threads") or _DEFAULT_THREADS)
    return FfmpegEncoder(EncoderSettings("ffv1", "ffv1", luma.picture_format, options, threads), luma, frame_rate)
