"""The formats that the samples of raw video may have, before any size is tried, and the depth of those of 16 bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from codec.video.depths import DEEP
from codec.video.geometry import FittingGeometry, RawGeometry
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, Layout, PixelFormat
from codec.video.sources.raw_costs import Chroma, U8Array

GUESSED_FORMATS = tuple(
    PIXEL_FORMATS[name]
    for name in (
        *("yuv420p", "rgb24", "gray", "yuv422p", "yuv444p", "nv12", "nv16", "nv24", "yuv411p", "yuv440p", "yuv410p"),
        *("yuva420p", "rgba", "argb", "yuyv422", "uyvy422"),
        *("gray16le", "yuv420p16le", "yuv422p16le", "yuv444p16le", "p016le", "rgb48le", "rgba64le"),
    )
)
"""The formats that are told apart, those of 16 bits for all depths and both byte orders. The order of red and blue is
not, nor that of U and V."""

_EVEN, _UNEVEN = 1.2, 2.0
_WINDOW, _NUM_WINDOWS = 2**16, 8
MOST_TURN, SOME_TURN = 0.4, 0.1
"""Shares of a file in which bytes take turns: all of packed pixels with color, and a third where U and V take turns."""
_CHUNK, _FLAT, _TURNS_OF_BYTES = 1024, 1.0, 1.2
_LOWER_BITS = 0xF
_NEUTRAL, _ABOUT_NEUTRAL, _MOST = 128, 8, 0.95
# Brightness that takes turns by three: at least so many code values of 8 bits, and multiples of how it changes else.
_TURNS_LEVEL, _TURNS, _MEAN_STEP, _MOST_PICTURES = 0.5, 2.0, 7, 24
_SAME_EDGES = 0.7  # the correlation of edges in planes of R, G and B; it is below 0.4 in Y, U and V


def possible_formats(parts: Sequence[U8Array], formats: Sequence[PixelFormat]) -> list[PixelFormat]:
    """The formats whose bits are as the samples', and whose pixels have as many bytes as differences repeat after."""
    if len(formats) == 1:
        largest = max((int(part.view(formats[0].raw_dtype).max(initial=0)) for part in parts), default=0)
        return list(formats) if largest <= formats[0].peak << formats[0].padding else []
    has_filler = _has_filler(parts)
    possible = [form for form in formats if form.depth == 8 or not has_filler]
    if _is_big_endian(parts):
        possible = [form if form.depth == 8 else PIXEL_FORMATS[form.name[:-2] + "be"] for form in possible]
    if _has_equal_halves(parts):
        return [form for form in possible if form.depth > 8] or possible
    takes_turns = [turns_of(parts, place) >= MOST_TURN for place in (0, 1)]
    possible = [form for form in possible if _fits_turns(form, takes_turns)]
    if any(takes_turns):
        possible = _with_alpha_in_place(parts, possible)
    pairs, triples = (_unevenness(parts, period) for period in (2, 3))
    if triples >= _UNEVEN:
        by_pixel = [form for form in possible if form.layout is Layout.PACKED and len(form.order) == 3]
    elif pairs >= _UNEVEN:
        by_pixel = [form for form in possible if form.depth > 8 or _is_of_four(form)]
    elif pairs < _EVEN:
        by_pixel = [form for form in possible if form.depth == 8]
    else:
        by_pixel = possible
    return by_pixel or possible


def turns_of(parts: Sequence[U8Array], place: int) -> float:
    """How much of a file is such that each second byte is more like the fourth than like the second one behind it.

    So U and V are in packed YUV, and the components of packed RGB with alpha. The halves of a sample are not, but for
    those of U and V that take turns.

    Args:
        parts: of the file.
        place: of the first of these bytes, 0 or 1.

    Returns:
        The share of chunks, of those that are not flat; 0 where each two bytes are a sample of fewer bits, moved up.
    """
    num_turning = num_telling = 0
    if _is_moved_up(parts):
        return 0.0
    for window in windows_of(parts, _CHUNK):
        chunks = window[: len(window) // _CHUNK * _CHUNK].reshape(-1, _CHUNK)[:, place::2].astype(np.int32)
        near = np.abs(chunks[:, 1:] - chunks[:, :-1]).mean(axis=1)
        far = np.abs(chunks[:, 2:] - chunks[:, :-2]).mean(axis=1)
        is_telling = near + far >= _FLAT
        num_telling += int(is_telling.sum())
        num_turning += int((is_telling & (near > _TURNS_OF_BYTES * far)).sum())
    return num_turning / max(1, num_telling)


def _is_moved_up(parts: Sequence[U8Array]) -> bool:
    """Whether the lower bits of each second byte are zero."""
    used = np.zeros(2, np.uint8)
    for window in windows_of(parts, 2):
        used |= np.bitwise_or.reduce(window[: len(window) // 2 * 2].reshape(-1, 2), axis=0)
    return bool(((used & _LOWER_BITS) == 0).any() and used.any())


def _is_of_four(form: PixelFormat) -> bool:
    return form.layout is Layout.PACKED and len(form.order) == 4 and form.depth == 8


def _fits_turns(form: PixelFormat, takes_turns: Sequence[bool]) -> bool:
    if _is_of_four(form):
        return any(takes_turns) if form.model is ColorModel.RGB else takes_turns[1 - form.order.index("y")]
    return form.depth == 8 or not any(takes_turns)


def _with_alpha_in_place(parts: Sequence[U8Array], formats: Sequence[PixelFormat]) -> list[PixelFormat]:
    """The formats without those of four bytes whose alpha is elsewhere, if one of four bytes is always the same."""
    windows = list(windows_of(parts, 4))
    same = [len(np.unique(np.concatenate([window[place::4] for window in windows]))) == 1 for place in range(4)]
    if sum(same) != 1:
        return list(formats)
    place = same.index(True)
    return [form for form in formats if form.model is not ColorModel.RGB or form.order[place : place + 1] == "a"]


def _has_filler(parts: Sequence[U8Array]) -> bool:
    """Whether each second byte is about neutral chroma, or the same alpha everywhere, and no half of a sample."""
    windows = list(windows_of(parts, 2))
    for place in (0, 1):
        found = np.concatenate([window[place::2] for window in windows]).astype(np.int32)
        if found.size and (
            (np.abs(found - _NEUTRAL) <= _ABOUT_NEUTRAL).mean() > _MOST or (found[0] and (found == found[0]).all())
        ):
            return True
    return False


def _has_equal_halves(parts: Sequence[U8Array]) -> bool:
    """Whether both bytes of each two are the same, as in samples of 16 bits that were made of 8."""
    windows = [window[: len(window) // 2 * 2].reshape(-1, 2) for window in windows_of(parts, 2)]
    return all((window[:, 0] == window[:, 1]).all() for window in windows) and any(
        window.min(initial=255) < window.max(initial=0) for window in windows
    )


def _is_big_endian(parts: Sequence[U8Array]) -> bool:
    """Whether samples of 16 bits are more alike if the upper byte comes first."""
    totals = [0.0, 0.0]
    for number, order in enumerate(("<u2", ">u2")):
        for window in windows_of(parts, 2):
            differences = np.abs(np.diff(window.view(order).astype(np.int32)))
            totals[number] += float(np.log2(1 + differences).sum())
    return totals[1] < totals[0]


def in_depth(parts: Sequence[U8Array], geometry: RawGeometry, chroma: Chroma | None) -> PixelFormat:
    """The format in the depth of its samples, which the middle of the chroma tells."""
    form = geometry.pixel_format
    if form.depth == 8 or chroma is None:
        return form
    values = [part.view(form.raw_dtype) for part in parts]
    if form.layout is Layout.SEMI_PLANAR:  # the samples are the upper bits
        used = int(np.bitwise_or.reduce([np.bitwise_or.reduce(value) for value in values]))
        depths = [depth for depth in (10, 12, 16) if not used & ((1 << (16 - depth)) - 1)]
        return PIXEL_FORMATS[form.name.replace("16", str(depths[0]))]
    largest = max(int(value.max(initial=0)) for value in values)
    depths = [depth for depth in DEEP if largest < 1 << depth]
    return PIXEL_FORMATS[form.name.replace("16", str(min(depths, key=chroma.offset)))]


def may_be_planes(samples: U8Array, fit: FittingGeometry) -> bool:
    """Whether a reading may take planes of R, G and B for something else: for Y, U and V, or for gray pictures.

    Such planes have the same edges. Read as gray, they are the thirds of a picture, or three pictures in turn.

    Args:
        samples: of the file, from its start.
        fit: the reading.
    """
    form = fit.geometry.pixel_format
    count = min(fit.num_frames, _MOST_PICTURES, len(samples) // fit.geometry.frame_bytes)
    has_thirds = fit.geometry.height % 3 == 0 if form.model is ColorModel.GRAY else form.order == "yuv"
    if form.layout is not Layout.PLANAR or form.log2_chroma_w or form.log2_chroma_h or not count:
        return False
    pictures = samples[: count * fit.geometry.frame_bytes].view(form.raw_dtype)
    first = pictures[: fit.geometry.frame_bytes // form.raw_dtype.itemsize]
    if has_thirds and _have_same_edges(first.reshape(3, -1, fit.geometry.width)):
        return True
    if form.model is not ColorModel.GRAY or fit.num_frames % 3 or count < 3:
        return False
    scale = (form.peak + 1) / 256
    return _take_turns(pictures[: len(first) * (count // 3 * 3)].reshape(-1, 3, len(first))[:, :, ::_MEAN_STEP] / scale)


def _have_same_edges(planes: npt.NDArray[Any]) -> bool:
    """Whether differences along the rows go together in three planes; (3, rows, columns)."""
    edges = np.diff(planes[:, ::2].astype(np.float64), axis=2).reshape(3, -1)
    products = edges[1:] @ edges[0]
    sizes = np.sqrt((edges[1:] ** 2).sum(axis=1) * (edges[0] ** 2).sum())
    return bool((products > _SAME_EDGES * sizes).all())


def _take_turns(pictures: npt.NDArray[np.float64]) -> bool:
    """Whether brightness takes turns, or only each third picture is another one; (groups, 3, samples) of 8 bits."""
    means = pictures.mean(axis=2)
    between, within = float(means.mean(axis=0).std()), float(means.std(axis=0).mean())
    if between > _TURNS_LEVEL and (len(pictures) == 1 or between > _TURNS * within):
        return True
    if len(pictures) == 1:
        return False
    inside = float(np.abs(np.diff(pictures, axis=1)).mean())
    return float(np.abs(pictures[1:, 0] - pictures[:-1, 2]).mean()) > _TURNS * inside + _TURNS_LEVEL


def _unevenness(parts: Sequence[U8Array], period: int) -> float:
    """How much bytes differ from the next, and from those a period away, by their place modulo the period.

    Returns:
        The largest mean as a multiple of the smallest: about 1 where the bytes of all places are alike.
    """
    totals = np.ones((2, period))
    for own in windows_of(parts, period):
        window = own.astype(np.int32)
        for total, lag in zip(totals, (1, period), strict=True):
            differences = np.abs(window[lag:] - window[:-lag])
            total += differences[: len(differences) // period * period].reshape(-1, period).sum(axis=0)
    # The channels of packed RGB differ among themselves: of three bytes, only the step to the next counts.
    return float((totals.max(axis=1) / totals.min(axis=1))[: 2 if period == 2 else 1].max())


def windows_of(parts: Sequence[U8Array], period: int, *, count: int = _NUM_WINDOWS) -> Iterator[U8Array]:
    """A few windows of each part, which begin at multiples of a period."""
    for part in parts:
        for start in np.unique(np.linspace(0, max(0, len(part) - _WINDOW), count).astype(int) // period * period):
            yield part[start : start + _WINDOW]
