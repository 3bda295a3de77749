"""Configurations of hints and network that reach the color target, and the choice of the smallest one.

A configuration (:class:`Way`) is a scale and an interval of the hints, with or without a network. Its only variable is
the quality of the hint codec. Each configuration is tried at a few qualities. Between these, the margin in dB and the
logarithm of the bytes are interpolated linearly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from codec.encoder.gather import LARGE_SAMPLES
from codec.hints.coder import HintSettings
from codec.networks.compact_weights import BASE_DEPTH, BASE_WIDTH, CompactShape
from codec.plane_codecs import PlaneCodecSpec
from codec.video.color import ColorConversion

MIN_CRF, MAX_CRF = 4, 63
# The loop filters only cost bytes, because the network does their work better (docs/decisions/0010-hints.md).
_CODEC_OPTIONS = (("tune", "1"), ("cdef", "0"), ("restoration", "0"))
_PRESET, _LONG_PRESET, _LARGE_PRESET = 2, 4, 6
LONG_FRAMES = 1000
"""The hints of videos with more frames are coded with a faster preset; those of videos with more than ``LARGE_SAMPLES``
gray samples with a still faster one (docs/decisions/0014-guided-at-real-sizes.md)."""
_USUAL_DB_PER_CRF = -0.2
_LEAST_DB_PER_CRF = -0.05


@dataclass(frozen=True)
class Guidance:
    """The chosen configuration.

    Attributes:
        settings: how the hints are made.
        shape: the sizes of the network; None if hints alone make the color.
        db_per_crf: by how many dB the margin changes when crf rises by 1, below 0; None if the options give the
            settings.
        plain_db: the margin of the enlarged hints without a network, on the probe.
        steadier: the configuration to use instead if the margin without a network is far lower on the whole video than
            ``plain_db``; None if there is none.
    """

    settings: HintSettings
    shape: CompactShape | None
    db_per_crf: float | None
    plain_db: float = 0.0
    steadier: Guidance | None = None


def hint_preset(num_frames: int, picture_samples: int) -> int:
    """The hint codec's preset.

    Args:
        num_frames: number of frames in the video.
        picture_samples: gray samples of a frame.
    """
    if num_frames * picture_samples > LARGE_SAMPLES:
        return _LARGE_PRESET
    return _LONG_PRESET if num_frames > LONG_FRAMES else _PRESET


def hint_codec(crf: int, preset: int = _PRESET) -> PlaneCodecSpec:
    """The hint codec (SVT-AV1) at this quality, ``MIN_CRF`` to ``MAX_CRF``."""
    return PlaneCodecSpec("svtav1", (("crf", str(crf)), ("preset", str(preset)), *_CODEC_OPTIONS))


def with_crf(settings: HintSettings, crf: int) -> HintSettings:
    """The same settings with another quality."""
    options = tuple((name, str(crf) if name == "crf" else value) for name, value in settings.codec.options)
    return replace(settings, codec=PlaneCodecSpec(settings.codec.codec, options))


def network_shape(conversion: ColorConversion) -> CompactShape:
    """The sizes of the network for this video, which are those of the base networks."""
    return CompactShape.for_video(conversion.pixel_format, depth=BASE_DEPTH, width=BASE_WIDTH)


@dataclass(frozen=True)
class Rung:
    """The result of a configuration at one quality.

    Attributes:
        crf: the quality of the hint codec.
        margin_db: the margin of the color.
        hint_bytes: the estimated bytes of the hints of the whole video.
    """

    crf: int
    margin_db: float
    hint_bytes: float


@dataclass(frozen=True)
class Way:
    """A configuration of hints and network that was tried at a few qualities.

    Attributes:
        scale: the scale of the hints.
        interval: the interval of the hints.
        shape: the sizes of the network; None if there is none.
        network_bytes: the estimated bytes of the network; 0 if there is none.
        rungs: the results at two qualities or more, by rising crf.
        preset: the preset of the hint codec.
    """

    scale: int
    interval: int
    shape: CompactShape | None
    network_bytes: float
    rungs: tuple[Rung, ...]
    preset: int = _PRESET

    @property
    def db_per_crf(self) -> float:
        """By how many dB the margin changes when crf rises by 1; below 0."""
        first, last = self.rungs[0], self.rungs[-1]
        change = last.margin_db - first.margin_db
        return min(_LEAST_DB_PER_CRF, change / (last.crf - first.crf)) if math.isfinite(change) else _USUAL_DB_PER_CRF

    def crf_and_bytes(self) -> tuple[int, float]:
        """Interpolate the coarsest quality that reaches the color target.

        Returns:
            Its crf, and the bytes of hints and network at this quality. The bytes are infinite if no quality reaches
            the target.
        """
        crf = crossing(self.rungs)
        if crf is None:
            return MIN_CRF, math.inf
        crfs = [rung.crf for rung in self.rungs]
        log_bytes = [math.log(max(1.0, rung.hint_bytes)) for rung in self.rungs]
        if crf < crfs[0]:
            slope = (log_bytes[1] - log_bytes[0]) / (crfs[1] - crfs[0])
            log_at_crf = log_bytes[0] + slope * (crf - crfs[0])
        else:
            log_at_crf = float(np.interp(crf, crfs, log_bytes))
        return crf, math.exp(log_at_crf) + self.network_bytes


def with_steadier(chosen: Guidance, ways: Sequence[Way], steady: Way) -> Guidance:
    """Add to a guidance with an interval above 1 an alternative that has hints of every frame.

    Interpolated hints are wrong where something moves fast, and a finer quality does not help. The probe sees only a
    part of such frames.

    Args:
        chosen: the guidance.
        ways: the configurations that were tried, among them that of ``chosen`` and the same without a network.
        steady: the configuration of the same scale with hints of every frame, without a network.

    Returns:
        ``chosen`` with ``plain_db`` and ``steadier``.
    """
    scale, interval = chosen.settings.scale, chosen.settings.interval
    same = {way.shape: way.rungs for way in ways if (way.scale, way.interval) == (scale, interval)}
    plain, whole = same[None], same[chosen.shape]
    rungs = tuple(
        replace(rung, margin_db=rung.margin_db + _gain(before.margin_db, after.margin_db))
        for rung, before, after in zip(steady.rungs, plain, whole, strict=True)
    )
    way = replace(steady, rungs=rungs)
    settings = HintSettings(scale, 1, hint_codec(way.crf_and_bytes()[0], way.preset))
    crf = float(chosen.settings.codec.option("crf") or 0)
    plain_db = float(np.interp(crf, [rung.crf for rung in plain], [rung.margin_db for rung in plain]))
    return replace(chosen, plain_db=plain_db, steadier=Guidance(settings, chosen.shape, way.db_per_crf))


def _gain(before_db: float, after_db: float) -> float:
    return after_db - before_db if math.isfinite(after_db) and math.isfinite(before_db) else 0.0


def crossing(rungs: Sequence[Rung]) -> int | None:
    """The coarsest crf whose interpolated margin is not below 0; None if there is none.

    Args:
        rungs: the results at two qualities or more, by rising crf.
    """
    if rungs[-1].margin_db >= 0:
        return MAX_CRF
    for finer, coarser in zip(rungs[-2::-1], rungs[:0:-1], strict=True):
        if finer.margin_db >= 0:
            share = finer.margin_db / (finer.margin_db - coarser.margin_db) if math.isfinite(finer.margin_db) else 0.0
            return math.floor(finer.crf + share * (coarser.crf - finer.crf))
    slope = (rungs[1].margin_db - rungs[0].margin_db) / (rungs[1].crf - rungs[0].crf)
    crf = math.floor(rungs[0].crf - rungs[0].margin_db / slope) if slope < 0 else MIN_CRF - 1
    return crf if crf >= MIN_CRF else None


def cheapest(ways: Sequence[Way]) -> Guidance:
    """The configuration that reaches the color target with the fewest bytes.

    If none reaches it, the result is the one with the highest margin at its finest quality.
    """
    best = min(ways, key=lambda way: way.crf_and_bytes()[1])
    crf, num_bytes = best.crf_and_bytes()
    if math.isinf(num_bytes):
        best = max(ways, key=lambda way: way.rungs[0].margin_db)
        crf = MIN_CRF
    return Guidance(HintSettings(best.scale, best.interval, hint_codec(crf, best.preset)), best.shape, best.db_per_crf)
