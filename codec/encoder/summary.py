"""The report of an encode."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codec.encoder.coding import Coder
from codec.encoder.plan import Plan
from codec.metrics import Quality
from codec.options import EncodeOptions
from codec.report import EncodeReport, Job, saved_percent
from container_format.records import COLOR_LOSSLESS

if TYPE_CHECKING:  # these import Keras, which an encode without a network can spare
    from codec.encoder.guided import GuidedColor
    from codec.training.job import NetworkResult

_FEW_EPOCHS = 4


@dataclass(frozen=True)
class ColorWay:
    """How color is made.

    Attributes:
        mode: ``guided``, ``lossless``, ``model``, ``coded`` or ``none``.
        network: None if there is none.
        guided: hints and what came of them; None if there are none.
    """

    mode: str
    network: NetworkResult | None = None
    guided: GuidedColor | None = None

    def trained_on(self, plan: Plan) -> tuple[int, ...]:
        """Frames that the network was trained on, in rising order."""
        if self.guided is not None:
            return self.guided.trained_on
        return plan.keyframes.indices if self.network is not None else ()


def summarize(
    coder: Coder,
    way: ColorWay,
    options: EncodeOptions,
    job: Job,
    total_bytes: int,
    stage_seconds: dict[str, float],
) -> EncodeReport:
    """Everything there is to say of a finished encode."""
    info, plan, sizes = coder.source.info, coder.plan, coder.sizes
    network = way.network
    raw_bytes = plan.num_frames * info.raw_frame_bytes
    quality = coder.meter.result() if coder.measured_frames else None
    return EncodeReport(
        input=job.input,
        output=job.output,
        width=info.width,
        height=info.height,
        pixel_format=info.pixel_format.name,
        frames=plan.num_frames,
        duration_seconds=float((coder.end_pts - coder.first_pts) * info.time_base),
        color=way.mode,
        network=network.record.architecture if network else None,
        luma=str(coder.tracks.luma),
        raw_bytes=raw_bytes,
        input_bytes=job.input_bytes,
        total_bytes=total_bytes,
        luma_bytes=sizes.luma,
        network_bytes=sizes.network,
        color_bytes=sizes.color,
        copy_bytes=sizes.copy,
        other_bytes=total_bytes - sizes.luma - sizes.network - sizes.color - sizes.copy,
        saved_percent=saved_percent(raw_bytes=raw_bytes, coded_bytes=total_bytes - sizes.copy),
        luma_is_lossless=coder.tracks.parameters.is_lossless,
        keyframes=len(way.trained_on(plan)),
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
        seconds=sum(stage_seconds.values()),
        stage_seconds=stage_seconds,
        seed=options.training.seed,
        backend=network.backend if network else None,
        device=network.device if network else None,
        hints=str(way.guided.settings) if way.guided else None,
        color_target=str(options.target) if way.guided else None,
        max_error=options.max_error if way.mode == COLOR_LOSSLESS else None,
        chroma=coder.tracks.samples.chroma_codec if coder.tracks.samples else None,
        notes=(*coder.source.notes, *_color_notes(way, options, quality)),
    )


def _color_notes(way: ColorWay, options: EncodeOptions, quality: Quality | None) -> tuple[str, ...]:
    """What a person should know of the color."""
    notes = []
    if way.network is not None and way.network.epochs is not None and way.network.epochs < _FEW_EPOCHS:
        notes.append(
            f"the network was trained for {way.network.epochs} epochs only: with more time its color gets better"
        )
    if way.guided is not None and quality is not None and options.hints is None:
        psnr = math.inf if quality.psnr_chroma_db is None else quality.psnr_chroma_db
        if not options.target.is_met(ciede=quality.ciede2000_mean, p95=quality.ciede2000_p95, psnr=psnr):
            notes.append(f"the color misses its target {options.target}")
    return tuple(notes)
