"""The known answers are those of the NumPy references, and every library gives them."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from codec.exact.layers import IntegerConvolution, check_exact
from codec.exact.reference import run_layers
from codec.hints import planes
from codec.native import known_answers
from codec.native.known_answers import KNOWN_ANSWERS, checksum
from codec.networks.compact import inputs_in_numpy
from codec.video.color import ColorConversion
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel


def _convolution() -> int:
    layers = [
        IntegerConvolution(layer.kernel, layer.bias, layer.shift, layer.minimum, layer.maximum)
        for layer in known_answers.convolution_layers()
    ]
    pictures = np.concatenate(known_answers.convolution_pictures(), axis=-1)
    check_exact(layers, [2047] * pictures.shape[-1])
    return checksum(run_layers(layers, pictures[None].astype(np.int32)))


def _hints() -> int:
    layout, luma = known_answers.HINT_LAYOUT, known_answers.hint_luma()
    quarters = planes.enlarged_in_numpy([known_answers.hint_picture()], layout.chroma, known_answers.HINT_SCALE)[0]
    inputs = inputs_in_numpy(luma[None], quarters[None], layout.block)[0]
    color = planes.with_residuals(quarters, known_answers.hint_residuals(), layout)
    first, second = planes.picture_in_numpy(luma, color, ColorModel.YUV).chroma_planes()
    return checksum(quarters, inputs, first, second, planes.reduced_in_numpy(first, 2))


def _color() -> int:
    luma, first, second = known_answers.color_planes()
    conversion = ColorConversion(PIXEL_FORMATS["yuv420p"], 1, full_range=False)
    assert conversion.as_native() == known_answers.COLOR_CONVERSION
    return checksum(conversion.rgb_in_numpy(Picture(luma, (first, second))))


REFERENCES = {"convolution": _convolution, "hints": _hints, "color": _color}


@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_answer_is_the_references(name: str) -> None:
    assert REFERENCES[name]() == KNOWN_ANSWERS[name].crc32


@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_library_gives_the_answer(name: str, library: ctypes.CDLL) -> None:
    assert KNOWN_ANSWERS[name].compute(library) == KNOWN_ANSWERS[name].crc32
