"""`lossless`: every chroma sample is sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from codec.encoder.modes.mode import check_member, check_range, option
from codec.encoder.modes.parts import MeasuredMode, SampledMode, TrainedMode
from codec.errors import InputError
from codec.extras import check_extra
from codec.lossless.parameters import MAX_GRAY_ERROR
from codec.training.options import EffortLevel
from container_format.records import Color

if TYPE_CHECKING:
    from codec.encoder.gather import Request
    from codec.encoder.modes.preparation import Preparation
    from codec.encoder.recipe import Prepared
    from codec.encoder.survey import Survey
    from codec.video.info import VideoInfo


class Chroma(StrEnum):
    """How the chroma of `lossless` is carried: the values of ``--chroma``."""

    AUTO = "auto"
    ADAPTIVE = "adaptive"
    NETWORK = "network"
    X264 = "x264"
    FFV1 = "ffv1"
    JOINT = "joint"


PREDICTED_CHROMA = (Chroma.ADAPTIVE, Chroma.NETWORK)
"""The chroma is coded sample by sample."""


@dataclass(frozen=True, kw_only=True)
class Lossless(MeasuredMode, TrainedMode, SampledMode):
    """Every chroma sample is sent, or all of them within ``max_error``.

    Attributes:
        chroma: ``adaptive``: sample by sample, from what is decoded already; ``network``: sample by sample, by a
            network; ``x264`` or ``ffv1``: both planes as one picture
            through that codec; ``joint``: in one picture with the gray, by the gray's codec, of YUV video; ``auto``
            takes the smallest on a probe.
        max_error: how far a chroma sample may be from the source's, in code values, 0 to 4; of gray video of more than
            8 bits, how far a sample may be, 0 to 4095.
        effort: how the networks of ``network`` are trained; also ``none``, which takes those that come with gvc.

    Raises:
        InputError: a value out of its range, or a gray codec that is not lossless.
    """

    color: ClassVar[Color] = Color.LOSSLESS
    makes_color: ClassVar[bool] = False
    summary: ClassVar[str] = "every bit of it"
    stage: ClassVar[str] = "probe, training"

    max_error: int = option(
        "--max-error",
        "let chroma samples be off by up to N code values, 0 to 4, or samples of deep gray video, 0 to 4095 (0)",
        metavar="N",
        parse=int,
        default=0,
    )
    chroma: Chroma = option(
        "--chroma",
        "what the chroma goes through: adaptive or network, or x264 or ffv1, which are fast, or joint = with the gray "
        "in one picture, by the gray's codec (default: auto = the smallest)",
        metavar="CODEC",
        default=Chroma.AUTO,
    )

    @property
    def efforts(self) -> tuple[EffortLevel, ...]:
        """See :class:`codec.encoder.modes.parts.TrainedMode`."""
        return (EffortLevel.NONE, *super().efforts)

    def __post_init__(self) -> None:
        from codec.plane_codecs import is_lossless

        MeasuredMode.__post_init__(self)
        TrainedMode.__post_init__(self)
        SampledMode.__post_init__(self)
        check_range("--max-error", self.max_error, 0, MAX_GRAY_ERROR)
        check_member("--chroma", self.chroma, tuple(Chroma))
        object.__setattr__(self, "chroma", Chroma(self.chroma))  # a plain word is taken, too
        if self.max_error and self.chroma not in (Chroma.AUTO, Chroma.NETWORK):
            raise InputError(
                f"expected --max-error with --chroma auto or network. Received: --chroma {self.chroma}",
                option="--max-error",
            )
        if self.max_error and self.luma.is_adaptive:
            raise InputError(
                f"expected --max-error with --luma auto or network. Received: --luma {self.luma}", option="--max-error"
            )
        if not is_lossless(self.luma):
            raise InputError(
                f"expected a lossless --luma with --color lossless. Received: {self.luma}", option="--luma"
            )

    @property
    def _may_predict(self) -> bool:
        """Whether a plane may be coded sample by sample, by a predictor."""
        return self.chroma in (Chroma.AUTO, *PREDICTED_CHROMA) or (
            self.luma.is_predicted and self.chroma != Chroma.JOINT
        )

    @property
    def wants_network(self) -> bool:
        """Whether samples that are coded one by one are coded by a network, which alone can let them be off."""
        return self.luma.is_network or self.chroma == Chroma.NETWORK or self.max_error > 0

    @property
    def may_use_network(self) -> bool:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        return super().may_use_network or self._may_predict

    def check(self, info: VideoInfo) -> None:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        from codec.encoder.choices.lossless import check_lossless
        from codec.plane_codecs import PlaneCodecSpec, check_playable

        if self.wants_network and self.predictor_training() is not None:
            check_extra(f"--effort {self.effort} trains a network", instead="give --effort none")
        super().check(info)
        if self.shared.playable:
            check_playable("--chroma", PlaneCodecSpec(self.chroma))
        check_lossless(self, info)

    def request(self, survey: Survey, info: VideoInfo) -> Request:
        """Runs to try gray and chroma on, if there is a choice or a training; else those for the gray alone."""
        from codec.encoder.gather import Request, runs_for_color, runs_for_gray

        if self.chroma in (Chroma.X264, Chroma.FFV1) and not self.luma.is_predicted:
            return Request(runs_for_gray(survey, self.luma))  # a plane codec carries both: nothing else is tried
        may_choose = self.luma.is_auto or self.chroma in (Chroma.AUTO, Chroma.JOINT)
        wants_runs = may_choose or self.predictor_training() is not None
        return Request(color_runs=runs_for_color(survey, info) if wants_runs else ())

    def prepare(self, preparation: Preparation) -> Prepared:
        """Choose the tracks, and train their predictors."""
        from codec.encoder.choices.lossless import prepare_lossless

        return prepare_lossless(self, preparation)
