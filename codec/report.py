"""Reports of the commands, with their JSON form, and what they print of them for a person."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any

from codec.version import PROGRAM

JOINT = "joint"
"""The value of ``chroma`` in a report if whole pictures are coded: gray and chroma together."""

_SHOWN_RANGES = 6


@dataclass(frozen=True)
class Job:
    """The names of a job's input and output, and the input's size, for the report.

    Attributes:
        input: the input as given on the command line.
        output: the output as given on the command line.
        input_bytes: the input's size, in bytes; None for a pipe, a folder, or a part of the input.
    """

    input: str = ""
    output: str = ""
    input_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class EncodeReport:
    """The encoder's report. Its JSON form, described in ``docs/reports.md``, has the same names.

    Attributes:
        input, output: input and output as given on the command line.
        width, height, pixel_format, frames, duration_seconds: the video's size in samples of gray, its pixel format by
            FFmpeg's name, its number of frames and its duration.
        color: the mode, as ``--color`` takes it.
        network: the network's architecture; None without a network.
        luma: the track of the gray, as ``--luma`` takes it.
        hints: the plane codec of the hints, as ``--hints`` takes it; None without hints.
        color_target: the color target, as ``--color-target`` takes it; None without hints.
        max_error: the largest allowed difference of a chroma sample from the source's, in code values, or of a sample
            of gray video of more than 8 bits; None unless ``color`` is ``lossless``, or such an error was allowed.
        chroma: the track of the chroma, as ``--chroma`` takes it; None unless ``color`` is ``lossless``. With
            ``joint``, ``luma_bytes`` includes the chroma.
        raw_bytes: the size of all frames without compression, in the source's pixel format.
        input_bytes: the size of the input, which may be compressed; None for a pipe, a folder, or a part of the input.
        total_bytes: the size of the stream.
        luma_bytes: the bytes of the gray, with framing.
        network_bytes: the bytes of the network, with framing.
        color_bytes: the bytes of the hints, or of the lossless chroma with its motion fields, with framing.
        alpha_bytes: the bytes of the alpha; 0 for video without alpha.
        copy_bytes: the bytes of audio and subtitles, which are copied. ``saved_percent`` does not count them.
        other_bytes: the bytes of header, index and end.
        saved_percent: 100 x (1 - (total_bytes - copy_bytes) / raw_bytes).
        luma_is_lossless: whether the receiver's gray equals the source's gray, bit for bit.
        keyframes, clusters, segments: the number of each.
        gop: the most frames or seconds of a segment, as ``--gop`` takes it; None without that option.
        gop_segments: how many more segments there are than without it.
        gop_bytes: about what these take, estimated from the first frames and the other frames of all segments; None
            without ``--gop``, and where each frame is a segment.
        epochs, training_loss: the number of epochs and the loss of the training; None without a network.
        network_psnr_float_db, network_psnr_quantized_db: the chroma PSNR in dB (peak 255) over training data, with the
            network's float weights before quantization, and with the weights that are sent.
        psnr_chroma_db, ciede2000_mean, ciede2000_p95, colorfulness_original, colorfulness_decoded: the quality of the
            decoded color against the source, over ``quality_frames`` frames spread evenly over the video. None where a
            value does not exist (gray video, or the PSNR of color without any error).
        seconds: the wall time of all stages.
        stage_seconds: the wall time of each stage.
        seed: the seed of all random numbers.
        backend, device: the backend that computed the network, and the device that it ran on.
        source_md5: the MD5 of the source's frames, if it was put into the stream.
        damaged_frames: the frames that are not what was recorded, as numbers and ranges such as ``12-28``; only with
            ``--keep-damaged``.
        missing_frames: the number of stored frames that could not be decoded and are not in the stream.
        kept_files: the number of files that can be restored; 0 without ``--keep-files``.
        kept_files_bytes: the size of these files.
        file_record_bytes: what restores them beside their pictures; part of ``copy_bytes``.
        whole_files, whole_file_bytes: of these, the files that could not be made from their pictures and are kept as
            they are, and their part of ``file_record_bytes``.
        resumed_segments: the number of segments that an earlier run had coded; only with ``--resume``.
        notes: remarks: properties of the input that could not be kept, and how it was coded where that is unexpected.
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
    alpha_bytes: int = 0
    gop: str | None = None
    gop_segments: int = 0
    gop_bytes: int | None = None
    source_md5: str | None = None
    damaged_frames: tuple[str, ...] = ()
    missing_frames: int = 0
    kept_files: int = 0
    kept_files_bytes: int = 0
    file_record_bytes: int = 0
    whole_files: int = 0
    whole_file_bytes: int = 0
    resumed_segments: int = 0
    notes: tuple[str, ...] = ()
    program: str = PROGRAM
    event: str = field(default="encoded", init=False)


@dataclass(frozen=True, kw_only=True)
class DecodeReport:
    """The decoder's report.

    Attributes:
        input, output: input and output as given on the command line.
        frames: the number of frames written.
        segments: the number of segments decoded.
        lost: the parts of a damaged stream that recovery could not use, one line each; empty for an undamaged stream.
        seconds: the wall time.
        notes: remarks about properties of the stream that the output cannot keep.
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
class VerifyReport:
    """The report of a verification that found nothing wrong.

    Attributes:
        input, source: the stream and its source as given on the command line; None without a source.
        frames: the number of frames decoded, and compared if there is a source.
        segments: the number of segments decoded.
        color: the mode, as ``--color`` takes it.
        luma_is_lossless: whether the stream promises the source's gray, bit for bit.
        max_error: the largest difference of a chroma sample that the stream allows, in code values; None if it promises
            nothing.
        psnr_luma_db: the PSNR of the gray in dB (peak 255) over all frames; None without a source, where the gray is
            promised to be exact, and where it has no error.
        psnr_chroma_db: the same of the chroma, as in :class:`EncodeReport`; None without a source, where ``max_error``
            is promised, where there is no color, and where it has no error.
        md5: the MD5 of all decoded frames in the source's pixel format; None unless it was wanted, or the frames are
            promised to be exact.
        source_md5: the MD5 of the source's frames as the stream has it; None if it has none.
        source_md5_checked: whether it was compared with exact frames or with the source; if so, it holds.
        seconds: the wall time.
        notes: remarks about properties of the source.
    """

    input: str
    source: str | None
    frames: int
    segments: int
    color: str
    luma_is_lossless: bool
    max_error: int | None
    psnr_luma_db: float | None
    psnr_chroma_db: float | None
    md5: str | None
    source_md5: str | None
    source_md5_checked: bool
    seconds: float
    notes: tuple[str, ...] = ()
    program: str = PROGRAM
    event: str = field(default="verified", init=False)


@dataclass(frozen=True, kw_only=True)
class ColorizeReport:
    """The report of a colorization.

    Attributes:
        input, output: input and output as given on the command line.
        frames: the number of frames written.
        shots: the number of shots found; 0 if no color was made.
        network: the architecture of the network that made the color; ``stream`` for the network of a ``.gvc`` stream;
            None if no color was made.
        seconds: the wall time.
        notes: remarks about properties of the input that the output cannot keep.
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


def as_json(report: Any) -> dict[str, Any]:
    """Convert a report to a dictionary of JSON types. Numbers that are infinite or NaN become None.

    Args:
        report: one of the classes above, or :class:`codec.live_report.LiveReport`.
    """
    return {name: _plain(value) for name, value in dataclasses.asdict(report).items()}


def saved_percent(*, raw_bytes: int, coded_bytes: int) -> float:
    """The bandwidth saved relative to ``raw_bytes``, in percent. It is negative if the coded form is larger."""
    return 100 * (1 - coded_bytes / raw_bytes)


def summary_rows(report: EncodeReport) -> list[tuple[str, str, str]]:
    """The rows of the encoder's closing table: (part, bytes, share or remark)."""

    def share(part: int) -> str:
        return f"{100 * part / report.total_bytes:.1f} %"

    def row(part: str, num_bytes: int, remark: str) -> tuple[str, str, str]:
        return part, f"{num_bytes:,}", f"{share(num_bytes)}  {remark}"

    if report.chroma == JOINT:
        rows = [row("gray and chroma", report.luma_bytes, f"{report.luma}, every bit")]
    else:
        is_near = report.chroma is None and bool(report.max_error)
        rows = [row("gray", report.luma_bytes, report.luma + (f", within {report.max_error}" if is_near else ""))]
    if report.chroma is None:
        rows.append(row("network", report.network_bytes, report.network or "none"))
    elif report.chroma != JOINT:
        remark = f"{report.chroma}, " + (f"within {report.max_error}" if report.max_error else "every bit")
        rows.append(row("chroma", report.color_bytes, remark))
    if report.hints is not None:
        rows.append(row("hints", report.color_bytes, report.hints))
    if report.alpha_bytes:
        rows.append(row("alpha", report.alpha_bytes, "every bit"))
    if report.kept_files:
        rows.append(_files_row(report, share(report.copy_bytes)))
    elif report.copy_bytes:
        rows.append(("sound, subtitles", f"{report.copy_bytes:,}", f"{share(report.copy_bytes)}  as they came"))
    rows.append(("container", f"{report.other_bytes:,}", share(report.other_bytes)))
    rows.extend(_gop_rows(report))
    rows.append(("total", f"{report.total_bytes:,}", f"{report.frames} frames in {report.seconds:.1f} s"))
    rows.append(("raw video", f"{report.raw_bytes:,}", f"{report.saved_percent:.2f} % saved"))
    rows.extend(_damage_rows(report))
    if report.resumed_segments:
        rows.append(("resumed", "", f"{report.resumed_segments} of {report.segments} segments were coded before"))
    if report.input_bytes is not None and report.input_bytes < 0.9 * report.raw_bytes:
        saved = saved_percent(raw_bytes=report.input_bytes, coded_bytes=report.total_bytes)
        less = f"; {saved:.2f} % saved" if saved > 0 else ""
        rows.append(("input file", f"{report.input_bytes:,}", f"compressed already{less}"))
    return rows


def _files_row(report: EncodeReport, share: str) -> tuple[str, str, str]:
    """What restores the source's files. Their sources have neither sound nor subtitles."""
    remark = f"{share}  restore {report.kept_files:,} of {report.kept_files_bytes:,} bytes, byte for byte"
    if report.whole_files:
        remark += f"; {report.whole_files:,} kept whole, {report.whole_file_bytes:,} bytes"
    return "files", f"{report.copy_bytes:,}", remark


def _gop_rows(report: EncodeReport) -> list[tuple[str, str, str]]:
    """What shorter segments cost. It is in the rows above."""
    if report.gop is None:
        return []
    more = f"for {report.gop_segments:,} more segments" if report.gop_segments else "no more segments than without"
    if report.gop_bytes is None:
        return [(f"--gop {report.gop}", "", f"{more}; each frame is one, so that nothing tells their price")]
    about = f"{100 * report.gop_bytes / report.total_bytes:.1f} %  of these, about, {more}"
    return [(f"--gop {report.gop}", f"{report.gop_bytes:,}", about)]


def _damage_rows(report: EncodeReport) -> list[tuple[str, str, str]]:
    """What is wrong with the recording, with the first few places."""
    rows = []
    if report.damaged_frames:
        shown = ", ".join(report.damaged_frames[:_SHOWN_RANGES])
        more = " ..." if len(report.damaged_frames) > _SHOWN_RANGES else ""
        rows.append(("damaged frames", "", f"{shown}{more}: not as recorded"))
    if report.missing_frames:
        rows.append(("missing frames", "", f"{report.missing_frames} could not be decoded"))
    return rows


def quality_line(report: EncodeReport) -> str | None:
    """One line with the quality of the color; None for gray video."""
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


def verified_lines(report: VerifyReport) -> list[str]:
    """What a verification found, for a person."""
    lines = [f"{report.input}: {report.frames} frames in {report.segments} segments, every checksum holds"]
    if report.source is not None:
        lines.append(f"{report.source}: the same frames and times; {_found_gray(report)}{_found_chroma(report)}")
    if report.source_md5_checked:
        lines.append(f"MD5 of the source: {report.source_md5} holds")
    elif report.source_md5 is not None:
        lines.append(f"MD5 of the source: {report.source_md5}, which nothing here can be compared with")
    return lines


def _found_gray(report: VerifyReport) -> str:
    return "gray exact" if report.luma_is_lossless else f"gray {_psnr(report.psnr_luma_db)}"


def _found_chroma(report: VerifyReport) -> str:
    if report.max_error is not None:
        return f", chroma within {report.max_error}" if report.max_error else ", all planes exact"
    return ", without color" if report.color == "none" else f", chroma {_psnr(report.psnr_chroma_db)}"


def _psnr(value: float | None) -> str:
    return "without error" if value is None else f"PSNR {value:.2f} dB (peak 255)"


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
