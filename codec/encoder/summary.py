"""The report of an encode, from what the recipe says and what was written."""

from __future__ import annotations

import math

from codec.encoder.gop_price import price_of_gop
from codec.encoder.modes import Mode
from codec.encoder.recipe import ColorFacts, Recipe
from codec.encoder.survey import Survey
from codec.encoder.write import Written
from codec.metrics import Quality
from codec.report import EncodeReport, Job, saved_percent
from codec.video.source import Source

_FEW_EPOCHS = 4


def summarize(
    source: Source,
    survey: Survey,
    recipe: Recipe,
    written: Written,
    mode: Mode,
    *,
    job: Job,
    stage_seconds: dict[str, float],
) -> EncodeReport:
    """Everything that is known of a finished encode."""
    info, facts, network = source.info, recipe.facts, recipe.facts.network
    raw_bytes, recoding = survey.num_frames * info.raw_frame_bytes, recipe.description.recoding
    quality = written.quality.result() if written.quality is not None else None
    gop = price_of_gop(survey, mode.shared, info, written)
    parts = written.luma_bytes + written.network_bytes + written.color_bytes + written.copy_bytes + written.alpha_bytes
    return EncodeReport(
        input=job.input,
        output=job.output,
        width=info.width,
        height=info.height,
        pixel_format=info.pixel_format.name,
        frames=survey.num_frames,
        duration_seconds=float((written.end_pts - written.first_pts) * info.time_base),
        color=facts.color.value,
        network=network.architecture if network else None,
        luma=recipe.luma.name,
        raw_bytes=raw_bytes,
        input_bytes=job.input_bytes,
        total_bytes=written.total_bytes,
        luma_bytes=written.luma_bytes,
        network_bytes=written.network_bytes,
        color_bytes=written.color_bytes,
        alpha_bytes=written.alpha_bytes,
        copy_bytes=written.copy_bytes,
        other_bytes=written.total_bytes - parts,
        saved_percent=saved_percent(raw_bytes=raw_bytes, coded_bytes=written.total_bytes - written.copy_bytes),
        luma_is_lossless=recipe.luma.parameters.is_lossless,
        keyframes=len(recipe.keyframes),
        clusters=network.clusters if network else 0,
        segments=len(survey.borders),
        gop=None if mode.shared.gop is None else str(mode.shared.gop),
        gop_segments=0 if gop is None else gop.num_segments,
        gop_bytes=None if gop is None else gop.num_bytes,
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
        seed=mode.shared.seed,
        backend=network.backend if network else None,
        device=network.device if network else None,
        hints=facts.hints,
        color_target=str(facts.target) if facts.target else None,
        max_error=facts.max_error,
        chroma=facts.chroma,
        source_md5=written.source_md5,
        damaged_frames=tuple(_range_text(*run) for run in source.damage.ranges),
        missing_frames=source.damage.num_missing,
        notes=(*source.notes, *(() if recoding is None else (recoding.note,)), *_color_notes(facts, quality)),
    )


def _range_text(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _color_notes(facts: ColorFacts, quality: Quality | None) -> tuple[str, ...]:
    """What a person should know of the color."""
    notes = []
    network = facts.network
    if network is not None and network.epochs is not None and network.epochs < _FEW_EPOCHS:
        notes.append(f"the network was trained for {network.epochs} epochs only: with more time its color gets better")
    if facts.is_target_aimed_at and facts.target is not None and quality is not None:
        psnr = math.inf if quality.psnr_chroma_db is None else quality.psnr_chroma_db
        if not facts.target.is_met(ciede=quality.ciede2000_mean, p95=quality.ciede2000_p95, psnr=psnr):
            notes.append(f"the color misses its target {facts.target}")
    return tuple(notes)
