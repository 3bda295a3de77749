"""Color by the network alone: training on the keyframes, as the papers have it."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from codec.encoder.plan import Plan
from codec.hints.planes import neutral_quarters
from codec.networks.compact_weights import ARCHITECTURE, CompactShape
from codec.networks.registry import trainable_network
from codec.options import EncodeOptions
from codec.progress import Progress
from codec.references import colored_by, find_references
from codec.training.guided_samples import GuidedSamples
from codec.training.job import NetworkResult, train_compact_network, train_network
from codec.training.runs import Pixels, RunStore
from codec.training.samples import SampleStore
from codec.training.sequences import runs_around
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Picture

_DEPTH, _WIDTH = 4, 24
_WORTH_BITS = 2**20  # a bit of the network must win as much as if so many bits were spent on color otherwise


class KeyframeTrainer:
    """Gathers samples of the keyframes, and trains the network that the options name.

    Args:
        info: of the video.
        plan: from the first pass.
        conversion: of the video.
        options: the sender's choices.

    Attributes:
        wanted: the frames to take.

    Raises:
        InputError: there is no such network, or a reference cannot be used.
    """

    def __init__(self, info: VideoInfo, plan: Plan, conversion: ColorConversion, options: EncodeOptions) -> None:
        self._conversion = conversion
        self._options = options
        keyframes = plan.keyframes.indices
        self.wanted = frozenset(keyframes)
        self._references = find_references(options.references, self.wanted, (info.height, info.width))
        self._samples: _Samples
        if options.architecture == ARCHITECTURE:
            self._samples = _CompactSamples(conversion, options)
            return
        network = trainable_network(options.architecture)
        shape = network.working_shape(options.spec, info.height, info.width)
        if shape is None:
            self._samples = _StillSamples(conversion, options)
            return
        runs = runs_around(keyframes, plan.num_frames, plan.cuts, length=network.run_length)
        self.wanted = frozenset(index for run in runs for index in run)
        self._samples = _RunSamples(conversion, options, shape, runs, network.run_length)

    def add(self, index: int, picture: Picture) -> None:
        """Take one of the frames that are wanted."""
        if index in self._references:
            picture = colored_by(picture, self._references[index], self._conversion)
        self._samples.add(index, picture)

    def train(self, progress: Progress) -> NetworkResult:
        """Train on what was gathered.

        Raises:
            TrainingError: the loss is no longer finite, or memory ran out.
        """
        return self._samples.train(progress)


class _Samples(Protocol):
    """Samples as one kind of network wants them."""

    def add(self, index: int, picture: Picture) -> None:
        """Take the next frame."""

    def train(self, progress: Progress) -> NetworkResult:
        """Train on what was taken."""


class _CompactSamples:
    """Of a network ``compact``, which gets no hints here."""

    def __init__(self, conversion: ColorConversion, options: EncodeOptions) -> None:
        training = options.training
        self._conversion = conversion
        self._options = options
        self._store = GuidedSamples(conversion.pixel_format, max_bytes=training.max_sample_bytes, seed=training.seed)

    def add(self, index: int, picture: Picture) -> None:  # noqa: ARG002
        self._store.add(picture, neutral_quarters(1, picture.chroma_planes()[0].shape)[0])

    def train(self, progress: Progress) -> NetworkResult:
        return train_compact_network(
            CompactShape.for_video(self._conversion.pixel_format, depth=_DEPTH, width=_WIDTH),
            self._store,
            self._options.compact_training,
            self._conversion,
            progress,
            hint_bits=_WORTH_BITS,
        )


class _StillSamples:
    """Of a network that learns from single pictures."""

    def __init__(self, conversion: ColorConversion, options: EncodeOptions) -> None:
        self._options = options
        self._store = SampleStore(conversion, options.training)

    def add(self, index: int, picture: Picture) -> None:  # noqa: ARG002
        self._store.add(picture)

    def train(self, progress: Progress) -> NetworkResult:
        options = self._options
        return train_network(options.spec, self._store, options.training, options.max_loss_db, progress)


class _RunSamples:
    """Of a network with a working size of its own, which may learn from consecutive frames."""

    def __init__(
        self,
        conversion: ColorConversion,
        options: EncodeOptions,
        shape: tuple[int, int],
        runs: list[range],
        run_length: int,
    ) -> None:
        self._options = options
        self._store = RunStore(conversion, shape, run_length, options.training)
        self._ends = {run.stop - 1: run for run in runs}
        self._recent: deque[tuple[int, Pixels]] = deque(maxlen=run_length)

    def add(self, index: int, picture: Picture) -> None:
        self._recent.append((index, self._store.pixels(picture)))
        run = self._ends.get(index)
        if run is not None:
            self._store.add([pixels for number, pixels in self._recent if number in run])

    def train(self, progress: Progress) -> NetworkResult:
        options = self._options
        return train_network(options.spec, self._store, options.training, options.max_loss_db, progress)
