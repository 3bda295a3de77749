"""How coarsely a trained network can be quantized: the fewest bytes for a stated loss of color."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from codec.metrics.psnr import CHROMA_PEAK, SquaredError, add_chroma_error, psnr_db
from codec.networks.interface import NetworkSpec, TrainableNetwork
from codec.networks.model_weights import KerasModel, dequantize_into, named_weights
from codec.networks.registry import trainable_network
from codec.training.examples import Examples
from codec.training.options import TrainingOptions
from codec.training.settling import settle
from codec.weights.packing import pack_weights, packed_bytes
from codec.weights.quantizing import quantize_weights
from codec.weights.tensors import QuantizedTensor

# Scales for quantize_weights, coarse to fine, a factor of 2^(1/4) apart.
STEP_SCALES: tuple[float, ...] = tuple(2 ** (exponent / 4) for exponent in range(8, -25, -1))
# Settling wins back most of what rounding costs: what may be lost before it, over what may be lost after.
_LOSS_BEFORE_SETTLING = 10
_MAX_SETTLINGS, _MAX_SETTLINGS_OF_RUNS = 8, 3  # networks that look at runs take longer for everything
_FINER = 2  # places on the ladder that the next one goes down
_MAX_EVALUATED = 16


@dataclass(frozen=True)
class QuantizationReport:
    """What quantizing cost.

    Attributes:
        psnr_float_db: chroma PSNR (peak 255) over training examples without rounding, after as many training steps as
            the network that is sent has seen. Settling is training too: measured against the network as it came from
            training, its gain would hide what rounding costs.
        psnr_quantized_db: the same with the weights as sent.
        network_bytes: all tensors' tables and payloads.
        step_scale: the scale chosen, see :func:`codec.weights.packing.quantize_weights`.
    """

    psnr_float_db: float
    psnr_quantized_db: float
    network_bytes: int
    step_scale: float


def choose_quantization(
    spec: NetworkSpec,
    model: KerasModel,
    examples: Examples,
    options: TrainingOptions,
    *,
    max_loss_db: float = 0.1,
) -> tuple[tuple[QuantizedTensor, ...], QuantizationReport]:
    """Few bytes for a network that loses little color: a step by bisection, then settling, finer until it fits.

    Args:
        spec: that ``model`` was built from.
        model: trained. It has the quantized weights afterwards.
        examples: to measure on (some of them, evenly spread) and to settle on.
        options: that ``model`` was trained with.
        max_loss_db: chroma PSNR that rounding may cost, in dB.

    Returns:
        The tensors and what they cost. If no trial is good enough, the finest; the report tells.
    """
    search = _Search(spec, model, examples)
    finest = len(STEP_SCALES) - 1
    *_, stage = search.network.stages(spec, model, examples.conversion, true_share=options.true_share)

    def settled(index: int) -> tuple[QuantizedTensor, ...]:
        return settle(stage, model, search.weights, search.quantized(index), examples, options)

    index = search.coarsest(_LOSS_BEFORE_SETTLING * max_loss_db)
    float_db = search.psnr_db(settled(finest))  # so fine that it is as good as not rounded
    max_settlings = _MAX_SETTLINGS if examples.run_length == 1 else _MAX_SETTLINGS_OF_RUNS
    for place in (*range(index, finest, _FINER)[: max_settlings - 1], finest):
        tensors = settled(place)
        quantized_db = search.psnr_db(tensors)
        if place == finest or float_db - quantized_db <= max_loss_db:
            break
    return tensors, QuantizationReport(float_db, quantized_db, search.num_bytes(tensors), STEP_SCALES[place])


class _Search:
    """Trials of one model's weights on the ladder of steps."""

    def __init__(self, spec: NetworkSpec, model: KerasModel, examples: Examples) -> None:
        self.network = trainable_network(spec.architecture)
        self._start = self.network.start_weights(spec)
        self.weights = named_weights(model, self._start)
        self._model = model
        self._evaluation = _Evaluation(spec, self.network, examples)
        self._unsettled_db = self._evaluation.psnr_db(model)

    def quantized(self, index: int) -> tuple[QuantizedTensor, ...]:
        return quantize_weights(self.weights, self._start, STEP_SCALES[index])

    def psnr_db(self, tensors: tuple[QuantizedTensor, ...]) -> float:
        """Of these weights, which the model has afterwards."""
        dequantize_into(self._model, tensors)
        return self._evaluation.psnr_db(self._model)

    def coarsest(self, max_loss_db: float) -> int:
        """Place on the ladder of the coarsest step that loses no more before settling; the finest if all do."""
        low, high = 0, len(STEP_SCALES) - 1  # the answer is in [low, high]
        while low < high:
            middle = (low + high) // 2
            if self._unsettled_db - self.psnr_db(self.quantized(middle)) <= max_loss_db:
                high = middle
            else:
                low = middle + 1
        return low

    def num_bytes(self, tensors: tuple[QuantizedTensor, ...]) -> int:
        return packed_bytes(pack_weights(tensors, self._start))


class _Evaluation:
    """Chroma PSNR of a model over some examples."""

    def __init__(self, spec: NetworkSpec, network: TrainableNetwork, examples: Examples) -> None:
        self._spec = spec
        self._network = network
        self._conversion = examples.conversion
        self._batches = [
            (
                lumas,
                [
                    self._conversion.with_color_of(luma, rgb_u8.astype(np.float32) / np.float32(255))
                    for luma, rgb_u8 in zip(lumas, rgbs_u8, strict=True)
                ],
            )
            for lumas, rgbs_u8 in examples.spread(max(1, _MAX_EVALUATED // examples.run_length))
        ]

    def psnr_db(self, model: KerasModel) -> float:
        error = SquaredError()
        colorizer = self._network.colorizer_of(self._spec, model, self._conversion)
        for lumas, originals in self._batches:
            colorizer.begin_shot()
            for original, estimate in zip(originals, colorizer(lumas, None), strict=True):
                add_chroma_error(error, self._conversion, original, estimate)
        result = psnr_db(error.mse, CHROMA_PEAK)
        return result if math.isfinite(result) else 99.0  # a video without color, colored perfectly
