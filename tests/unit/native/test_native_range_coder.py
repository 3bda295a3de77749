"""The native range coder, its reference and constriction agree on every word, and on what is damaged."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Protocol

import constriction
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codec.entropy.range_coder import Model
from codec.entropy.reference_coder import ReferenceReader, ReferenceWriter
from codec.entropy.tables import TOTAL
from codec.errors import StreamError
from codec.native.range_coder import NativeReader, NativeWriter
from tests.unit.native.random_coding import random_groups, until_impossible

I32Array = npt.NDArray[np.int32]
I64Array = npt.NDArray[np.int64]
U32Array = npt.NDArray[np.uint32]
Group = tuple[I32Array, I64Array]
EACH_LIBRARY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
WHOLE = 1 << 24


class Reader(Protocol):
    def read(self, count: int, starts: U32Array) -> I32Array: ...

    def may_end(self) -> bool: ...


class Constriction:
    """constriction's reader with our methods; the model is that of frequencies."""

    def __init__(self, words: U32Array) -> None:
        self._decoder = constriction.stream.queue.RangeDecoder(words)

    def read(self, count: int, frequencies: I64Array) -> I32Array:
        try:
            symbols: I32Array = self._decoder.decode(categorical(frequencies), count)
        except AssertionError as error:
            raise StreamError("impossible") from error
        return symbols

    def may_end(self) -> bool:
        return bool(self._decoder.maybe_exhausted())


def categorical(frequencies: I64Array) -> object:
    return constriction.stream.model.Categorical(frequencies / float(TOTAL), perfect=False)


def words_of_constriction(groups: Sequence[Group]) -> U32Array:
    encoder = constriction.stream.queue.RangeEncoder()
    for symbols, frequencies in groups:
        if symbols.size:
            encoder.encode(symbols, categorical(frequencies))
    words: U32Array = encoder.get_compressed()
    return words


@st.composite
def made_groups(draw: st.DrawFn) -> list[Group]:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return random_groups(random, draw(st.lists(st.integers(0, 60), max_size=6)))


@EACH_LIBRARY
@given(groups=made_groups())
def test_words_are_those_of_constriction(library: ctypes.CDLL, groups: list[Group]) -> None:
    native, reference = NativeWriter(library), ReferenceWriter()
    for symbols, frequencies in groups:
        for writer in (native, reference):
            writer.write(symbols, Model(frequencies).starts)
    expected = words_of_constriction(groups)
    for writer in (native, reference):
        assert writer.words().tolist() == expected.tolist()
        assert writer.num_words == expected.size
    for reader in (NativeReader(library, expected), ReferenceReader(expected)):
        for symbols, frequencies in groups:
            assert np.array_equal(reader.read(symbols.size, Model(frequencies).starts), symbols)
        assert reader.may_end()


@pytest.mark.parametrize("count", [2, 3, 1000, 16385, WHOLE // 2 + 1])
def test_uniform_symbols_are_those_of_constriction(library: ctypes.CDLL, count: int) -> None:
    symbols = np.array([0, 1, count - 1, count // 2, count - 1], np.int32)
    encoder = constriction.stream.queue.RangeEncoder()
    encoder.encode(symbols, constriction.stream.model.Uniform(count))
    native, reference = NativeWriter(library), ReferenceWriter()
    starts = Model.uniform(count).starts
    for writer in (native, reference):
        writer.write(symbols, starts)
        assert writer.words().tolist() == encoder.get_compressed().tolist()
    assert NativeReader(library, native.words()).read(5, starts).tolist() == symbols.tolist()


def _around(point: int, count: int) -> list[int]:
    """Intervals of width 1 that all contain a point, so that it stays unknown whether the words before it carry."""
    distance, width, found = point, 2**64 - 1, []
    for _ in range(count):
        scale = width >> 24
        found.append(distance // scale)
        distance, width = distance % scale, scale
        if width < 1 << 32:
            distance, width = distance << 32, width << 32
    return found


@pytest.mark.parametrize("point", [1 << 63, 1 << 32, (1 << 63) - 1, (1 << 63) + (1 << 31), 3 << 32])
@pytest.mark.parametrize("end", [None, 0, WHOLE - 1])
def test_long_carries(library: ctypes.CDLL, point: int, end: int | None) -> None:
    places = [place for place in _around(point, 300) if place < WHOLE] + ([] if end is None else [end] * 3)
    encoder = constriction.stream.queue.RangeEncoder()
    encoder.encode(np.array(places, np.int32), constriction.stream.model.Uniform(WHOLE))
    expected = encoder.get_compressed()
    writers = NativeWriter(library), ReferenceWriter()
    for place in places:
        edges = np.unique([0, place, place + 1, WHOLE]).astype(np.uint32)
        symbol = np.searchsorted(edges, place).astype(np.int32)[None]
        for writer in writers:
            writer.write(symbol, edges)
    for writer in writers:
        assert writer.words().tolist() == expected.tolist()
        assert writer.num_words == expected.size


def _outcome(reader: Reader | Constriction, models: Sequence[U32Array] | Sequence[I64Array]) -> list[object]:
    """What a reader does with words: the symbols of each model and whether the words may end, or no more."""
    return until_impossible([*reader.read(7, model).tolist(), reader.may_end()] for model in models)


@EACH_LIBRARY
@given(
    groups=made_groups(),
    words=st.lists(st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 2**32 - 1])), max_size=12),
)
def test_damaged_words_are_judged_alike(library: ctypes.CDLL, groups: list[Group], words: list[int]) -> None:
    data = np.array(words, np.uint32)
    frequencies = [group[1] for group in groups]
    starts = [Model(model).starts for model in frequencies]
    expected = _outcome(Constriction(data), frequencies)
    assert _outcome(ReferenceReader(data), starts) == expected
    assert _outcome(NativeReader(library, data), starts) == expected


def test_symbols_that_a_model_has_not_are_refused(library: ctypes.CDLL) -> None:
    starts = Model(np.array([TOTAL - 1, 1])).starts
    for writer in (NativeWriter(library), ReferenceWriter()):
        for symbol in (-1, 2, 2**31 - 1, -(2**31)):
            with pytest.raises(ValueError, match="symbols that their model has"):
                writer.write(np.array([0, symbol], np.int32), starts)
        assert writer.words().size == 0


def test_writing_goes_on_after_the_words_were_read(library: ctypes.CDLL) -> None:
    model = Model(np.array([TOTAL // 2, TOTAL // 2]))
    symbols = np.random.default_rng(0).integers(0, 2, 5000).astype(np.int32)
    writer = NativeWriter(library)
    for part in np.split(symbols, 50):
        writer.write(part, model.starts)
        assert writer.words().size == writer.num_words
    assert np.array_equal(NativeReader(library, writer.words()).read(5000, model.starts), symbols)
