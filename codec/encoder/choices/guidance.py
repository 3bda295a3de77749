"""Which hints: ways to the wanted color, and how to read between the qualities at which they were tried.

A way is a scale and an interval of the hints, with or without a network; its one setting is the quality of the hint
codec. Between the qualities that were tried, bytes and margin follow about straight lines: the logarithm of the bytes,
and decibels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from codec.hints.coder import HintSettings
from codec.networks.compact_weights import BASE_DEPTH, BASE_WIDTH, CompactShape
from codec.plane_codecs import PlaneCodecSpec
from codec.video.color import ColorConversion

MIN_CRF, MAX_CRF = 4, 63
# The loop filters only cost bytes: what they do, the network does better (docs/decisions/0010-hints.md).
_CODEC_OPTIONS = (("tune", "1"), ("cdef", "0"), ("restoration", "0"))
_PRESET, _LONG_PRESET = 2, 4
LONG_FRAMES = 1000
"""The hints of videos with more frames are coded with a faster preset."""
_USUAL_DB_PER_CRF = -0.2
_LEAST_DB_PER_CRF = -0.05


@dataclass(frozen=True)
class Guidance:
    """The way chosen.

    Attributes:
        settings: of the hints.
        shape: of the network; None if hints alone make the color.
        db_per_crf: what a step of the hint codec's quality changes, in dB, below 0; None if the settings were given.
        plain_db: how much better than wanted the enlarged hints were on the probe, without any network.
        steadier: what to do if the hints of the whole video turn out to be far worse than that; None if nothing is.
    """

    settings: HintSettings
    shape: CompactShape | None
    db_per_crf: float | None
    plain_db: float = 0.0
    steadier: Guidance | None = None


def hint_preset(num_frames: int) -> int:
    """The hint codec's preset for a video of so many frames."""
    return _LONG_PRESET if num_frames > LONG_FRAMES else _PRESET


def hint_codec(crf: int, preset: int = _PRESET) -> PlaneCodecSpec:
    """The hint codec at a quality."""
    return PlaneCodecSpec("svtav1", (("crf", str(crf)), ("preset", str(preset)), *_CODEC_OPTIONS))


def with_crf(settings: HintSettings, crf: int) -> HintSettings:
    """The same hints at another quality."""
    options = tuple((name, str(crf) if name == "crf" else value) for name, value in settings.codec.options)
    return replace(settings, codec=PlaneCodecSpec(settings.codec.codec, options))


def network_shape(conversion: ColorConversion) -> CompactShape:
    """The network for such video: that of the base networks."""
    return CompactShape.for_video(conversion.pixel_format, depth=BASE_DEPTH, width=BASE_WIDTH)


@dataclass(frozen=True)
class Rung:
    """A way at one quality.

    Attributes:
        crf: of the hint codec.
        margin_db: how much better than wanted the color is.
        hint_bytes: of the whole video, estimated.
    """

    crf: int
    margin_db: float
    hint_bytes: float


@dataclass(frozen=True)
class Way:
    """A scale with or without network, tried at a few qualities.

    Attributes:
        scale, interval: of the hints.
        shape: of the network; None if there is none.
        network_bytes: what it costs.
        rungs: two or more, by rising crf.
        preset: of the hint codec.
    """

    scale: int
    interval: int
    shape: CompactShape | None
    network_bytes: float
    rungs: tuple[Rung, ...]
    preset: int = _PRESET

    @property
    def db_per_crf(self) -> float:
        """What a step of the quality changes, in dB; below 0."""
        first, last = self.rungs[0], self.rungs[-1]
        change = last.margin_db - first.margin_db
        return min(_LEAST_DB_PER_CRF, change / (last.crf - first.crf)) if math.isfinite(change) else _USUAL_DB_PER_CRF

    def crf_and_bytes(self) -> tuple[int, float]:
        """The coarsest quality that is good enough, and the bytes of hints and network there.

        The bytes are infinite if no quality is good enough.
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
    """A guidance whose hints are not of every frame, with one beside it whose hints are.

    Frames that are mixed from their neighbors are bad wherever something moves fast, and finer hints do not help. A
    probe sees only some of that.

    Args:
        chosen: the guidance.
        ways: among them that of ``chosen``, and the same without a network.
        steady: the same scale with hints of every frame, without a network.
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
    """The coarsest crf whose margin is not below 0; None if there is none.

    Args:
        rungs: two or more, by rising crf.
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
    """The way that meets the wanted color with the fewest bytes; if none does, the one that comes closest."""
    best = min(ways, key=lambda way: way.crf_and_bytes()[1])
    crf, num_bytes = best.crf_and_bytes()
    if math.isinf(num_bytes):
        best = max(ways, key=lambda way: way.rungs[0].margin_db)
        crf = MIN_CRF
    return Guidance(HintSettings(best.scale, best.interval, hint_codec(crf, best.preset)), best.shape, best.db_per_crf)
