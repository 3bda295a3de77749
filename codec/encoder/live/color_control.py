"""The quality of a live stream's hints: it follows the color that comes out, segment by segment."""

from __future__ import annotations

from dataclasses import replace

from codec.color_target import ColorTarget
from codec.encoder.choices.guidance import MAX_CRF, with_crf
from codec.encoder.live.efforts import FIRST_CRF
from codec.encoder.recipe import Recipe
from codec.encoder.tracks.color import HintedColor, VideoNetwork
from codec.metrics import Quality

_DB_PER_CRF = -0.2
_GAIN = 0.5  # of the error that is made good with one segment, since the next one is on its way already
_MOST_FINER, _MOST_COARSER = 6, 3
_FINEST_CRF = 10  # finer ones cost many bytes and win little, and SVT-AV1 is not sound there (decision 0025)
_ROOM_DB = 0.3  # a margin up to this is left as it is


class ColorControl:
    """Chooses the hints' quality.

    Args:
        target: how good the color shall be; None leaves the quality as it is.
    """

    def __init__(self, target: ColorTarget | None) -> None:
        self._target = target
        self._crf = float(FIRST_CRF)

    @property
    def crf(self) -> int:
        """The quality now."""
        return round(self._crf)

    def take(self, quality: Quality) -> None:
        """Take what a segment's color has turned out to be."""
        if self._target is None or quality.psnr_chroma_db is None:
            return
        margin = self._target.margin(
            ciede=quality.ciede2000_mean, p95=quality.ciede2000_p95, psnr=quality.psnr_chroma_db
        )
        if 0 <= margin <= _ROOM_DB:
            return
        step = _GAIN * (margin - _ROOM_DB / 2) / -_DB_PER_CRF
        step = min(_MOST_COARSER, max(-_MOST_FINER, step))
        self._crf = min(float(MAX_CRF), max(float(_FINEST_CRF), self._crf + step))

    def applied(self, recipe: Recipe, network: VideoNetwork | None) -> Recipe:
        """The recipe with this quality, and with a network.

        Args:
            recipe: of an effort.
            network: that makes the color from now on; None for the hints alone.
        """
        color = recipe.color
        if not isinstance(color, HintedColor):
            return recipe
        settings = color.settings if self._target is None else with_crf(color.settings, self.crf)
        return replace(recipe, color=replace(color, settings=settings, network=network))
