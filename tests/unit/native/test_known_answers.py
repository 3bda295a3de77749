"""The known answers are those of the NumPy references, and every library gives them."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from codec.exact.layers import IntegerConvolution, check_exact
from codec.exact.reference import run_layers
from codec.native import known_answers
from codec.native.known_answers import KNOWN_ANSWERS, checksum


def _convolution() -> int:
    layers = [
        IntegerConvolution(layer.kernel, layer.bias, layer.shift, layer.minimum, layer.maximum)
        for layer in known_answers.convolution_layers()
    ]
    pictures = np.concatenate(known_answers.convolution_pictures(), axis=-1)
    check_exact(layers, [2047] * pictures.shape[-1])
    return checksum(run_layers(layers, pictures[None].astype(np.int32)))


REFERENCES = {"convolution": _convolution}


@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_answer_is_the_references(name: str) -> None:
    assert REFERENCES[name]() == KNOWN_ANSWERS[name].crc32


@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_library_gives_the_answer(name: str, library: ctypes.CDLL) -> None:
    assert KNOWN_ANSWERS[name].compute(library) == KNOWN_ANSWERS[name].crc32
