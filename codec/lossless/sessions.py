"""What codes planes sample by sample: by a network, or adaptively."""

from __future__ import annotations

from typing import Protocol

from codec.errors import StreamError
from codec.lossless.adaptive.coder import AdaptiveChromaCoder, AdaptiveLumaCoder
from codec.lossless.coder import ChromaCoder, LumaCoder
from codec.lossless.known import I16Array
from codec.lossless.parameters import EIGHT_BITS, SampleScale, Speed
from codec.lossless.predictor_weights import PredictorWeights
from codec.native.adaptive import AdaptiveLevel
from codec.native.library import library
from codec.video.picture import ChromaArray, Picture, PlaneArray
from codec.video.pixel_formats import PixelFormat
from container_format.records import ADAPTIVE_PREDICTORS


class Session(Protocol):
    """Codes the planes of consecutive pictures, in the sender or in the receiver."""

    def begin_run(self) -> None:
        """The next picture does not follow the last one. What was learned of probabilities is kept."""

    @property
    def num_bytes(self) -> int:
        """Bytes that were written so far, about."""

    def finish(self) -> bytes:
        """The bytes of all pictures; in the receiver, nothing.

        Raises:
            StreamError: in the receiver, not all data were read.
        """


class LumaSession(Session, Protocol):
    """Codes gray planes."""

    def code(self, luma: PlaneArray | None, shape: tuple[int, int], field: I16Array | None) -> PlaneArray:
        """Code the next gray plane.

        Args:
            luma: the original plane, (height, width) uint8 or uint16; None in the receiver.
            shape: (height, width) of the plane.
            field: the motion from the previous picture, (rows, columns, 2) int16, in quarters of a sample; None where
                there is none.

        Returns:
            The plane as the receiver has it, of the same dtype.

        Raises:
            StreamError: the data are damaged.
        """


class ChromaSession(Session, Protocol):
    """Codes the chroma of pictures whose gray is known."""

    def code(self, luma: PlaneArray, chroma: tuple[ChromaArray, ChromaArray] | None, field: I16Array | None) -> Picture:
        """Code the chroma of the next picture.

        Args:
            luma: the gray of the picture, (height, width) uint8 or uint16.
            chroma: the original chroma planes; None in the receiver.
            field: the motion from the previous picture, (rows, columns, 2) int16, in quarters of a sample; None where
                there is none.

        Returns:
            The picture as the receiver has it.

        Raises:
            StreamError: the data are damaged.
        """


class GrayCoder(Protocol):
    """Makes sessions that code gray planes."""

    def session(self, data: bytes | None = None) -> LumaSession:
        """A session for one segment.

        Args:
            data: what to read, in the receiver; None in the sender.
        """


class ColorCoder(Protocol):
    """Makes sessions that code chroma."""

    def session(self, data: bytes | None = None) -> ChromaSession:
        """A session for one segment.

        Args:
            data: what to read, in the receiver; None in the sender.
        """


def adaptive_is_fast() -> bool:
    """Whether adaptive planes are coded by the native library. Without it, a picture takes minutes."""
    return library() is not None


def gray_coder(
    number: int, weights: PredictorWeights | None, scale: SampleScale = EIGHT_BITS, max_error: int = 0
) -> GrayCoder:
    """The coder of gray planes that a header names.

    Args:
        number: of the predictor.
        weights: of its network; None for an adaptive one.
        scale: of the samples.
        max_error: how far a sample may be off, in code values.

    Raises:
        StreamError: the network is none of gray, or adaptive planes may not be off.
    """
    if weights is None:
        return AdaptiveLumaCoder(scale, _level(number, max_error))
    return LumaCoder(weights, scale, max_error)


def chroma_coder(
    number: int,
    weights: PredictorWeights | None,
    pixel_format: PixelFormat,
    max_error: int,
    scale: SampleScale = EIGHT_BITS,
) -> ColorCoder:
    """The coder of chroma that a header names.

    Args:
        number: of the predictor.
        weights: of its network; None for an adaptive one.
        pixel_format: of the video.
        max_error: how far a sample may be off, in code values.
        scale: of the samples.

    Raises:
        StreamError: the network is none of such chroma, or adaptive planes may not be off.
    """
    if weights is None:
        return AdaptiveChromaCoder(pixel_format, scale, _level(number, max_error))
    return ChromaCoder(weights, pixel_format, max_error, scale)


def adaptive_number(speed: Speed) -> int:
    """The number of the predictor of this speed, which has no weights and codes gray and any chroma."""
    return next(number for number, name in ADAPTIVE_PREDICTORS.items() if name == speed)


def _level(number: int, max_error: int) -> AdaptiveLevel:
    if max_error:
        raise StreamError(f"expected exact samples of adaptive planes. Received: an error of up to {max_error}")
    return AdaptiveLevel[ADAPTIVE_PREDICTORS[number].upper()]
