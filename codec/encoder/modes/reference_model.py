"""`model` with a network that learns from references alone: for gray video, which has no color of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from codec.encoder.modes.mode import Mode
from codec.extras import check_extra
from codec.progress import Progress
from container_format.records import Color

if TYPE_CHECKING:
    from codec.encoder.gather import Request
    from codec.encoder.modes.preparation import Preparation
    from codec.encoder.recipe import Prepared
    from codec.encoder.survey import Survey
    from codec.training.result import NetworkResult
    from codec.video.info import VideoInfo


@dataclass(frozen=True, kw_only=True)
class ReferenceModel(Mode):
    """Color by a network alone that learns from references. Streams are those of `model`; no ``--color`` names it.

    Attributes:
        train: trains the network, and is told where to say how far it is. Nothing is measured of its color, since there
            is nothing to compare it with.
    """

    color: ClassVar[Color] = Color.MODEL
    summary: ClassVar[str] = "by a network alone, which learns from references"

    train: Callable[[Progress], NetworkResult]

    @property
    def may_use_network(self) -> bool:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        return True

    def check(self, info: VideoInfo) -> None:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        check_extra("color from references trains a network")
        super().check(info)

    def request(self, survey: Survey, info: VideoInfo) -> Request:
        """Runs for the choice of the gray's codec."""
        from codec.encoder.gather import Request, runs_for_gray

        del info
        return Request(runs_for_gray(survey, self.luma))

    def prepare(self, preparation: Preparation) -> Prepared:
        """Choose the gray's codec, and train the network."""
        from codec.encoder.choices.gray import choose_gray
        from codec.encoder.keyframe_training import recipe_of_network
        from codec.encoder.recipe import Prepared

        gray = choose_gray(self.luma, preparation)
        return Prepared(recipe_of_network(self.train(preparation.progress), gray, preparation))
