"""How the color of a segment comes, or how it is made from the gray.

Each track has two parts, so that a segment's color can be made while the next segment is decoded: ``decode`` reads what
was sent for the color, ``pictures`` puts the color on the gray.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from codec.decoder.tracks.luma import Gray
from codec.hints.coder import HintParameters, decode_hints
from codec.lossless.parameters import CodedSamples, PredictionParameters
from codec.lossless.stacked import StackedParameters, pictures_of_stacks
from codec.plane_codecs import CodedRun, decode_planes
from codec.segment_color import SegmentColor
from codec.stream_header import Description
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray
from container_format import SegmentRecord
from container_format.records import COLORS_WITH_NETWORK, Color

if TYPE_CHECKING:
    from codec.decoder.networks import StreamNetworks
    from codec.lossless.coder import ChromaCoder

Planes = Sequence[PlaneArray]


class _Track:
    """Defaults of a color track.

    Attributes:
        is_predicted: a backend that computes wrongly may end in a StreamError.
    """

    is_predicted: ClassVar[bool] = False

    def load(self) -> None:
        """Load the network, if the track has one.

        Raises:
            InputError: it asks for weights that are not here.
            StreamError: it was damaged, or this version does not have it.
        """

    def decode(self, segment: SegmentRecord) -> Planes:
        """What was sent as planes.

        Raises:
            StreamError: the decoder fails, or gives another number of pictures.
        """
        del segment
        return ()

    def distrust_backend(self) -> bool:
        """Compute in NumPy from now on; whether that is new."""
        return False


@dataclass(frozen=True)
class NoColor(_Track):
    """The gray is all there is, or all that is wanted.

    Attributes:
        conversion: of the video.
    """

    conversion: ColorConversion

    def pictures(self, segment: SegmentRecord, gray: Gray, planes: Planes) -> Iterator[Picture]:
        """Pictures without color."""
        del segment, planes
        return map(self.conversion.neutral, gray.lumas)


@dataclass(frozen=True)
class InLuma(_Track):
    """The chroma came in one picture with the gray."""

    def pictures(self, segment: SegmentRecord, gray: Gray, planes: Planes) -> Iterator[Picture]:
        """The pictures as they came."""
        del segment, planes
        return iter(gray.pictures)


@dataclass(frozen=True)
class StackedChroma(_Track):
    """Exact chroma through a lossless video codec, both planes as one picture.

    Attributes:
        parameters: for its decoder.
        conversion: of the video.
    """

    parameters: StackedParameters
    conversion: ColorConversion

    def decode(self, segment: SegmentRecord) -> Planes:
        """The stacks; see :class:`codec.lossless.stacked`."""
        return list(decode_planes(self.parameters.pictures, _hint_run(segment), max_frames=segment.num_frames))

    def pictures(self, segment: SegmentRecord, gray: Gray, planes: Planes) -> Iterator[Picture]:
        """The pictures of a segment.

        Raises:
            StreamError: the data are damaged.
        """
        model = self.conversion.pixel_format.model
        return iter(pictures_of_stacks(gray.lumas, planes, segment.far_differences, model))


@dataclass(frozen=True)
class PredictedChroma(_Track):
    """Chroma samples, entropy-coded with distributions that a predictor gives.

    Attributes:
        prediction: number of the predictor, and how far samples may be from the source's.
        conversion: of the video.
        networks: of the stream.
    """

    is_predicted: ClassVar[bool] = True

    prediction: PredictionParameters
    conversion: ColorConversion
    networks: StreamNetworks

    @cached_property
    def coder(self) -> ChromaCoder:
        """On the backend. Imports Keras."""
        from codec.lossless.coder import ChromaCoder

        weights = self.networks.predictor(self.prediction.chroma_predictor)
        return ChromaCoder(weights, self.conversion.pixel_format, self.prediction.max_error)

    def pictures(self, segment: SegmentRecord, gray: Gray, planes: Planes) -> Iterator[Picture]:
        """The pictures of a segment.

        Raises:
            StreamError: the data are damaged.
        """
        from codec.lossless.decoding import decode_pictures

        del planes
        coded = CodedSamples(segment.motion, b"", segment.chroma_samples)
        return decode_pictures(self.coder, coded, gray.lumas)

    def distrust_backend(self) -> bool:
        """See :class:`_Track`."""
        return self.coder.distrust_backend()


@dataclass(frozen=True)
class NetworkColor(_Track):
    """Color that a network makes from the gray alone.

    Attributes:
        conversion: of the video.
        networks: of the stream.
    """

    conversion: ColorConversion
    networks: StreamNetworks

    @cached_property
    def color(self) -> SegmentColor:
        """Puts color on gray."""
        return SegmentColor(self.conversion, self.networks.colorizer(self.conversion), None)

    def load(self) -> None:
        """See :class:`_Track`."""
        _ = self.color

    def pictures(self, segment: SegmentRecord, gray: Gray, planes: Planes) -> Iterator[Picture]:
        """The pictures of a segment."""
        return self.color.pictures(gray.lumas, planes, segment.shot_starts)

    def distrust_backend(self) -> bool:
        """See :class:`_Track`."""
        return self.color.distrust_backend()


@dataclass(frozen=True)
class HintedColor(NetworkColor):
    """Color from a coarse chroma stream, the hints; by a network, or by enlarging them.

    Attributes:
        hints: for their decoder.
        has_network: a network makes the color.
    """

    hints: HintParameters
    has_network: bool

    @cached_property
    def color(self) -> SegmentColor:
        """Puts color on gray."""
        colorizer = self.networks.colorizer(self.conversion) if self.has_network else None
        return SegmentColor(self.conversion, colorizer, self.hints)

    def decode(self, segment: SegmentRecord) -> Planes:
        """The hints of all frames."""
        return decode_hints(_hint_run(segment), self.hints, segment.num_frames)


ColorTrack = NoColor | InLuma | StackedChroma | PredictedChroma | NetworkColor | HintedColor


def color_track(description: Description, networks: StreamNetworks, color: str, *, wants_color: bool) -> ColorTrack:
    """The track that the header names.

    Args:
        description: of the header.
        networks: of the stream.
        color: the header's name of the mode.
        wants_color: False for the gray alone.
    """
    conversion = description.conversion
    if color == Color.NONE or not wants_color:
        return NoColor(conversion)
    if color == Color.LOSSLESS:
        return _lossless_track(description, networks)
    if description.hints is None:
        return NetworkColor(conversion, networks) if color in COLORS_WITH_NETWORK else NoColor(conversion)
    return HintedColor(conversion, networks, description.hints, has_network=color in COLORS_WITH_NETWORK)


def _lossless_track(description: Description, networks: StreamNetworks) -> ColorTrack:
    if description.luma.pixel_format is not None:
        return InLuma()
    if description.stacked is not None:
        return StackedChroma(description.stacked, description.conversion)
    prediction = description.prediction or PredictionParameters()
    return PredictedChroma(prediction, description.conversion, networks)


def _hint_run(segment: SegmentRecord) -> CodedRun:
    return CodedRun(segment.hint_extradata, segment.hint_packets, len(segment.hint_packets))
