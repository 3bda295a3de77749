"""Color by the network alone: training on the keyframes, as the papers have it."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Protocol

from codec.encoder.choices.gray import choose_gray
from codec.encoder.modes.model import Model
from codec.encoder.modes.preparation import Preparation
from codec.encoder.recipe import ColorFacts, NetworkFacts, Prepared, Recipe
from codec.encoder.survey import Survey
from codec.encoder.tracks.color import NetworkColor, VideoNetwork
from codec.encoder.tracks.luma import LumaTrack
from codec.errors import InputError
from codec.hints.planes import neutral_quarters
from codec.networks.compact_weights import ARCHITECTURE, CompactShape
from codec.networks.registry import trainable_network
from codec.progress import Progress
from codec.references import check_shape, colored_by, find_references, read_references
from codec.training.examples import ExampleStore
from codec.training.guided_examples import GuidedExamples
from codec.training.job import CompactJob, FloatJob
from codec.training.place import Place, TrainingJob
from codec.training.result import NetworkResult
from codec.training.runs import Pixels, RunStore
from codec.training.sequences import runs_around
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.picture import Picture
from codec.video.views import info_of_8_bits
from container_format.records import Color

DEFAULT_MAX_LOSS_DB = 0.1
_DEPTH, _WIDTH = 4, 24
_WORTH_BITS = 2**20  # a bit of the network must win as much as if so many bits were spent on color otherwise


def check_model(mode: Model, info: VideoInfo) -> None:
    """Make sure that the files that the options name are there, and fit the video.

    Raises:
        InputError: one is missing, is no picture, or has another size.
    """
    for reference in read_references(mode.references):
        check_shape(reference, (info.height, info.width))
    if mode.vgg16 is not None and mode.vgg16 not in ("random", "imagenet") and not Path(mode.vgg16).is_file():
        raise InputError(f"expected a file of weights with --vgg16. Received: {mode.vgg16}", option="--vgg16")


def prepare_model(mode: Model, preparation: Preparation) -> Prepared:
    """Choose the gray's codec, train the network on the keyframes, and write the recipe.

    Raises:
        TrainingError: the network could not be trained.
    """
    training, survey = preparation.gathered.training, preparation.survey
    if training is None:
        raise ValueError("expected keyframes to train on. Received: none")
    gray = choose_gray(mode.luma, preparation)
    result = training.train(preparation.place, preparation.progress)
    recipe = recipe_of_network(result, gray, preparation)
    return Prepared(recipe, frozenset(survey.spread(mode.quality_frames)))


def recipe_of_network(result: NetworkResult, gray: LumaTrack, preparation: Preparation) -> Recipe:
    """A recipe with a network that makes the color alone, and this track of the gray."""
    record, keyframes = result.record, preparation.survey.keyframes
    vgg16 = result.vgg16 if record.known_weights else None
    network = VideoNetwork.trained(record, result.colorizer, ColorConversion.of(preparation.info), vgg16)
    return Recipe.of(
        preparation,
        gray,
        NetworkColor(network),
        networks=(record,),
        keyframes=keyframes.indices,
        facts=ColorFacts(Color.MODEL, network=NetworkFacts.of(result, keyframes.num_clusters)),
    )


class KeyframeTrainer:
    """Gathers training examples of the keyframes, and trains the network that the options name.

    Args:
        mode: the sender's choices.
        info: of the video.
        survey: of the video.

    Attributes:
        wanted: the frames to take.

    Raises:
        InputError: there is no such network, or a reference cannot be used.
    """

    def __init__(self, mode: Model, info: VideoInfo, survey: Survey) -> None:
        conversion = ColorConversion.of(info_of_8_bits(info))
        self._conversion = conversion
        self._mode = mode
        keyframes = survey.keyframes.indices
        self.wanted = frozenset(keyframes)
        self._references = find_references(mode.references, self.wanted, (info.height, info.width))
        self._examples: _Examples
        if mode.network == ARCHITECTURE:
            self._examples = _CompactExamples(conversion, mode)
            return
        network = trainable_network(mode.network)
        shape = network.working_shape(mode.spec, info.height, info.width)
        if shape is None:
            self._examples = _StillExamples(conversion, mode)
            return
        runs = runs_around(keyframes, survey.num_frames, survey.cuts, length=network.run_length)
        self.wanted = frozenset(index for run in runs for index in run)
        self._examples = _RunExamples(conversion, mode, shape, runs, network.run_length)

    def add(self, index: int, picture: Picture) -> None:
        """Take one of the frames that are wanted, its samples of 8 bits."""
        if index in self._references:
            picture = colored_by(picture, self._references[index], self._conversion)
        self._examples.add(index, picture)

    def train(self, place: Place, progress: Progress) -> NetworkResult:
        """Train on what was gathered, there.

        Raises:
            TrainingError: the loss is no longer finite, or memory ran out.
        """
        return place.train(self._examples.job(), progress)


class _Examples(Protocol):
    """Samples as one kind of network wants them."""

    def add(self, index: int, picture: Picture) -> None:
        """Take the next frame."""

    def job(self) -> TrainingJob[NetworkResult]:
        """The training on what was taken."""


class _CompactExamples:
    """Of a network ``compact``, which gets no hints here."""

    def __init__(self, conversion: ColorConversion, mode: Model) -> None:
        training = mode.training
        self._conversion = conversion
        self._mode = mode
        self._store = GuidedExamples(conversion.pixel_format, max_bytes=training.max_example_bytes, seed=training.seed)

    def add(self, index: int, picture: Picture) -> None:
        del index
        self._store.add(picture, neutral_quarters(1, picture.chroma_planes()[0].shape)[0])

    def job(self) -> CompactJob:
        return CompactJob(
            CompactShape.for_video(self._conversion.pixel_format, depth=_DEPTH, width=_WIDTH),
            self._store,
            self._mode.compact_training(),
            self._conversion,
            hint_bits=_WORTH_BITS,
        )


class _StillExamples:
    """Of a network that learns from single pictures."""

    def __init__(self, conversion: ColorConversion, mode: Model) -> None:
        self._mode = mode
        self._store = ExampleStore(conversion, mode.training)

    def add(self, index: int, picture: Picture) -> None:
        del index
        self._store.add(picture)

    def job(self) -> FloatJob:
        mode = self._mode
        return FloatJob(mode.spec, self._store, mode.training, mode.max_loss_db or DEFAULT_MAX_LOSS_DB)


class _RunExamples:
    """Of a network with a working size of its own, which may learn from consecutive frames."""

    def __init__(
        self,
        conversion: ColorConversion,
        mode: Model,
        shape: tuple[int, int],
        runs: list[range],
        run_length: int,
    ) -> None:
        self._mode = mode
        self._store = RunStore(conversion, shape, run_length, mode.training)
        self._ends = {run.stop - 1: run for run in runs}
        self._recent: deque[tuple[int, Pixels]] = deque(maxlen=run_length)

    def add(self, index: int, picture: Picture) -> None:
        self._recent.append((index, self._store.pixels(picture)))
        run = self._ends.get(index)
        if run is not None:
            self._store.add([pixels for number, pixels in self._recent if number in run])

    def job(self) -> FloatJob:
        mode = self._mode
        return FloatJob(mode.spec, self._store, mode.training, mode.max_loss_db or DEFAULT_MAX_LOSS_DB)
