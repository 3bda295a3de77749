"""The whole-number weights of a convolutional network as two flat arrays: all kernels, and all biases.

Two tensors for the whole network need fewer probability tables in a stream than two tensors for each convolution.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator

from codec.exact.layers import I32Array
from codec.weights.tensors import QuantizedTensor

KernelShape = tuple[int, int, int, int]


class ConvolutionSizes(ABC):
    """The sizes of a convolutional network. The sizes of its flat arrays are derived from them."""

    @property
    @abstractmethod
    def kernel_shapes(self) -> tuple[KernelShape, ...]:
        """The shape (rows, columns, inputs, outputs) of each convolution's kernel, in order."""

    @property
    def num_kernel_weights(self) -> int:
        """The number of weights in all kernels, without biases."""
        return sum(math.prod(shape) for shape in self.kernel_shapes)

    @property
    def num_biases(self) -> int:
        """The number of biases: one for each output of each convolution."""
        return sum(shape[-1] for shape in self.kernel_shapes)

    def split(self, kernels: I32Array, biases: I32Array) -> Iterator[tuple[I32Array, I32Array]]:
        """Split the flat arrays into the kernel and the bias of each convolution.

        Args:
            kernels: (num_kernel_weights,) int32.
            biases: (num_biases,) int32.

        Yields:
            For each convolution, the kernel, (rows, columns, inputs, outputs), and the bias, (outputs,).
        """
        kernel_start = bias_start = 0
        for shape in self.kernel_shapes:
            kernel_stop, bias_stop = kernel_start + math.prod(shape), bias_start + shape[-1]
            yield kernels[kernel_start:kernel_stop].reshape(shape), biases[bias_start:bias_stop]
            kernel_start, bias_start = kernel_stop, bias_stop


def flat_tensors(kernels: I32Array, biases: I32Array) -> tuple[QuantizedTensor, ...]:
    """Make the tensors ``kernels`` and ``biases`` that a stream carries. Their step is 1."""
    return QuantizedTensor("kernels", kernels.shape, 1.0, kernels), QuantizedTensor("biases", biases.shape, 1.0, biases)
