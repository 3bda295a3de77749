"""``x264``: H.264, lossless (High 4:4:4 Predictive, qp 0) unless a crf or a qp above 0 is given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from codec.plane_codecs.declaration import PlaneCodec, decode_by_ffmpeg
from codec.plane_codecs.interface import CodedRun, PlaneCodecSpec, PlaneEncoder, PlaneParameters
from codec.plane_codecs.options import CRF, KEYINT, QP, THREADS, X26X_PRESETS, ChoiceOption

if TYPE_CHECKING:
    from codec.plane_codecs.ffmpeg import FfmpegEncoder
    from codec.video.picture import PlaneArray

_DEFAULT_PRESET = "slower"  # docs/decisions/0002-luma-codec.md
# The bytes depend on the number of threads, so the default must not depend on the machine.
_DEFAULT_THREADS = "4"
# Without cpu-independent the bytes depend on the processor, and differ between runs within one process.
_FIXED_PARAMETERS = "cpu-independent=1"

_NAL_SEI = 6
_SEI_USER_DATA_UNREGISTERED = 5


def _parameters(spec: PlaneCodecSpec, width: int, height: int) -> PlaneParameters:
    return PlaneParameters("h264", width, height, width, height, is_lossless=_is_lossless(spec))


def _open_encoder(spec: PlaneCodecSpec, parameters: PlaneParameters, frame_rate: Fraction) -> PlaneEncoder:
    from codec.plane_codecs.ffmpeg import EncoderSettings, FfmpegEncoder

    options = {"preset": spec.option("preset") or _DEFAULT_PRESET}
    if _is_lossless(spec):
        options["qp"] = "0"
    for name in ("crf", "qp", "tune"):
        value = spec.option(name)
        if value is not None and name not in options and not (name == "crf" and _is_lossless(spec)):
            options[name] = value
    options["x264-params"] = f"{_FIXED_PARAMETERS}:keyint={spec.option('keyint') or 'infinite'}"
    threads = int(spec.option("threads") or _DEFAULT_THREADS)
    settings = EncoderSettings("x264", "libx264", CODEC.picture_format(parameters), options, threads)
    return _X264Encoder(FfmpegEncoder(settings, parameters, frame_rate))


def _is_lossless(spec: PlaneCodecSpec) -> bool:
    rate = spec.option("crf") or spec.option("qp") or "0"
    return float(rate) == 0  # x264 treats crf 0 as qp 0


class _X264Encoder:
    """Removes the note of about 700 bytes, with version and options, that x264 writes before a run's first picture."""

    def __init__(self, encoder: FfmpegEncoder) -> None:
        self._encoder = encoder

    def write(self, plane: PlaneArray, chroma: Sequence[PlaneArray] = ()) -> None:
        self._encoder.write(plane, chroma)

    def finish(self) -> CodedRun:
        run = self._encoder.finish()
        return CodedRun(run.extradata, (_without_note(run.packets[0]), *run.packets[1:]), run.num_frames)


def _without_note(packet: bytes) -> bytes:
    """Remove the SEI messages of unregistered user data from an H.264 packet (Annex B)."""
    # A start code is 00 00 01 or 00 00 00 01. A NAL unit cannot contain one.
    starts = [match.start() for match in re.finditer(rb"\x00?\x00\x00\x01", packet)]
    units = [packet[start:end] for start, end in zip(starts, [*starts[1:], len(packet)], strict=True)]
    return b"".join(unit for unit in units if not _is_note(unit.lstrip(b"\0")[1:3]))


def _is_note(header: bytes) -> bool:
    return len(header) == 2 and header[0] & 31 == _NAL_SEI and header[1] == _SEI_USER_DATA_UNREGISTERED


CODEC = PlaneCodec(
    name="x264",
    summary="H.264, lossless unless a crf or a qp above 0 is given",
    options=(
        CRF,
        QP,
        ChoiceOption("preset", X26X_PRESETS),
        ChoiceOption("tune", ("film", "animation", "grain", "stillimage", "psnr", "ssim", "fastdecode", "zerolatency")),
        KEYINT,
        THREADS,
    ),
    is_lossless=_is_lossless,
    decoder="h264",
    decode=decode_by_ffmpeg,
    parameters=_parameters,
    open_encoder=_open_encoder,
    whole_picture_formats=("yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le"),
    depths=(8, 10),
    tried=0,
    tried_deep="",
    plays_in_browsers=True,
)
