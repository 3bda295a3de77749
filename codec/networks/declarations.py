"""The declarations of all networks: names, parameters, choices, and the modules of their code.

Help texts, errors, the registry and the tables of the documentation are derived from these declarations. To add a
network, write a module with an object that has the methods of :mod:`codec.networks.interface`, and add an entry here.
This module does not import Keras.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum

from codec.extras import SENDER


@dataclass(frozen=True)
class Parameter:
    """A whole-number parameter of an architecture. A stream can state its value.

    Attributes:
        default: the value if a spec does not state one.
        low, high: the range of allowed values, both included.
    """

    default: int
    low: int
    high: int


class Role(Enum):
    """The purpose of a network."""

    COLOR = "color"
    """The network makes color."""
    SAMPLES = "samples"
    """The network predicts samples that are entropy-coded."""


class Choice(StrEnum):
    """Choices that some networks offer. The values are names of command-line options, without the leading dashes."""

    VGG16 = "vgg16"
    WINDOW = "window"
    FIRST_STAGE = "first-stage"
    TEMPERATURE = "temperature"
    NO_KEEP_LUMA = "no-keep-luma"


@dataclass(frozen=True, kw_only=True)
class NetworkDeclaration:
    """The declaration of one network.

    Attributes:
        name: the network's name in options and streams.
        module, attribute: the module and the attribute that hold its code. They are imported on demand, since most of
            these modules import Keras.
        summary: one line for help and documentation.
        role: the network's purpose.
        takes_hints: whether it can make color from gray and hints.
        makes_color_alone: whether it can make color from the gray alone.
        has_float_weights: whether its weights are floats. Then :mod:`codec.training.fit` trains it.
        may_be_sent: whether a stream may carry its weights.
        extra: the name of the optional dependencies of gvc that it needs; None if it needs none.
        keyframe_every: the distance, in frames of a cluster, of the keyframes that it is trained on.
        parameters: the parameters that a stream may state, by name. Empty for networks that check their own.
        choices: the choices that the network offers to the user.
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
    """The declaration of the network ``name``; None if there is none."""
    return next((network for network in NETWORKS if network.name == name), None)


def declared(name: str) -> NetworkDeclaration:
    """The declaration of the network ``name``, which must exist.

    Raises:
        KeyError: there is no network of this name.
    """
    network = find(name)
    if network is None:
        raise KeyError(name)
    return network


def color_networks() -> tuple[NetworkDeclaration, ...]:
    """The declarations of the networks that make color."""
    return tuple(network for network in NETWORKS if network.role is Role.COLOR)


_CHOICE_HELP = {
    Choice.VGG16: "VGG16 beneath it: random (default), which needs no file, imagenet, or a file",
    Choice.WINDOW: "frames before that the network is given (1)",
    Choice.FIRST_STAGE: "what colors its inputs: singh2020 (default) or none",
    Choice.TEMPERATURE: "of color classes: 1 is their mean (default of colornn), less is livelier (zhang2016: 0.38)",
    Choice.NO_KEEP_LUMA: "show the picture of the network itself, as its paper does, not its color on the true gray",
}


def choice_help(choice: Choice) -> str:
    """One line of help for a choice, with the names of the networks that offer it."""
    return f"{_CHOICE_HELP[choice]}; {', '.join(names_with(choice))}"


def names_with(choice: Choice) -> tuple[str, ...]:
    """The names of the networks that offer a choice."""
    return tuple(network.name for network in NETWORKS if choice in network.choices)
