"""Reduction of a picture to a small square by averaging areas, with the bits of OpenCV's ``INTER_AREA``.

Cuts are found in such reduced pictures, and a video's segments begin at its cuts. So the result must be the same to the
bit wherever it is computed. OpenCV has three cases, and each rounds in its own way:

    both sides are multiples of the square's side     sums of whole numbers, divided once
    both sides are at least as long as the square's   weighted sums of float32, along the rows first
    otherwise                                         bilinear interpolation with weights in 2048ths
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from codec.native import area_averages as native
from codec.native.library import library
from codec.video.picture import PlaneArray, block_sums

F32Array = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
I32Array = npt.NDArray[np.int32]

_WHOLE = 1e-3
"""A share of a sample that is smaller than this is not counted."""
_WEIGHT_ONE = 2048
_DROPPED_BITS = 4, 16, 2  # of a weighted row; of a row times its second weight; of their sum


def averaged_areas(picture_u8: PlaneArray, side: int) -> PlaneArray:
    """Reduce a picture, (height, width, ...) uint8, to (side, side, ...) uint8: gray, or with channels."""
    height, width, *channels = picture_u8.shape
    samples = picture_u8.reshape(height, width, -1)
    if height % side == 0 and width % side == 0:
        small = _of_whole_blocks(samples, side)
    elif min(height, width) >= side:
        small = _of_shares(samples, side)
    else:
        small = _interpolated(samples, side)
    return small.reshape(side, side, *channels)


def _of_whole_blocks(picture_u8: PlaneArray, side: int) -> PlaneArray:
    height, width = picture_u8.shape[:2]
    step_y, step_x = height // side, width // side
    sums = block_sums(picture_u8, step_y, step_x)
    if step_x == step_y == 2:
        halves_up: PlaneArray = ((sums + 2) >> 2).astype(np.uint8)
        return halves_up
    return _rounded(sums.astype(np.float32) * np.float32(1 / (step_x * step_y)))


def _of_shares(picture_u8: PlaneArray, side: int) -> PlaneArray:
    loaded = library()
    if loaded is None or picture_u8.shape[2] != native.CHANNELS:
        return of_shares_by_numpy(picture_u8, side)
    height, width = picture_u8.shape[:2]
    return native.averaged_areas(
        loaded, np.ascontiguousarray(picture_u8), side, shares(width, side), shares(height, side)
    )


def of_shares_by_numpy(picture_u8: PlaneArray, side: int) -> PlaneArray:
    """The weighted sums of a picture, (height, width, channels) uint8, whose sides are at least ``side``."""
    height, width = picture_u8.shape[:2]
    columns = picture_u8.transpose(1, 0, 2).astype(np.float32)  # (width, height, channels)
    rows = weighted_sums(columns, *shares(width, side)).transpose(1, 0, 2)  # (height, side, channels)
    return _rounded(weighted_sums(rows, *shares(height, side)))


def weighted_sums(lines: F32Array, places: I32Array, weights: F32Array) -> F32Array:
    """For each result, the lines at its places times their weights, added one after another."""
    total = np.zeros((places.shape[1], *lines.shape[1:]), np.float32)
    for place, weight in zip(places, weights, strict=True):
        total += lines[place] * weight[:, None, None]
    return total


@lru_cache(maxsize=16)
def shares(length: int, side: int) -> tuple[I32Array, F32Array]:
    """Which samples along an axis lie in each of ``side`` equal parts, and how much of each.

    Returns:
        Two arrays (most samples of a part, side): places, and weights that sum to 1; 0 where a part has fewer samples.
    """
    scale = length / side
    parts = [_shares_of_part(part * scale, scale, length) for part in range(side)]
    most = max(map(len, parts))
    places, weights = np.zeros((most, side), np.int32), np.zeros((most, side), np.float32)
    for part, own in enumerate(parts):
        for index, (place, weight) in enumerate(own):
            places[index, part], weights[index, part] = place, weight
    return places, weights


def _shares_of_part(begin: float, scale: float, length: int) -> list[tuple[int, float]]:
    end = begin + scale
    covered = min(scale, length - begin)
    last_whole = min(math.floor(end), length - 1)
    first_whole = min(math.ceil(begin), last_whole)
    found = [(place, 1 / covered) for place in range(first_whole, last_whole)]
    if first_whole - begin > _WHOLE:
        found.insert(0, (first_whole - 1, (first_whole - begin) / covered))
    if end - last_whole > _WHOLE:
        found.append((last_whole, min(min(end - last_whole, 1.0), covered) / covered))
    return found


def _interpolated(picture_u8: PlaneArray, side: int) -> PlaneArray:
    height, width = picture_u8.shape[:2]
    left, right, left_weights, right_weights = _neighbors(width, side)
    upper, lower, upper_weights, lower_weights = _neighbors(height, side)
    samples = picture_u8.astype(np.int64)
    row_bits, product_bits, sum_bits = _DROPPED_BITS
    rows = (samples[:, left] * left_weights[:, None] + samples[:, right] * right_weights[:, None]) >> row_bits
    sums = ((rows[upper] * upper_weights[:, None, None]) >> product_bits) + (
        (rows[lower] * lower_weights[:, None, None]) >> product_bits
    )
    interpolated: PlaneArray = np.clip((sums + (1 << (sum_bits - 1))) >> sum_bits, 0, 255).astype(np.uint8)
    return interpolated


def _neighbors(length: int, side: int) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """For each of ``side`` results, the two samples between which it lies, and their weights in 2048ths."""
    inverse_scale = side / length
    scale = 1 / inverse_scale
    befores, distances = [], []
    for result in range(side):
        before = min(math.floor(result * scale), length - 1)
        distance = np.float32(result + 1 - (before + 1) * inverse_scale)
        is_between = distance > 0 and before < length - 1
        befores.append(before)
        distances.append(distance - np.floor(distance) if is_between else np.float32(0))
    first = np.array(befores, np.int64)
    share = np.array(distances, np.float32)
    first_weight, second_weight = (
        np.rint(part * np.float32(_WEIGHT_ONE)).astype(np.int64) for part in (np.float32(1) - share, share)
    )
    return first, np.minimum(first + 1, length - 1), first_weight, second_weight


def _rounded(values: F32Array) -> PlaneArray:
    rounded: PlaneArray = np.rint(np.minimum(values, np.float32(255))).astype(np.uint8)
    return rounded
