"""The networks of a stream, loaded when a track asks for them."""

from __future__ import annotations

from codec.errors import StreamError
from codec.lossless.predictor_weights import PredictorWeights, predictor_weights
from codec.networks.declarations import Role, find
from codec.networks.interface import Colorizer
from codec.networks.record import has_role, load_colorizer, load_predictor
from codec.video.color import ColorConversion
from container_format import NetworkRecord, UpdateRecord
from container_format.records import ADAPTIVE_PREDICTORS


class StreamNetworks:
    """Networks that came with a stream, and those that gvc ships.

    Records may be added in another thread than the one that asks for a colorizer: all of them come before the first
    segment.

    Args:
        vgg16: where this machine has the weights of VGG16, ``imagenet`` or a path, for streams that ask for them.
    """

    def __init__(self, vgg16: str | None = None) -> None:
        self._vgg16 = vgg16
        self._predictors: dict[int, PredictorWeights] = {}
        self._color: NetworkRecord | None = None
        self._update: UpdateRecord | None = None
        self._updated: dict[int, Colorizer] = {}

    def add(self, record: NetworkRecord) -> Role:
        """Take a network of the stream, before the first segment.

        Returns:
            What it is for; an architecture that this version does not know counts as one that makes color.

        Raises:
            UnsupportedError: a predictor that this version does not have.
            StreamError: weights that are not those of the predictor.
        """
        if has_role(record, Role.SAMPLES):
            number, weights = load_predictor(record)
            self._predictors[number] = weights
            return Role.SAMPLES
        self._color = record
        return Role.COLOR

    def predictor(self, number: int) -> PredictorWeights | None:
        """The video's own weights, or those that gvc ships; None of adaptive predictors, which have none.

        Raises:
            UnsupportedError: this version has no such predictor.
        """
        return None if number in ADAPTIVE_PREDICTORS else self._predictors.get(number) or predictor_weights(number)

    @property
    def colorizer_has_floats(self) -> bool:
        """Whether the network that makes color is one of floats, which needs Keras."""
        declaration = find(self._color.architecture) if self._color is not None else None
        return declaration is not None and declaration.has_float_weights

    def colorizer(self, conversion: ColorConversion, *, with_hints: bool) -> Colorizer:
        """The network that makes color. Imports Keras for one of floats.

        Args:
            conversion: of the video.
            with_hints: the network is given hints.

        Raises:
            InputError: it asks for weights that are not here.
            StreamError: there is none, it is none that this version has, or its weights are not its own.
        """
        if self._color is None:
            raise StreamError("the network is damaged, so that only the gray can be recovered: give --gray too")
        declaration = find(self._color.architecture)
        # Before Keras is imported, which takes seconds and 0.8 GB.
        if declaration is not None and not (declaration.takes_hints if with_hints else declaration.makes_color_alone):
            wanted = "takes hints" if with_hints else "makes color from the gray alone"
            raise StreamError(f"expected a network that {wanted}. Received: {declaration.name}")
        return load_colorizer(self._color, conversion.of_8_bits(), vgg16=self._vgg16)

    def take_update(self, update: UpdateRecord) -> None:
        """Take a network that came between the segments of a live stream. It takes the place of the one before."""
        if self._update is None or self._update.number != update.number:
            self._update = update
            self._updated.clear()

    def updated_colorizer(self, number: int, conversion: ColorConversion) -> Colorizer:
        """The network that a segment of a live stream names.

        Args:
            number: as the segment has it.
            conversion: of the video.

        Raises:
            InputError: it asks for weights that are not here.
            StreamError: it is not there, or none that this version has.
        """
        if self._update is None or self._update.number != number:
            raise StreamError(f"network {number}, which came between the segments, is not there")
        if number not in self._updated:
            record = self._update.network
            declaration = find(record.architecture)
            if declaration is not None and not declaration.takes_hints:
                raise StreamError(f"expected a network that takes hints. Received: {declaration.name}")
            self._updated[number] = load_colorizer(record, conversion.of_8_bits(), vgg16=self._vgg16)
        return self._updated[number]
