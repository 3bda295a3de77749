"""Coding of the planes of consecutive pictures with a predictor. The sender and the receiver both run this code.

The sender passes the original samples and gets back the samples that the receiver will decode. The receiver passes
None.
"""

from __future__ import annotations

import numpy as np

from codec.errors import StreamError
from codec.lossless.history import ChromaHistory, LumaHistory, from_origin, no_gray
from codec.lossless.known import I16Array
from codec.lossless.parameters import EIGHT_BITS, SampleScale
from codec.lossless.planes import PlaneCoder, chroma_range, unsigned_range
from codec.lossless.predictor import Predictor
from codec.lossless.predictor_weights import PredictorShape, PredictorWeights, gray_channels
from codec.lossless.symbols import SymbolDecoder, SymbolEncoder, Symbols
from codec.video.picture import ChromaArray, Picture, PlaneArray, difference_dtype, in_rgb_gamut, sample_dtype
from codec.video.pixel_formats import ColorModel, PixelFormat


class LumaCoder:
    """Codes gray planes.

    Args:
        weights: the weights of the predictor.
        scale: of the samples.
        max_error: the largest allowed error of a decoded sample, in code values.

    Raises:
        StreamError: it is none of gray.
    """

    def __init__(self, weights: PredictorWeights, scale: SampleScale = EIGHT_BITS, max_error: int = 0) -> None:
        _check_sizes(weights.shape, 1, 0)
        self._scale = scale
        self._planes = PlaneCoder(
            Predictor(weights), unsigned_range(scale.depth), (max_error,), scale, origin=scale.origin
        )

    def begin(self) -> LumaHistory:
        """An empty history for a new segment."""
        return LumaHistory(self._scale)

    def session(self, data: bytes | None = None) -> _LumaSession:
        """See :class:`codec.lossless.sessions.GrayCoder`."""
        return _LumaSession(self, _symbols(data, 1))

    def code(
        self,
        history: LumaHistory,
        luma: PlaneArray | None,
        shape: tuple[int, int],
        field: I16Array | None,
        symbols: Symbols,
    ) -> PlaneArray:
        """Code the next gray plane.

        Args:
            history: the earlier planes of the segment; the decoded plane is added to it.
            luma: the original plane, (height, width) uint8 or uint16; None in the receiver.
            shape: (height, width) of the plane.
            field: the motion from the previous picture, (rows, columns, 2) int16; None for the first picture.
            symbols: the entropy coder.

        Returns:
            The plane as the receiver has it, (height, width) uint8, or uint16 if it has more than 8 bits.
        """
        origin = self._scale.origin
        planes = None if luma is None else luma.astype(np.int32)[..., None] - np.int32(origin)
        if field is None:
            decoded = self._planes.code_alone(planes, no_gray(shape), 1, symbols)
        else:
            decoded = self._planes.code(planes, history.known(field), symbols)
        symbols.end_picture()
        found: PlaneArray = (decoded[..., 0] + np.int32(origin)).astype(sample_dtype(self._scale.depth))
        history.remember(from_origin(found, origin))
        return found


class ChromaCoder:
    """Codes chroma planes.

    Args:
        weights: the weights of the predictor.
        pixel_format: the pixel format of the video.
        max_error: the largest allowed error of a decoded sample, in code values.
        scale: of the samples.

    Raises:
        StreamError: it is none of the chroma of this format.
    """

    def __init__(
        self,
        weights: PredictorWeights,
        pixel_format: PixelFormat,
        max_error: int,
        scale: SampleScale = EIGHT_BITS,
    ) -> None:
        _check_sizes(weights.shape, 2, gray_channels(pixel_format))
        self._format = pixel_format
        self._scale = scale
        is_rgb = pixel_format.model is ColorModel.RGB
        # With an even error of Cg, bringing a color back into the gamut moves Co by no more than its own error.
        errors = (max_error, max_error & ~1) if is_rgb else (max_error, max_error)
        self._origin = 0 if is_rgb else scale.chroma_origin
        own_range = chroma_range(pixel_format, scale.depth)
        self._planes = PlaneCoder(Predictor(weights), own_range, errors, scale, origin=self._origin)
        self._needs_gamut = is_rgb and max_error > 0

    def begin(self) -> ChromaHistory:
        """An empty history for a new segment."""
        return ChromaHistory(self._format, self._scale)

    def session(self, data: bytes | None = None) -> _ChromaSession:
        """See :class:`codec.lossless.sessions.ColorCoder`."""
        return _ChromaSession(self, _symbols(data, 2))

    def code(
        self,
        history: ChromaHistory,
        luma: PlaneArray,
        chroma: tuple[ChromaArray, ChromaArray] | None,
        field: I16Array | None,
        symbols: Symbols,
    ) -> Picture:
        """Code the chroma of the next picture.

        Args:
            history: the earlier pictures of the segment; the decoded picture is added to it.
            luma: the gray of the picture, (height, width) uint8 or uint16.
            chroma: the original chroma planes; None in the receiver.
            field: the motion from the previous picture, (rows, columns, 2) int16; None for the first picture.
            symbols: the entropy coder.

        Returns:
            The picture as the receiver has it.
        """
        origin, gray = self._origin, from_origin(luma, self._scale.origin)
        planes = None
        if chroma is not None:
            planes = np.stack([plane.astype(np.int32) for plane in chroma], axis=-1) - np.int32(origin)
        if field is None:
            decoded = self._planes.code_alone(planes, history.gray(gray), 2, symbols)
        else:
            decoded = self._planes.code(planes, history.known(gray, field), symbols)
        symbols.end_picture()
        is_rgb, depth = self._format.model is ColorModel.RGB, self._scale.depth
        kind = difference_dtype(depth) if is_rgb else sample_dtype(depth)
        decoded += np.int32(origin)
        found = Picture(luma, (decoded[..., 0].astype(kind), decoded[..., 1].astype(kind)))
        first, second = (from_origin(plane, origin) for plane in found.chroma_planes())
        history.remember(gray, (first, second))
        return in_rgb_gamut(found, depth) if self._needs_gamut else found


def _symbols(data: bytes | None, kinds: int) -> SymbolEncoder | SymbolDecoder:
    return SymbolEncoder(kinds) if data is None else SymbolDecoder(data, kinds)


class _Session:
    def __init__(self, symbols: SymbolEncoder | SymbolDecoder) -> None:
        self._symbols = symbols

    @property
    def num_bytes(self) -> int:
        """See :class:`codec.lossless.sessions.Session`."""
        return self._symbols.num_bytes if isinstance(self._symbols, SymbolEncoder) else 0

    def finish(self) -> bytes:
        """See :class:`codec.lossless.sessions.Session`."""
        return self._symbols.finish() or b""


class _LumaSession(_Session):
    """See :class:`codec.lossless.sessions.LumaSession`."""

    def __init__(self, coder: LumaCoder, symbols: SymbolEncoder | SymbolDecoder) -> None:
        super().__init__(symbols)
        self._coder, self._history = coder, coder.begin()

    def begin_run(self) -> None:
        """See :class:`codec.lossless.sessions.Session`."""
        self._history = self._coder.begin()

    def code(self, luma: PlaneArray | None, shape: tuple[int, int], field: I16Array | None) -> PlaneArray:
        """See :class:`codec.lossless.sessions.LumaSession`."""
        return self._coder.code(self._history, luma, shape, field, self._symbols)


class _ChromaSession(_Session):
    """See :class:`codec.lossless.sessions.ChromaSession`."""

    def __init__(self, coder: ChromaCoder, symbols: SymbolEncoder | SymbolDecoder) -> None:
        super().__init__(symbols)
        self._coder, self._history = coder, coder.begin()

    def begin_run(self) -> None:
        """See :class:`codec.lossless.sessions.Session`."""
        self._history = self._coder.begin()

    def code(self, luma: PlaneArray, chroma: tuple[ChromaArray, ChromaArray] | None, field: I16Array | None) -> Picture:
        """See :class:`codec.lossless.sessions.ChromaSession`."""
        return self._coder.code(self._history, luma, chroma, field, self._symbols)


def _check_sizes(shape: PredictorShape, components: int, channels: int) -> None:
    """A header may name any predictor for any plane."""
    if (shape.components, shape.gray_channels) != (components, channels):
        raise StreamError(
            f"expected a predictor of {components} planes from {channels} gray channels. "
            f"Received: one of {shape.components} from {shape.gray_channels}"
        )
