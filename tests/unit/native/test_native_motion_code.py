"""Motion fields in the library have the bytes of the reference."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codec.errors import StreamError
from codec.lossless.motion_code import MotionDecoder, MotionEncoder
from codec.native.motion_code import MotionCoder
from codec.native.range_coder import NativeReader, NativeWriter

EACH_LIBRARY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
FAR = 1 << 13
pytestmark = pytest.mark.usefixtures("without_library")  # MotionEncoder and MotionDecoder are the references here


@EACH_LIBRARY
@given(
    shape=st.tuples(st.integers(1, 9), st.integers(1, 40)),
    count=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
    spread=st.sampled_from((0, 1, 70, 4096)),
)
def test_fields_of_every_size(library: ctypes.CDLL, shape: tuple[int, int], count: int, seed: int, spread: int) -> None:
    random = np.random.default_rng(seed)
    fields = random.integers(-spread, spread + 1, (count, *shape, 2)) * (random.random((count, *shape, 1)) < 0.4)
    writer, encoder = NativeWriter(library), MotionEncoder()
    native = MotionCoder(writer)
    for field in fields.astype(np.int16):
        native.write(field)
        encoder.add(field)
    words = writer.words()
    assert words.astype("<u4").tobytes() == encoder.finish()
    reader = NativeReader(library, words)
    native = MotionCoder(reader)
    for field in fields:
        assert np.array_equal(native.read(*shape), field)
    assert reader.may_end()


def test_large_counts_are_halved_alike(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(1)
    writer, encoder = NativeWriter(library), MotionEncoder()
    native = MotionCoder(writer)
    for spread in (3, 50, 1, 200):
        field = random.integers(-spread, spread + 1, (150, 180, 2)).astype(np.int16)
        native.write(field)
        encoder.add(field)
    assert writer.words().astype("<u4").tobytes() == encoder.finish()


@EACH_LIBRARY
@given(
    shape=st.tuples(st.integers(1, 12), st.integers(1, 9)),
    words=st.lists(st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 2**32 - 1])), max_size=40),
)
def test_damaged_words(library: ctypes.CDLL, shape: tuple[int, int], words: list[int]) -> None:
    data = np.array(words, np.uint32)
    native = MotionCoder(NativeReader(library, data))
    decoder = MotionDecoder(data.astype("<u4").tobytes(), (*shape, 2))
    for _ in range(3):
        try:
            expected = decoder.next()
        except StreamError:
            with pytest.raises(StreamError, match="do not fit"):
                native.read(*shape)
            return
        assert np.array_equal(np.clip(native.read(*shape), -FAR, FAR), expected)


def test_vectors_too_far_apart_are_refused(library: ctypes.CDLL) -> None:
    for far in (FAR + 1, -FAR - 1):
        field = np.full((1, 1, 2), far, np.int16)
        with pytest.raises(ValueError, match="symbols that their model has"):
            MotionCoder(NativeWriter(library)).write(field)
        with pytest.raises(ValueError, match="symbols that their model has"):
            MotionEncoder().add(field)
