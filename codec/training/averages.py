"""Averages of batch normalizations, measured once the weights are final.

While a network trains, its normalizations take mean and variance of each batch, and keep a running average of them for
later use. With small batches of consecutive frames, and weights that still move, that average fits neither: a network
that had learned a clip to 19.9 dB answered with 11.8 dB (docs/decisions/0016-networks-with-memory.md). So the averages
are taken anew, over batches of all examples with the weights as they are: "precise batch normalization" (Y. Wu,
J. Johnson, "Rethinking 'Batch' in BatchNorm", arXiv:2105.07576, section 3).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codec.backend import keras
from codec.networks.interface import TrainingStage
from codec.networks.model_weights import KerasModel
from codec.training.examples import Examples
from codec.training.options import TrainingOptions

_MAX_BATCHES = 32
_FROZEN = 1.0  # the momentum at which an average stays as it is


def measure_averages(stage: TrainingStage, examples: Examples, options: TrainingOptions) -> None:
    """Give the normalizations of a trained model their averages over the examples; nothing if it has none.

    Args:
        stage: of the training that is over.
        examples: that it was trained on.
        options: batch size and seed are used.
    """
    layers = _normalizations(stage.model)
    if not layers:
        return
    momenta = [layer.momentum for layer in layers]
    order = np.random.default_rng(options.seed).permutation(len(examples))
    starts = range(0, len(order), options.batch_size)[:_MAX_BATCHES]
    for count, start in enumerate(starts):
        for layer in layers:
            layer.momentum = count / (count + 1)  # the mean of all batches so far
        inputs, _ = stage.pair(*examples.batch(order[start : start + options.batch_size]))
        stage.model(inputs, training=True)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum


def freeze_averages(model: KerasModel) -> None:
    """Training that is compiled from now on leaves the averages alone."""
    for layer in _normalizations(model):
        layer.momentum = _FROZEN


def _normalizations(model: KerasModel) -> list[Any]:
    return [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
