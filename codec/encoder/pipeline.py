"""The whole way of the sender, pass by pass."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import BinaryIO

from codec.encoder.coding import Coder, Tracks
from codec.encoder.collection import collect
from codec.encoder.plan import Plan, analyze
from codec.encoder.samples import SampleCoders, make_sample_coders
from codec.encoder.summary import ColorWay, summarize
from codec.errors import InputError, StreamError
from codec.options import CHROMA_AUTO, CHROMA_JOINT, CHROMA_NETWORK, EncodeOptions
from codec.plane_codecs import LUMA_AUTO, PlaneCodecSpec, plane_parameters
from codec.progress import Progress, Silent
from codec.references import export_frames
from codec.report import EncodeReport, Job
from codec.segment_color import SegmentColor
from codec.stream_header import Description, pack_header
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.video.pixel_formats import ColorModel
from codec.video.source import Source
from container_format import StreamWriter
from container_format.chunks import pack_chunk
from container_format.records import (
    COLOR_CODED,
    COLOR_GUIDED,
    COLOR_LOSSLESS,
    COLOR_MODEL,
    COLOR_NONE,
    LUMA_NETWORK,
)

_CHROMA_WITH_GRAY = (CHROMA_AUTO, CHROMA_JOINT, CHROMA_NETWORK)


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
    job: Job | None = None,
    progress: Progress | None = None,
) -> EncodeReport:
    """Encode a video into a ``.gvc`` stream.

    Args:
        source: read several times from its start.
        output: a binary file or pipe; written front to back, left open.
        options: see :class:`codec.options.EncodeOptions`.
        job: names and sizes for the report.
        progress: is told the stages and how far they are.

    Raises:
        InputError: the source cannot be read or has no frames.
        TrainingError: the network could not be trained.
        OSError: the output cannot be written.
    """
    return _Encode(source, output, options, progress or Silent()).run(job or Job())


class _Encode:
    def __init__(self, source: Source, output: BinaryIO, options: EncodeOptions, progress: Progress) -> None:
        self._source = source
        self._output = output
        self._options = options
        self._progress = progress
        self._conversion = ColorConversion.of(source.info)
        is_gray = source.info.pixel_format.model is ColorModel.GRAY
        self._mode = COLOR_NONE if is_gray else options.color
        self._runs: list[list[Picture]] = []

    def run(self, job: Job) -> EncodeReport:
        source, options, stages = self._source, self._options, _Stages()
        _check_description(source.info, self._conversion)
        plan = analyze(source, self._conversion, options, self._progress)
        if options.export_keyframes is not None:
            export_frames(source, plan.keyframes.indices, options.export_keyframes, self._progress)
        stages.end("analysis")
        luma, way = self._color(plan, stages)
        hints = way.guided.store if way.guided else None
        samples = self._samples(plan, luma, way)
        if samples is not None:
            stages.end("probe, training")
            luma, parameters = samples.gray, samples.gray_parameters
        else:
            parameters = plane_parameters(luma, source.info.width, source.info.height)
        color = None
        if way.mode not in (COLOR_NONE, COLOR_LOSSLESS):
            colorizer = way.network.colorizer if way.network else None
            color = SegmentColor(self._conversion, colorizer, hints.parameters if hints else None)
        hint_settings = way.guided.settings if way.guided else None
        tracks = Tracks(luma, parameters, color, hints, hint_settings, samples)
        coder = Coder(source, tracks, self._conversion, plan, options)
        description = Description(
            source.info,
            parameters,
            self._conversion,
            hints.parameters if hints else samples.hints.parameters if samples and samples.hints else None,
            samples.parameters if samples else None,
        )
        keyframes = way.trained_on(plan)
        writer = StreamWriter(self._output, pack_header(description, color=way.mode, keyframes=keyframes))
        for record in (*((way.network.record,) if way.network else ()), *(samples.networks if samples else ())):
            coder.sizes.network += writer.write_network(record)
        coder.write(writer, self._progress)
        writer.finish()
        stages.end("coding")
        if hints is not None:
            hints.close()
        return summarize(coder, way, options, job, writer.bytes_written, stages.seconds)

    def _color(self, plan: Plan, stages: _Stages) -> tuple[PlaneCodecSpec, ColorWay]:
        """Everything that is known before the first byte is written: the gray's codec, and how color is made."""
        if self._mode == COLOR_MODEL:
            return self._model(plan, stages)
        if self._mode in (COLOR_GUIDED, COLOR_CODED):
            return self._guided(plan, stages)
        options, is_lossless = self._options, self._mode == COLOR_LOSSLESS
        # By the network or together with the chroma, the gray may be smaller than alone and by a video codec.
        is_open = is_lossless and options.luma.codec == LUMA_AUTO and options.chroma in _CHROMA_WITH_GRAY
        wants_probe = is_open or options.chroma in (CHROMA_AUTO, CHROMA_JOINT)
        wants_runs = is_lossless and (wants_probe or options.predictor_training is not None)
        collection = collect(
            self._source, options, plan, self._progress, wants_runs=wants_runs, chooses_luma=not is_open
        )
        stages.end("collection")
        self._runs = collection.runs
        return collection.luma, ColorWay(self._mode)

    def _samples(self, plan: Plan, luma: PlaneCodecSpec, way: ColorWay) -> SampleCoders | None:
        """How gray and lossless chroma are coded; None if a video codec codes the gray and there is no such chroma."""
        has_chroma = way.mode == COLOR_LOSSLESS
        if not has_chroma and luma.codec != LUMA_NETWORK:
            return None
        return make_sample_coders(
            self._source.info,
            luma,
            self._runs,
            self._options,
            self._progress,
            has_chroma=has_chroma,
            num_frames=plan.num_frames,
        )

    def _guided(self, plan: Plan, stages: _Stages) -> tuple[PlaneCodecSpec, ColorWay]:
        wants_runs = self._options.hints is None
        collection = collect(self._source, self._options, plan, self._progress, wants_runs=wants_runs)
        stages.end("collection")
        # These import Keras, which takes seconds: only when there is color.
        from codec.encoder.guided import make_guided_color

        guided = make_guided_color(self._source, plan, collection.runs, self._conversion, self._options, self._progress)
        stages.end("training")
        mode = COLOR_GUIDED if guided.network else COLOR_CODED
        return collection.luma, ColorWay(mode, guided.network, guided)

    def _model(self, plan: Plan, stages: _Stages) -> tuple[PlaneCodecSpec, ColorWay]:
        from codec.encoder.model import KeyframeTrainer

        trainer = KeyframeTrainer(self._source.info, plan, self._conversion, self._options)
        collection = collect(self._source, self._options, plan, self._progress, training=trainer)
        stages.end("collection")
        network = trainer.train(self._progress)
        stages.end("training")
        return collection.luma, ColorWay(COLOR_MODEL, network)


def _check_description(info: VideoInfo, conversion: ColorConversion) -> None:
    """Find out before anything long is done whether the format can hold what is known of the video.

    Raises:
        InputError: it cannot.
    """
    luma = plane_parameters(PlaneCodecSpec("raw"), info.width, info.height)
    try:
        pack_chunk(pack_header(Description(info, luma, conversion), color=COLOR_NONE, keyframes=()))
    except StreamError as error:
        raise InputError(f"the format cannot hold what this video says of itself: {error}") from error
