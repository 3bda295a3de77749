"""The predictor on the backend. Its sizes and weights are in :mod:`codec.lossless.predictor_weights`."""

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
    """Runs a predictor on the backend. Imports Keras.

    Args:
        weights: the weights of the predictor.

    Attributes:
        shape: the sizes of the predictor.

    Raises:
        StreamError: it cannot be proved that the network is exact with these weights.
    """

    def __init__(self, weights: PredictorWeights) -> None:
        from codec.exact.inference import ExactNetwork

        self.shape = weights.shape
        parts = enumerate(weights.layers())
        self._networks = [ExactNetwork(layers, input_magnitudes(weights.shape, part)) for part, layers in parts]

    def distrust_backend(self) -> bool:
        """Compute in NumPy from now on. Returns whether the backend was in use before."""
        was_trusted = any(network.runs_on_backend for network in self._networks)
        for network in self._networks:
            network.distrust_backend()
        return was_trusted

    def features(self, known: I16Array) -> Kept:
        """Run the trunk.

        Args:
            known: (grid rows, grid columns, known channels) int16, from :meth:`codec.lossless.known.Known.channels`.

        Returns:
            The features that :meth:`results` takes.
        """
        return self._networks[0].kept(known[None])

    def results(self, step: int, features: Kept, decoded: I16Array) -> I32Array:
        """Run one step.

        Args:
            step: 0 to 4.
            features: the features that the trunk gave for this picture.
            decoded: (grid rows, grid columns, 4 x components) int16 within ``INPUT_MAX``: the decoded samples minus
                their base, companded, in the order of ``PHASES``.

        Returns:
            (grid rows, grid columns, ``shape.num_results``) int32.
        """
        num_decoded = DECODED_PHASES[step] * self.shape.components
        seen = (decoded[None, ..., :num_decoded],) if num_decoded else ()
        results: I32Array = self._networks[1 + step](features, *seen)[0]
        return results
