"""The known answers are those of the NumPy references, and every library gives them."""

from __future__ import annotations

import ctypes
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from codec.entropy.range_coder import Model
from codec.entropy.reference_coder import ReferenceWriter
from codec.exact.layers import IntegerConvolution, check_exact
from codec.exact.reference import run_layers
from codec.hints import planes
from codec.keyframes.area_averages import weighted_sums
from codec.lossless import distributions, symbols
from codec.lossless.adaptive.bits import ReferenceBits
from codec.lossless.adaptive.reference import ReferencePlanes
from codec.lossless.adaptive.symbols import ReferenceSymbols
from codec.lossless.block_motion import coarse_by_numpy
from codec.lossless.history import on_lattice, quarters
from codec.lossless.known import Known, between_by_numpy, running_average
from codec.lossless.motion import moved_by_numpy
from codec.lossless.motion_code import MotionEncoder
from codec.lossless.motion_trial import refined
from codec.lossless.parameters import SampleScale
from codec.lossless.steps import code_step_in_numpy
from codec.native import adaptive_answer, known_answers
from codec.native.adaptive import AdaptiveLayout
from codec.native.known_answers import KNOWN_ANSWERS, checksum
from codec.native.steps import Step
from codec.networks.compact import inputs_by_numpy
from codec.video.color import ColorConversion
from codec.video.picture import Picture, rgb_by_numpy, ycocg_by_numpy
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


def _ycocg() -> int:
    found = []
    for depth in known_answers.YCOCG_DEPTHS:
        rgb = known_answers.rgb_samples(depth)
        found += ycocg_by_numpy(rgb[..., 0], rgb[..., 1], rgb[..., 2], depth).planes()
        into = np.zeros_like(rgb)
        into[..., :3] = np.stack(rgb_by_numpy(Picture.of_planes(known_answers.ycocg_planes(depth)), depth), axis=-1)
        found.append(into)
    return checksum(*found)


def _areas() -> int:
    picture, (across, down) = known_answers.area_inputs()
    rows = weighted_sums(picture.transpose(1, 0, 2).astype(np.float32), *across).transpose(1, 0, 2)
    return checksum(np.rint(np.minimum(weighted_sums(rows, *down), np.float32(255))).astype(np.uint8))


def _motion() -> int:
    planes, fields = known_answers.motion_inputs()
    found = []
    for most in known_answers.MOTION_LIMITS:
        found += [moved_by_numpy(planes, field, known_answers.MOTION_BLOCK, most) for field in fields]
        planes = planes << np.int16(4)
    return checksum(*found)


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
        _with_filler(Known(*known_answers.deeper(own), is_moved=True).channels(2048, level_shift=2)),
        *(between_by_numpy(own.base.astype(np.int32) << bits, (25, 46), bits) for bits in (0, 6)),
    )


def _history() -> int:
    average = known_answers.known_inputs().average[..., 0]
    found = []
    for (plane, unit_bits, neutral), depth in zip(known_answers.history_planes(), (8, 8, 16, 16), strict=True):
        scale = SampleScale(depth, unit_bits)
        assert scale.neutral == neutral
        before = quarters(plane, unit_bits)
        gray = plane if plane.dtype.kind == "u" else before
        lattices = [on_lattice(gray, *block, scale) for block in (((2, 2), 1), ((4, 4), 2))]
        found += [before, running_average(average, before), *lattices]
    return checksum(*found)


def _block_motion() -> int:
    now, now_small, before, before_small = known_answers.coarse_inputs()
    return checksum(coarse_by_numpy((now, now_small), (before, before_small)))


def _range_coder() -> int:
    writer = ReferenceWriter()
    symbols = [known_answers.range_symbols(size) for size in known_answers.RANGE_MODEL_SIZES]
    for size, own in zip(known_answers.RANGE_MODEL_SIZES, symbols, strict=True):
        writer.write(own, known_answers.range_starts(size))
    values, bits = known_answers.range_bits()
    writer.write_bits(values, bits)
    return checksum(writer.words(), *symbols, values)


def _steps() -> int:
    layout = known_answers.table_layout()
    places = distributions.Layout(
        *(
            values.astype(np.int64)
            for values in (layout.first_table, layout.fraction_shift, layout.reach, layout.offsets)
        )
    )
    found: list[npt.NDArray[Any]] = []
    beyond = Model.uniform(2)
    beyond.starts = layout.beyond
    with pytest.MonkeyPatch.context() as patch:
        for module in (distributions, symbols):
            patch.setattr(module, "layout", lambda: places)
        patch.setattr(distributions, "prior", lambda: layout.prior)
        patch.setattr(symbols, "_BEYOND", beyond)
        for scale in known_answers.STEP_SCALES:
            encoder, sent = symbols.SymbolEncoder(2), known_answers.picture_step(scale)
            _code_pictures(encoder, sent)
            data, received = encoder.finish(), replace(known_answers.picture_step(scale), planes=None)
            _code_pictures(symbols.SymbolDecoder(data, 2), received)
            words = np.frombuffer(data, "<u4")
            found += [words, sent.decoded, sent.missed, received.decoded, received.missed]
    return checksum(*found)


def _code_pictures(coder: symbols.Symbols, step: Step) -> None:
    for _ in range(2):
        for number in range(known_answers.NUM_STEPS):
            code_step_in_numpy(replace(step, number=number), coder)
        coder.end_picture()


def _motion_code() -> int:
    encoder, fields = MotionEncoder(), known_answers.motion_fields()
    for field in fields:
        encoder.add(field)
    return checksum(np.frombuffer(encoder.finish(), "<u4"), *fields)


def _adaptive_planes() -> int:
    def coded(layout: AdaptiveLayout, data: bytes | None) -> tuple[bytes, list[npt.NDArray[np.int32]]]:
        bits = ReferenceSymbols(data) if layout.level.is_symbols else ReferenceBits(data)
        return adaptive_answer.coded_pictures(layout, ReferencePlanes(layout, adaptive_answer.tables()), bits)

    return adaptive_answer.checksum_of(coded)


REFERENCES = {
    "adaptive planes": _adaptive_planes,
    "convolution": _convolution,
    "hints": _hints,
    "color": _color,
    "YCoCg": _ycocg,
    "area averages": _areas,
    "motion": _motion,
    "motion search": _search,
    "known channels": _known,
    "history": _history,
    "block motion": _block_motion,
    "range coder": _range_coder,
    "steps": _steps,
    "motion code": _motion_code,
}


@pytest.mark.usefixtures("without_library")
@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_answer_is_the_references(name: str) -> None:
    assert REFERENCES[name]() == KNOWN_ANSWERS[name].crc32


@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_library_gives_the_answer(name: str, library: ctypes.CDLL) -> None:
    assert KNOWN_ANSWERS[name].compute(library) == KNOWN_ANSWERS[name].crc32
