"""Whole-number weights of a network of convolutions as two arrays: all kernels, and all biases, one after another.

Two tensors need fewer probability tables in a stream than two for each convolution.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator

from codec.exact.layers import I32Array
from codec.weights.tensors import QuantizedTensor

KernelShape = tuple[int, int, int, int]


class ConvolutionSizes(ABC):
    """The sizes of a network, from which those of its arrays follow."""

    @property
    @abstractmethod
    def kernel_shapes(self) -> tuple[KernelShape, ...]:
        """Of all convolutions, in order: rows, columns, inputs, outputs."""

    @property
    def num_kernel_weights(self) -> int:
        """Weights without biases."""
        return sum(math.prod(shape) for shape in self.kernel_shapes)

    @property
    def num_biases(self) -> int:
        """One for each kernel of each convolution."""
        return sum(shape[-1] for shape in self.kernel_shapes)

    def split(self, kernels: I32Array, biases: I32Array) -> Iterator[tuple[I32Array, I32Array]]:
        """Kernel and bias of each convolution, from all of them."""
        kernel_start = bias_start = 0
        for shape in self.kernel_shapes:
            kernel_stop, bias_stop = kernel_start + math.prod(shape), bias_start + shape[-1]
            yield kernels[kernel_start:kernel_stop].reshape(shape), biases[bias_start:bias_stop]
            kernel_start, bias_start = kernel_stop, bias_stop


def flat_tensors(kernels: I32Array, biases: I32Array) -> tuple[QuantizedTensor, ...]:
    """Both arrays as they are sent."""
    return QuantizedTensor("kernels", kernels.shape, 1.0, kernels), QuantizedTensor("biases", biases.shape, 1.0, biases)
