"""The choices that networks offer to the user. This module does not import Keras."""

from __future__ import annotations

from dataclasses import dataclass

from codec.errors import InputError
from codec.networks.declarations import MAX_WINDOW, Choice, names_with
from codec.networks.interface import KnownWeights, NetworkSpec

FIRST_STAGES = ("none", "singh2020")
"""The first stages that the networks of Chaudhri and Fang can have. The position is the number in a spec."""


@dataclass(frozen=True, kw_only=True)
class NetworkChoices:
    """The user's choices for a network. None means the default of the network's paper or module.

    Attributes:
        vgg16: the frozen weights of VGG16, for networks that contain it: ``random``, ``imagenet`` or a file.
        window: the number of previous frames, from 1 to 8, for networks that take previous frames.
        first_stage: the first stage of the networks of Chaudhri and Fang, one of :data:`FIRST_STAGES`.
        temperature: the temperature of the annealed mean, from 0.01 to 10, for networks whose output is classes of
            color. 1 gives the expectation; smaller values give livelier colors.
        keep_luma: if True, each pixel keeps its gray. If False, the picture is the network's output, as in paper 002.

    Raises:
        InputError: a value is out of its range.
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
        """The spec of a network with these choices.

        Args:
            architecture: the network's name in the registry.
            weights: the file with all weights of a network that was trained elsewhere.

        Raises:
            InputError: a choice was made that this network does not offer.
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
