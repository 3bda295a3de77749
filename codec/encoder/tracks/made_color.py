"""Color that the receiver makes from the gray: it is made here, too, for its checksum and to be measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from codec.caching import WithoutCache
from codec.checksums import RunningChecksum, chroma_crc32
from codec.encoder.tracks.color_session import NO_RUN, BaseColorTrack, CodedColor, ColorInput, ColorSession
from codec.hints.coder import HintParameters, HintSettings, decode_hints, encode_packed_hints
from codec.hints.planes import pack_hint
from codec.lossless.known import I16Array
from codec.metrics import QualityMeter
from codec.networks.declarations import find
from codec.networks.interface import Colorizer
from codec.networks.record import load_colorizer
from codec.plane_codecs import CodedRun
from codec.segment_color import SegmentColor
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray, of_8_bits
from container_format import NetworkRecord


@dataclass(frozen=True)
class VideoNetwork(WithoutCache):
    """A network that was trained on the video, as it is sent.

    Attributes:
        record: of the stream.
        conversion: of the video.
        vgg16: where this machine has the weights of VGG16, if the record names them.
    """

    record: NetworkRecord
    conversion: ColorConversion
    vgg16: str | None = None

    @classmethod
    def trained(
        cls, record: NetworkRecord, colorizer: Colorizer, conversion: ColorConversion, vgg16: str | None = None
    ) -> VideoNetwork:
        """With the network that training has on the backend already."""
        network = cls(record, conversion, vgg16)
        network.__dict__["colorizer"] = colorizer  # what the cached property would make again
        return network

    @property
    def has_floats(self) -> bool:
        """It is a network of floats, which needs Keras."""
        declaration = find(self.record.architecture)
        return declaration is not None and declaration.has_float_weights

    @cached_property
    def colorizer(self) -> Colorizer:
        """On the backend. Imports Keras."""
        return load_colorizer(self.record, self.conversion.of_8_bits(), vgg16=self.vgg16)


@dataclass(frozen=True)
class NetworkColor(WithoutCache, BaseColorTrack):
    """Color that a network makes from the gray alone: the color costs nothing but the network.

    Attributes:
        network: trained on the video.
    """

    network: VideoNetwork

    @property
    def runs_in_workers(self) -> bool:
        """See :class:`BaseColorTrack`."""
        return not self.network.has_floats

    @cached_property
    def color(self) -> SegmentColor:
        """Makes the color as the receiver will."""
        return SegmentColor(self.network.conversion, self.network.colorizer, None)

    def begin(self, segment: ColorInput, frame_rate: Fraction) -> ColorSession:
        """For one segment."""
        del frame_rate
        return _RemadeSession(self.color, self.network.conversion, segment, _NoHints())


@dataclass(frozen=True)
class HintedColor(WithoutCache, BaseColorTrack):
    """Color from a coarse chroma stream, the hints; by a network, or by enlarging them.

    Attributes:
        settings: of the hints of segments that are not coded yet.
        parameters: for the decoder of the hints.
        conversion: of the video.
        network: trained on the video; None enlarges the hints.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"hint_extradata", "hint_packets", "color_crc32"})

    settings: HintSettings
    parameters: HintParameters
    conversion: ColorConversion
    network: VideoNetwork | None

    @property
    def runs_in_workers(self) -> bool:
        """See :class:`BaseColorTrack`."""
        return self.network is None or not self.network.has_floats

    @property
    def hints(self) -> HintParameters:
        """For the decoder."""
        return self.parameters

    @cached_property
    def color(self) -> SegmentColor:
        """Makes the color as the receiver will."""
        return SegmentColor(self.conversion, self.network.colorizer if self.network else None, self.parameters)

    def begin(self, segment: ColorInput, frame_rate: Fraction) -> ColorSession:
        """For one segment."""
        hints = _Hints(self, frame_rate, segment.hints)
        return _RemadeSession(self.color, self.conversion, segment, hints)


class _NoHints:
    """Of a track without hints."""

    def add(self, picture: Picture) -> None:
        """Nothing is coded of it."""

    def end_frames(self) -> CodedRun:
        return NO_RUN

    def decoded(self, num_frames: int) -> list[PlaneArray]:
        del num_frames
        return []


class _Hints:
    """The hints of one segment: coded already, or coded once all frames are there."""

    def __init__(self, track: HintedColor, frame_rate: Fraction, coded: CodedRun | None) -> None:
        self._track = track
        self._frame_rate = frame_rate
        self._coded = coded
        self._pictures: list[PlaneArray] = []

    def add(self, picture: Picture) -> None:
        if self._coded is None:
            seen = of_8_bits(picture, self._track.conversion.pixel_format.depth)
            self._pictures.append(pack_hint(seen.chroma_planes(), self._track.settings.scale))

    def end_frames(self) -> CodedRun:
        if self._coded is None:
            self._coded = encode_packed_hints(self._pictures, self._track.settings, self._frame_rate)
        return self._coded

    def decoded(self, num_frames: int) -> list[PlaneArray]:
        return decode_hints(self.end_frames(), self._track.parameters, num_frames)


class _RemadeSession:
    """Makes the color of a segment as the receiver will, once its gray is there."""

    def __init__(
        self, color: SegmentColor, conversion: ColorConversion, segment: ColorInput, hints: _Hints | _NoHints
    ) -> None:
        self._color = color
        self._conversion = conversion
        self._segment = segment
        self._hints = hints
        self._originals: dict[int, Picture] = {}
        self._num_frames = 0

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        del motion
        self._hints.add(picture)
        if self._num_frames in self._segment.measured:
            self._originals[self._num_frames] = picture
        self._num_frames += 1

    def end_frames(self) -> None:
        self._hints.end_frames()

    def finish(self, lumas: Sequence[PlaneArray]) -> CodedColor:
        color, originals = self._color, self._originals
        shot_starts = self._segment.shot_starts if color.has_memory else ()
        hints = self._hints.decoded(len(lumas))
        places = self._places_to_make()
        pictures = color.pictures([lumas[i] for i in places], [hints[i] for i in places if hints], shot_starts)
        meter, running = QualityMeter(self._conversion), RunningChecksum(chroma_crc32)
        for place, decoded in zip(places, pictures, strict=True):
            if color.is_exact:
                running.add(decoded)
            if place in originals:
                meter.add(originals[place], decoded)
        return CodedColor(
            hints=self._hints.end_frames(),
            checksum=running.checksum if color.is_exact else None,
            shot_starts=shot_starts,
            quality=meter if originals else None,
        )

    def _places_to_make(self) -> Sequence[int]:
        """All of them for a checksum; else those that are measured, and those that their color depends on."""
        if self._color.is_exact:
            return range(self._num_frames)
        if self._color.has_memory:
            return range(max(self._originals, default=-1) + 1)
        return list(self._originals)
