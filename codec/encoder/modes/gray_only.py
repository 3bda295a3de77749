"""`none`: the gray is sent, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from codec.encoder.modes.parts import SampledMode
from codec.plane_codecs import LUMA_AUTO, PlaneCodecSpec
from container_format.records import Color

if TYPE_CHECKING:
    from codec.encoder.gather import Request
    from codec.encoder.modes.preparation import Preparation
    from codec.encoder.recipe import Prepared
    from codec.encoder.survey import Survey
    from codec.video.info import VideoInfo


@dataclass(frozen=True, kw_only=True)
class GrayOnly(SampledMode):
    """The gray alone. Gray video is always sent like this.

    Attributes:
        tries_network: ``--luma auto`` tries the predictor, too: for gray video with ``--color lossless``.
        max_error: how far a sample may be from the source's, in code values: ``--max-error`` of that mode.
    """

    color: ClassVar[Color] = Color.NONE
    makes_color: ClassVar[bool] = False
    summary: ClassVar[str] = "not at all"
    stage: ClassVar[str] = "choices"

    tries_network: bool = False
    max_error: int = 0

    def request(self, survey: Survey, info: VideoInfo) -> Request:
        """Runs for the choice of the gray's codec."""
        from codec.encoder.gather import Request, runs_for_gray

        luma = self.luma
        if luma.is_predicted and info.pixel_format.depth > 8:
            luma = PlaneCodecSpec(LUMA_AUTO)  # its scale is chosen on the same runs
        return Request(runs_for_gray(survey, luma))

    def prepare(self, preparation: Preparation) -> Prepared:
        """Choose the gray's codec."""
        from codec.encoder.choices.gray import choose_gray
        from codec.encoder.recipe import ColorFacts, Prepared, Recipe
        from codec.encoder.tracks.color import NoColor

        gray = choose_gray(
            self.luma,
            preparation,
            tries_network=self.tries_network,
            max_error=self.max_error,
            speed=self.speed,
        )
        recipe = Recipe.of(preparation, gray, NoColor(), facts=ColorFacts(self.color, max_error=gray.max_error or None))
        return Prepared(recipe)
