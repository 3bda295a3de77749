"""The whole sender: survey, gather, prepare, code, write, and the report."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import BinaryIO

from codec.encoder.gather import gather
from codec.encoder.modes import GrayOnly, Guided, Mode
from codec.encoder.modes.preparation import Preparation
from codec.encoder.schedule import SegmentReader, overlapped
from codec.encoder.summary import summarize
from codec.encoder.survey import survey
from codec.encoder.write import RecipeWriter
from codec.errors import InputError, StreamError
from codec.plane_codecs import PlaneCodecSpec, plane_parameters
from codec.progress import Progress, Silent
from codec.references import check_new_folder, export_frames
from codec.report import EncodeReport, Job
from codec.stream_header import Description, pack_header
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.pixel_formats import ColorModel
from codec.video.source import Source
from container_format.chunks import pack_chunk
from container_format.records import Color


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
    mode: Mode | None = None,
    *,
    job: Job | None = None,
    progress: Progress | None = None,
) -> EncodeReport:
    """Encode a video into a ``.gvc`` stream.

    Args:
        source: read several times from its start.
        output: a binary file or pipe; written front to back, left open.
        mode: one of :mod:`codec.encoder.modes` with its options; None for :class:`Guided`. Gray video is sent without
            color, whatever the mode.
        job: names and sizes for the report.
        progress: is told the stages and how far they are.

    Raises:
        InputError: the source cannot be read or has no frames, or an option does not fit it.
        TrainingError: a network could not be trained.
        OSError: the output cannot be written.
    """
    progress, stages = progress or Silent(), _Stages()
    mode = _for_video(mode or Guided(), source.info)
    conversion = ColorConversion.of(source.info)
    _check_description(source.info, conversion)
    mode.check(source.info)
    folder = mode.shared.export_keyframes
    if folder is not None:
        check_new_folder(folder)
    found = survey(source, conversion, mode.shared, progress, keyframe_every=mode.keyframe_every)
    if folder is not None:
        export_frames(source, found.keyframes.indices, folder, progress)
    stages.end("analysis")
    gathered = gather(source, found, mode.request(found, source.info), progress)
    stages.end("collection")
    with ExitStack() as resources:
        preparation = Preparation(source, found, gathered, conversion, progress, resources)
        prepared = mode.prepare(preparation)
        stages.end(mode.stage)
        writer = RecipeWriter(output, prepared.recipe)
        progress.start("coding", found.num_frames, "frames")
        reader = SegmentReader(source, found, prepared, progress, writer.size_text)
        written = writer.write(overlapped(prepared.recipe, reader))
    stages.end("coding")
    return summarize(source, found, prepared.recipe, written, mode, job=job or Job(), stage_seconds=stages.seconds)


def _for_video(mode: Mode, info: VideoInfo) -> Mode:
    """The mode, or for gray video the one without color."""
    if info.pixel_format.model is not ColorModel.GRAY:
        return mode
    return GrayOnly(shared=mode.shared, luma=mode.luma)


def _check_description(info: VideoInfo, conversion: ColorConversion) -> None:
    """Find out whether the format can hold what is known of the video, before its frames are read.

    Raises:
        InputError: it cannot.
    """
    parameters = plane_parameters(PlaneCodecSpec("raw"), info.width, info.height)
    try:
        pack_chunk(pack_header(Description(info, parameters, conversion), color=Color.NONE, keyframes=()))
    except StreamError as error:
        raise InputError(f"the format cannot hold what this video says of itself: {error}") from error
