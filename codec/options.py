"""What a sender may choose, and the defaults. Each attribute is an option of ``gvc-encode`` with the same name."""

from __future__ import annotations

from dataclasses import dataclass, field

from codec.errors import InputError
from codec.luma import LumaSpec
from codec.stream_header import COLOR_MODEL, COLORS
from codec.training.options import TrainingOptions

_RAW_SEGMENT_BYTES = 2**26  # the gray of a segment, uncompressed, stays below 64 MiB


@dataclass(frozen=True, kw_only=True)
class EncodeOptions:
    """The sender's choices.

    Attributes:
        color: ``model``: color is made by the network alone; ``none``: the gray is sent and nothing else. Gray video
            is always sent without a network.
        network: architecture, a name in the registry of :mod:`codec.networks`.
        luma: how the gray is coded; ``auto`` takes the smaller of the lossless x264 and FFV1 on a probe.
        training: how the network is trained, seed included.
        keyframe_every: train on every so-many-th frame of each cluster (papers 000 and 001: 30).
        max_keyframes: at most so many keyframes, evenly thinned out, so that training time does not grow with the
            video.
        segment_frames: at most so many frames in a segment; a segment also ends at a cut.
        max_loss_db: chroma PSNR that quantizing the weights may cost on the training samples, in dB.
        quality_frames: measure the color on so many frames, evenly spread; 0 measures nothing.
    """

    color: str = COLOR_MODEL
    network: str = "singh2020"
    luma: LumaSpec = field(default_factory=lambda: LumaSpec.parse("auto"))
    training: TrainingOptions = field(default_factory=TrainingOptions)
    keyframe_every: int = 30
    max_keyframes: int = 256
    segment_frames: int = 240
    max_loss_db: float = 0.1
    quality_frames: int = 48

    def __post_init__(self) -> None:
        if self.color not in COLORS:
            raise InputError(f"expected --color to be one of {', '.join(COLORS)}. Received: {self.color}")
        for name, low, high in (
            ("keyframe_every", 1, 10**6),
            ("max_keyframes", 1, 4096),
            ("segment_frames", 1, 4096),
            ("quality_frames", 0, 10**6),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise InputError(f"expected --{name.replace('_', '-')} from {low} to {high}. Received: {value}")
        if not 0 < self.max_loss_db < 100:
            raise InputError(f"expected --max-loss-db between 0 and 100. Received: {self.max_loss_db}")

    def max_segment_frames(self, width: int, height: int) -> int:
        """Frames in a segment at this size, so that memory is bounded for large pictures too."""
        return max(1, min(self.segment_frames, _RAW_SEGMENT_BYTES // (width * height)))
