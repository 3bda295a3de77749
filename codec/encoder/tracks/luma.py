"""How the gray of a segment is coded: by a video codec, by a predictor, or in one picture with the chroma."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Protocol

from codec.caching import WithoutCache
from codec.lossless.known import I16Array
from codec.lossless.parameters import EIGHT_BITS, SampleScale
from codec.lossless.predictor_weights import PredictorWeights
from codec.lossless.sessions import GrayCoder, gray_coder
from codec.plane_codecs import (
    LUMA_ADAPTIVE,
    CodedRun,
    PlaneCodecSpec,
    PlaneParameters,
    decode_planes,
    open_plane_encoder,
)
from codec.video.picture import Picture, PlaneArray


class LumaSession(Protocol):
    """Codes the gray of one segment.

    Attributes:
        received: the planes so far as the receiver will have them, where coding finds them; None where it does not.
    """

    received: list[PlaneArray] | None

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        """Take the next picture, and the motion to it if the track needs that."""

    def finish(self) -> CodedRun:
        """What is sent."""


@dataclass(frozen=True)
class VideoCodecLuma:
    """Gray planes through a video codec, or as they are.

    Attributes:
        codec: with its options.
        parameters: for the decoder.
    """

    needs_motion: ClassVar[bool] = False
    predictor: ClassVar[int] = 0
    scale: ClassVar[SampleScale] = EIGHT_BITS
    max_error: ClassVar[int] = 0

    codec: PlaneCodecSpec
    parameters: PlaneParameters

    @property
    def name(self) -> str:
        """As ``--luma`` takes it."""
        return str(self.codec)

    def begin(self, frame_rate: Fraction) -> LumaSession:
        """For one segment."""
        return _CodecSession(self, frame_rate)

    def as_received(self, coded: CodedRun, lumas: Sequence[PlaneArray]) -> Sequence[PlaneArray]:
        """The gray planes of a segment as the receiver will have them.

        Args:
            coded: the segment.
            lumas: the source's gray planes, (height, width) uint8 each.
        """
        if self.parameters.is_lossless:
            return lumas
        return list(decode_planes(self.parameters, coded, max_frames=coded.num_frames))


@dataclass(frozen=True)
class WholePicture(VideoCodecLuma):
    """Gray and chroma in one picture through a lossless video codec; the color track is ``InLuma``."""


class _CodecSession:
    """A session of :class:`VideoCodecLuma` or :class:`WholePicture`."""

    received: list[PlaneArray] | None = None

    def __init__(self, track: VideoCodecLuma, frame_rate: Fraction) -> None:
        self._has_chroma = track.parameters.pixel_format is not None
        self._encoder = open_plane_encoder(track.codec, track.parameters, frame_rate)

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        del motion
        self._encoder.write(picture.luma, picture.chroma_planes() if self._has_chroma else ())

    def finish(self) -> CodedRun:
        return self._encoder.finish()


@dataclass(frozen=True)
class PredictedLuma(WithoutCache):
    """Gray samples, entropy-coded with distributions that a predictor gives.

    Attributes:
        predictor: number of the shipped predictor that the weights are, or differ from; or of an adaptive one.
        weights: of the predictor; None of an adaptive one.
        parameters: for the decoder.
        scale: of the samples.
        max_error: how far a sample may be from the source's, in code values.
    """

    needs_motion: ClassVar[bool] = True

    predictor: int
    weights: PredictorWeights | None
    parameters: PlaneParameters
    scale: SampleScale = EIGHT_BITS
    max_error: int = 0

    @property
    def name(self) -> str:
        """As ``--luma`` takes it."""
        return LUMA_ADAPTIVE if self.weights is None else self.parameters.codec

    @cached_property
    def coder(self) -> GrayCoder:
        """Made when it is first needed."""
        return gray_coder(self.predictor, self.weights, self.scale, self.max_error)

    def begin(self, frame_rate: Fraction) -> LumaSession:
        """For one segment."""
        del frame_rate
        return _PredictedSession(self.coder, keeps=self.max_error > 0)

    def as_received(self, coded: CodedRun, lumas: Sequence[PlaneArray]) -> Sequence[PlaneArray]:
        """The same planes: a session has what is received, if that is not the source's own."""
        del coded
        return lumas


class _PredictedSession:
    """A session of :class:`PredictedLuma`."""

    def __init__(self, coder: GrayCoder, *, keeps: bool) -> None:
        self.received: list[PlaneArray] | None = [] if keeps else None
        self._session = coder.session()
        self._num_frames = 0
        self._first_bytes = 0

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        shape = picture.luma.shape[0], picture.luma.shape[1]
        decoded = self._session.code(picture.luma, shape, motion)
        if self.received is not None:
            self.received.append(decoded)
        if not self._num_frames:
            self._first_bytes = self._session.num_bytes
        self._num_frames += 1

    def finish(self) -> CodedRun:
        return CodedRun(b"", (self._session.finish(),), self._num_frames, self._first_bytes)


LumaTrack = VideoCodecLuma | PredictedLuma | WholePicture
