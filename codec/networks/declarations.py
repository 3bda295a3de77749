"""What each network can do, declared once: names, parameters, choices, and where its code is. Light to import.

Help, errors, the registry and the tables of the documentation derive from these declarations. A new network is a module
with an object that has the methods of :mod:`codec.networks.interface`, and one entry here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum

from codec.extras import SENDER


@dataclass(frozen=True)
class Parameter:
    """One number that an architecture leaves open, and that a stream states.

    Attributes:
        default: of a spec that does not name it.
        low, high: what it may be.
    """

    default: int
    low: int
    high: int


class Role(Enum):
    """What a network is for."""

    COLOR = "color"
    """It makes color."""
    SAMPLES = "samples"
    """It predicts samples that are entropy-coded."""


class Choice(StrEnum):
    """What a person may choose of some networks: names of command-line options, without the dashes."""

    VGG16 = "vgg16"
    WINDOW = "window"
    FIRST_STAGE = "first-stage"
    TEMPERATURE = "temperature"
    NO_KEEP_LUMA = "no-keep-luma"


@dataclass(frozen=True, kw_only=True)
class NetworkDeclaration:
    """One network.

    Attributes:
        name: as options and streams name it.
        module, attribute: where its code is; imported when it is asked for, since most modules import Keras.
        summary: one line.
        role: what it is for.
        takes_hints: it can make color from gray and hints.
        makes_color_alone: it can make color from the gray alone.
        has_float_weights: its weights are floats, and :mod:`codec.training.fit` trains it.
        may_be_sent: a stream may carry its weights.
        extra: optional dependencies of gvc that it needs; None for none.
        keyframe_every: it is trained on every Nth frame of a cluster.
        parameters: that a stream may state, by name; others have checks of their own.
        choices: that a person has.
    """

    name: str
    module: str
    attribute: str = "NETWORK"
    summary: str
    role: Role = Role.COLOR
    takes_hints: bool = False
    makes_color_alone: bool = True
    has_float_weights: bool = True
    may_be_sent: bool = True
    extra: str | None = None
    keyframe_every: int = 30
    parameters: dict[str, Parameter] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()


MAX_WINDOW = 8
_WINDOW = Parameter(default=1, low=1, high=MAX_WINDOW)
_CHAUDHRI_FANG = {
    "window": _WINDOW,
    "first_stage": Parameter(default=1, low=0, high=1),
    "keep_luma": Parameter(default=1, low=0, high=1),
}
_COLORNN = {
    "size": Parameter(default=224, low=8, high=1 << 12),
    "temperature_percent": Parameter(default=100, low=1, high=1000),
}

NETWORKS: tuple[NetworkDeclaration, ...] = (
    NetworkDeclaration(
        name="compact",
        module="codec.networks.compact",
        summary="gvc's own, some thousand weights of whole numbers; the same to the bit on every machine",
        takes_hints=True,
        has_float_weights=False,
        keyframe_every=8,
    ),
    NetworkDeclaration(
        name="singh2020",
        extra=SENDER,
        module="codec.networks.singh2020",
        summary="papers 000 and 001: convolutions in Lab",
    ),
    NetworkDeclaration(
        name="chaudhri_fang_alexnet",
        extra=SENDER,
        module="codec.networks.chaudhri_fang_stages",
        attribute="ALEXNET",
        summary="paper 002: colors of the frame before, like AlexNet",
        parameters=_CHAUDHRI_FANG,
        choices=(Choice.WINDOW, Choice.FIRST_STAGE, Choice.NO_KEEP_LUMA),
    ),
    NetworkDeclaration(
        name="chaudhri_fang_vgg16",
        extra=SENDER,
        module="codec.networks.chaudhri_fang_stages",
        attribute="VGG16",
        summary="paper 002: colors of the frame before, on VGG16",
        parameters=_CHAUDHRI_FANG,
        choices=(Choice.VGG16, Choice.WINDOW, Choice.FIRST_STAGE, Choice.NO_KEEP_LUMA),
    ),
    NetworkDeclaration(
        name="colornn",
        extra=SENDER,
        module="codec.networks.colornn",
        summary="paper 003: classes of color, on VGG16",
        parameters=_COLORNN,
        choices=(Choice.VGG16, Choice.TEMPERATURE),
    ),
    NetworkDeclaration(
        name="colornn_consistent",
        extra=SENDER,
        module="codec.networks.colornn_consistent",
        summary="paper 003: the same, given the colors of the frame before",
        parameters={**_COLORNN, "window": _WINDOW},
        choices=(Choice.VGG16, Choice.WINDOW, Choice.TEMPERATURE),
    ),
    NetworkDeclaration(
        name="zhang2016",
        extra=SENDER,
        module="codec.networks.zhang2016",
        summary="paper 004: trained by others on a million pictures; weights from a file, gvc-colorize only",
        may_be_sent=False,
        parameters={
            "size": Parameter(default=224, low=8, high=1 << 12),
            "temperature_percent": Parameter(default=38, low=1, high=1000),
        },
        choices=(Choice.TEMPERATURE,),
    ),
    NetworkDeclaration(
        name="predictor",
        module="codec.lossless.predictor_weights",
        attribute="ARCHITECTURE_OF_PREDICTORS",
        summary="gives the distributions with which samples of `lossless` are entropy-coded",
        role=Role.SAMPLES,
        makes_color_alone=False,
        has_float_weights=False,
    ),
)


def find(name: str) -> NetworkDeclaration | None:
    """The network of that name; None if there is none."""
    return next((network for network in NETWORKS if network.name == name), None)


def declared(name: str) -> NetworkDeclaration:
    """The network of that name, which is known to exist.

    Raises:
        KeyError: there is none.
    """
    network = find(name)
    if network is None:
        raise KeyError(name)
    return network


def color_networks() -> tuple[NetworkDeclaration, ...]:
    """Networks that make color."""
    return tuple(network for network in NETWORKS if network.role is Role.COLOR)


_CHOICE_HELP = {
    Choice.VGG16: "VGG16 beneath it: random (default), which needs no file, imagenet, or a file",
    Choice.WINDOW: "frames before that the network is given (1)",
    Choice.FIRST_STAGE: "what colors its inputs: singh2020 (default) or none",
    Choice.TEMPERATURE: "of color classes: 1 is their mean (default of colornn), less is livelier (zhang2016: 0.38)",
    Choice.NO_KEEP_LUMA: "show the picture of the network itself, as its paper does, not its color on the true gray",
}


def choice_help(choice: Choice) -> str:
    """One line of help, with the networks that have the choice."""
    return f"{_CHOICE_HELP[choice]}; {', '.join(names_with(choice))}"


def names_with(choice: Choice) -> tuple[str, ...]:
    """Names of the networks that have a choice."""
    return tuple(network.name for network in NETWORKS if choice in network.choices)
