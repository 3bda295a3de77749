"""Planes of one picture after another, by a predictor: what sender and receiver do alike.

The sender gives the samples and gets them back as the receiver will have them; the receiver gives none.
"""

from __future__ import annotations

import numpy as np

from codec.lossless.history import ChromaHistory, LumaHistory, no_gray
from codec.lossless.known import I16Array
from codec.lossless.motion import MotionCompensation
from codec.lossless.planes import LUMA_RANGE, PlaneCoder, chroma_range
from codec.lossless.predictor import Predictor
from codec.lossless.predictor_weights import PredictorWeights
from codec.lossless.symbols import Symbols
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
