"""Color by the network alone: training on the keyframes, as the papers have it."""

from __future__ import annotations

from codec.hints.planes import neutral_quarters
from codec.networks.compact_weights import ARCHITECTURE, CompactShape
from codec.options import EncodeOptions
from codec.progress import Progress
from codec.training.guided_samples import GuidedSamples
from codec.training.job import NetworkResult, train_compact_network, train_network
from codec.training.samples import SampleStore
from codec.video.color import ColorConversion
from codec.video.picture import Picture

_DEPTH, _WIDTH = 4, 24
_WORTH_BITS = 2**20  # a bit of the network must win as much as if so many bits were spent on color otherwise


class KeyframeTrainer:
    """Gathers samples of the keyframes, and trains the network that the options name.

    Args:
        conversion: of the video.
        options: the sender's choices.

    Raises:
        InputError: there is no such network.
    """

    def __init__(self, conversion: ColorConversion, options: EncodeOptions) -> None:
        self._conversion = conversion
        self._options = options
        training = options.training
        self._samples = SampleStore(conversion, training)
        self._compact = GuidedSamples(conversion.pixel_format, max_bytes=training.max_sample_bytes, seed=training.seed)

    def add(self, picture: Picture) -> None:
        """Take a keyframe."""
        if self._options.architecture == ARCHITECTURE:
            self._compact.add(picture, neutral_quarters(1, picture.chroma_planes()[0].shape)[0])
        else:
            self._samples.add(picture)

    def train(self, progress: Progress) -> NetworkResult:
        """Train on what was gathered.

        Raises:
            TrainingError: the loss is no longer finite, or memory ran out.
        """
        options = self._options
        if options.architecture != ARCHITECTURE:
            return train_network(options.architecture, self._samples, options.training, options.max_loss_db, progress)
        return train_compact_network(
            CompactShape.for_video(self._conversion.pixel_format, depth=_DEPTH, width=_WIDTH),
            self._compact,
            options.compact_training,
            self._conversion,
            progress,
            hint_bits=_WORTH_BITS,
        )
