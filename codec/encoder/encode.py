"""The whole sender: survey, gather, prepare, code, write, and the report."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO

from codec.encoder.choices.alpha import choose_alpha
from codec.encoder.gather import gather, runs_for_gray
from codec.encoder.in_workers import in_workers, useful_workers
from codec.encoder.modes import GrayOnly, Guided, Lossless, Mode
from codec.encoder.modes.preparation import Preparation
from codec.encoder.recipe import Prepared
from codec.encoder.resume import KeptWork
from codec.encoder.schedule import SegmentReader, overlapped
from codec.encoder.summary import summarize
from codec.encoder.survey import Survey, survey
from codec.encoder.training_on_cluster import ClusterPlace
from codec.encoder.write import RecipeWriter
from codec.errors import InputError, StreamError
from codec.plane_codecs import LUMA_AUTO, PlaneCodecSpec, plane_parameters
from codec.progress import Progress, Silent
from codec.references import check_new_folder, export_frames
from codec.report import EncodeReport, Job
from codec.stream_header import Description, pack_header
from codec.training.place import HERE, Place
from codec.video.color import ColorConversion
from codec.video.frame_md5 import VideoMd5
from codec.video.info import VideoInfo
from codec.video.levels import levels_of
from codec.video.pixel_formats import ColorModel, PixelFormat
from codec.video.recoding import Recoding, RestoredMd5
from codec.video.source import Source
from codec.video.sources.shared import SharedInput
from codec.video.views import source_of_8_bits, source_without_alpha
from codec.video.yuv_origin import yuv_origin_of
from container_format.chunks import pack_chunk
from container_format.records import Color

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster


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
    workers: int = 1,
    source_md5: bool = False,
    kept: KeptWork | None = None,
    cluster: Cluster | None = None,
    shared: SharedInput | None = None,
    is_checked: bool = False,
    progress: Progress | None = None,
) -> EncodeReport:
    """Encode a video into a ``.gvc`` stream.

    Args:
        source: read several times from its start.
        output: a binary file or pipe; written front to back, left open.
        mode: one of :mod:`codec.encoder.modes` with its options; None for :class:`Guided`. Gray video is sent without
            color, whatever the mode.
        job: names and sizes for the report.
        workers: the most processes that code segments; 1 codes in this process. The bytes are the same.
        source_md5: put the MD5 of the source's frames at the end of the stream.
        kept: what an earlier run of this encode has found out and coded; what this one does is kept there, too.
        cluster: codes the segments in place of workers here, if the color does not need Keras. The bytes are the same,
            but for networks that are trained at a worker with a GPU.
        shared: the source, as the cluster's workers may read it; None sends them the frames.
        is_checked: :func:`check_mode` has taken the mode for this source.
        progress: is told the stages and how far they are.

    Raises:
        InputError: the source cannot be read or has no frames, or an option does not fit it.
        TrainingError: a network could not be trained.
        WorkerError: a worker process has died, or the cluster is gone.
        OSError: the output cannot be written.
    """
    progress, stages = progress or Silent(), _Stages()
    given = source.info
    mode = mode_for_video(mode or Guided(), given)
    if mode.shared.drop == "alpha":
        source = source_without_alpha(source)
    _check_description(source.info)
    original = source
    prepared = kept.prepared() if kept is not None else None
    recoding = _recoding(source, mode) if prepared is None else prepared.recipe.description.recoding
    source = source if recoding is None else recoding.coded_source(source)
    conversion = ColorConversion.of(source.info)
    if not is_checked or source.info != given:
        mode.check(source.info)
    folder = mode.shared.export_keyframes
    if folder is not None:
        check_new_folder(folder)
    found = kept.survey() if kept is not None else None
    if found is None:
        found = survey(source, conversion, mode.shared, progress, keyframe_every=mode.wanted_keyframe_every)
        if kept is not None:
            kept.keep_survey(found)
    if folder is not None:
        export_frames(source_of_8_bits(source), found.keyframes.indices, folder, progress)
    stages.end("analysis")
    trainers = ClusterPlace(cluster) if cluster is not None else None
    with ExitStack() as resources:
        if prepared is None:
            prepared = _prepared(source, found, mode, progress, resources, stages, trainers or HERE)
            if recoding is not None:
                prepared = _with_recoding(prepared, original.info, recoding)
            if kept is not None:
                kept.keep_prepared(prepared)
        writer = RecipeWriter(output, prepared.recipe, found.num_frames)
        progress.start("coding", found.num_frames, "frames")
        md5 = _md5(original.info.pixel_format, recoding) if source_md5 else None
        num_workers = useful_workers(workers, prepared.recipe, found, source.info)
        if cluster is not None and prepared.recipe.color.runs_in_workers:
            from codec.encoder.on_cluster import on_cluster
            from codec.encoder.shared_reading import SharedRecipe

            reader = SegmentReader(source, found, prepared, Silent(), md5=md5, kept=kept)
            place = f", {cluster.dashboard}" if cluster.dashboard else ""
            schedule = on_cluster(
                *(prepared.recipe, reader, cluster, found, source.info),
                lambda count: progress.advance(count, writer.size_text() + place),
                None if shared is None else SharedRecipe(prepared.recipe, shared, mode.shared.drop == "alpha"),
            )
        elif num_workers == 1:
            reader = SegmentReader(source, found, prepared, progress, writer.size_text, md5=md5, kept=kept)
            schedule = overlapped(prepared.recipe, reader, in_two_threads=workers > 1)
        else:
            reader = SegmentReader(source, found, prepared, Silent(), md5=md5, kept=kept)
            schedule = in_workers(
                prepared.recipe, reader, num_workers, lambda count: progress.advance(count, writer.size_text())
            )
        # Closed before anything that its threads use, also when the output fails.
        with closing(reader), closing(schedule) as items:
            written = writer.write(items if kept is None else kept.keeping(items), md5)
    stages.end("coding")
    report = summarize(original, found, prepared.recipe, written, mode, job=job or Job(), stage_seconds=stages.seconds)
    return replace(report, notes=(*report.notes, *(() if trainers is None else trainers.notes)))


def _prepared(
    source: Source,
    found: Survey,
    mode: Mode,
    progress: Progress,
    resources: ExitStack,
    stages: _Stages,
    place: Place,
) -> Prepared:
    """The recipe. The frames that were looked at for it are given up when this returns."""
    request = mode.request(found, source.info)
    if source.info.pixel_format.has_alpha and not request.gray_runs:
        request = replace(request, gray_runs=runs_for_gray(found, PlaneCodecSpec(LUMA_AUTO)))
    gathered = gather(source, found, request, progress, color_of_8_bits=mode.makes_color)
    stages.end("collection")
    seen = source_of_8_bits(source) if mode.makes_color else source
    conversion = ColorConversion.of(seen.info)
    playable = mode.shared.playable
    alpha = choose_alpha(source.info, gathered.gray_runs, found.mean_segment_frames, playable=playable)
    prepared = mode.prepare(
        Preparation(source.info, seen, found, gathered, conversion, alpha, progress, resources, playable, place)
    )
    stages.end(mode.stage)
    return prepared


def _recoding(source: Source, mode: Mode) -> Recoding | None:
    """How the video is coded as another one; None if it is not."""
    if isinstance(mode, Lossless) and mode.max_error == 0:
        return yuv_origin_of(source)
    is_near = isinstance(mode, GrayOnly) and mode.max_error > 0
    return None if is_near else levels_of(source)  # numbers of levels have no distance


def _with_recoding(prepared: Prepared, info: VideoInfo, recoding: Recoding) -> Prepared:
    """A recipe for what is coded, as one for the video that is coded so."""
    description = replace(prepared.recipe.description, info=info, recoding=recoding)
    return replace(prepared, recipe=replace(prepared.recipe, description=description))


def _md5(own: PixelFormat, recoding: Recoding | None) -> VideoMd5:
    return VideoMd5(own) if recoding is None else RestoredMd5(recoding, own)


def check_mode(mode: Mode, info: VideoInfo) -> None:
    """Find before any work what a mode cannot do with a video, or here.

    Raises:
        InputError: an option does not fit the video, or needs a package that is missing.
    """
    mode_for_video(mode, info).check(info)


def mode_for_video(mode: Mode, info: VideoInfo) -> Mode:
    """The mode for such a video: for gray video the one without color."""
    if info.pixel_format.model is not ColorModel.GRAY:
        return mode
    if not isinstance(mode, Lossless):
        return GrayOnly(shared=mode.shared, luma=mode.luma)
    # Gray of 8 bits is sent exactly, which is within any error.
    max_error = mode.max_error if info.pixel_format.depth > 8 else 0
    return GrayOnly(shared=mode.shared, luma=mode.luma, tries_network=True, max_error=max_error, speed=mode.speed)


def _check_description(info: VideoInfo) -> None:
    """Find out whether the format can hold what is known of the video, before its frames are read.

    Raises:
        InputError: it cannot.
    """
    parameters = plane_parameters(PlaneCodecSpec("raw"), info.width, info.height)
    conversion = ColorConversion.of(info)
    try:
        pack_chunk(pack_header(Description(info, parameters, conversion), color=Color.NONE, keyframes=()))
    except StreamError as error:
        raise InputError(f"the format cannot hold what this video says of itself: {error}") from error
