"""How the gray of a segment is coded: by a video codec, by a predictor, or in one picture with the chroma."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Protocol

from codec.caching import WithoutCache
from codec.lossless.coder import LumaCoder
from codec.lossless.known import I16Array
from codec.lossless.predictor_weights import PredictorWeights
from codec.lossless.symbols import SymbolEncoder
from codec.plane_codecs import (
    CodedRun,
    PlaneCodecSpec,
    PlaneParameters,
    decode_planes,
    open_plane_encoder,
)
from codec.video.picture import Picture, PlaneArray


class LumaSession(Protocol):
    """Codes the gray of one segment."""

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        """Take the next picture, and the motion to it if the track needs that."""

    def finish(self) -> CodedRun:
        """What is sent."""

    def close(self) -> None:
        """End, also in the middle of a segment."""


@dataclass(frozen=True)
class VideoCodecLuma:
    """Gray planes through a video codec, or as they are.

    Attributes:
        codec: with its options.
        parameters: for the decoder.
    """

    needs_motion: ClassVar[bool] = False
    predictor: ClassVar[int] = 0

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

    def __init__(self, track: VideoCodecLuma, frame_rate: Fraction) -> None:
        self._has_chroma = track.parameters.pixel_format is not None
        self._encoder = open_plane_encoder(track.codec, track.parameters, frame_rate)

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        del motion
        self._encoder.write(picture.luma, picture.chroma_planes() if self._has_chroma else ())

    def finish(self) -> CodedRun:
        return self._encoder.finish()

    def close(self) -> None:
        """The encoder has nothing to give back."""


@dataclass(frozen=True)
class PredictedLuma(WithoutCache):
    """Gray samples, entropy-coded with distributions that a predictor gives.

    Attributes:
        predictor: number of the shipped predictor that the weights are, or differ from.
        weights: of the predictor.
        parameters: for the decoder.
    """

    needs_motion: ClassVar[bool] = True

    predictor: int
    weights: PredictorWeights
    parameters: PlaneParameters

    @property
    def name(self) -> str:
        """As ``--luma`` takes it."""
        return self.parameters.codec

    @cached_property
    def coder(self) -> LumaCoder:
        """On the backend. Imports Keras."""
        return LumaCoder(self.weights)

    def begin(self, frame_rate: Fraction) -> LumaSession:
        """For one segment."""
        del frame_rate
        return _PredictedSession(self.coder)

    def as_received(self, coded: CodedRun, lumas: Sequence[PlaneArray]) -> Sequence[PlaneArray]:
        """The source's own gray planes: nothing is lost."""
        del coded
        return lumas


class _PredictedSession:
    """A session of :class:`PredictedLuma`: each picture is coded in a thread, beside the chroma of the same picture."""

    def __init__(self, coder: LumaCoder) -> None:
        self._coder = coder
        self._history = coder.begin()
        self._symbols = SymbolEncoder(1)
        self._thread = ThreadPoolExecutor(1)
        self._last: Future[PlaneArray] | None = None
        self._num_frames = 0

    def add(self, picture: Picture, motion: I16Array | None) -> None:
        self._wait()
        luma = picture.luma
        shape = luma.shape[0], luma.shape[1]
        self._last = self._thread.submit(self._coder.code, self._history, luma, shape, motion, self._symbols)
        self._num_frames += 1

    def finish(self) -> CodedRun:
        self._wait()
        return CodedRun(b"", (self._symbols.finish(),), self._num_frames)

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    def _wait(self) -> None:
        if self._last is not None:
            self._last.result()


LumaTrack = VideoCodecLuma | PredictedLuma | WholePicture
