"""``svtav1``: AV1 by SVT-AV1, always lossy.

The lossless mode of SVT-AV1 is not offered. In SVT-AV1 4.1 it writes streams that no decoder takes, and sometimes the
encoder never returns (docs/decisions/0002-luma-codec.md).
"""

from __future__ import annotations

import os
from fractions import Fraction

from codec.plane_codecs.declaration import PlaneCodec, decode_by_ffmpeg, never
from codec.plane_codecs.interface import PlaneCodecSpec, PlaneEncoder, PlaneParameters
from codec.plane_codecs.options import KEYINT, THREADS, ChoiceOption, NumberOption

_DEFAULT_CRF = "30"
_DEFAULT_PRESET = "6"
_DEFAULT_THREADS = "4"
# SVT-AV1 refuses sides shorter than 4 samples, and hangs or runs out of memory for some slightly longer ones.
_MIN_SIDE = 64


def _parameters(spec: PlaneCodecSpec, width: int, height: int) -> PlaneParameters:
    """Parameters with even coded sides: SVT-AV1 takes 4:2:0 only."""
    del spec
    coded_width, coded_height = (max(side + side % 2, _MIN_SIDE) for side in (width, height))
    return PlaneParameters("av1", width, height, coded_width, coded_height, is_lossless=False)


def _open_encoder(spec: PlaneCodecSpec, parameters: PlaneParameters, frame_rate: Fraction) -> PlaneEncoder:
    from codec.plane_codecs.ffmpeg import EncoderSettings, FfmpegEncoder

    # SVT-AV1 writes to standard error directly, not through FFmpeg's log. Only this variable stops it.
    os.environ.setdefault("SVT_LOG", "0")
    threads = int(spec.option("threads") or _DEFAULT_THREADS)
    fields = [f"keyint={spec.option('keyint') or -1}", f"lp={min(threads, 6)}"]
    names = {"tune": "tune", "cdef": "enable-cdef", "restoration": "enable-restoration"}
    fields += [f"{names[name]}={value}" for name, value in spec.options if name in names]
    options = {
        "crf": spec.option("crf") or _DEFAULT_CRF,
        "preset": spec.option("preset") or _DEFAULT_PRESET,
        "svtav1-params": ":".join(fields),
    }
    pictures = "yuv420p" if parameters.depth == 8 else "yuv420p10le"
    return FfmpegEncoder(EncoderSettings("svtav1", "libsvtav1", pictures, options, threads), parameters, frame_rate)


CODEC = PlaneCodec(
    name="svtav1",
    summary="AV1 by SVT-AV1, always lossy",
    options=(
        NumberOption("crf", 1, 63),
        NumberOption("preset", 0, 13),
        NumberOption("tune", 0, 2),
        ChoiceOption("cdef", ("0", "1")),
        ChoiceOption("restoration", ("0", "1")),
        KEYINT,
        THREADS,
    ),
    is_lossless=never,
    decoder="av1",
    decode=decode_by_ffmpeg,
    parameters=_parameters,
    open_encoder=_open_encoder,
    depths=(8, 10),
    plays_in_browsers=True,
)
