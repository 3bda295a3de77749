"""Steps of a picture in the library equal the reference, whatever the size of the picture and the data."""

from __future__ import annotations

import ctypes
from dataclasses import replace

import numpy as np
import pytest

from codec.lossless.parameters import SampleScale
from codec.lossless.steps import code_step_in_numpy
from codec.lossless.symbols import SymbolDecoder, SymbolEncoder, table_layout
from codec.native.range_coder import NativeReader, NativeWriter
from codec.native.steps import SampleCoder
from tests.unit.native.random_coding import code_steps_alike, emptied, made_step

SIDES = [*range(1, 71, 3), 2, 64, 66]
pytestmark = pytest.mark.usefixtures("without_library")  # SymbolEncoder is the reference here


@pytest.mark.parametrize("rows", SIDES)
def test_every_size(library: ctypes.CDLL, rows: int) -> None:
    random = np.random.default_rng(rows)
    for columns in (1, 1 + rows * 37 % 70, 1 + rows * 11 % 23):
        errors = tuple(random.integers(0, 5, 1 + (rows + columns) % 2).tolist())
        code_steps_alike(library, made_step(random, (rows, columns), errors), pictures=1)


@pytest.mark.parametrize("errors", [(0,), (1,), (2,), (3,), (4,), (0, 0), (1, 0), (2, 2), (3, 4), (4, 3)])
def test_every_error(library: ctypes.CDLL, errors: tuple[int, ...]) -> None:
    random = np.random.default_rng(sum(errors))
    step = made_step(random, (21, 18), errors)
    code_steps_alike(library, step)
    code_steps_alike(library, step, range(2, 5))
    received = emptied(step)
    encoder = SymbolEncoder(len(errors))
    for number in range(5):
        code_step_in_numpy(replace(received, number=number), encoder)
    assert step.planes is not None
    misses = np.abs(received.decoded.astype(int) - step.planes).max(axis=(0, 1))
    assert (misses <= errors).all()


def test_any_base_is_safe(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(0)
    for scale in (SampleScale(), SampleScale(12, 0), SampleScale(16, 0), SampleScale(16, 10)):
        step = made_step(random, (33, 31), (0, 0), scale=scale, extreme=True)
        base = np.where(random.integers(2, size=step.base.shape), 2**15 - 1, -(2**15)).astype(np.int16)
        step = replace(step, base=base, unit_bits=12 if scale.unit_bits == 10 else scale.unit_bits)
        code_steps_alike(library, step, pictures=1)
        native = SampleCoder(table_layout(), 2, NativeWriter(library))
        for number in range(5):
            native.code_step(replace(step, number=number))
        assert np.array_equal(step.decoded, step.planes)


def test_samples_far_beyond_the_table(library: ctypes.CDLL) -> None:
    most = 4095 + 2**17 - 1 + 4
    samples = np.array([4094 + 4, 4095 + 4, -4095 - 4, 4096 + 4, most, -most, 0], np.int32)
    zeros = np.zeros_like(samples)
    writer, encoder = NativeWriter(library), SymbolEncoder(1)
    for coder in (SampleCoder(table_layout(), 1, writer), encoder):
        coder.code(samples, zeros, zeros, 0)
        for wrong in (most + 1, -most - 1, 2**31 - 1, -(2**31)):
            with pytest.raises(ValueError, match="symbols that their model has"):
                coder.code(np.array([wrong], np.int32), zeros[:1], zeros[:1], 0)
    data = encoder.finish()
    words = writer.words()
    assert words.astype("<u4").tobytes() == data
    reader = NativeReader(library, words)
    assert np.array_equal(SampleCoder(table_layout(), 1, reader).code(None, zeros, zeros, 0), samples)
    assert reader.may_end()
    assert np.array_equal(SymbolDecoder(data, 1).code(None, zeros, zeros, 0), samples)


def test_what_does_not_fit_is_refused(library: ctypes.CDLL) -> None:
    step = made_step(np.random.default_rng(0), (6, 6), (0, 0))
    native = SampleCoder(table_layout(), 2, NativeWriter(library))
    with pytest.raises(ValueError, match="expected a step"):
        native.code_step(replace(step, number=5))
    with pytest.raises(ValueError, match="expected a step"):
        native.code_step(replace(step, max_errors=(0, 4096)))
    with pytest.raises(ValueError, match="expected an int16 array"):
        native.code_step(replace(step, results=step.results[:2]))
    for unit_bits, raw_bits in ((0, 9), (1, 0), (-1, 0), (13, 8)):
        with pytest.raises(ValueError, match="expected a step"):
            native.code_step(replace(step, unit_bits=unit_bits, raw_bits=raw_bits))
    with pytest.raises(ValueError, match="expected a step"):
        native.code_step(replace(step, sample_range=(0, 2**16), raw_bits=8))
    with pytest.raises(ValueError, match="expected a int32 array"):
        native.code_step(replace(step, decoded=step.decoded[:5]))
    zeros = np.zeros(3, np.int32)
    for kind, scale in ((2, 0), (-1, 0), (0, 44), (0, -1)):
        with pytest.raises(ValueError, match="symbols that their model has"):
            native.code(zeros, zeros, zeros + np.int32(scale), kind)
