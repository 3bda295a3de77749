"""`none`: the gray is sent, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from codec.encoder.modes.mode import Mode
from container_format.records import Color

if TYPE_CHECKING:
    from codec.encoder.gather import Request
    from codec.encoder.modes.preparation import Preparation
    from codec.encoder.recipe import Prepared
    from codec.encoder.survey import Survey
    from codec.video.info import VideoInfo


@dataclass(frozen=True, kw_only=True)
class GrayOnly(Mode):
    """The gray alone. Gray video is always sent like this."""

    color: ClassVar[Color] = Color.NONE
    makes_color: ClassVar[bool] = False
    summary: ClassVar[str] = "not at all"
    stage: ClassVar[str] = "choices"

    def request(self, survey: Survey, info: VideoInfo) -> Request:
        """Runs for the choice of the gray's codec."""
        from codec.encoder.gather import Request, runs_for_gray

        del info
        return Request(runs_for_gray(survey, self.luma))

    def prepare(self, preparation: Preparation) -> Prepared:
        """Choose the gray's codec."""
        from codec.encoder.choices.gray import choose_gray
        from codec.encoder.recipe import ColorFacts, Prepared, Recipe
        from codec.encoder.tracks.color import NoColor

        gray = choose_gray(self.luma, preparation)
        recipe = Recipe.of(preparation, gray, NoColor(), facts=ColorFacts(self.color))
        return Prepared(recipe)
