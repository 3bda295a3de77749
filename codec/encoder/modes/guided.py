"""`guided`: color by a network from the gray and a coarse chroma stream, the hints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from codec.encoder.modes.mode import check_member, option
from codec.encoder.modes.parts import NETWORK_HELP, MeasuredMode, TrainedMode
from codec.networks.declarations import color_networks
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


def _default_target() -> ColorTarget:
    from codec.color_target import DEFAULT_TARGET

    return DEFAULT_TARGET


def _parse_hints(text: str) -> HintSettings:
    from codec.hints.coder import HintSettings

    return HintSettings.parse(text)


@dataclass(frozen=True, kw_only=True)
class HintedMode(MeasuredMode, TrainedMode):
    """What `guided` and `coded` have in common: everything but the network.

    Attributes:
        target: how good the color shall be.
        hints: how the hints are coded; None finds the settings that meet ``target`` with the fewest bytes.
    """

    has_network: ClassVar[bool]
    default_keyframe_every: ClassVar[int] = 8

    target: ColorTarget = option(
        "--color-target",
        "how good the color shall be: ciede=MEAN,p95=VALUE in CIEDE2000 units, or psnr=DB of the chroma "
        "(default: ciede=1,p95=2.5, where hardly anyone sees a difference)",
        metavar="TARGET",
        parse=_parse_target,
        default_factory=_default_target,
    )
    hints: HintSettings | None = option(
        "--hints",
        "code the hints with these settings, such as 2:svtav1:crf=40, and do not look for the smallest",
        metavar="SCALE[/INTERVAL]:CODEC:OPTIONS",
        parse=_parse_hints,
        default=None,
    )

    def __post_init__(self) -> None:
        MeasuredMode.__post_init__(self)
        TrainedMode.__post_init__(self)

    def check(self, info: VideoInfo) -> None:
        """See :class:`codec.encoder.modes.mode.Mode`."""
        from codec.encoder.choices.hint_pass import check_hints

        super().check(info)
        if self.hints is not None:
            check_hints(self.hints, info)

    def request(self, survey: Survey, info: VideoInfo) -> Request:
        """Runs to try hints on, or fewer for the choice of the gray's codec alone."""
        from codec.encoder.choices.gray import runs_for_gray
        from codec.encoder.gather import Request, runs_for_color

        if self.hints is None:
            return Request(runs_for_color(survey, info))
        return Request(runs_for_gray(survey, self.luma))

    def prepare(self, preparation: Preparation) -> Prepared:
        """Choose gray codec and hints; code the hints, and train the network on them."""
        from codec.encoder.choices.guided import prepare_hinted

        return prepare_hinted(self, preparation)


@dataclass(frozen=True, kw_only=True)
class Guided(HintedMode):
    """Color by a network from the gray and the hints; where the network does not pay, by the hints alone.

    Attributes:
        network: a network that takes hints.
    """

    color: ClassVar[Color] = Color.GUIDED
    summary: ClassVar[str] = "by a network and a coarse chroma stream, the hints"
    has_network: ClassVar[bool] = True

    network: str = option("--network", NETWORK_HELP, metavar="NAME", default="compact")

    def __post_init__(self) -> None:
        super().__post_init__()
        names = tuple(network.name for network in color_networks() if network.takes_hints)
        check_member("--network", self.network, names)
