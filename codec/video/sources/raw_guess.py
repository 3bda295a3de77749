"""The geometry of raw video that nothing states, from its samples.

Readings are enumerated: row lengths that the samples suggest, formats, and heights that divide the file into whole
frames. They are compared by what the samples would cost under each (:mod:`codec.video.sources.raw_costs`). The cheapest
is the answer if it is cheaper than every other one beyond doubt. At most 64 MiB of the file are read, in a second or
three.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codec.video.geometry import FittingGeometry, RawGeometry, is_common_size
from codec.video.pixel_formats import ColorModel, Layout, PixelFormat
from codec.video.sources.raw_costs import Chroma, F32Array, I64Array, Part, RunCosts
from codec.video.sources.raw_formats import SOME_TURN, in_depth, may_be_planes, possible_formats, turns_of, windows_of
from codec.video.sources.raw_rows import U8Array, likeness_of_half_rows, row_lengths

_PART_BYTES = 2**25
_SHORTEST_SIDE, _LONGEST_SIDE, _MAX_ASPECT = 32, 8192, 4
_MAX_ROW_LENGTHS = 12
# Runs of samples that are looked at, and those at the borders of planes, in rounds with fewer and fewer readings.
_FIRST_RUNS, _QUICK_RUNS, _RUNS, _BORDER_RUNS, _LAST_BORDER_RUNS = 150, 500, 2000, 200, 2000
_QUICK, _FINALISTS, _RIVALS = 60, 10, 5
_ALSO_COMMON = 2  # readings with a common size that stay although others are better
_FIRST_ROW_SHARE = 0.7  # of the runs at borders; the others are in first columns
# By how many standard errors the best reading must be cheaper than another one: of a likelier size, of one that is as
# likely, or of a less likely one; if its own shape is odd; and if only the order of chroma samples differs.
_CLEAR_OF_LIKELIER, _CLEAR_OF_ALIKE, _CLEAR_OF_LESS_LIKELY = 12.0, 4.0, 3.0
_CLEAR_IF_ODD, _CLEAR_OF_ORDER, _CLEAR_OF_CHROMA = 12.0, 5.0, 30.0
_HALF_ROWS = 0.6  # see likeness_of_half_rows
_ODD_ASPECT, _ODD_SIDE = 2.6, 80
_SAME = 0.5
# Activity and offset of chroma: see raw_costs.Chroma.
_CALM, _BUSY, _MAX_ACTIVITY, _MAX_OFFSET, _NEAR_NEUTRAL = 0.5, 0.75, 0.95, 0.45, 0.1
_LEAST_TURNS = 1.5
_BORDER_STRENGTH = 0.5  # see RunCosts.border_strength
# A difference in code values, the least share of neighbors with it, and windows in which they are counted.
_EDGE, _LEAST_EDGES, _NUM_EDGE_WINDOWS = 4, 0.002, 64
_RARE = ("yuv440p", "yuv411p", "yuv410p")  # calm chroma is as cheap in rows of another length
_SEED = 0


@dataclass(frozen=True)
class Reading:
    """One way to read a file.

    Attributes:
        fit: the geometry, and the number of frames.
        doubt: by how many standard errors the samples cost more than under the best reading; 0 for that.
        chroma: what its chroma is like; None without chroma.
        is_unsure: there is nothing in the pictures, or the samples may be something that is not told apart: three gray
            pictures the planes of one with color, two bytes something else than the halves of a sample, or the halves
            of a row two rows.
    """

    fit: FittingGeometry
    doubt: float
    chroma: Chroma | None
    is_unsure: bool = False

    @property
    def geometry(self) -> RawGeometry:
        """The geometry."""
        return self.fit.geometry

    @property
    def is_plausible(self) -> bool:
        """Whether chroma is like that of video: smoother than the gray, and not far from neutral."""
        num_bits = self.geometry.pixel_format.depth + self.geometry.pixel_format.padding
        return self.chroma is None or (
            self.chroma.activity <= _MAX_ACTIVITY
            and self.chroma.offset(num_bits) <= _MAX_OFFSET
            and self.chroma.turns >= _LEAST_TURNS
        )


def guess(readings: Sequence[Reading]) -> Reading | None:
    """The reading that is right beyond doubt.

    Args:
        readings: the best one first, as :func:`readings_of` gives them.

    Returns:
        It; None if there is none, or two are close.
    """
    if not readings:
        return None
    best = _with_chroma(readings)
    if best.is_unsure:
        return None
    rivals = [other for other in readings if other is not best and other.is_plausible and not _is_twin(best, other)]
    return best if best.is_plausible and all(_is_clear(best, rival) for rival in rivals) else None


def is_left_open(readings: Sequence[Reading], pixel_format: str) -> bool:
    """Whether a format is that of a reading which is not clearly worse than the best one."""
    own = [reading for reading in readings if reading.geometry.pixel_format.name == pixel_format]
    return not readings or any(reading is readings[0] or not _is_clear(readings[0], reading) for reading in own)


def _with_chroma(readings: Sequence[Reading]) -> Reading:
    """The best reading, or its twin as YUV 4:4:4 where the second and third of three gray pictures look like chroma."""
    for other in readings[1:]:
        if _is_twin(readings[0], other) and other.chroma is not None and other.chroma.activity <= _CALM:
            return other
    return readings[0]


def _is_twin(one: Reading, other: Reading) -> bool:
    """Whether two readings cost the same, one as gray pictures, the other as planes of as large ones."""
    formats = {one.geometry.pixel_format.name, other.geometry.pixel_format.name}
    sizes = {(reading.geometry.width, reading.geometry.height) for reading in (one, other)}
    return (
        formats == {"gray", "yuv444p"}
        and len(sizes) == 1
        and max(one.doubt, other.doubt) < _SAME
        and all(r.chroma is None or not _CALM < r.chroma.activity < _BUSY for r in (one, other))
    )


def _is_clear(best: Reading, rival: Reading) -> bool:
    """Whether the rival is out of the question."""
    own, other = _unlikeliness(best.geometry), _unlikeliness(rival.geometry)
    limit = _CLEAR_OF_LIKELIER if own > other else _CLEAR_OF_ALIKE if own == other else _CLEAR_OF_LESS_LIKELY
    if own == _ODD:
        limit = _CLEAR_IF_ODD
    if best.chroma is None and _has_video_chroma(rival) and best.geometry.width == rival.geometry.width:
        limit = _CLEAR_OF_CHROMA
    if (best.geometry.width, best.geometry.height) == (rival.geometry.width, rival.geometry.height):
        limit = max(limit, _CLEAR_OF_ORDER)
        if best.geometry.pixel_format.name in _RARE and _has_video_chroma(rival):
            limit = _CLEAR_OF_CHROMA
    return rival.doubt >= limit


def _has_video_chroma(reading: Reading) -> bool:
    """Whether chroma is as calm, and as near to neutral, as no piece of a gray picture is by chance."""
    form = reading.geometry.pixel_format
    chroma = reading.chroma
    return chroma is not None and chroma.activity <= _CALM and chroma.offset(form.depth + form.padding) <= _NEAR_NEUTRAL


_COMMON, _POSSIBLE, _ODD = range(3)


def _unlikeliness(geometry: RawGeometry) -> int:
    """0 for a size that many videos have, 2 for a shape that few have, 1 for others."""
    if _is_common(geometry):
        return _COMMON
    size = geometry.width, geometry.height
    return _ODD if max(size) > _ODD_ASPECT * min(size) or min(size) < _ODD_SIDE else _POSSIBLE


def _is_common(geometry: RawGeometry) -> bool:
    return is_common_size((geometry.width, geometry.height))


def parts_of(path: Path, num_bytes: int) -> list[Part]:
    """The whole of a small file, or its beginning and a piece of its middle.

    Raises:
        OSError: it cannot be read.
    """
    is_small = num_bytes <= 2 * _PART_BYTES
    parts = []
    with path.open("rb") as stream:
        for begin in (0,) if is_small else (0, num_bytes // 2 // _PART_BYTES * _PART_BYTES):
            stream.seek(begin)
            data = stream.read((1 + is_small) * _PART_BYTES)
            parts.append(Part(begin, np.frombuffer(data, np.uint8)[: len(data) // 2 * 2]))
    return parts


def readings_of(
    parts: Sequence[Part], num_bytes: int, formats: Sequence[PixelFormat], size: tuple[int, int] | None = None
) -> list[Reading]:
    """The likely readings, the best one first.

    Args:
        parts: of the file, as :func:`parts_of` reads them.
        num_bytes: of the file.
        formats: those that are possible.
        size: (width, height), if it is known.
    """
    samples = [part.samples for part in parts]
    has_edges = _has_edges(samples)
    candidates = list(_candidates(samples, num_bytes, formats, size)) if has_edges or size else []
    if not candidates:
        return []
    random = np.random.default_rng(_SEED)
    costs = RunCosts(parts)
    for num_kept, num_runs in ((len(candidates), _FIRST_RUNS), (_QUICK, _QUICK_RUNS)):
        ranked = _ranked(costs, candidates[:num_kept], costs.places(num_runs, random))
        candidates = [geometry for geometry, _ in ranked]
    places = costs.places(_RUNS, random)
    for num_kept, num_runs in ((_FINALISTS, _BORDER_RUNS), (_RIVALS, _LAST_BORDER_RUNS)):
        kept = [*candidates[:num_kept], *filter(_is_common, candidates[num_kept:])][: num_kept + _ALSO_COMMON]
        borders = [_border_places(geometry, num_bytes, num_runs, random) for geometry in kept]
        ranked = _ranked(costs, kept, costs.snapped(np.concatenate([places, *borders])))
        candidates = [geometry for geometry, _ in ranked]
    best = ranked[0][0]
    takes_turns = max(turns_of(samples, place) for place in (0, 1)) >= SOME_TURN
    has_half_rows = size is None and _has_half_rows(samples, best)
    readings = []
    for geometry, doubt in ranked:
        chroma = costs.chroma(geometry, places) if geometry.pixel_format.model is ColorModel.YUV else None
        own = geometry if len(formats) == 1 else replace(geometry, pixel_format=in_depth(samples, geometry, chroma))
        fit = FittingGeometry(own, num_bytes // own.frame_bytes)
        readings.append(
            Reading(
                fit,
                doubt if _has_borders(costs, best, geometry, num_bytes, random) else 0.0,
                chroma,
                is_unsure=not has_edges
                or (has_half_rows and own.width >= best.width)
                or may_be_planes(samples[0], fit)
                or (takes_turns and own.pixel_format.depth > 8 and own.pixel_format.layout is not Layout.SEMI_PLANAR),
            )
        )
    return readings


def _has_half_rows(parts: Sequence[U8Array], geometry: RawGeometry) -> bool:
    """Whether a row may be two, one of each field. Packed pixels, whose components differ, do not tell."""
    form = geometry.pixel_format
    if form.layout is Layout.PACKED:
        return False
    sample_bytes = form.raw_dtype.itemsize
    row_bytes = form.raw_shapes(geometry.width, geometry.height)[0][1] * sample_bytes
    return likeness_of_half_rows(parts, row_bytes, sample_bytes=sample_bytes) >= _HALF_ROWS


def _has_borders(
    costs: RunCosts, best: RawGeometry, other: RawGeometry, num_bytes: int, random: np.random.Generator
) -> bool:
    """Whether there are borders where the best reading has them within what is one picture to another reading."""
    multiple, rest = divmod(other.height, best.height)
    if rest or multiple < 2 or (best.width, best.pixel_format) != (other.width, other.pixel_format):
        return True
    numbers = np.arange(1, num_bytes // best.frame_bytes)
    numbers = random.choice(numbers[numbers % multiple > 0], _LAST_BORDER_RUNS)
    form = best.pixel_format
    row_bytes = form.raw_shapes(best.width, best.height)[0][1] * form.raw_dtype.itemsize
    places = numbers * best.frame_bytes + random.integers(0, row_bytes, len(numbers))
    strength = costs.border_strength(row_bytes, costs.snapped(places), sample_bytes=form.raw_dtype.itemsize)
    return strength >= _BORDER_STRENGTH


def _ranked(costs: RunCosts, candidates: Sequence[RawGeometry], places: I64Array) -> list[tuple[RawGeometry, float]]:
    """The candidates, the cheapest first, and by how many standard errors each costs more than that."""
    bits = [costs.of(geometry, places) for geometry in candidates]
    order = np.argsort([float(own.mean()) if len(own) else 0.0 for own in bits], kind="stable").tolist()
    return [(candidates[place], _standard_errors(bits[place] - bits[order[0]])) for place in order]


def _standard_errors(differences: F32Array) -> float:
    """The mean of differences in its standard errors."""
    deviation = float(differences.std()) if len(differences) else 0.0
    return float(differences.mean()) * len(differences) ** 0.5 / deviation if deviation else 0.0


def _border_places(geometry: RawGeometry, num_bytes: int, count: int, random: np.random.Generator) -> I64Array:
    """Places in first rows and columns of planes, where readings with other borders differ; (count,)."""
    form = geometry.pixel_format
    size = form.raw_dtype.itemsize
    shapes = np.array(form.raw_shapes(geometry.width, geometry.height))
    starts = np.cumsum([0, *(shapes.prod(axis=1) * size)][:-1])
    plane = random.integers(0, len(shapes), count)
    frame = random.integers(0, num_bytes // geometry.frame_bytes, count)
    rows, columns = shapes[plane].T
    across = random.integers(0, columns) * size
    down = random.integers(0, rows) * columns * size
    is_across = random.random(count) < _FIRST_ROW_SHARE
    places: I64Array = frame * geometry.frame_bytes + starts[plane] + np.where(is_across, across, down)
    return places


def _candidates(
    parts: Sequence[U8Array], num_bytes: int, formats: Sequence[PixelFormat], size: tuple[int, int] | None
) -> Iterator[RawGeometry]:
    """Geometries of which the file holds a whole number of frames."""
    formats = possible_formats(parts, formats)
    if size is not None:
        for form in formats:
            geometry = RawGeometry(*size, form)
            if num_bytes % geometry.frame_bytes == 0:
                yield geometry
        return
    for sample_bytes in (1, 2):
        own = [form for form in formats if form.raw_dtype.itemsize == sample_bytes]
        lengths = row_lengths(parts, sample_bytes=sample_bytes, max_lengths=_MAX_ROW_LENGTHS) if own else []
        for form in own:
            pixel_bytes = form.raw_shapes(2, 1)[0][1] * sample_bytes // 2
            # The best may be those of several rows, if rows take turns, as those of fields and of dithering do.
            of_rows = [length // rows for length in lengths[:2] for rows in (2, 3) if length % rows == 0]
            for length in dict.fromkeys([*lengths, *of_rows]):
                width = length // pixel_bytes
                if (
                    length % (form.raw_shapes(1, 1)[0][1] * sample_bytes) == 0
                    and _SHORTEST_SIDE <= width <= _LONGEST_SIDE
                ):
                    yield from _of_width(width, form, num_bytes)


def _has_edges(parts: Sequence[U8Array]) -> bool:
    """Whether there is anything in the pictures, which may be black."""
    windows = list(windows_of(parts, 1, count=_NUM_EDGE_WINDOWS))
    count = sum(np.count_nonzero(np.abs(np.diff(window.astype(np.int16))) >= _EDGE) for window in windows)
    return bool(count >= _LEAST_EDGES * sum(map(len, windows)))


def _of_width(width: int, form: PixelFormat, num_bytes: int) -> Iterator[RawGeometry]:
    """Geometries of this width."""
    lowest = max(_SHORTEST_SIDE, width // _MAX_ASPECT)
    heights = np.arange(lowest, min(_LONGEST_SIDE, width * _MAX_ASPECT) + 1)
    together = 1 << form.log2_chroma_h  # rows that share one of chroma
    frame_bytes: npt.NDArray[np.int64] = np.zeros_like(heights)
    for rows, columns in form.raw_shapes(width, together):
        frame_bytes += (heights if rows == together else -(-heights // together)) * columns * form.raw_dtype.itemsize
    for height in heights[num_bytes % frame_bytes == 0].tolist():
        yield RawGeometry(width, height, form)
