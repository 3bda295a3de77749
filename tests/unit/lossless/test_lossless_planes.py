"""Planes of one picture."""

from __future__ import annotations

import numpy as np
import pytest

from codec.lossless.known import Known, between, running_average
from codec.lossless.planes import LUMA_RANGE, YCOCG_RANGE, PlaneCoder, Range
from codec.lossless.predictor import Predictor
from codec.lossless.symbols import SymbolDecoder, SymbolEncoder
from tests.unit.lossless.conftest import SHAPES, made_up_weights, wavy

SIZES = ((1, 1), (1, 70), (9, 8), (33, 21), (40, 64))


@pytest.fixture(scope="module")
def predictors() -> dict[int, Predictor]:
    return {number: Predictor(made_up_weights(SHAPES[number])) for number in (1, 2, 5)}


@pytest.mark.parametrize("max_error", [0, 1, 4])
@pytest.mark.parametrize(("number", "values"), [(1, LUMA_RANGE), (2, YCOCG_RANGE), (5, LUMA_RANGE)])
def test_both_sides_agree(predictors: dict[int, Predictor], number: int, values: Range, max_error: int) -> None:
    shape = SHAPES[number]
    components = shape.components
    coder = PlaneCoder(predictors[number], values, (max_error,) * components)
    for rows, columns in SIZES:
        gray = wavy((rows, columns, shape.gray_channels), -512, 511, 1)
        first = wavy((rows, columns, components), values.low, values.high, 2)
        second = (first + wavy((rows, columns, components), -3, 3, 3)).clip(values.low, values.high).astype(np.int16)
        encoder = SymbolEncoder(components)
        sent = coder.code_alone(first, gray, components, encoder)
        encoder.end_picture()
        base = (sent * 4).astype(np.int16)
        known = Known(gray, gray[::-1], base, base + np.int16(1), is_moved=True)
        sent_too = coder.code(second, known, encoder)
        decoder = SymbolDecoder(encoder.finish(), components)
        received = coder.code_alone(None, gray, components, decoder)
        decoder.end_picture()
        assert np.array_equal(received, sent)
        assert np.array_equal(coder.code(None, known, decoder), sent_too)
        decoder.finish()
        assert np.abs(sent - first).max() <= max_error
        assert np.abs(sent_too - second).max() <= max_error


def test_between_is_straight() -> None:
    ramp = (np.arange(5)[:, None] * 8 + np.arange(7) * 4)[..., None].astype(np.int32)
    filled = between(ramp[::2, ::2], (5, 7))
    assert np.array_equal(filled[:5, :7], ramp * 4)


def test_running_average_forgets_what_is_gone() -> None:
    flat = np.full((4, 4), 400, np.int16)
    assert np.array_equal(running_average(None, flat), flat)
    assert np.array_equal(running_average(flat, flat + np.int16(8)), flat + np.int16(2)), "noise is averaged away"
    assert np.abs(running_average(flat, flat + np.int16(400)) - (flat + 400)).max() <= 24, "news are not"
