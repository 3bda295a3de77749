"""Segments of planes: what the sender writes for one, and the receiver's way back.

    motion   how the gray moves from picture to picture
    luma     the gray's samples, where no video codec carries it
    chroma   the chroma's samples, given the gray

Each is a stream of its own, so that the gray decodes without the chroma.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from codec.lossless.history import ChromaHistory, LumaHistory, no_gray
from codec.lossless.known import I16Array
from codec.lossless.motion import MotionCompensation, field_shape
from codec.lossless.motion_code import MotionDecoder, MotionEncoder
from codec.lossless.motion_search import MotionSearch
from codec.lossless.parameters import CodedSamples
from codec.lossless.planes import LUMA_RANGE, PlaneCoder, chroma_range
from codec.lossless.predictor import Predictor
from codec.lossless.predictor_weights import PredictorWeights
from codec.lossless.symbols import SymbolDecoder, SymbolEncoder, Symbols
from codec.video.picture import ChromaArray, Picture, PlaneArray, in_rgb_gamut
from codec.video.pixel_formats import ColorModel, PixelFormat


class LumaCoder:
    """Codes gray planes. Imports Keras.

    Args:
        weights: of the network.
    """

    def __init__(self, weights: PredictorWeights) -> None:
        self._compensation = MotionCompensation()
        self._planes = PlaneCoder(Predictor(weights), LUMA_RANGE, (0,))

    def distrust_backend(self) -> bool:
        """Compute in NumPy from now on; whether that is new."""
        return any([self._compensation.distrust_backend(), self._planes.distrust_backend()])

    def begin(self) -> LumaHistory:
        """For a new segment."""
        return LumaHistory(self._compensation)

    def code(
        self,
        history: LumaHistory,
        luma: PlaneArray | None,
        shape: tuple[int, int],
        field: I16Array | None,
        symbols: Symbols,
    ) -> PlaneArray:
        """The next gray plane, (height, width) uint8; None for the receiver. No field for the first."""
        planes = None if luma is None else luma.astype(np.int16)[..., None]
        if field is None:
            decoded = self._planes.code_alone(planes, no_gray(shape), 1, symbols)
        else:
            decoded = self._planes.code(planes, history.known(field), symbols)
        symbols.end_picture()
        found: PlaneArray = decoded[..., 0].astype(np.uint8)
        history.remember(found)
        return found


class ChromaCoder:
    """Codes chroma planes. Imports Keras.

    Args:
        weights: of the network.
        pixel_format: of the video.
        max_error: how far a sample may be from the original, in code values.
    """

    def __init__(self, weights: PredictorWeights, pixel_format: PixelFormat, max_error: int) -> None:
        self._format = pixel_format
        self._compensation = MotionCompensation()
        is_rgb = pixel_format.model is ColorModel.RGB
        # With an even error of Cg, bringing a color back into the gamut moves Co by no more than its own error.
        errors = (max_error, max_error & ~1) if is_rgb else (max_error, max_error)
        self._planes = PlaneCoder(Predictor(weights), chroma_range(pixel_format), errors)
        self._needs_gamut = is_rgb and max_error > 0

    def distrust_backend(self) -> bool:
        """Compute in NumPy from now on; whether that is new."""
        return any([self._compensation.distrust_backend(), self._planes.distrust_backend()])

    def begin(self) -> ChromaHistory:
        """For a new segment."""
        return ChromaHistory(self._compensation, self._format)

    def code(
        self,
        history: ChromaHistory,
        luma: PlaneArray,
        chroma: tuple[ChromaArray, ChromaArray] | None,
        field: I16Array | None,
        symbols: Symbols,
    ) -> Picture:
        """The next picture.

        Args:
            history: of the segment.
            luma: its gray, (height, width) uint8.
            chroma: its chroma planes; None for the receiver.
            field: of the motion from the picture before; None for the first.
            symbols: the entropy coder.
        """
        planes = None if chroma is None else np.stack([plane.astype(np.int16) for plane in chroma], axis=-1)
        if field is None:
            decoded = self._planes.code_alone(planes, history.gray(luma), 2, symbols)
        else:
            decoded = self._planes.code(planes, history.known(luma, field), symbols)
        symbols.end_picture()
        kind = np.int16 if self._format.model is ColorModel.RGB else np.uint8
        found = Picture(luma, (decoded[..., 0].astype(kind), decoded[..., 1].astype(kind)))
        history.remember(luma, found.chroma_planes())
        return in_rgb_gamut(found) if self._needs_gamut else found


class SegmentEncoder:
    """The sender's side, for one segment. Where gray and chroma are coded here, they are coded at the same time.

    Args:
        search: finds motion.
        luma: codes the gray; None if a video codec does.
        chroma: codes the chroma; None if it is sent in another way.
    """

    def __init__(self, search: MotionSearch, luma: LumaCoder | None, chroma: ChromaCoder | None) -> None:
        self._search = search
        self._motion = MotionEncoder()
        self._luma, self._chroma = luma, chroma
        self._luma_symbols, self._chroma_symbols = SymbolEncoder(1), SymbolEncoder(2)
        self._luma_history = luma.begin() if luma else None
        self._chroma_history = chroma.begin() if chroma else None
        self._before: PlaneArray | None = None
        self._gray_thread = ThreadPoolExecutor(1)
        self._gray_done: Future[PlaneArray] | None = None

    def write(self, picture: Picture) -> Picture:
        """Code the next picture: as the receiver will have it, as far as it is coded here."""
        if self._luma is None and self._chroma is None:
            return picture
        luma = picture.luma
        field = None
        if self._before is not None:
            field = self._search(luma, self._before)
            self._motion.add(field)
        self._before = luma
        if self._luma and self._luma_history:
            shape = luma.shape[0], luma.shape[1]
            self._end_gray()
            self._gray_done = self._gray_thread.submit(
                self._luma.code, self._luma_history, luma, shape, field, self._luma_symbols
            )
        if self._chroma and self._chroma_history:
            chroma = picture.chroma_planes()
            return self._chroma.code(self._chroma_history, luma, chroma, field, self._chroma_symbols)
        return picture

    def finish(self) -> CodedSamples:
        """What was coded."""
        self._end_gray()
        self._gray_thread.shutdown()
        return CodedSamples(self._motion.finish(), self._luma_symbols.finish(), self._chroma_symbols.finish())

    def _end_gray(self) -> None:
        """Wait for the gray that is being coded."""
        if self._gray_done is not None:
            self._gray_done.result()


def decode_lumas(coder: LumaCoder, coded: CodedSamples, count: int, shape: tuple[int, int]) -> Iterator[PlaneArray]:
    """The gray planes of a segment, (height, width) uint8 each.

    Raises:
        StreamError: the data are damaged.
    """
    symbols, history = SymbolDecoder(coded.luma, 1), coder.begin()
    for field in _fields(coded.motion, count, shape):
        yield coder.code(history, None, shape, field, symbols)
    symbols.finish()


def decode_pictures(coder: ChromaCoder, coded: CodedSamples, lumas: Sequence[PlaneArray]) -> Iterator[Picture]:
    """The pictures of a segment, given their gray planes.

    Raises:
        StreamError: the data are damaged.
    """
    symbols, history = SymbolDecoder(coded.chroma, 2), coder.begin()
    shape = lumas[0].shape[0], lumas[0].shape[1]
    for luma, field in zip(lumas, _fields(coded.motion, len(lumas), shape), strict=True):
        yield coder.code(history, luma, None, field, symbols)
    symbols.finish()


@functools.lru_cache(maxsize=4)  # both the gray and the chroma of a segment ask for them
def _fields(motion: bytes, count: int, shape: tuple[int, int]) -> tuple[I16Array | None, ...]:
    """The field of each picture; None for the first."""
    decoder = MotionDecoder(motion, field_shape(*shape))
    return None, *(decoder.next() for _ in range(count - 1))
