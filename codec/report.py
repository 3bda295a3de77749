"""What an encode or a decode has to say for itself, as JSON and as a table."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any

from codec.version import PROGRAM

JOINT = "joint"
"""The value of ``chroma`` for chroma in one picture with the gray."""


@dataclass(frozen=True)
class Job:
    """What the report tells of a job beside its figures: how input and output are called, and the input's size."""

    input: str = ""
    output: str = ""
    input_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class EncodeReport:
    """The encoder's summary. Its JSON form, described in ``docs/reports.md``, has the same names.

    Attributes:
        input, output: as they were given on the command line.
        width, height, pixel_format, frames, duration_seconds: the video.
        color, network, luma: how it was coded.
        hints: how the coarse chroma stream was coded, as ``--hints`` takes it; None without one.
        color_target: what the color was to reach, as ``--color-target`` takes it; None without hints.
        max_error: how far a chroma sample may be from the source's, in code values; None unless ``color`` is
            ``lossless``.
        chroma: what the chroma went through, as ``--chroma`` takes it; None unless ``color`` is ``lossless``. With
            ``joint`` its bytes are in ``luma_bytes``.
        raw_bytes: all frames uncompressed, in the source's own pixel format.
        input_bytes: size of the input as it came, which may be compressed; None for a pipe or a folder.
        total_bytes: size of the ``.gvc``.
        luma_bytes: the gray stream, framing included.
        network_bytes: the network, framing included.
        color_bytes: the hints, or the samples of lossless chroma and the motion they need; framing included.
        copy_bytes: audio and subtitles, carried as they came; not part of ``saved_percent``.
        other_bytes: header, index, end.
        saved_percent: 100 x (1 - (total_bytes - copy_bytes) / raw_bytes).
        luma_is_lossless: the receiver's gray is the source's gray, to the bit.
        keyframes, clusters, segments: counts.
        epochs, training_loss: of the training; None without a network.
        network_psnr_float_db, network_psnr_quantized_db: chroma PSNR (peak 255) over training samples of the network
            with weights of any value, and of the network as it is sent.
        psnr_chroma_db, ciede2000_mean, ciede2000_p95, colorfulness_original, colorfulness_decoded: decoded color
            against the source, over ``quality_frames`` frames evenly spread over the video; None where it does not
            apply (gray video, or a PSNR without any error).
        seconds: wall time, all stages.
        stage_seconds: wall time by stage.
        seed: of everything random.
        backend, device: what ran the network.
        notes: what could not be kept.
    """

    input: str
    output: str
    width: int
    height: int
    pixel_format: str
    frames: int
    duration_seconds: float
    color: str
    network: str | None
    hints: str | None
    color_target: str | None
    max_error: int | None
    chroma: str | None
    luma: str
    raw_bytes: int
    input_bytes: int | None
    total_bytes: int
    luma_bytes: int
    network_bytes: int
    color_bytes: int
    copy_bytes: int
    other_bytes: int
    saved_percent: float
    luma_is_lossless: bool
    keyframes: int
    clusters: int
    segments: int
    epochs: int | None
    training_loss: float | None
    network_psnr_float_db: float | None
    network_psnr_quantized_db: float | None
    psnr_chroma_db: float | None
    ciede2000_mean: float | None
    ciede2000_p95: float | None
    colorfulness_original: float | None
    colorfulness_decoded: float | None
    quality_frames: int
    seconds: float
    stage_seconds: dict[str, float]
    seed: int
    backend: str | None
    device: str | None
    notes: tuple[str, ...] = ()
    program: str = PROGRAM
    event: str = field(default="encoded", init=False)


@dataclass(frozen=True, kw_only=True)
class DecodeReport:
    """The decoder's summary.

    Attributes:
        input, output: as they were given on the command line.
        frames: frames written.
        segments: segments decoded.
        lost: what a recovery could not use, one line each; empty for a sound stream.
        seconds: wall time.
        notes: what the output cannot keep.
    """

    input: str
    output: str
    frames: int
    segments: int
    lost: tuple[str, ...]
    seconds: float
    notes: tuple[str, ...] = ()
    program: str = PROGRAM
    event: str = field(default="decoded", init=False)


@dataclass(frozen=True, kw_only=True)
class ColorizeReport:
    """The summary of a colorization.

    Attributes:
        input, output: as they were given on the command line.
        frames: frames written.
        shots: that were found; 0 where color was left out.
        network: what made the color; ``stream`` for the one of a ``.gvc``; None where color was left out.
        seconds: wall time.
        notes: what the output cannot keep.
    """

    input: str
    output: str
    frames: int
    shots: int
    network: str | None
    seconds: float
    notes: tuple[str, ...] = ()
    program: str = PROGRAM
    event: str = field(default="colorized", init=False)


def as_json(report: EncodeReport | DecodeReport | ColorizeReport) -> dict[str, Any]:
    """A report as a dictionary of JSON types; no number in it is infinite or NaN."""
    return {name: _plain(value) for name, value in dataclasses.asdict(report).items()}


def saved_percent(*, raw_bytes: int, coded_bytes: int) -> float:
    """Bandwidth saved against ``raw_bytes``, in percent; negative where the coded form is larger."""
    return 100 * (1 - coded_bytes / raw_bytes)


def summary_rows(report: EncodeReport) -> list[tuple[str, str, str]]:
    """The encoder's closing table: (part, bytes, share or remark)."""

    def share(part: int) -> str:
        return f"{100 * part / report.total_bytes:.1f} %"

    def row(part: str, num_bytes: int, remark: str) -> tuple[str, str, str]:
        return part, f"{num_bytes:,}", f"{share(num_bytes)}  {remark}"

    if report.chroma == JOINT:
        rows = [row("gray and chroma", report.luma_bytes, f"{report.luma}, every bit")]
    else:
        rows = [row("gray", report.luma_bytes, report.luma)]
    if report.chroma is None:
        rows.append(row("network", report.network_bytes, report.network or "none"))
    elif report.chroma != JOINT:
        remark = f"{report.chroma}, " + (f"within {report.max_error}" if report.max_error else "every bit")
        rows.append(row("chroma", report.color_bytes, remark))
    if report.hints is not None:
        rows.append(row("hints", report.color_bytes, report.hints))
    if report.copy_bytes:
        rows.append(("sound, subtitles", f"{report.copy_bytes:,}", f"{share(report.copy_bytes)}  as they came"))
    rows.append(("container", f"{report.other_bytes:,}", share(report.other_bytes)))
    rows.append(("total", f"{report.total_bytes:,}", f"{report.frames} frames in {report.seconds:.1f} s"))
    rows.append(("raw video", f"{report.raw_bytes:,}", f"{report.saved_percent:.2f} % saved"))
    if report.input_bytes is not None and report.input_bytes < 0.9 * report.raw_bytes:
        rows.append(("input file", f"{report.input_bytes:,}", "compressed already"))
    return rows


def quality_line(report: EncodeReport) -> str | None:
    """The color's quality in one line, or None for gray video."""
    if report.ciede2000_mean is None:
        return None
    psnr = "no error" if report.psnr_chroma_db is None else f"{report.psnr_chroma_db:.2f} dB"
    line = (
        f"color: chroma PSNR {psnr} (peak 255), CIEDE2000 mean {report.ciede2000_mean:.2f}, "
        f"95th percentile {report.ciede2000_p95:.2f}, colorfulness {report.colorfulness_decoded:.1f} "
        f"of {report.colorfulness_original:.1f}, over {report.quality_frames} frames"
    )
    if report.network_psnr_float_db is not None and report.network_psnr_quantized_db is not None:
        lost = report.network_psnr_float_db - report.network_psnr_quantized_db
        line += f"; quantizing the weights cost {lost:.2f} dB"
    return line


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
