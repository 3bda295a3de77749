"""Everything that is fixed before the first segment is coded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from codec.color_target import ColorTarget
from codec.encoder.survey import frame_rate_of
from codec.encoder.tracks.alpha import AlphaTrack
from codec.encoder.tracks.color import ColorTrack, PredictedChroma
from codec.encoder.tracks.luma import LumaTrack
from codec.lossless.parameters import PredictionParameters
from codec.plane_codecs import CodedRun
from codec.stream_header import Description
from codec.video.color import ColorConversion
from container_format import NetworkRecord
from container_format.records import Color

if TYPE_CHECKING:  # worker processes need neither
    from codec.encoder.modes.preparation import Preparation
    from codec.training.result import NetworkResult


@dataclass(frozen=True)
class NetworkFacts:
    """What the report tells of a network that makes color.

    Attributes:
        architecture: its name.
        epochs: that were begun; None for a network that is trained by steps.
        loss: mean squared error of its answers, in its own scale.
        psnr_float_db, psnr_quantized_db: chroma PSNR over training examples before and after the weights were
            quantized; None for a network whose rounding is part of its training.
        clusters: of the keyframes.
        backend, device: what trained it.
    """

    architecture: str
    epochs: int | None
    loss: float
    psnr_float_db: float | None
    psnr_quantized_db: float | None
    clusters: int
    backend: str
    device: str

    @classmethod
    def of(cls, result: NetworkResult, num_clusters: int) -> NetworkFacts:
        """Of a network that was trained on the video."""
        return cls(
            architecture=result.record.architecture,
            epochs=result.epochs,
            loss=result.loss,
            psnr_float_db=result.psnr_float_db,
            psnr_quantized_db=result.psnr_quantized_db,
            clusters=num_clusters,
            backend=result.backend,
            device=result.device,
        )


@dataclass(frozen=True)
class ColorFacts:
    """What the report tells of the color: how it is carried, and what it was to reach.

    Attributes:
        color: the mode as the header names it: `coded` where `guided` found that no network pays.
        network: None if no network makes color.
        hints: their settings, as ``--hints`` takes them; None without hints.
        target: what the color was to reach; None without hints.
        is_target_aimed_at: the hints were chosen to reach it.
        max_error: of the chroma of `lossless`, or of the gray of gray video; None in other modes.
        chroma: how lossless chroma is carried, as ``--chroma`` takes it; None in other modes.
    """

    color: Color
    network: NetworkFacts | None = None
    hints: str | None = None
    target: ColorTarget | None = None
    is_target_aimed_at: bool = False
    max_error: int | None = None
    chroma: str | None = None


@dataclass(frozen=True)
class Recipe:
    """How each segment of one video is coded. Frozen and picklable: with it, any process codes any segment.

    Attributes:
        description: what the header says of the video and its planes.
        luma: carries the gray.
        color: carries the color.
        alpha: carries the alpha; None for video without alpha.
        networks: records that go before the first segment.
        keyframes: frames that a color network was trained on, in rising order.
        frame_rate: for codecs whose rate control wants one.
        facts: for the report.
    """

    description: Description
    luma: LumaTrack
    color: ColorTrack
    alpha: AlphaTrack | None
    networks: tuple[NetworkRecord, ...]
    keyframes: tuple[int, ...]
    frame_rate: Fraction
    facts: ColorFacts

    @classmethod
    def of(
        cls,
        preparation: Preparation,
        luma: LumaTrack,
        color: ColorTrack,
        *,
        facts: ColorFacts,
        networks: tuple[NetworkRecord, ...] = (),
        keyframes: tuple[int, ...] = (),
    ) -> Recipe:
        """The recipe for a video that was prepared."""
        alpha = preparation.alpha
        description = Description(
            preparation.info,
            luma.parameters,
            ColorConversion.of(preparation.info),
            hints=color.hints,
            stacked=color.stacked,
            prediction=_prediction(luma, color),
            alpha=None if alpha is None else alpha.parameters,
        )
        return cls(description, luma, color, alpha, networks, keyframes, frame_rate_of(preparation.info), facts)


def _prediction(luma: LumaTrack, color: ColorTrack) -> PredictionParameters | None:
    """What the header says of predicted planes; None if there are none."""
    luma_predictor, scale = luma.predictor, luma.scale
    if isinstance(color, PredictedChroma):
        chroma_scale = color.scale
        scale = scale if luma_predictor else chroma_scale
        return PredictionParameters(color.max_error, luma_predictor, color.predictor, 0, scale, chroma_scale)
    return PredictionParameters(0, luma_predictor, 0, luma.max_error, scale, scale) if luma_predictor else None


@dataclass(frozen=True)
class Prepared:
    """A recipe, and what comes with single segments.

    Attributes:
        recipe: for all segments.
        measured: frames whose color is to be measured.
        hints: of segments whose hints are coded already, by their index.
    """

    recipe: Recipe
    measured: frozenset[int] = frozenset()
    hints: Mapping[int, CodedRun] = field(default_factory=lambda: MappingProxyType({}))
