"""The predictor at work. Its sizes and weights are in :mod:`codec.lossless.predictor_weights`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codec.exact.network import ExactNetwork
from codec.lossless.predictor_weights import DECODED_PHASES, NUM_STEPS, PredictorWeights, input_magnitudes
from codec.native.convolution import MARGIN, Padded

I16Array = npt.NDArray[np.int16]


class Predictor:
    """Runs a predictor. May be called from several threads.

    Args:
        weights: the weights of the predictor.

    Attributes:
        shape: the sizes of the predictor.

    Raises:
        StreamError: it cannot be proved that the network is exact with these weights.
    """

    def __init__(self, weights: PredictorWeights) -> None:
        shape = weights.shape
        trunk, *steps = weights.layers()
        self.shape = shape
        self._trunk = ExactNetwork(trunk, input_magnitudes(shape, 0))
        self._num_decoded = [DECODED_PHASES[step] * shape.components for step in range(NUM_STEPS)]
        self._steps = [
            ExactNetwork(layers, input_magnitudes(shape, 1 + step), [shape.width, *([count] if count else [])])
            for step, (layers, count) in enumerate(zip(steps, self._num_decoded, strict=True))
        ]

    def features(self, known: I16Array | Padded) -> Padded:
        """Run the trunk.

        Args:
            known: (grid rows, grid columns, known channels) int16, from :meth:`codec.lossless.known.Known.channels`;
                or the same with a margin.

        Returns:
            The features that :meth:`results` takes.
        """
        return self._trunk.padded(known, margin=MARGIN)

    def results(self, step: int, features: Padded, decoded: I16Array | Padded) -> I16Array:
        """Run one step.

        Args:
            step: 0 to 4.
            features: the features that the trunk gave for this picture.
            decoded: (grid rows, grid columns, 4 x components) int16 within ``INPUT_MAX``: the decoded samples minus
                their base, companded, in the order of ``PHASES``; or the same with a margin.

        Returns:
            (grid rows, grid columns, ``shape.num_results``) int16.
        """
        count = self._num_decoded[step]
        seen = [decoded if isinstance(decoded, Padded) else decoded[..., :count]] if count else []
        results: I16Array = self._steps[step](features, *seen).astype(np.int16, copy=False)
        return results
