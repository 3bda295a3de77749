"""Motion fields in the library have the bytes of the reference."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from codec.lossless.motion_code import MotionEncoder
from codec.native.motion_code import MotionCoder
from codec.native.range_coder import NativeWriter
from tests.unit.native.random_coding import FAR

pytestmark = pytest.mark.usefixtures("without_library")  # MotionEncoder is the reference here


def test_large_counts_are_halved_alike(library: ctypes.CDLL) -> None:
    random = np.random.default_rng(1)
    writer, encoder = NativeWriter(library), MotionEncoder()
    native = MotionCoder(writer)
    for spread in (3, 50, 1, 200):
        field = random.integers(-spread, spread + 1, (150, 180, 2)).astype(np.int16)
        native.write(field)
        encoder.add(field)
    assert writer.words().astype("<u4").tobytes() == encoder.finish()


def test_vectors_too_far_apart_are_refused(library: ctypes.CDLL) -> None:
    for far in (FAR + 1, -FAR - 1):
        field = np.full((1, 1, 2), far, np.int16)
        with pytest.raises(ValueError, match="symbols that their model has"):
            MotionCoder(NativeWriter(library)).write(field)
        with pytest.raises(ValueError, match="symbols that their model has"):
            MotionEncoder().add(field)
