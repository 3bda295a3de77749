"""The options of a colorization. Each attribute is an option of ``gvc-colorize`` with the same name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from codec.errors import InputError
from codec.networks.choices import NetworkChoices
from codec.networks.interface import NetworkSpec
from codec.networks.registry import TRAINABLE_NAMES
from codec.training.options import TrainingOptions

STREAM_SUFFIX = ".gvc"
FOREIGN_NETWORK = "zhang2016"
"""The pretrained network, whose weights come from a file."""
REFERENCE_NETWORK = "singh2020"
"""The network that is trained on references if no network is named."""


@dataclass(frozen=True, kw_only=True)
class ColorizeOptions:
    """The options of a colorization.

    Attributes:
        network: a network's name in the registry. None selects ``zhang2016`` if a file of weights is given, the
            stream's network if a stream is given, and otherwise ``singh2020``.
        weights: a file of weights for ``zhang2016``, or a ``.gvc`` stream whose network is used. None for a network
            that is trained on the references alone.
        references: paths of references, or of folders with references. :mod:`codec.references` assigns them to frames.
        choices: the choices that the network offers.
        training: the options of the training on the references.
        stabilize: average the color of consecutive frames along the motion.
        to_gray: do the reverse, and remove the color.

    Raises:
        InputError: the options contradict each other.
    """

    network: str | None = None
    weights: str | None = None
    references: tuple[str, ...] = ()
    choices: NetworkChoices = field(default_factory=NetworkChoices)
    training: TrainingOptions = field(default_factory=TrainingOptions)
    stabilize: bool = False
    to_gray: bool = False

    def __post_init__(self) -> None:
        if self.to_gray:
            if self.weights is not None or self.references or self.network is not None or self.stabilize:
                raise InputError("expected --to-gray by itself. Received: it with options of color")
            return
        if self.weights is None and not self.references:
            raise InputError(
                "expected --weights FILE (of zhang2016, or a .gvc whose network is to be used), or --reference "
                "PICTURES to learn from. Received: neither"
            )
        if self.is_stream and self.references:
            raise InputError("expected --weights of a stream, or --reference to learn from. Received: both")
        if self.is_stream and self.network is not None:
            raise InputError(f"expected no --network, since the stream has its own. Received: {self.network}")
        if self.is_stream:
            return
        if self.architecture not in TRAINABLE_NAMES:
            names = ", ".join(TRAINABLE_NAMES)
            raise InputError(f"expected --network to be one of {names}. Received: {self.architecture}")
        if self.architecture == FOREIGN_NETWORK and self.weights is None:
            raise InputError(
                f"expected --weights FILE with {FOREIGN_NETWORK}, which a few pictures cannot train. Received: none"
            )
        if self.architecture != FOREIGN_NETWORK and self.weights is not None:
            raise InputError(
                f"expected --weights of a {STREAM_SUFFIX} stream, or --reference, for {self.architecture}. "
                f"Received: {self.weights}"
            )
        self.spec  # noqa: B018 - refuses choices that the network does not have

    @property
    def is_stream(self) -> bool:
        """Whether the network comes from a stream."""
        return self.weights is not None and Path(self.weights).suffix.lower() == STREAM_SUFFIX

    @property
    def architecture(self) -> str:
        """The network's name, or the default if none was given."""
        return self.network or (REFERENCE_NETWORK if self.weights is None else FOREIGN_NETWORK)

    @property
    def spec(self) -> NetworkSpec:
        """The spec of the network with its choices.

        Raises:
            InputError: a choice was made that the network does not offer.
        """
        return self.choices.spec(self.architecture, weights=self.weights)
