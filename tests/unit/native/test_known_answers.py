"""The known answers are those of the NumPy references, and every library gives them."""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt
import pytest

from codec.exact.layers import IntegerConvolution, check_exact
from codec.exact.reference import run_layers
from codec.hints import planes
from codec.lossless.block_motion import coarse_by_numpy
from codec.lossless.history import on_lattice, quarters
from codec.lossless.known import Known, between_by_numpy, running_average
from codec.lossless.motion import moved_by_numpy
from codec.lossless.motion_start import flow_vectors
from codec.lossless.motion_trial import refined
from codec.native import known_answers
from codec.native.known_answers import KNOWN_ANSWERS, checksum
from codec.networks.compact import inputs_by_numpy
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
    quarters = planes.enlarged_by_numpy([known_answers.hint_picture()], layout.chroma, known_answers.HINT_SCALE)[0]
    inputs = inputs_by_numpy(luma[None], quarters[None], layout.block)[0]
    color = planes.with_residuals(quarters, known_answers.hint_residuals(), layout)
    first, second = planes.picture_by_numpy(luma, color, ColorModel.YUV).chroma_planes()
    return checksum(quarters, inputs, first, second, planes.reduced_by_numpy(first, 2))


def _color() -> int:
    luma, first, second = known_answers.color_planes()
    conversion = ColorConversion(PIXEL_FORMATS["yuv420p"], 1, full_range=False)
    assert conversion.as_native() == known_answers.COLOR_CONVERSION
    return checksum(conversion.rgb_by_numpy(Picture(luma, (first, second))))


def _motion() -> int:
    planes, fields = known_answers.motion_inputs()
    return checksum(*(moved_by_numpy(planes, field, known_answers.MOTION_BLOCK) for field in fields))


def _search() -> int:
    now, before, start = known_answers.search_inputs()
    return checksum(refined(now, before, [start]))


def _with_filler(channels: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    return np.pad(channels, ((0, 0), (0, 0), (0, channels.shape[2] % 2)))


def _known() -> int:
    own = known_answers.known_inputs()
    none = own.gray[..., :0]
    return checksum(
        _with_filler(Known(*own, is_moved=True).channels(512)),
        _with_filler(Known(none, none, own.base, own.average, is_moved=False).channels(0)),
        between_by_numpy(own.base, (25, 46)),
    )


def _history() -> int:
    average = known_answers.known_inputs().average[..., 0]
    found = []
    for kind in (np.uint8, np.int16):
        plane = known_answers.numbers(average.shape, 0, 255).astype(kind)
        before = quarters(plane)
        found += [before, running_average(average, before), on_lattice(plane, (2, 2), 1), on_lattice(plane, (4, 4), 2)]
    return checksum(*found)


def _block_motion() -> int:
    now, now_small, before, before_small = known_answers.coarse_inputs()
    found = coarse_by_numpy((now, now_small), (before, before_small))
    return checksum(found, flow_vectors(known_answers.flow_input()))


REFERENCES = {
    "convolution": _convolution,
    "hints": _hints,
    "color": _color,
    "motion": _motion,
    "motion search": _search,
    "known channels": _known,
    "history": _history,
    "block motion": _block_motion,
}


@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_answer_is_the_references(name: str) -> None:
    assert REFERENCES[name]() == KNOWN_ANSWERS[name].crc32


@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_library_gives_the_answer(name: str, library: ctypes.CDLL) -> None:
    assert KNOWN_ANSWERS[name].compute(library) == KNOWN_ANSWERS[name].crc32
