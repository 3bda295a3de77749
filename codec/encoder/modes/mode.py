"""What every mode has: options that it declares, and the steps from a survey to a recipe. Light to import."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from codec.encoder.modes.gop import Gop
from codec.errors import InputError
from codec.extras import check_extra
from codec.plane_codecs import PlaneCodecSpec, check_playable, luma_help
from container_format import LimitError, Limits
from container_format.limits import MAX_PIXELS, MAX_PIXELS_HELP, MAX_PIXELS_OPTION, MOST_PIXELS

if TYPE_CHECKING:  # NumPy and the codecs are imported when a video is encoded
    from codec.encoder.gather import Request
    from codec.encoder.modes.preparation import Preparation
    from codec.encoder.recipe import Prepared
    from codec.encoder.survey import Survey
    from codec.video.info import VideoInfo
    from container_format.records import Color

_METADATA = "option"


@dataclass(frozen=True)
class Option:
    """How a field of a mode's options is called and read on a command line.

    Attributes:
        flag: such as ``--max-error``.
        help: one line.
        metavar: what stands for the value in the help.
        parse: text to value.
        is_list: takes one or more values.
        is_flag: takes no value: it is given or not.
    """

    flag: str
    help: str
    metavar: str
    parse: Callable[[str], Any] = str
    is_list: bool = False
    is_flag: bool = False


def option(
    flag: str,
    text: str,
    *,
    metavar: str = "",
    parse: Callable[[str], Any] = str,
    default: Any = dataclasses.MISSING,
    default_factory: Any = dataclasses.MISSING,
    is_list: bool = False,
    is_flag: bool = False,
) -> Any:
    """A field of a mode's options; see :class:`Option`."""
    declared = Option(flag, text, metavar, parse, is_list, is_flag)
    if default is dataclasses.MISSING:
        return field(default_factory=default_factory, metadata={_METADATA: declared})
    return field(default=default, metadata={_METADATA: declared})


def options_of(kind: type[Any]) -> dict[str, Option]:
    """The options that a class declares, by the name of their field, in order."""
    return {item.name: item.metadata[_METADATA] for item in dataclasses.fields(kind) if _METADATA in item.metadata}


def check_range(flag: str, value: float | None, low: float, high: float) -> None:
    """Refuse a value out of its range; None is no value.

    Raises:
        InputError: it is.
    """
    if value is not None and not low <= value <= high:
        raise InputError(f"expected {flag} from {low} to {high}. Received: {value}", option=flag)


def check_member(flag: str, value: str, known: Sequence[str]) -> None:
    """Refuse a word that is none of the known ones.

    Raises:
        InputError: it is none.
    """
    if value not in known:
        raise InputError(f"expected {flag} to be one of {', '.join(known)}. Received: {value}", option=flag)


DROPPED = ("alpha",)


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What all modes share: how the video is cut into segments, and which frames are its keyframes.

    Attributes:
        segment_frames: the most frames of a segment; it also ends at a cut.
        gop: the same, as a number or as a time; None if nothing more is wished.
        keyframe_every: take every Nth frame of each cluster as a keyframe (papers 000 and 001: 30); None leaves it to
            the network.
        max_keyframes: the most keyframes, evenly thinned out, so that training time does not grow with the video.
        max_pixels: the largest area of a picture; see :mod:`container_format.limits`.
        drop: a part of the video that is not sent, one of ``DROPPED``; None sends everything.
        playable: take only what browsers decode, so that the page plays the stream.
        export_keyframes: a new folder into which the keyframes are written; None for none.
        seed: of everything random.

    Raises:
        InputError: a value out of its range.
    """

    keyframe_every: int | None = option(
        "--keyframe-every", "train on every Nth frame of a cluster (8; networks of floats 30)",
        metavar="N", parse=int, default=None,
    )  # fmt: skip
    max_keyframes: int = option(
        "--max-keyframes", "train on at most N frames (256)", metavar="N", parse=int, default=256
    )
    export_keyframes: str | None = option(
        "--export-keyframes", "write the keyframes as PNG files, to be recolored", metavar="DIR", default=None
    )
    drop: str | None = option(
        "--drop", f"leave out a part of the video: {', '.join(DROPPED)}", metavar="PART", default=None
    )
    playable: bool = option(
        "--playable", "take only codecs that browsers decode too, for gvc-play", is_flag=True, default=False
    )
    segment_frames: int = option(
        "--segment-frames", "end a segment after at most N frames (240)", metavar="N", parse=int, default=240
    )
    gop: Gop | None = option(
        "--gop",
        "the same, as frames or seconds (2s): if shorter, any frame is sooner there, and the stream is larger",
        metavar="N|Ns", parse=Gop.parse, default=None,
    )  # fmt: skip
    max_pixels: int = option(MAX_PIXELS_OPTION, MAX_PIXELS_HELP, metavar="N", parse=int, default=MAX_PIXELS)
    seed: int = option("--seed", "of everything random (0)", metavar="N", parse=int, default=0)

    def __post_init__(self) -> None:
        check_range("--keyframe-every", self.keyframe_every, 1, 10**6)
        check_range("--max-keyframes", self.max_keyframes, 1, 4096)
        if self.drop is not None:
            check_member("--drop", self.drop, DROPPED)
        check_range("--segment-frames", self.segment_frames, 1, 4096)
        check_range(MAX_PIXELS_OPTION, self.max_pixels, 1, MOST_PIXELS)
        check_range("--seed", self.seed, 0, 2**32 - 1)


@dataclass(frozen=True, kw_only=True)
class Mode(ABC):
    """Options of one mode, and what it does with a video.

    Attributes:
        color: the header's name of the mode.
        summary: one line of help.
        shared: options that all modes have.
        luma: how the gray is coded; ``auto`` takes the smallest on a probe.
    """

    color: ClassVar[Color]
    summary: ClassVar[str]
    stage: ClassVar[str] = "training"
    """What the report calls the time that :meth:`prepare` takes."""
    default_keyframe_every: ClassVar[int] = 8
    makes_color: ClassVar[bool] = True
    """Whether the receiver makes the color, by a network or from hints: at 8 bits, whatever the video's depth."""
    trains_on_keyframes: ClassVar[bool] = False
    """Whether the mode needs keyframes; they take a package of ``gvc-codec[sender]`` and time."""

    shared: Shared = field(default_factory=Shared)
    luma: PlaneCodecSpec = option(
        "--luma",
        luma_help(),
        metavar="CODEC[:OPTION=VALUE,...]",
        parse=PlaneCodecSpec.parse,
        default=PlaneCodecSpec("auto"),
    )

    @property
    def keyframe_every(self) -> int:
        """Frames of a cluster from one keyframe to the next."""
        return self.shared.keyframe_every or self.default_keyframe_every

    @property
    def may_use_network(self) -> bool:
        """Whether a network may color or code the pictures."""
        return self.luma.is_network

    @property
    def wanted_keyframe_every(self) -> int | None:
        """As :attr:`keyframe_every`; None if nobody asks for keyframes."""
        is_wanted = self.trains_on_keyframes or self.shared.export_keyframes is not None
        return self.keyframe_every if is_wanted else None

    def check(self, info: VideoInfo) -> None:
        """Find what is wrong with the options for this video before the first frame is read.

        Raises:
            InputError: the gray's codec cannot code pictures of this size, or receivers do not take them; an option
                does not fit the video, or it needs packages that are not installed.
        """
        from codec.encoder.choices.gray import check_luma

        if self.shared.playable:
            check_playable("--luma", self.luma)
        if self.shared.export_keyframes is not None:
            check_extra("--export-keyframes clusters the frames")
        limits = Limits(self.shared.max_pixels)
        try:
            limits.check_picture(info.width, info.height, has_network=self.may_use_network)
        except LimitError as error:
            raise InputError(f"{error}, and receivers need the option too", option=error.option) from error
        check_luma(self.luma, info, playable=self.shared.playable)

    @abstractmethod
    def request(self, survey: Survey, info: VideoInfo) -> Request:
        """The frames that :meth:`prepare` wants to look at."""

    @abstractmethod
    def prepare(self, preparation: Preparation) -> Prepared:
        """Decide everything that is fixed before the first segment is coded.

        Raises:
            InputError: an option does not fit the video.
            TrainingError: a network could not be trained.
        """
