"""``x265``: HEVC, lossless unless a crf or a qp is given."""

from __future__ import annotations

from fractions import Fraction

from codec.plane_codecs.declaration import PlaneCodec, decode_by_ffmpeg
from codec.plane_codecs.interface import PlaneCodecSpec, PlaneEncoder, PlaneParameters
from codec.plane_codecs.options import CRF, KEYINT, QP, THREADS, X26X_PRESETS, ChoiceOption

_DEFAULT_PRESET = "medium"
_DEFAULT_THREADS = "4"
# x265 4.x refuses sides shorter than 16 samples. If a picture is one coding tree block wide, the stream decodes to
# other pictures. Therefore small pictures get small blocks, and are padded to a width of at least two blocks.
_MIN_WIDTH, _MIN_HEIGHT = 32, 16
_SMALL_WIDTH, _SMALL_BLOCK = 64, 16
# x265 4.2 writes past the end of its cost arrays (Lookahead::cuTree, seen by valgrind) for some smaller pictures.
_SMALLEST_FOR_CUTREE = 64


def _parameters(spec: PlaneCodecSpec, width: int, height: int) -> PlaneParameters:
    coded_width, coded_height = max(width, _MIN_WIDTH), max(height, _MIN_HEIGHT)
    return PlaneParameters("hevc", width, height, coded_width, coded_height, is_lossless=_is_lossless(spec))


def _open_encoder(spec: PlaneCodecSpec, parameters: PlaneParameters, frame_rate: Fraction) -> PlaneEncoder:
    # A lossless run is decoded and compared with its input: on pictures such as black-and-white noise, about one run of
    # x265 in some hundred is not lossless.
    from codec.plane_codecs.ffmpeg import EncoderSettings, FfmpegEncoder

    threads = int(spec.option("threads") or _DEFAULT_THREADS)
    fields = ["log-level=none", "info=0", "open-gop=0", f"pools={threads}", f"keyint={spec.option('keyint') or -1}"]
    if parameters.coded_width <= _SMALL_WIDTH:
        fields.append(f"ctu={_SMALL_BLOCK}")
    options = {"preset": spec.option("preset") or _DEFAULT_PRESET}
    if parameters.is_lossless:
        fields.append("lossless=1")
    elif min(parameters.coded_width, parameters.coded_height) < _SMALLEST_FOR_CUTREE:
        fields.append("cutree=0")
    for name in ("crf", "qp", "tune"):
        value = spec.option(name)
        if value is not None and name == "tune":
            options[name] = value
        elif value is not None:
            fields.append(f"{name}={value}")
    options["x265-params"] = ":".join(fields)
    settings = EncoderSettings(
        "x265", "libx265", CODEC.picture_format(parameters), options, threads, is_checked=parameters.is_lossless
    )
    return FfmpegEncoder(settings, parameters, frame_rate)


def _is_lossless(spec: PlaneCodecSpec) -> bool:
    if spec.option("crf") is not None or spec.option("qp") is not None:
        return False
    return spec.option("lossless") != "0"


CODEC = PlaneCodec(
    name="x265",
    summary="HEVC, lossless unless a crf or a qp is given",
    options=(
        ChoiceOption("lossless", ("0", "1")),
        CRF,
        QP,
        ChoiceOption("preset", X26X_PRESETS),
        ChoiceOption("tune", ("psnr", "ssim", "grain", "fastdecode", "zerolatency", "animation")),
        KEYINT,
        THREADS,
    ),
    is_lossless=_is_lossless,
    decoder="hevc",
    decode=decode_by_ffmpeg,
    parameters=_parameters,
    open_encoder=_open_encoder,
    depths=(8, 10, 12),
    tried_deep="",
)
