"""The predictor on the backend: sizes and weights are in :mod:`codec.lossless.predictor_weights`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from codec.exact.layers import I32Array
from codec.lossless.predictor_weights import DECODED_PHASES, PredictorWeights, input_magnitudes

if TYPE_CHECKING:  # imports Keras
    from codec.exact.inference import Kept

I16Array = npt.NDArray[np.int16]


class Predictor:
    """The network on the backend. Imports Keras.

    Raises:
        StreamError: the weights cannot be proved to be exact.
    """

    def __init__(self, weights: PredictorWeights) -> None:
        from codec.exact.inference import ExactNetwork

        self.shape = weights.shape
        parts = enumerate(weights.layers())
        self._networks = [ExactNetwork(layers, input_magnitudes(weights.shape, part)) for part, layers in parts]

    def distrust_backend(self) -> bool:
        """Compute in NumPy from now on; whether that is new."""
        was_trusted = any(network.runs_on_backend for network in self._networks)
        for network in self._networks:
            network.distrust_backend()
        return was_trusted

    def features(self, known: I16Array) -> Kept:
        """The trunk: (rows, columns, known channels) int16 to what :meth:`results` takes."""
        return self._networks[0].kept(known[None])

    def results(self, step: int, features: Kept, decoded: I16Array) -> I32Array:
        """A step.

        Args:
            step: 0 to 4.
            features: of the trunk.
            decoded: (rows, columns, 4 x components) int16 within ``INPUT_MAX``: how far the samples that are known
                are from their base, in the order of ``PHASES``.

        Returns:
            (rows, columns, ``shape.num_results``) int32.
        """
        num_decoded = DECODED_PHASES[step] * self.shape.components
        seen = (decoded[None, ..., :num_decoded],) if num_decoded else ()
        results: I32Array = self._networks[1 + step](features, *seen)[0]
        return results
