"""What a sender may choose, and the defaults. Each attribute is an option of ``gvc-encode`` with the same name."""

from __future__ import annotations

from dataclasses import dataclass, field

from codec.color_target import DEFAULT_TARGET, ColorTarget
from codec.errors import InputError
from codec.hints.coder import HintSettings
from codec.lossless.parameters import MAX_ERROR
from codec.lossless.stacked import CHROMA_CODECS
from codec.networks.choices import NetworkChoices
from codec.networks.interface import NetworkSpec
from codec.plane_codecs import PlaneCodecSpec
from codec.training.options import EFFORTS, CompactTraining, PredictorTraining, TrainingOptions
from container_format.records import COLOR_GUIDED, COLOR_LOSSLESS, COLOR_MODEL, COLORS

_RAW_SEGMENT_BYTES = 2**26  # the gray of a segment, uncompressed, stays below 64 MiB
NO_EFFORT = "none"
CHROMA_AUTO, CHROMA_NETWORK, CHROMA_JOINT = "auto", "network", "joint"
_FINE_LEARNING_RATE = 1.5e-3
GUIDED_NETWORK, MODEL_NETWORK, NEVER_SENT = "compact", "singh2020", "zhang2016"
_KEYFRAME_STEPS = {GUIDED_NETWORK: 8, MODEL_NETWORK: 30}


@dataclass(frozen=True, kw_only=True)
class EncodeOptions:
    """The sender's choices.

    Attributes:
        color: ``guided``: color is made by a network from the gray and a coarse chroma stream, the hints;
            ``lossless``: every chroma sample is sent, told by a network how likely its values are; ``model``: color is
            made by the network alone; ``coded``: by the hints alone; ``none``: the gray is sent and nothing else. Gray
            video is always sent without color. Where a network does not pay, ``guided`` becomes ``coded``.
        network: architecture, a name in the registry of :mod:`codec.networks`; None takes ``compact`` for ``guided``
            and ``singh2020`` for ``model``.
        target: how good the color shall be, in ``guided`` and ``coded``.
        max_error: how far a chroma sample of ``lossless`` may be from the source's, in code values; 0 for none.
        chroma: what the chroma of ``lossless`` goes through: ``network``, ``x264`` or ``ffv1``, or ``joint``: of YUV
            the gray's codec, in one picture with the gray; ``auto`` takes the smallest on a probe.
        hints: how the hints are coded; None finds the cheapest way that meets ``target``.
        luma: how the gray is coded; ``auto`` takes the smaller of the lossless x264 and FFV1 on a probe, with
            ``lossless`` also ``network``, which codes it sample by sample, unless ``chroma`` names a video codec. Where
            both were left open, the choice of ``joint`` for the chroma makes one for the gray.
        training: how the network is trained, seed included.
        choices: what the network leaves open.
        references: pictures with the colors that keyframes shall have, by frame; see :mod:`codec.references`.
        export_keyframes: a folder into which the keyframes are written; None for none.
        effort: how much time goes into hints and a network ``compact``, or into the networks of ``lossless``: ``fast``,
            ``default`` or ``best``; with ``lossless`` also ``none``, which takes the networks that come with gvc.
        keyframe_every: train on every so-many-th frame of each cluster (papers 000 and 001: 30); None takes 30 for
            ``singh2020`` and 8 for ``compact``.
        max_keyframes: at most so many keyframes, evenly thinned out, so that training time does not grow with the
            video.
        segment_frames: at most so many frames in a segment; a segment also ends at a cut.
        max_loss_db: chroma PSNR that quantizing the weights may cost on the training samples, in dB.
        quality_frames: measure the color on so many frames, evenly spread; 0 measures nothing.
    """

    color: str = COLOR_GUIDED
    network: str | None = None
    target: ColorTarget = DEFAULT_TARGET
    max_error: int = 0
    chroma: str = CHROMA_AUTO
    hints: HintSettings | None = None
    luma: PlaneCodecSpec = field(default_factory=lambda: PlaneCodecSpec.parse("auto"))
    training: TrainingOptions = field(default_factory=TrainingOptions)
    choices: NetworkChoices = field(default_factory=NetworkChoices)
    references: tuple[str, ...] = ()
    export_keyframes: str | None = None
    effort: str = "default"
    keyframe_every: int | None = None
    max_keyframes: int = 256
    segment_frames: int = 240
    max_loss_db: float = 0.1
    quality_frames: int = 48

    def __post_init__(self) -> None:
        if self.color not in COLORS:
            raise InputError(f"expected --color to be one of {', '.join(COLORS)}. Received: {self.color}")
        efforts = (NO_EFFORT, *EFFORTS) if self.color == COLOR_LOSSLESS else tuple(EFFORTS)
        if self.effort not in efforts:
            raise InputError(
                f"expected --effort to be one of {', '.join(efforts)} for --color {self.color}. Received: {self.effort}"
            )
        for name, low, high in (
            ("keyframe_every", 1, 10**6),
            ("max_keyframes", 1, 4096),
            ("segment_frames", 1, 4096),
            ("quality_frames", 0, 10**6),
            ("max_error", 0, MAX_ERROR),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise InputError(f"expected --{name.replace('_', '-')} from {low} to {high}. Received: {value}")
        if self.max_error and self.color != COLOR_LOSSLESS:
            raise InputError(f"expected --max-error with --color lossless. Received: --color {self.color}")
        known_chroma = (CHROMA_AUTO, CHROMA_NETWORK, *CHROMA_CODECS, CHROMA_JOINT)
        if self.chroma not in known_chroma:
            known = ", ".join(known_chroma)
            raise InputError(f"expected --chroma to be one of {known}. Received: {self.chroma}")
        if self.chroma != CHROMA_AUTO and self.color != COLOR_LOSSLESS:
            raise InputError(f"expected --chroma with --color lossless. Received: --color {self.color}")
        if not 0 < self.max_loss_db < 100:
            raise InputError(f"expected --max-loss-db between 0 and 100. Received: {self.max_loss_db}")

        if self.color == COLOR_GUIDED and self.network not in (None, GUIDED_NETWORK):
            raise InputError(
                f"expected --network {GUIDED_NETWORK} with --color guided. Received: {self.network} "
                f"(--color {COLOR_MODEL} takes it)"
            )

        if self.color == COLOR_MODEL and self.architecture == NEVER_SENT:
            raise InputError(
                f"expected a network that fits in a stream. Received: {NEVER_SENT}, whose 32 million weights are never "
                "carried (gvc-colorize takes it)"
            )
        if self.references and self.color != COLOR_MODEL:
            raise InputError(f"expected --reference with --color {COLOR_MODEL}. Received: it with {self.color}")
        if not self.choices.keep_luma:
            raise InputError("expected the gray to be kept in a stream. Received: --no-keep-luma")
        if self.color == COLOR_MODEL:
            self.spec  # noqa: B018 - refuses choices that the network does not have

    @property
    def architecture(self) -> str:
        """The network's name, chosen if it was left open."""
        return self.network or (MODEL_NETWORK if self.color == COLOR_MODEL else GUIDED_NETWORK)

    @property
    def spec(self) -> NetworkSpec:
        """The network with its choices."""
        return self.choices.spec(self.architecture)

    @property
    def keyframe_step(self) -> int:
        """:attr:`keyframe_every`, chosen if it was left open."""
        return self.keyframe_every or _KEYFRAME_STEPS.get(self.architecture, 30)

    @property
    def compact_training(self) -> CompactTraining:
        """How long to train a network ``compact``."""
        effort, training = EFFORTS[self.effort], self.training
        return CompactTraining(
            steps=effort.steps, max_seconds=training.max_seconds or effort.max_seconds, seed=training.seed
        )

    @property
    def predictor_training(self) -> PredictorTraining | None:
        """How long to train a network that lossless planes are told by; None for not at all."""
        if self.effort == NO_EFFORT:
            return None
        effort, training = EFFORTS[self.effort], self.training
        return PredictorTraining(
            steps=effort.predictor_steps,
            max_seconds=training.max_seconds or effort.predictor_seconds,
            learning_rate=_FINE_LEARNING_RATE,
            seed=training.seed,
        )

    def max_segment_frames(self, width: int, height: int) -> int:
        """Frames in a segment at this size, so that memory is bounded for large pictures too."""
        return max(1, min(self.segment_frames, _RAW_SEGMENT_BYTES // (width * height)))
