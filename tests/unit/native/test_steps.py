"""Steps of a picture in the library equal the reference, whatever the size of the picture and the data."""

from __future__ import annotations

import ctypes
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codec.errors import StreamError
from codec.lossless.steps import code_step_in_numpy
from codec.lossless.symbols import SymbolDecoder, SymbolEncoder, table_layout
from codec.native.range_coder import NativeReader, NativeWriter
from codec.native.steps import SampleCoder, Step

EACH_LIBRARY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
SIDES = [*range(1, 71, 3), 2, 64, 66]
pytestmark = pytest.mark.usefixtures("without_library")  # SymbolEncoder and SymbolDecoder are the references here


def made_step(
    random: np.random.Generator,
    size: tuple[int, int],
    max_errors: tuple[int, ...],
    *,
    extreme: bool = False,
) -> Step:
    """The first step of a picture: a base, samples that are mostly near it, and results of a network."""
    rows, columns = size
    components = len(max_errors)
    low, high = (-256, 255) if components == 2 else (0, 255)
    base = random.integers(4 * low - 200, 4 * high + 200, (rows, columns, components))
    far = random.integers(-500, 500, base.shape) * (random.random(base.shape) < 0.05)
    planes = np.clip(base // 4 + random.integers(-3, 4, base.shape) + far, low, high)
    grid = ((rows + 1) // 2, (columns + 1) // 2)
    most = 2**15 - 1 if extreme else 600
    results = random.integers(-most - 1, most + 1, (*grid, 2 if components == 1 else 5))
    if extreme:
        base = random.integers(-1280, 1280, base.shape)
    return Step(
        0,
        (low, high),
        max_errors,
        planes.astype(np.int16),
        base.astype(np.int16),
        results.astype(np.int16),
        np.zeros((rows, columns, components), np.int16),
        np.zeros((*grid, 4 * components), np.int16),
    )


def emptied(step: Step, *, with_planes: bool = True) -> Step:
    """The same step, whose results are not there yet; in the receiver, the planes are missing."""
    planes = step.planes if with_planes else None
    return replace(step, planes=planes, decoded=np.zeros_like(step.decoded), missed=np.zeros_like(step.missed))


def with_margins(step: Step) -> Step:
    """The same step, whose results and misses are parts of larger arrays."""

    def inside(array: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        wide = np.zeros((array.shape[0] + 3, array.shape[1] + 5, array.shape[2] + 3), np.int16)
        own = wide[1:-2, 2:-3, : array.shape[2]]
        own[:] = array
        return own

    return replace(step, results=inside(step.results), missed=inside(step.missed))


def assert_alike(library: ctypes.CDLL, step: Step, steps: range = range(5), pictures: int = 2) -> None:
    """Code pictures on both sides, in the library and in the reference."""
    components = step.base.shape[2]
    writer, encoder = NativeWriter(library), SymbolEncoder(components)
    native, expected = SampleCoder(table_layout(), components, writer), emptied(step)
    found = with_margins(emptied(step))
    for _ in range(pictures):
        for number in steps:
            native.code_step(replace(found, number=number))
            code_step_in_numpy(replace(expected, number=number), encoder)
        native.learn()
        encoder.end_picture()
    assert np.array_equal(found.decoded, expected.decoded)
    assert np.array_equal(found.missed, expected.missed)
    words = writer.words()
    assert words.astype("<u4").tobytes() == encoder.finish()
    reader = NativeReader(library, words)
    native, received = SampleCoder(table_layout(), components, reader), emptied(step, with_planes=False)
    for _ in range(pictures):
        for number in steps:
            native.code_step(replace(received, number=number))
        native.learn()
    assert reader.may_end()
    assert np.array_equal(received.decoded, expected.decoded)
    assert np.array_equal(received.missed, expected.missed)


@pytest.mark.parametrize("rows", SIDES)
def test_every_size(library: ctypes.CDLL, rows: int) -> None:
    random = np.random.default_rng(rows)
    for columns in (1, 1 + rows * 37 % 70, 1 + rows * 11 % 23):
        errors = tuple(random.integers(0, 5, 1 + (rows + columns) % 2).tolist())
        assert_alike(library, made_step(random, (rows, columns), errors), pictures=1)


@pytest.mark.parametrize("errors", [(0,), (1,), (2,), (3,), (4,), (0, 0), (1, 0), (2, 2), (3, 4), (4, 3)])
def test_every_error(library: ctypes.CDLL, errors: tuple[int, ...]) -> None:
    random = np.random.default_rng(sum(errors))
    step = made_step(random, (21, 18), errors)
    assert_alike(library, step)
    assert_alike(library, step, range(2, 5))
    received = emptied(step)
    encoder = SymbolEncoder(len(errors))
    for number in range(5):
        code_step_in_numpy(replace(received, number=number), encoder)
    assert step.planes is not None
    misses = np.abs(received.decoded.astype(int) - step.planes).max(axis=(0, 1))
    assert (misses <= errors).all()


@EACH_LIBRARY
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    errors=st.lists(st.integers(0, 4), min_size=1, max_size=2),
)
def test_any_results(library: ctypes.CDLL, seed: int, size: tuple[int, int], errors: list[int]) -> None:
    assert_alike(library, made_step(np.random.default_rng(seed), size, tuple(errors), extreme=True))


@EACH_LIBRARY
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    errors=st.lists(st.integers(0, 4), min_size=1, max_size=2),
    words=st.lists(st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 2**32 - 1])), max_size=40),
)
def test_damaged_words(
    library: ctypes.CDLL, seed: int, size: tuple[int, int], errors: list[int], words: list[int]
) -> None:
    step = made_step(np.random.default_rng(seed), size, tuple(errors), extreme=True)
    data = np.array(words, np.uint32)
    reader, decoder = NativeReader(library, data), SymbolDecoder(data.astype("<u4").tobytes(), len(errors))
    native = SampleCoder(table_layout(), len(errors), reader)
    found, expected = (emptied(step, with_planes=False) for _ in range(2))
    for number in range(5):
        try:
            code_step_in_numpy(replace(expected, number=number), decoder)
        except StreamError:
            with pytest.raises(StreamError, match="do not fit"):
                native.code_step(replace(found, number=number))
            return
        native.code_step(replace(found, number=number))
        assert np.array_equal(found.decoded, expected.decoded)
        assert np.array_equal(found.missed, expected.missed)


def test_any_base_is_safe(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(0)
    step = made_step(random, (33, 31), (0, 0), extreme=True)
    step = replace(step, base=random.integers(-(2**15), 2**15, step.base.shape).astype(np.int16))
    native = SampleCoder(table_layout(), 2, NativeWriter(library))
    for number in range(5):
        native.code_step(replace(step, number=number))
    assert np.array_equal(step.decoded, step.planes)


def test_samples_far_beyond_the_table(library: ctypes.CDLL) -> None:
    for coder in (SampleCoder(table_layout(), 1, NativeWriter(library)), SymbolEncoder(1)):
        zeros = np.zeros(1, np.int32)
        coder.code(np.array([4095 + 4], np.int32), zeros, zeros, 0)
        for wrong in (4096 + 4, -4096 - 4, 2**31 - 1, -(2**31)):
            with pytest.raises(ValueError, match="symbols that their model has"):
                coder.code(np.array([wrong], np.int32), zeros, zeros, 0)


def test_what_does_not_fit_is_refused(library: ctypes.CDLL) -> None:
    step = made_step(np.random.default_rng(0), (6, 6), (0, 0))
    native = SampleCoder(table_layout(), 2, NativeWriter(library))
    with pytest.raises(ValueError, match="expected a step"):
        native.code_step(replace(step, number=5))
    with pytest.raises(ValueError, match="expected a step"):
        native.code_step(replace(step, max_errors=(0, 5)))
    with pytest.raises(ValueError, match="expected an int16 array"):
        native.code_step(replace(step, results=step.results[:2]))
    with pytest.raises(ValueError, match="expected a int16 array"):
        native.code_step(replace(step, decoded=step.decoded[:5]))
    zeros = np.zeros(3, np.int32)
    for kind, scale in ((2, 0), (-1, 0), (0, 44), (0, -1)):
        with pytest.raises(ValueError, match="symbols that their model has"):
            native.code(zeros, zeros, zeros + np.int32(scale), kind)
