"""How the color of a segment comes, or how it is made from the gray.

A track takes the gray of a segment a picture at a time, as it is decoded, and gives the pictures. Those of tracks that
make color are late: their color is made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from codec.caching import WithoutCache
from codec.hints.coder import HintParameters, decode_hints
from codec.late_picture import LatePicture
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
    from codec.lossless.sessions import ColorCoder


class _Track:
    """Defaults of a color track."""

    @property
    def runs_in_workers(self) -> bool:
        """Whether other processes may make the color: it needs neither Keras nor the pictures of other segments."""
        return True

    def load(self) -> None:
        """Load the network, if the track has one.

        Raises:
            InputError: it asks for weights that are not here.
            StreamError: it was damaged, or this version does not have it.
        """


@dataclass(frozen=True)
class NoColor(_Track):
    """The gray is all there is, or all that is wanted.

    Attributes:
        conversion: of the video.
    """

    conversion: ColorConversion

    def pictures(self, segment: SegmentRecord, grays: Iterator[Picture]) -> Iterator[Picture]:
        """Pictures without color."""
        del segment
        return map(self.conversion.neutral, _lumas(grays))


@dataclass(frozen=True)
class InLuma(_Track):
    """The chroma came in one picture with the gray."""

    def pictures(self, segment: SegmentRecord, grays: Iterator[Picture]) -> Iterator[Picture]:
        """The pictures as they came."""
        del segment
        return grays


@dataclass(frozen=True)
class StackedChroma(_Track):
    """Exact chroma through a lossless video codec, both planes as one picture.

    Attributes:
        parameters: for its decoder.
        conversion: of the video.
    """

    parameters: StackedParameters
    conversion: ColorConversion

    def pictures(self, segment: SegmentRecord, grays: Iterator[Picture]) -> Iterator[Picture]:
        """The pictures of a segment.

        Raises:
            StreamError: the data are damaged.
        """
        count = segment.num_frames
        stacks = decode_planes(self.parameters.pictures, _hint_run(segment), max_frames=count)
        own = self.conversion.pixel_format
        return pictures_of_stacks(_lumas(grays), stacks, segment.far_differences, own, count=count)


@dataclass(frozen=True)
class PredictedChroma(WithoutCache, _Track):
    """Chroma samples, entropy-coded with distributions that a predictor gives.

    Attributes:
        prediction: number of the predictor, and how far samples may be from the source's.
        conversion: of the video.
        networks: of the stream.
    """

    prediction: PredictionParameters
    conversion: ColorConversion
    networks: StreamNetworks

    @cached_property
    def coder(self) -> ColorCoder:
        """The predictor, ready to run."""
        from codec.lossless.sessions import chroma_coder

        prediction, own = self.prediction, self.conversion.pixel_format
        number = prediction.chroma_predictor
        weights = self.networks.predictor(number)
        return chroma_coder(number, weights, own, prediction.max_error, prediction.chroma_scale)

    def pictures(self, segment: SegmentRecord, grays: Iterator[Picture]) -> Iterator[Picture]:
        """The pictures of a segment.

        Raises:
            StreamError: the data are damaged.
        """
        from codec.lossless.decoding import decode_pictures

        coded = CodedSamples(segment.motion, b"", segment.chroma_samples)
        return decode_pictures(self.coder, coded, _lumas(grays))


@dataclass(frozen=True)
class NetworkColor(WithoutCache, _Track):
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
        return SegmentColor(self.conversion, self.networks.colorizer(self.conversion, with_hints=False), None)

    @property
    def runs_in_workers(self) -> bool:
        """See :class:`_Track`."""
        return not self.networks.colorizer_has_floats

    def load(self) -> None:
        """See :class:`_Track`."""
        _ = self.color

    def pictures(self, segment: SegmentRecord, grays: Iterator[Picture]) -> Iterator[LatePicture]:
        """The pictures of a segment."""
        return self.color.late_pictures(_lumas(grays), (), segment.shot_starts)


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
        colorizer = self.networks.colorizer(self.conversion, with_hints=True) if self.has_network else None
        return SegmentColor(self.conversion, colorizer, self.hints)

    @property
    def runs_in_workers(self) -> bool:
        """See :class:`_Track`."""
        return not self.has_network or super().runs_in_workers

    def pictures(self, segment: SegmentRecord, grays: Iterator[Picture]) -> Iterator[LatePicture]:
        """The pictures of a segment.

        Raises:
            StreamError: the hints are damaged.
        """
        hints = decode_hints(_hint_run(segment), self.hints, segment.num_frames)
        return self.color.late_pictures(_lumas(grays), hints, segment.shot_starts)


@dataclass(frozen=True)
class UpdatedColor(HintedColor):
    """Color of a live stream: from hints alone, or by the network that a segment names, which came on the way."""

    @property
    def runs_in_workers(self) -> bool:
        """Networks that come on the way are in this process."""
        return False

    def pictures(self, segment: SegmentRecord, grays: Iterator[Picture]) -> Iterator[LatePicture]:
        """The pictures of a segment.

        Raises:
            InputError: the network asks for weights that are not here.
            StreamError: the hints are damaged, or the network is not there.
        """
        hints = decode_hints(_hint_run(segment), self.hints, segment.num_frames)
        color = self.color
        if segment.network:
            colorizer = self.networks.updated_colorizer(segment.network, self.conversion)
            color = SegmentColor(self.conversion, colorizer, self.hints)
        return color.late_pictures(_lumas(grays), hints, segment.shot_starts)


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
    if description.is_live and color == Color.CODED and description.hints is not None:
        return UpdatedColor(conversion, networks, description.hints, has_network=False)
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


def _lumas(grays: Iterator[Picture]) -> Iterator[PlaneArray]:
    return (picture.luma for picture in grays)


def _hint_run(segment: SegmentRecord) -> CodedRun:
    return CodedRun(segment.hint_extradata, segment.hint_packets, len(segment.hint_packets))
