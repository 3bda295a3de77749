"""The known answers are those of the NumPy references, and every library gives them."""

from __future__ import annotations

import ctypes
from dataclasses import replace

import numpy as np
import pytest

from codec.entropy.range_coder import Model
from codec.entropy.reference_coder import ReferenceWriter
from codec.exact.layers import IntegerConvolution, check_exact
from codec.exact.reference import run_layers
from codec.lossless import distributions, symbols
from codec.lossless.motion_code import MotionEncoder
from codec.lossless.steps import code_step_in_numpy
from codec.native import known_answers
from codec.native.known_answers import KNOWN_ANSWERS, checksum
from codec.native.steps import Step


def _convolution() -> int:
    layers = [
        IntegerConvolution(layer.kernel, layer.bias, layer.shift, layer.minimum, layer.maximum)
        for layer in known_answers.convolution_layers()
    ]
    pictures = np.concatenate(known_answers.convolution_pictures(), axis=-1)
    check_exact(layers, [2047] * pictures.shape[-1])
    return checksum(run_layers(layers, pictures[None].astype(np.int32)))


def _range_coder() -> int:
    writer = ReferenceWriter()
    symbols = [known_answers.range_symbols(size) for size in known_answers.RANGE_MODEL_SIZES]
    for size, own in zip(known_answers.RANGE_MODEL_SIZES, symbols, strict=True):
        writer.write(own, known_answers.range_starts(size))
    return checksum(writer.words(), *symbols)


def _steps() -> int:
    sent, received = known_answers.picture_step(), replace(known_answers.picture_step(), planes=None)
    layout = known_answers.table_layout()
    places = distributions.Layout(
        *(
            values.astype(np.int64)
            for values in (layout.first_table, layout.fraction_shift, layout.reach, layout.offsets)
        )
    )
    beyond = Model.uniform(2)
    beyond.starts = layout.beyond
    with pytest.MonkeyPatch.context() as patch:
        for module in (distributions, symbols):
            patch.setattr(module, "layout", lambda: places)
        patch.setattr(distributions, "prior", lambda: layout.prior)
        patch.setattr(symbols, "_BEYOND", beyond)
        encoder = symbols.SymbolEncoder(len(known_answers.STEP_ERRORS))
        _code_pictures(encoder, sent)
        data = encoder.finish()
        _code_pictures(symbols.SymbolDecoder(data, len(known_answers.STEP_ERRORS)), received)
    words = np.frombuffer(data, "<u4")
    return checksum(words, sent.decoded, sent.missed, received.decoded, received.missed)


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


REFERENCES = {
    "convolution": _convolution,
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
