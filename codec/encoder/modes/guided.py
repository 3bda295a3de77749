"""`guided`: color by a network from the gray and a coarse chroma stream, the hints."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from codec.encoder.modes.mode import check_member, option
from codec.encoder.modes.parts import NETWORK_HELP, WITHOUT_TRAINING, MeasuredMode, TrainedMode
from codec.errors import InputError
from codec.extras import check_extra
from codec.networks.declarations import color_networks
from codec.training.options import EFFORTS, CompactTraining, EffortLevel, compact_training
from container_format.records import Color

if TYPE_CHECKING:
    from codec.color_target import ColorTarget
    from codec.encoder.gather import Request
    from codec.encoder.modes.preparation import Preparation
    from codec.encoder.recipe import Prepared
    from codec.encoder.survey import Survey
    from codec.hints.coder import HintSettings
    from codec.video.info import VideoInfo


def _parse_target(text: str) -> ColorTarget:
    from codec.color_target import ColorTarget

    return ColorTarget.parse(text)


def _parse_hints(text: str) -> HintSettings:
    from codec.hints.coder import HintSettings

    return HintSettings.parse(text)


@dataclass(frozen=True)
class NetworkTraining:
    """How long a network `compact` is trained.

    Attributes:
        effort: the level.
        max_seconds: in place of the level's own limit; None for that.
        seed: of everything random.
    """

    effort: EffortLevel
    max_seconds: float | None
    seed: int

    def whole(self) -> CompactTraining:
        """The training on the keyframes."""
        return compact_training(self.effort, self.max_seconds, self.seed)

    def brief(self, share: float) -> CompactTraining:
        """One of the trainings on the probe, in this share of the time."""
        own = EFFORTS[self.effort]
        seconds = share * (self.max_seconds or own.max_seconds)
        return CompactTraining(steps=own.probe_steps, max_seconds=seconds, seed=self.seed)


@dataclass(frozen=True, kw_only=True)
class HintedMode(MeasuredMode):
    """What `guided` and `coded` have in common: everything but the network.

    Attributes:
        target: how good the color shall be; None for the default, :data:`codec.color_target.DEFAULT_TARGET`.
        hints: how the hints are coded; None finds the settings that meet ``target`` with the fewest bytes.
    """

    target: ColorTarget | None = option(
        "--color-target",
        "how good the color shall be: ciede=MEAN,p95=VALUE in CIEDE2000 units, or psnr=DB of the chroma "
        "(default: ciede=1,p95=2.5, where hardly anyone sees a difference)",
        metavar="TARGET",
        parse=_parse_target,
        default=None,
    )
    hints: HintSettings | None = option(
        "--hints",
        "code the hints with these settings, such as 2:svtav1:crf=40, and do not look for the smallest",
        metavar="SCALE[/INTERVAL]:CODEC:OPTIONS",
        parse=_parse_hints,
        default=None,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hints is not None and self.target is not None:
            raise InputError(
                f"expected --color-target, or --hints, which are coded as given. Received: {self.target}, {self.hints}",
                option="--color-target",
            )

    @property
    def wanted(self) -> ColorTarget:
        """How good the color shall be: :attr:`target`, or the default."""
        from codec.color_target import DEFAULT_TARGET

        return self.target or DEFAULT_TARGET

    @property
    @abstractmethod
    def network_training(self) -> NetworkTraining | None:
        """How long the network is trained; None if there is to be none."""

    def check(self, info: VideoInfo) -> None:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        from codec.encoder.choices.hint_pass import check_hints
        from codec.plane_codecs import check_playable

        super().check(info)
        if self.hints is not None:
            if self.shared.playable:
                check_playable("--hints", self.hints.codec)
            check_hints(self.hints, info)

    def request(self, survey: Survey, info: VideoInfo) -> Request:
        """Runs to try hints on, and others for the choice of the gray's codec."""
        from codec.encoder.gather import Request, runs_for_color, runs_for_gray

        color = runs_for_color(survey, info) if self.hints is None else ()
        return Request(runs_for_gray(survey, self.luma), color)

    def prepare(self, preparation: Preparation) -> Prepared:
        """Choose gray codec and hints; code the hints, and train the network on them."""
        from codec.encoder.choices.guided import prepare_hinted

        return prepare_hinted(self, preparation)


@dataclass(frozen=True, kw_only=True)
class Guided(TrainedMode, HintedMode):
    """Color by a network from the gray and the hints; where the network does not pay, by the hints alone.

    Attributes:
        network: a network that takes hints.
    """

    color: ClassVar[Color] = Color.GUIDED
    summary: ClassVar[str] = "by a network and a coarse chroma stream, the hints"
    trains_on_keyframes: ClassVar[bool] = True

    network: str = option("--network", NETWORK_HELP, metavar="NAME", default="compact")

    def __post_init__(self) -> None:
        HintedMode.__post_init__(self)
        TrainedMode.__post_init__(self)
        names = tuple(network.name for network in color_networks() if network.takes_hints)
        check_member("--network", self.network, names)

    @property
    def network_training(self) -> NetworkTraining:
        """See :class:`HintedMode`."""
        return NetworkTraining(self.effort, self.max_seconds, self.shared.seed)

    @property
    def may_use_network(self) -> bool:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        return True

    def check(self, info: VideoInfo) -> None:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        check_extra(f"--color {self.color} trains a network", instead=WITHOUT_TRAINING)
        super().check(info)
