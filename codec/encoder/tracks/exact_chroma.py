"""Chroma that is sent sample by sample, or all of it through a video codec: coded while the frames come by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from codec.caching import WithoutCache
from codec.checksums import RunningChecksum, chroma_crc32
from codec.encoder.tracks.color_session import NO_RUN, BaseColorTrack, CodedColor, ColorInput, ColorSession
from codec.lossless.known import I16Array
from codec.lossless.parameters import EIGHT_BITS, SampleScale
from codec.lossless.predictor_weights import PredictorWeights
from codec.lossless.sessions import ColorCoder, chroma_coder
from codec.lossless.stacked import StackedChromaEncoder, StackedParameters
from codec.metrics import QualityMeter
from codec.plane_codecs import CodedRun, PlaneCodecSpec
from codec.video.color import ColorConversion
from codec.video.picture import Picture, PlaneArray


@dataclass(frozen=True)
class InLuma(BaseColorTrack):
    """The chroma is in one picture with the gray; only its checksum is left to send."""

    def begin(self, segment: ColorInput, frame_rate: Fraction) -> ColorSession:
        """For one segment."""
        del segment, frame_rate
        return _ChecksumSession()


class _ChecksumSession:
    def __init__(self) -> None:
        self._running = RunningChecksum(chroma_crc32)

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        del motion
        self._running.add(picture)

    def end_frames(self) -> None:
        """Nothing waits."""

    def finish(self, lumas: Sequence[PlaneArray]) -> CodedColor:
        del lumas
        return CodedColor(checksum=self._running.checksum)


@dataclass(frozen=True)
class StackedChroma(BaseColorTrack):
    """Exact chroma through a lossless video codec, both planes as one picture.

    Attributes:
        codec: with its options.
        parameters: for the decoder.
    """

    fields: ClassVar[frozenset[str]] = frozenset({"hint_extradata", "hint_packets", "color_crc32", "far_differences"})

    codec: PlaneCodecSpec
    parameters: StackedParameters

    @property
    def stacked(self) -> StackedParameters:
        """For the decoder."""
        return self.parameters

    def begin(self, segment: ColorInput, frame_rate: Fraction) -> ColorSession:
        """For one segment."""
        del segment
        return _StackedSession(self, frame_rate)


class _StackedSession:
    def __init__(self, track: StackedChroma, frame_rate: Fraction) -> None:
        self._encoder = StackedChromaEncoder(track.codec, track.parameters, frame_rate)
        self._running = RunningChecksum(chroma_crc32)
        self._coded: tuple[CodedRun, bytes] = (NO_RUN, b"")

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        del motion
        self._encoder.write(picture)
        self._running.add(picture)

    def end_frames(self) -> None:
        self._coded = self._encoder.finish()

    def finish(self, lumas: Sequence[PlaneArray]) -> CodedColor:
        del lumas
        stacks, far_differences = self._coded
        return CodedColor(hints=stacks, far_differences=far_differences, checksum=self._running.checksum)


@dataclass(frozen=True)
class PredictedChroma(WithoutCache, BaseColorTrack):
    """Chroma samples, entropy-coded with distributions that a predictor gives.

    Attributes:
        predictor: number of the shipped predictor that the weights are, or differ from; or of an adaptive one.
        weights: of the predictor; None of an adaptive one.
        conversion: of the video.
        max_error: how far a sample may be from the source's, in code values.
        scale: of the samples.
    """

    needs_motion: ClassVar[bool] = True
    fields: ClassVar[frozenset[str]] = frozenset({"chroma_samples", "color_crc32"})

    predictor: int
    weights: PredictorWeights | None
    conversion: ColorConversion
    max_error: int
    scale: SampleScale = EIGHT_BITS

    @cached_property
    def coder(self) -> ColorCoder:
        """Made when it is first needed."""
        return chroma_coder(self.predictor, self.weights, self.conversion.pixel_format, self.max_error, self.scale)

    def begin(self, segment: ColorInput, frame_rate: Fraction) -> ColorSession:
        """For one segment."""
        del frame_rate
        return _PredictedSession(self, segment)


class _PredictedSession:
    def __init__(self, track: PredictedChroma, segment: ColorInput) -> None:
        self._session = track.coder.session()
        self._measured = segment.measured
        self._meter = QualityMeter(track.conversion)
        self._running = RunningChecksum(chroma_crc32)
        self._num_frames = 0
        self._first_bytes = 0

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        chroma = picture.chroma_planes()
        decoded = self._session.code(picture.luma, chroma, motion)
        self._running.add(decoded)
        if self._num_frames in self._measured:
            self._meter.add(picture, decoded)
        if not self._num_frames:
            self._first_bytes = self._session.num_bytes
        self._num_frames += 1

    def end_frames(self) -> None:
        """Every picture was coded when it came."""

    def finish(self, lumas: Sequence[PlaneArray]) -> CodedColor:
        del lumas
        quality = self._meter if self._measured else None
        samples = self._session.finish()
        return CodedColor(
            samples=samples,
            later_bytes=max(0, len(samples) - self._first_bytes),
            checksum=self._running.checksum,
            quality=quality,
        )
