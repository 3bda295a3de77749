"""The sender: source -> keyframes -> training -> network, and source -> gray -> container.

The video is read three times, each time front to back in bounded memory: to analyze it, to collect the keyframes,
and to code it. What must be kept between the passes is a few numbers a frame and a bounded store of training
samples.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from codec.decoder import color_batches
from codec.errors import InputError, StreamError
from codec.keyframes import Analyzer, Keyframes, segment_borders, select_keyframes, shot_cuts
from codec.luma import (
    LumaParameters,
    LumaRun,
    LumaSpec,
    choose_luma,
    decode_luma,
    luma_parameters,
    open_luma_encoder,
)
from codec.metrics import Quality, QualityMeter
from codec.networks import Colorizer
from codec.options import EncodeOptions
from codec.progress import Progress, Silent
from codec.report import EncodeReport, saved_percent
from codec.stream_header import COLOR_MODEL, COLOR_NONE, pack_header, pack_packet, pack_times
from codec.training.samples import SampleStore
from codec.video.color import ColorConversion
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture, U8Array
from codec.video.pixel_formats import ColorModel
from codec.video.source import Source
from container_format import CopyRecord, SegmentRecord, StreamWriter
from container_format.chunks import pack_chunk

if TYPE_CHECKING:
    from codec.training.job import NetworkResult

_PROBE_RUNS = 3
_PROBE_FRAMES = 10
_MIN_SEGMENT_FRAMES = 12
_FEW_EPOCHS = 4
_COPY_CHUNK_PACKETS = 1024
_COPY_CHUNK_BYTES = 2**22


@dataclass(frozen=True)
class Job:
    """What the report tells of a job beside its figures: how input and output are called, and the input's size."""

    input: str = ""
    output: str = ""
    input_bytes: int | None = None


@dataclass(frozen=True)
class Plan:
    """What the first pass found: enough to decide everything that needs the whole video."""

    num_frames: int
    keyframes: Keyframes
    borders: tuple[tuple[int, int], ...]  # (start, stop) of each segment


@dataclass
class _Sizes:
    luma: int = 0
    network: int = 0
    copy: int = 0


@dataclass
class _Stages:
    """Wall time by stage."""

    seconds: dict[str, float] = field(default_factory=dict)
    _started: float = field(default_factory=time.monotonic)

    def end(self, name: str) -> None:
        now = time.monotonic()
        self.seconds[name] = round(now - self._started, 3)
        self._started = now


def encode(
    source: Source,
    output: BinaryIO,
    options: EncodeOptions,
    *,
    job: Job = Job(),
    progress: Progress | None = None,
) -> EncodeReport:
    """Encode a video into a ``.gvc`` stream.

    Args:
        source: read three times from its start.
        output: a binary file or pipe; written front to back, left open.
        options: see :class:`codec.options.EncodeOptions`.
        job: names and sizes for the report.
        progress: is told the stages and how far they are.

    Raises:
        InputError: the source cannot be read or has no frames.
        TrainingError: the network could not be trained.
        OSError: the output cannot be written.
    """
    start = time.monotonic()
    progress = progress or Silent()
    stages = _Stages()
    info = source.info
    conversion = ColorConversion.of(info)
    has_color = info.pixel_format.model is not ColorModel.GRAY and options.color != COLOR_NONE

    _check_description(info, conversion)
    plan = analyze(source, conversion, options, progress)
    stages.end("analysis")
    samples, luma = _collect(source, conversion, options, plan, progress, has_color=has_color)
    stages.end("collection")
    network: NetworkResult | None = None
    if samples is not None:
        from codec.training.job import train_network  # imports Keras, which takes seconds: only when there is color

        network = train_network(options.network, samples, options.training, options.max_loss_db, progress)
    stages.end("training")
    coder = _Coder(source, luma, conversion, plan, options)
    header = pack_header(
        info,
        coder.parameters,
        conversion,
        color=COLOR_MODEL if network else COLOR_NONE,
        keyframes=plan.keyframes.indices if network else (),
    )
    writer = StreamWriter(output, header)
    if network is not None:
        coder.sizes.network = writer.write_network(network.record)
        coder.colorizer = network.colorizer
    coder.write(writer, progress)
    writer.finish()
    stages.end("coding")
    return _report(coder, network, job, writer.bytes_written, stages.seconds, time.monotonic() - start)


def _check_description(info: VideoInfo, conversion: ColorConversion) -> None:
    """Find out before anything long is done whether the format can hold what is known of the video.

    Raises:
        InputError: it cannot.
    """
    luma = luma_parameters(LumaSpec("raw"), info.width, info.height)
    try:
        pack_chunk(pack_header(info, luma, conversion, color=COLOR_NONE, keyframes=()))
    except StreamError as error:
        raise InputError(f"the format cannot hold what this video says of itself: {error}") from error


def analyze(source: Source, conversion: ColorConversion, options: EncodeOptions, progress: Progress) -> Plan:
    """First pass: distances to black and cut scores of all frames; from them keyframes and segments.

    Raises:
        InputError: the source has no frames.
    """
    progress.start("analyzing", source.info.num_frames_from_header, "frames")
    analyzer = Analyzer()
    for index, frame in enumerate(source.frames()):
        analyzer.add(conversion.rgb(frame.picture))
        progress.advance(index + 1)
    num_frames = len(analyzer.distances)
    if num_frames == 0:
        raise InputError("expected a video with at least one frame. Received: none")
    keyframes = select_keyframes(analyzer.distances, every=options.keyframe_every, max_keyframes=options.max_keyframes)
    max_frames = options.max_segment_frames(source.info.width, source.info.height)
    borders = segment_borders(
        num_frames,
        shot_cuts(analyzer.cut_scores.tolist()),
        max_frames=max_frames,
        min_frames=min(_MIN_SEGMENT_FRAMES, max_frames),
    )
    return Plan(num_frames, keyframes, tuple(borders))


def _collect(
    source: Source,
    conversion: ColorConversion,
    options: EncodeOptions,
    plan: Plan,
    progress: Progress,
    *,
    has_color: bool,
) -> tuple[SampleStore | None, LumaSpec]:
    """Second pass: training samples from the keyframes, and the choice of the gray's codec by a probe."""
    probe_starts = np.linspace(0, max(0, plan.num_frames - _PROBE_FRAMES), _PROBE_RUNS).astype(int).tolist()
    wants_probe = options.luma.codec == "auto"
    samples = SampleStore(conversion, options.training) if has_color else None
    if samples is None and not wants_probe:
        return None, options.luma
    keyframes = set(plan.keyframes.indices) if has_color else set()
    runs: dict[int, list[U8Array]] = {begin: [] for begin in probe_starts} if wants_probe else {}
    last = max([*keyframes, *(begin + _PROBE_FRAMES - 1 for begin in runs)])
    progress.start("collecting keyframes", min(last + 1, plan.num_frames), "frames")
    for index, frame in enumerate(source.frames()):
        if samples is not None and index in keyframes:
            samples.add(frame.picture)
        for begin, run in runs.items():
            if begin <= index < begin + _PROBE_FRAMES:
                run.append(frame.picture.luma_u8)
        progress.advance(index + 1)
        if index >= last:
            break
    luma = choose_luma(list(runs.values()), _rate(source.info)) if wants_probe else options.luma
    return samples, luma


def _rate(info: VideoInfo) -> Fraction:
    """Frames a second for the gray's codec, whose rate control wants one."""
    return info.frame_rate or 1 / info.time_base


class _Coder:
    """Third pass: codes the gray segment by segment, passes sound through, and measures the color on the way."""

    def __init__(
        self, source: Source, luma: LumaSpec, conversion: ColorConversion, plan: Plan, options: EncodeOptions
    ) -> None:
        self.source = source
        self.luma = luma
        self.plan = plan
        self.options = options
        self.parameters: LumaParameters = luma_parameters(luma, source.info.width, source.info.height)
        self.colorizer: Colorizer | None = None
        self.sizes = _Sizes()
        self.meter = QualityMeter(conversion)
        self.measured_frames = 0
        self.end_pts = 0
        self.first_pts = 0
        wanted = np.linspace(0, plan.num_frames - 1, min(options.quality_frames, plan.num_frames))
        self._measured = frozenset(np.rint(wanted).astype(int).tolist())

    def write(self, writer: StreamWriter, progress: Progress) -> None:
        """Read the source once more and write all segments."""
        progress.start("coding", self.plan.num_frames, "frames")
        copies: list[CopyPacket] = []
        frames = self._frames(writer, copies)
        for index, (begin, stop) in enumerate(self.plan.borders):
            self._write_segment(writer, index, begin, stop, frames, progress)
            self._flush_copies(writer, copies)
        if next(frames, None) is not None:
            raise InputError("the input grew while it was being encoded")
        self._flush_copies(writer, copies)

    def _frames(self, writer: StreamWriter, copies: list[CopyPacket]) -> Iterator[Frame]:
        """The frames alone; packets to copy are collected, and written before they become many."""
        pending_bytes = 0
        for item in self.source.read():
            if isinstance(item, Frame):
                yield item
                continue
            pending_bytes = pending_bytes + len(item.data) if copies else len(item.data)
            copies.append(item)
            if len(copies) >= _COPY_CHUNK_PACKETS or pending_bytes > _COPY_CHUNK_BYTES:
                self._flush_copies(writer, copies)

    def _flush_copies(self, writer: StreamWriter, copies: list[CopyPacket]) -> None:
        if copies:
            self.sizes.copy += writer.write_copy(CopyRecord(packets=tuple(pack_packet(p) for p in copies)))
            copies.clear()

    def _write_segment(
        self, writer: StreamWriter, index: int, begin: int, stop: int, frames: Iterator[Frame], progress: Progress
    ) -> None:
        encoder = open_luma_encoder(self.luma, self.parameters, _rate(self.source.info))
        pts: list[int] = []
        measured: dict[int, Picture] = {}
        checksum = 0
        duration: int | None = None
        for number in range(begin, stop):
            frame = next(frames, None)
            if frame is None:
                raise InputError("the input shrank while it was being encoded")
            encoder.write(frame.picture.luma_u8)
            checksum = zlib.crc32(frame.picture.luma_u8.tobytes(), checksum)
            pts.append(frame.pts)
            duration = frame.duration
            if self.colorizer is not None and number in self._measured:
                measured[number - begin] = frame.picture
            progress.advance(number + 1, f"{writer.bytes_written / 1e6:.1f} MB")
        run = encoder.finish()
        if not self.parameters.is_lossless:
            checksum, measured_lumas = self._decode_own(run, measured)
        else:
            measured_lumas = [picture.luma_u8 for picture in measured.values()]
        self.sizes.luma += writer.write_segment(
            SegmentRecord(
                index=index,
                first_frame=begin,
                num_frames=stop - begin,
                pts=pts[0],
                pts_steps=pack_times(pts),
                last_duration=duration,
                luma_crc32=checksum,
                luma_extradata=run.extradata,
                luma_packets=run.packets,
            )
        )
        self.end_pts = pts[-1] + (duration or 0)
        self.first_pts = pts[0] if begin == 0 else self.first_pts
        self._measure(list(measured.values()), measured_lumas)

    def _decode_own(self, run: LumaRun, measured: dict[int, Picture]) -> tuple[int, list[U8Array]]:
        """What the receiver will see of a lossy gray: its checksum, and the planes to measure on."""
        checksum = 0
        lumas: list[U8Array] = []
        for number, luma_u8 in enumerate(decode_luma(self.parameters, run, max_frames=run.num_frames)):
            checksum = zlib.crc32(luma_u8.tobytes(), checksum)
            if number in measured:
                lumas.append(luma_u8)
        return checksum, lumas

    def _measure(self, originals: list[Picture], lumas_u8: list[U8Array]) -> None:
        if self.colorizer is None or not originals:
            return
        remaining = iter(originals)
        for batch in color_batches(lumas_u8):
            for decoded in self.colorizer(batch):
                self.meter.add(next(remaining), decoded)
                self.measured_frames += 1


def _training_notes(network: NetworkResult | None) -> tuple[str, ...]:
    """A word to those who gave the training little time."""
    if network is None or network.epochs >= _FEW_EPOCHS:
        return ()
    return (f"the network was trained for {network.epochs} epochs only: with more time its color gets better",)


def _report(
    coder: _Coder,
    network: NetworkResult | None,
    job: Job,
    total_bytes: int,
    stage_seconds: dict[str, float],
    seconds: float,
) -> EncodeReport:
    info, plan, sizes = coder.source.info, coder.plan, coder.sizes
    raw_bytes = plan.num_frames * info.raw_frame_bytes
    quality: Quality | None = coder.meter.result() if coder.measured_frames else None
    return EncodeReport(
        input=job.input,
        output=job.output,
        width=info.width,
        height=info.height,
        pixel_format=info.pixel_format.name,
        frames=plan.num_frames,
        duration_seconds=float((coder.end_pts - coder.first_pts) * info.time_base),
        color=COLOR_MODEL if network else COLOR_NONE,
        network=network.record.architecture if network else None,
        luma=str(coder.luma),
        raw_bytes=raw_bytes,
        input_bytes=job.input_bytes,
        total_bytes=total_bytes,
        luma_bytes=sizes.luma,
        network_bytes=sizes.network,
        color_bytes=0,
        copy_bytes=sizes.copy,
        other_bytes=total_bytes - sizes.luma - sizes.network - sizes.copy,
        saved_percent=saved_percent(raw_bytes=raw_bytes, coded_bytes=total_bytes - sizes.copy),
        luma_is_lossless=coder.parameters.is_lossless,
        keyframes=len(plan.keyframes.indices) if network else 0,
        clusters=plan.keyframes.num_clusters if network else 0,
        segments=len(plan.borders),
        epochs=network.epochs if network else None,
        training_loss=network.loss if network else None,
        network_psnr_float_db=network.psnr_float_db if network else None,
        network_psnr_quantized_db=network.psnr_quantized_db if network else None,
        psnr_chroma_db=quality.psnr_chroma_db if quality else None,
        ciede2000_mean=quality.ciede2000_mean if quality else None,
        ciede2000_p95=quality.ciede2000_p95 if quality else None,
        colorfulness_original=quality.colorfulness_original if quality else None,
        colorfulness_decoded=quality.colorfulness_decoded if quality else None,
        quality_frames=quality.num_frames if quality else 0,
        seconds=seconds,
        stage_seconds=stage_seconds,
        seed=coder.options.training.seed,
        backend=network.backend if network else None,
        device=network.device if network else None,
        notes=(*coder.source.notes, *_training_notes(network)),
    )
