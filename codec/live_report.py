"""The report of a live stream, which ``gvc-encode --live`` prints when it has ended (docs/reports.md)."""

from __future__ import annotations

from dataclasses import dataclass, field

from codec.version import PROGRAM


@dataclass(frozen=True, kw_only=True)
class LiveReport:
    """The report of a live stream.

    Attributes:
        input, output: as given on the command line.
        width, height, pixel_format: of the video.
        color: the mode in the header: ``coded`` also where networks have come on the way.
        luma, hints: how gray and hints were coded at the start; ``hints`` is None without hints.
        frames: sent.
        frames_came: that the source has brought.
        frames_dropped: that found the queue full.
        frames_skipped: that a lower frame rate left out.
        segments: sent.
        total_bytes: of the stream; to several receivers, what each of them was to get.
        luma_bytes, color_bytes, network_bytes: of these, by what they are for, networks with their repetitions.
        networks: that were sent, that of the start included.
        trainings: that were begun.
        keyframes, clusters: that were found.
        steps_down: how often effort or frame rate was lowered.
        latency_p50_seconds, latency_p95_seconds: from a frame's arrival to the end of sending its segment.
        psnr_chroma_db, ciede2000_mean, ciede2000_p95: of the color, over the measured frames; None where it is exact or
            absent.
        receivers: that have connected; 0 where the stream goes to one place.
        missed_items: segments that were left out for receivers that were slow, over all receivers.
        seconds: wall time.
        notes: remarks.
    """

    input: str
    output: str
    width: int
    height: int
    pixel_format: str
    color: str
    luma: str
    hints: str | None
    frames: int
    frames_came: int
    frames_dropped: int
    frames_skipped: int
    segments: int
    total_bytes: int
    luma_bytes: int
    color_bytes: int
    network_bytes: int
    networks: int
    trainings: int
    keyframes: int
    clusters: int
    steps_down: int
    latency_p50_seconds: float
    latency_p95_seconds: float
    psnr_chroma_db: float | None
    ciede2000_mean: float | None
    ciede2000_p95: float | None
    seconds: float
    receivers: int = 0
    missed_items: int = 0
    notes: tuple[str, ...] = ()
    program: str = PROGRAM
    event: str = field(default="live ended", init=False)


def live_lines(report: LiveReport) -> list[str]:
    """The report for a person."""
    speed = report.frames / report.seconds if report.seconds else 0.0
    lines = [
        f"{report.output}: {report.frames} of {report.frames_came} frames in {report.segments} segments, "
        f"{report.total_bytes:,} bytes, {report.seconds:.1f} s ({speed:.1f} fps)",
        f"sent {report.latency_p50_seconds:.2f} s after they came, 95 % within {report.latency_p95_seconds:.2f} s; "
        f"{report.frames_dropped} dropped, {report.frames_skipped} skipped, {report.steps_down} steps down",
    ]
    if report.ciede2000_mean is not None:
        lines.append(
            f"color: CIEDE2000 mean {report.ciede2000_mean:.2f}, 95th percentile {report.ciede2000_p95:.2f}; "
            f"{report.networks} networks sent of {report.trainings} trainings and {report.keyframes} keyframes"
        )
    if report.receivers:
        lines.append(f"{report.receivers} receivers, {report.missed_items} segments left out for slow ones")
    return lines
