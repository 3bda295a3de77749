"""The whole live sender: capture, a recipe for what comes, segments, what follows from each, and the report."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from codec.encoder.encode import mode_for_video
from codec.encoder.live.capture import Arrived, Capture
from codec.encoder.live.color_control import ColorControl
from codec.encoder.live.efforts import LIVE_MODES, TRIED_FRAMES, choose_efforts, safer
from codec.encoder.live.learning import Learning
from codec.encoder.live.options import LiveOptions
from codec.encoder.live.outputs import LiveOutput
from codec.encoder.live.pace import Effort, Load, Pace
from codec.encoder.live.segments import LiveSegment, Plan, Segments
from codec.encoder.live.tally import Tally
from codec.encoder.modes import Mode
from codec.encoder.modes.guided import HintedMode
from codec.encoder.survey import frame_rate_of
from codec.errors import InputError
from codec.live_report import LiveReport
from codec.progress import Progress, Silent
from codec.report import Job
from codec.stream_header import pack_header
from codec.video.info import VideoInfo
from codec.video.sources.live import LiveSource
from container_format.chunks import pack_record
from container_format.limits import MAX_SEGMENT_PIXELS
from container_format.records import MAX_SEGMENT_FRAMES

_FIRST_FRAMES_SECONDS = 2.0
_MEASURED_SECONDS = 1.0  # of video, from one segment whose color is measured to the next
_RAW_SEGMENT_BYTES = 2**26


def encode_live(
    source: LiveSource,
    output: LiveOutput,
    mode: Mode,
    options: LiveOptions,
    *,
    job: Job | None = None,
    on_start: Callable[[Capture], None] | None = None,
    on_notes: Callable[[tuple[str, ...]], None] | None = None,
    progress: Progress | None = None,
) -> LiveReport:
    """Encode a video while it comes.

    Args:
        source: read once, in a thread of its own.
        output: takes the stream; it is finished, and left open.
        mode: one of ``LIVE_MODES`` with its options.
        options: latency, and how often others may join.
        job: names for the report.
        on_start: is given the capture, whose ``stop`` ends the stream in good order.
        on_notes: is told what changes on the way, a line each.
        progress: is told the frames.

    Raises:
        InputError: an option does not fit the video, or no frame came.
        OSError, OutputError: the output cannot be written.
    """
    return _Sender(source, output, mode, options, job or Job(), on_notes, progress or Silent()).run(on_start)


def check_live(mode: Mode, info: VideoInfo) -> Mode:
    """The mode for such video, if it may be live.

    Raises:
        InputError: it may not, or an option does not fit the video.
    """
    if not isinstance(mode, LIVE_MODES):
        raise InputError(
            f"expected --color guided, coded, lossless or none with --live. Received: {mode.color}", option="--color"
        )
    own = mode_for_video(mode, info)
    own.check(info)
    return own


class _Sender:
    def __init__(
        self,
        source: LiveSource,
        output: LiveOutput,
        mode: Mode,
        options: LiveOptions,
        job: Job,
        on_notes: Callable[[tuple[str, ...]], None] | None,
        progress: Progress,
    ) -> None:
        self._source, self._output, self._options, self._job = source, output, options, job
        self._mode = check_live(mode, source.info)
        self._on_notes = on_notes
        self._progress = progress
        info, rate = source.info, frame_rate_of(source.info)
        self._most_waiting = options.waiting_frames(rate)
        self._capture = Capture(source, most_waiting=self._most_waiting, max_frames=options.max_frames)
        pixels = info.width * info.height
        most = min(MAX_SEGMENT_FRAMES, MAX_SEGMENT_PIXELS // pixels, _RAW_SEGMENT_BYTES // pixels)
        self._most_frames = max(1, min(options.segment_frames(rate), self._mode.shared.segment_frames, most))
        self._tally = Tally()
        self._num_dropped = 0
        self._until_measured = 0.0
        self._efforts: list[Effort] = []

    def run(self, on_start: Callable[[Capture], None] | None) -> LiveReport:
        begin = time.monotonic()
        self._capture.start()
        if on_start is not None:
            on_start(self._capture)
        try:
            first = self._first_frames()
            self._efforts, place = choose_efforts(self._mode, self._source.info, [item.frame for item in first])
            self._pace = Pace(len(self._efforts), place)
            recipe = self._recipe = self._efforts[place].recipe
            hinted = self._mode if isinstance(self._mode, HintedMode) else None
            target = hinted.wanted if hinted is not None and hinted.hints is None else None
            self._control = ColorControl(target)
            self._learning = Learning(self._mode, self._source.info, recipe, self._options.repeat_seconds)
            with closing(self._learning):
                self._learning.try_base([item.frame.picture for item in first])
                header = pack_header(recipe.description, color=recipe.facts.color, keyframes=())
                self._output.begin(header)
                self._progress.start("coding live", None, "frames")
                segments = Segments(self._capture, first, self._options.segment_seconds, self._plan)
                with closing(segments.finished()) as finished:
                    for segment in finished:
                        self._take(segment)
                self._output.finish()
        finally:
            self._capture.stop()
        return self._report(time.monotonic() - begin)

    def _first_frames(self) -> list[Arrived]:
        """A few frames to choose a recipe on."""
        first: list[Arrived] = []
        while len(first) < TRIED_FRAMES:
            arrived = self._capture.take(None if not first else _FIRST_FRAMES_SECONDS)
            if arrived is None:
                break
            first.append(arrived)
        if not first:
            raise self._capture.error or InputError("expected a video with at least one frame. Received: none")
        return first

    def _plan(self) -> Plan:
        """In the thread of the first stage: how the next segment is coded."""
        effort = self._efforts[self._pace.place]
        self._capture.every = effort.every
        learned = self._learning.current
        recipe = self._control.applied(effort.recipe, None if learned is None else learned.network)
        most_frames = max(1, self._most_frames // effort.every)
        measures = self._until_measured <= 0 and isinstance(self._mode, HintedMode)
        if measures:
            self._until_measured = _MEASURED_SECONDS
        update = None if learned is None else learned.update
        return Plan(recipe, update, most_frames, measures, effort.every, safer(recipe))

    def _take(self, segment: LiveSegment) -> None:
        """Send a segment, and learn from it."""
        plan, coded = segment.plan, segment.coded
        packed, record = coded.packed, coded.record
        if plan.update is not None:
            record = replace(record, network=plan.update.number)
            packed = pack_record(record)
        self._output.send(record, packed, plan.update)
        self._tally.add(segment, time.monotonic())
        if segment.has_failed:
            self._tell((f"a codec failed on segment {record.index}, which was coded again",))
        if coded.quality is not None:
            self._control.take(coded.quality.result())
        seconds = len(segment.arrived) * plan.every / float(frame_rate_of(self._source.info))
        self._until_measured -= seconds
        self._learning.take(segment, coded.record, seconds, may_train=self._efforts[self._pace.place].trains)
        self._tell(self._learning.notes())
        self._keep_pace(segment, seconds)
        self._progress.advance(self._tally.num_frames, self._detail())

    def _keep_pace(self, segment: LiveSegment, seconds: float) -> None:
        has_dropped = self._capture.num_dropped > self._num_dropped
        self._num_dropped = self._capture.num_dropped
        busy = max(segment.first_seconds, segment.second_seconds)
        load = Load(seconds, busy, segment.num_waiting / self._most_waiting, has_dropped)
        before = self._pace.place
        if self._pace.take(load):
            is_slower = self._pace.place > before
            self._tally.num_steps_down += is_slower
            text = self._efforts[self._pace.place].text
            self._tell((f"{'too slow' if is_slower else 'there is room again'}: now {text}",))

    def _detail(self) -> str:
        parts = [f"{self._tally.latency(50):.1f} s behind", f"{self._output.bytes_written / 1e6:.1f} MB"]
        if self._capture.num_dropped:
            parts.append(f"{self._capture.num_dropped} dropped")
        return ", ".join(parts)

    def _tell(self, notes: tuple[str, ...]) -> None:
        if notes and self._on_notes is not None:
            self._on_notes(notes)

    def _report(self, seconds: float) -> LiveReport:
        info, capture, tally, recipe = self._source.info, self._capture, self._tally, self._recipe
        quality = tally.quality.result() if tally.quality is not None else None
        notes = [*self._source.notes, *self._output.notes]
        if capture.num_dropped:
            notes.append(f"{capture.num_dropped} of {capture.num_came} frames were dropped, since they came too fast")
        if capture.error is not None:
            notes.append(f"the source has ended: {capture.error}")
        return LiveReport(
            input=self._job.input,
            output=self._job.output,
            width=info.width,
            height=info.height,
            pixel_format=info.pixel_format.name,
            color=recipe.facts.color.value,
            luma=recipe.luma.name,
            hints=recipe.facts.hints,
            frames=tally.num_frames,
            frames_came=capture.num_came,
            frames_dropped=capture.num_dropped,
            frames_skipped=capture.num_skipped,
            segments=tally.num_segments,
            total_bytes=self._output.bytes_written,
            luma_bytes=tally.luma_bytes,
            color_bytes=tally.color_bytes,
            network_bytes=self._output.network_bytes,
            networks=self._learning.num_networks,
            trainings=self._learning.num_trainings,
            keyframes=self._learning.num_keyframes,
            clusters=self._learning.num_clusters,
            steps_down=tally.num_steps_down,
            latency_p50_seconds=tally.latency(50),
            latency_p95_seconds=tally.latency(95),
            psnr_chroma_db=quality.psnr_chroma_db if quality else None,
            ciede2000_mean=quality.ciede2000_mean if quality else None,
            ciede2000_p95=quality.ciede2000_p95 if quality else None,
            seconds=round(seconds, 3),
            notes=tuple(notes),
        )
