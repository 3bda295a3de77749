"""What the samples of raw video would cost under one reading of its geometry: the right reading is the cheapest.

The cost is that of a simple predictor: each sample from its neighbors on the left and above (the median predictor of
LOCO-I), or from the same place one frame before, whichever costs less over a short run of samples. A wrong row length
breaks the prediction from above, a wrong format that from the left, a wrong frame length that from the frame before,
and a wrong height puts a border between two pictures into the middle of one, or none where there is one.

All readings are compared on the same runs, so that what they agree on cancels.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.video.geometry import RawGeometry
from codec.video.pixel_formats import ColorModel, Layout, PixelFormat

U8Array = npt.NDArray[np.uint8]
I64Array = npt.NDArray[np.int64]
I32Array = npt.NDArray[np.int32]
F32Array = npt.NDArray[np.float32]

RUN_BYTES = 24
"""Divisible by the bytes of a pixel in every format."""
_FIRST_GUESS = 128
_NOT_NONE_BITS = 2.0
_LEAST_TELLING = 0.2  # of runs at a border
_DITHER = 4.0


@dataclass(frozen=True)
class Part:
    """A piece of the file that was read.

    Attributes:
        begin: its place in the file, in bytes; even.
        samples: (bytes,) uint8.
    """

    begin: int
    samples: U8Array


class RunCosts:
    """Costs of runs of samples, under any reading.

    Args:
        parts: of the file, in rising order.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._buffer = np.concatenate([part.samples for part in parts])
        self._begins = np.array([part.begin for part in parts])
        lengths = [len(part.samples) for part in parts]
        self._offsets = np.array([0, *itertools.accumulate(lengths)][:-1])  # of the parts in the buffer
        self._ends = self._begins + np.array(lengths)
        self._wide = self._buffer[: len(self._buffer) // 2 * 2]

    def places(self, count: int, random: np.random.Generator) -> I64Array:
        """Places for runs, in bytes of the file: multiples of :data:`RUN_BYTES`, spread over all parts.

        Returns:
            (places,), at most ``count``, in rising order.
        """
        inside = random.random(count) * len(self._buffer)
        part = np.searchsorted(self._offsets, inside, side="right") - 1
        return self.snapped(self._begins[part] + (inside - self._offsets[part]).astype(np.int64))

    def snapped(self, places: I64Array) -> I64Array:
        """The places, moved to multiples of :data:`RUN_BYTES`, without those whose runs were not read as a whole."""
        places = np.unique(places // RUN_BYTES * RUN_BYTES)
        part = np.searchsorted(self._begins, places, side="right") - 1
        is_inside = (part >= 0) & (places + RUN_BYTES <= self._ends[part])
        inside: I64Array = places[is_inside]
        return inside

    def of(self, geometry: RawGeometry, places: I64Array) -> F32Array:
        """The bits of each run under a reading.

        Args:
            geometry: the reading.
            places: (places,) as :meth:`snapped` gives them.

        Returns:
            (places,) float32.
        """
        runs = self._runs(geometry, places)
        frame_samples = geometry.frame_bytes // geometry.pixel_format.raw_dtype.itemsize
        cost = self._within_frame(geometry, runs)
        before = self._values(geometry)[np.maximum(runs.index - frame_samples, 0)]
        temporal = _bits(runs.own - before).sum(axis=1)
        has_before = runs.index[:, 0] - frame_samples >= runs.begin[:, 0]
        return np.where(has_before, np.minimum(cost, temporal), cost)

    def chroma(self, geometry: RawGeometry, places: I64Array) -> Chroma | None:
        """What the samples of chroma are like under a reading as YUV; None if none of them were looked at."""
        runs = self._runs(geometry, places)
        is_luma, is_chroma = (_is_component(geometry.pixel_format, runs, names) for names in ("y", "uv"))
        if not is_luma.any() or not is_chroma.any():
            return None
        bits = _bits(self._errors(geometry, runs, 1))
        luma = max(float(bits[is_luma].mean()), 1e-3)
        chroma = Chroma(float(bits[is_chroma].mean()) / luma, float(runs.own[is_chroma].mean()))
        if geometry.pixel_format.layout is not Layout.SEMI_PLANAR:
            return chroma
        own = runs.own[is_chroma.all(axis=1)]
        near, far = (float(np.abs(own[:, lag:] - own[:, :-lag]).mean()) if len(own) else 0.0 for lag in (1, 2))
        return replace(chroma, turns=near / max(far, 1e-3))

    def border_strength(self, row_bytes: int, places: I64Array, *, sample_bytes: int) -> float:
        """How much like a border between two pictures the rows are that begin a picture.

        The step from the row above is compared with the steps on either side of it. Runs are averaged, since texture is
        no border.

        Args:
            row_bytes: of a row.
            places: (places,) in rows that begin a picture.
            sample_bytes: of a sample.

        Returns:
            The mean number of doublings from those steps to that; about 0 where there is no border, infinite where
            the pictures are too flat to say.
        """
        values = self._buffer if sample_bytes == 1 else self._wide.view("<u2")
        part = np.searchsorted(self._begins, places, side="right") - 1
        is_whole = (places - 2 * row_bytes >= self._begins[part]) & (places + row_bytes + RUN_BYTES <= self._ends[part])
        places, part = places[is_whole], part[is_whole]
        first = (places - self._begins[part] + self._offsets[part]) // sample_bytes
        index = first[:, None] + np.arange(RUN_BYTES // sample_bytes)
        row = row_bytes // sample_bytes
        rows = [values[index + count * row].mean(axis=1) for count in (-2, -1, 0, 1)]
        before, step, behind = (np.abs(lower - upper) for upper, lower in itertools.pairwise(rows))
        beside = (before + behind) / 2
        is_telling = step + beside >= _DITHER
        if is_telling.sum() < _LEAST_TELLING * len(is_telling):
            return math.inf
        return float(np.log2((step + 1) / (beside + 1))[is_telling].mean()) if is_telling.any() else math.inf

    def _values(self, geometry: RawGeometry) -> npt.NDArray[Any]:
        """All samples that were read, in the depth of a reading."""
        form = geometry.pixel_format
        return self._buffer if form.depth == 8 else self._wide.view(form.raw_dtype)

    def _runs(self, geometry: RawGeometry, places: I64Array) -> _Runs:
        form = geometry.pixel_format
        size = form.raw_dtype.itemsize
        part = np.searchsorted(self._begins, places, side="right") - 1
        first = (places - self._begins[part] + self._offsets[part]) // size
        index = first[:, None] + np.arange(RUN_BYTES // size)
        frame_samples = geometry.frame_bytes // size
        inside = (places // size)[:, None] % frame_samples + np.arange(RUN_BYTES // size)
        inside -= frame_samples * (inside >= frame_samples)
        shapes = form.raw_shapes(geometry.width, geometry.height)
        starts = np.array([0, *itertools.accumulate(map(math.prod, shapes))][:-1])
        plane = np.searchsorted(starts, inside, side="right") - 1
        row_samples = np.array([columns for _, columns in shapes])[plane]
        relative = inside - starts[plane]
        column = relative % row_samples
        step = _steps(form, len(shapes), plane, column)
        begin = (self._offsets[part] // size)[:, None]
        own = self._values(geometry)[index].astype(np.int32)
        return _Runs(index, begin, own, plane, relative // row_samples, column, row_samples, step)

    def _within_frame(self, geometry: RawGeometry, runs: _Runs) -> F32Array:
        """The bits of runs that are predicted from their own picture; (places,)."""
        near = self._errors(geometry, runs, 1)
        cost = _bits(near).sum(axis=1)
        if geometry.pixel_format.layout is Layout.PACKED and geometry.pixel_format.model is ColorModel.RGB:
            pixels = near.reshape(len(near), -1, len(geometry.pixel_format.order))
            pixels = np.concatenate([pixels[..., :1], np.diff(pixels, axis=2)], axis=2)
            cost = np.minimum(cost, _bits(pixels).sum(axis=(1, 2)))
        # Dithered samples are more like those two columns and rows away.
        cheaper: F32Array = np.minimum(cost, _bits(self._errors(geometry, runs, 2)).sum(axis=1))
        return cheaper

    def _errors(self, geometry: RawGeometry, runs: _Runs, distance: int) -> I32Array:
        """What samples differ by from their prediction from neighbors so far away; (places, samples of a run)."""
        values = self._values(geometry)
        step, up = runs.step * distance, runs.row_samples * distance
        has_left = (runs.column >= step) & (runs.index - step >= runs.begin)
        has_upper = (runs.row >= distance) & (runs.index - up >= runs.begin)

        def back(count: I64Array) -> I32Array:
            found: I32Array = values[np.maximum(runs.index - count, 0)].astype(np.int32)
            return found

        left, upper, corner = back(step), back(up), back(up + step)
        median = np.clip(left + upper - corner, np.minimum(left, upper), np.maximum(left, upper))
        beside = np.where(has_left, left, _FIRST_GUESS)
        errors: I32Array = runs.own - np.where(has_upper, np.where(has_left, median, upper), beside)
        return errors


@dataclass(frozen=True)
class Chroma:
    """What planes of chroma are like.

    Attributes:
        activity: bits of their samples, as a multiple of those of the gray.
        mean: of their samples, as they are in the file.
        turns: how much U and V that take turns differ, as a multiple of how much either differs from its neighbor;
            infinite where they do not take turns.
    """

    activity: float
    mean: float
    turns: float = math.inf

    def offset(self, num_bits: int) -> float:
        """How far their mean is from the middle of the range of so many bits, as a multiple of that."""
        return abs(self.mean / (1 << (num_bits - 1)) - 1)


@dataclass(frozen=True)
class _Runs:
    """Runs of samples under a reading; all (places, samples of a run) but for ``begin``.

    Attributes:
        index: in the buffer, in samples.
        begin: of the part, in the buffer; (places, 1).
        own: the samples.
        plane, row, column: where they are.
        row_samples: of the row.
        step: to the sample of the same component on the left.
    """

    index: I64Array
    begin: I64Array
    own: I32Array
    plane: I64Array
    row: I64Array
    column: I64Array
    row_samples: I64Array
    step: I64Array


def _steps(form: PixelFormat, num_planes: int, plane: I64Array, column: I64Array) -> I64Array:
    """Samples from one of a component to the next in its row."""
    if form.layout is Layout.PACKED and form.model is ColorModel.YUV:
        # Y is in every second place, U and V are in every fourth.
        return np.where(column % 2 == form.order.index("y"), 2, 4)
    if form.layout is Layout.PACKED:
        return np.full_like(plane, len(form.order))
    steps = [2 if form.layout is Layout.SEMI_PLANAR and number == 1 else 1 for number in range(num_planes)]
    return np.array(steps)[plane]


def _is_component(form: PixelFormat, runs: _Runs, names: str) -> npt.NDArray[np.bool_]:
    """Which samples of the runs are of some components; (places, samples of a run)."""
    found: npt.NDArray[np.bool_]
    if form.layout is Layout.SEMI_PLANAR:
        found = (runs.plane > 0) == ("u" in names)
    else:
        order = np.array([component in names for component in form.order])
        found = order[runs.column % len(order)] if form.layout is Layout.PACKED else order[runs.plane]
    return found


@functools.cache
def _table() -> F32Array:
    squares = (np.arange(65536 * 2) / _DITHER) ** 2
    return (0.5 * np.log2(1 + squares) + _NOT_NONE_BITS * squares / (1 + squares)).astype(np.float32)


def _bits(errors: I32Array) -> F32Array:
    """Bits of prediction errors: few for small ones, none for none."""
    return _table()[np.abs(errors)]
