"""What a person may choose of a network. Light to import: no Keras here."""

from __future__ import annotations

from dataclasses import dataclass

from codec.errors import InputError
from codec.networks.declarations import MAX_WINDOW, Choice, names_with
from codec.networks.interface import KnownWeights, NetworkSpec

FIRST_STAGES = ("none", "singh2020")
"""What may make the colors that the networks of Chaudhri and Fang are given; the place is the number in a spec."""


@dataclass(frozen=True, kw_only=True)
class NetworkChoices:
    """Choices that some networks leave open; None takes what the network's paper, or its module, has.

    Attributes:
        vgg16: frozen weights of the networks that stand on VGG16: ``random``, ``imagenet`` or a file.
        window: frames before that a network is given which takes a previous frame.
        first_stage: what makes the colors that the networks of Chaudhri and Fang are given, of :data:`FIRST_STAGES`.
        temperature: of the annealed mean, of networks that answer with classes of color: 1 is their expectation,
            less is livelier.
        keep_luma: every pixel keeps its gray; off, the picture is the network's own, as in paper 002.

    Raises:
        InputError: a value out of its range.
    """

    vgg16: str | None = None
    window: int | None = None
    first_stage: str | None = None
    temperature: float | None = None
    keep_luma: bool = True

    def __post_init__(self) -> None:
        if self.window is not None and not 1 <= self.window <= MAX_WINDOW:
            raise InputError(f"expected --window from 1 to {MAX_WINDOW}. Received: {self.window}", option="--window")
        if self.first_stage is not None and self.first_stage not in FIRST_STAGES:
            raise InputError(
                f"expected --first-stage to be one of {', '.join(FIRST_STAGES)}. Received: {self.first_stage}",
                option="--first-stage",
            )
        if self.temperature is not None and not 0.01 <= self.temperature <= 10:
            raise InputError(
                f"expected --temperature from 0.01 to 10. Received: {self.temperature}", option="--temperature"
            )

    def spec(self, architecture: str, *, weights: str | None = None) -> NetworkSpec:
        """The network of that name with these choices.

        Args:
            architecture: a name in the registry.
            weights: the file with all weights of a network that others trained.

        Raises:
            InputError: a choice that this network does not have.
        """
        given = {
            Choice.VGG16: self.vgg16,
            Choice.WINDOW: self.window,
            Choice.FIRST_STAGE: self.first_stage,
            Choice.TEMPERATURE: self.temperature,
            Choice.NO_KEEP_LUMA: None if self.keep_luma else True,
        }
        for choice in (choice for choice, value in given.items() if value is not None):
            networks = names_with(choice)
            if architecture not in networks:
                raise InputError(
                    f"expected --{choice} with one of {', '.join(networks)}. Received: it with {architecture}",
                    option=f"--{choice}",
                )
        parameters: dict[str, int] = {}
        if self.window is not None:
            parameters["window"] = self.window
        if self.first_stage is not None:
            parameters["first_stage"] = FIRST_STAGES.index(self.first_stage)
        if self.temperature is not None:
            parameters["temperature_percent"] = round(100 * self.temperature)
        if not self.keep_luma:
            parameters["keep_luma"] = 0
        known = KnownWeights(weights or self.vgg16 or "random")
        return NetworkSpec(architecture, tuple(sorted(parameters.items())), known)
