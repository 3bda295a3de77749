"""From a few strokes of color on a gray picture to a picture in color.

Levin, Lischinski, Weiss: Colorization using Optimization, SIGGRAPH 2004. Neighbors of similar gray get similar color:
with Y the gray, U a chroma plane that is known under the strokes, and N the eight neighbors of a pixel,

    J(U) = sum over pixels r and their neighbors s of w(r, s) (U(r) - U(s))^2
    w(r, s) = exp(-(Y(r) - Y(s))^2 / (0.6 v))

where v is the mean of the variances of Y in the windows of 3x3 around the two pixels. The factor is that of the
authors' program; the paper has 2, with which color leaks through edges. The paper weights each pixel's neighbors so
that they sum to one; here the weights are the same in both directions, so that the matrix is symmetric and positive,
and conjugate gradients solve it with little memory. Color is then an average of the strokes' colors, never more.

A small picture is solved first and enlarged as the start of the full one, since color has to travel far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from codec.errors import InputError
from codec.video.picture import RgbArray

MAX_STROKES = 2000
MAX_POINTS = 200_000
"""Points of all strokes of a picture."""
_DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))
"""(rows, columns) to four of the eight neighbors; the others are the same pairs from the other side."""
_VARIANCE_FACTOR = 0.6
_LEAST_VARIANCE = 8.0  # of 8-bit code values: the noise of flat areas is no edge
_LEAST_WEIGHT = 1e-5  # color reaches every pixel, also behind the hardest edge
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # BT.601
_SMALL_PIXELS = 64 * 64  # are solved without a smaller picture before
_TOLERANCE = 1e-3  # of the residual
_MAX_ITERATIONS = 400

FloatArray = npt.NDArray[np.float32]
MaskArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Stroke:
    """A stroke of a round brush.

    Attributes:
        color: R'G'B', 0 to 255 each. Only its chroma counts; a gray one says that there is no color.
        radius: of the brush, in pixels, 0.5 at least.
        points: (x, y) in pixels from the picture's left upper corner, one at least; straight lines between them.

    Raises:
        InputError: a value out of its range.
    """

    color: tuple[int, int, int]
    radius: float
    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if len(self.color) != 3 or not all(0 <= value <= 255 for value in self.color):
            raise InputError(f"expected a color of three numbers from 0 to 255. Received: {self.color}")
        if not 0.5 <= self.radius <= 4096:
            raise InputError(f"expected a brush with a radius from 0.5 to 4096. Received: {self.radius}")
        if not self.points:
            raise InputError("expected a stroke with at least one point. Received: none")
        if not all(abs(value) <= 65536 for point in self.points for value in point):
            raise InputError("expected points within a picture. Received: one that is far outside, or no number")


def colored_by_strokes(rgb_u8: RgbArray, strokes: Sequence[Stroke]) -> RgbArray:
    """Color a picture from strokes. Its gray stays, where R'G'B' can hold it.

    Args:
        rgb_u8: (height, width, 3) uint8 R'G'B', gray or in color; its color is not used.
        strokes: one at least; a later one lies over an earlier one.

    Returns:
        (height, width, 3) uint8 R'G'B'.

    Raises:
        InputError: there are no strokes or too many, or none touches the picture.
    """
    if not strokes or len(strokes) > MAX_STROKES or sum(len(stroke.points) for stroke in strokes) > MAX_POINTS:
        raise InputError(
            f"expected 1 to {MAX_STROKES} strokes, of at most {MAX_POINTS} points. Received: {len(strokes)} strokes"
        )
    luma = rgb_u8.astype(np.float32) @ _LUMA
    painted, is_painted = drawn(strokes, luma.shape)
    if not is_painted.any():
        raise InputError("expected strokes that touch the picture. Received: all of them outside")
    chroma = painted - (painted @ _LUMA)[..., None]  # (height, width, 3): R'-Y, G'-Y, B'-Y
    spread = spread_color(luma, np.ascontiguousarray(chroma[..., ::2]), is_painted)
    red, blue = spread[..., 0], spread[..., 1]
    green = -(_LUMA[0] * red + _LUMA[2] * blue) / _LUMA[1]
    colored: FloatArray = luma[..., None] + np.stack([red, green, blue], axis=-1)
    rgb: RgbArray = np.clip(np.rint(colored), 0, 255).astype(np.uint8)
    return rgb


def drawn(strokes: Sequence[Stroke], shape: tuple[int, ...]) -> tuple[FloatArray, MaskArray]:
    """Draw strokes on an empty picture, without soft edges.

    Args:
        strokes: in their order.
        shape: (height, width).

    Returns:
        (height, width, 3) float32 R'G'B', 0 where nothing is; and (height, width) whether there is a stroke.
    """
    height, width = shape
    painted = np.zeros((height, width, 3), np.float32)
    is_painted = np.zeros((height, width), bool)
    for stroke in strokes:
        mask = np.zeros((height, width), np.uint8)
        points = np.array(stroke.points, np.float64).reshape(-1, 1, 2)
        points = np.floor(np.clip(points, -(2**16), 2**16)).astype(np.int32)
        thickness = max(1, round(2 * stroke.radius))
        cv2.polylines(mask, [points], isClosed=False, color=1, thickness=thickness)
        for x, y in (points[0, 0], points[-1, 0]):  # a line of one point is not drawn, and ends may be cut off
            cv2.circle(mask, (int(x), int(y)), max(0, thickness // 2), 1, cv2.FILLED)
        painted[mask == 1] = stroke.color
        is_painted |= mask == 1
    return painted, is_painted


def spread_color(luma: FloatArray, chroma: FloatArray, is_known: MaskArray) -> FloatArray:
    """Find the chroma of all pixels from that of some.

    Args:
        luma: (height, width) float32, 0 to 255.
        chroma: (height, width, planes) float32; read where it is known.
        is_known: (height, width); one pixel at least.

    Returns:
        (height, width, planes) float32, the known values where they are known.
    """
    height, width = luma.shape
    start = np.broadcast_to(chroma[is_known].mean(axis=0), chroma.shape)
    if height * width > _SMALL_PIXELS and min(height, width) >= 4:
        small = (width + 1) // 2, (height + 1) // 2
        share = cv2.resize(is_known.astype(np.float32), small, interpolation=cv2.INTER_AREA)
        sums = cv2.resize(chroma * is_known[..., None].astype(np.float32), small, interpolation=cv2.INTER_AREA)
        known = sums.reshape(*share.shape, -1) / np.maximum(share, 1e-6)[..., None]
        coarse = spread_color(cv2.resize(luma, small, interpolation=cv2.INTER_AREA), known, share > 0)
        start = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(chroma.shape)
    return _solved(luma, chroma, is_known, start)


def _solved(luma: FloatArray, chroma: FloatArray, is_known: MaskArray, start: FloatArray) -> FloatArray:
    """Minimize J, from a start."""
    from scipy import sparse
    from scipy.sparse.linalg import cg

    result = chroma.copy()
    unknown = np.flatnonzero(~is_known)
    if not unknown.size:
        return result
    laplacian = _laplacian(luma)
    own = laplacian[unknown]
    matrix = own[:, unknown].tocsr()
    to_known = own[:, np.flatnonzero(is_known)]
    scaling = sparse.diags_array(1 / matrix.diagonal())
    for plane in range(chroma.shape[-1]):
        values = chroma[..., plane][is_known].astype(np.float64)
        solved, _ = cg(
            matrix,
            -(to_known @ values),
            x0=start[..., plane].ravel()[unknown].astype(np.float64),
            rtol=_TOLERANCE,
            maxiter=_MAX_ITERATIONS,
            M=scaling,
        )
        # What is not solved to the end must not be brighter than what was painted.
        result[..., plane][~is_known] = np.clip(solved, values.min(), values.max())
    return result


def _laplacian(luma: FloatArray):  # type: ignore[no-untyped-def]  # SciPy has no types
    """The matrix of J: (pixels, pixels), sparse, symmetric."""
    from scipy import sparse

    height, width = luma.shape
    index = np.arange(height * width).reshape(height, width)
    mean = cv2.blur(luma, (3, 3), borderType=cv2.BORDER_REFLECT_101)
    variance = cv2.blur(luma * luma, (3, 3), borderType=cv2.BORDER_REFLECT_101) - mean * mean
    variance = np.maximum(variance, _LEAST_VARIANCE)
    rows, columns, weights = [], [], []
    for down, right in _DIRECTIONS:
        here = slice(0, height - down), slice(max(0, -right), width - max(0, right))
        there = slice(down, height), slice(max(0, right), width + min(0, right))
        difference = luma[here] - luma[there]
        mean_variance = (variance[here] + variance[there]) / 2
        weight = np.exp(-(difference * difference) / (_VARIANCE_FACTOR * mean_variance))
        rows.append(index[here].ravel())
        columns.append(index[there].ravel())
        weights.append(np.maximum(weight, _LEAST_WEIGHT).ravel().astype(np.float64))
    pairs = np.concatenate(rows), np.concatenate(columns)
    upper = sparse.coo_array((np.concatenate(weights), pairs), shape=(index.size, index.size))
    both = (upper + upper.T).tocsr()
    return sparse.diags_array(both.sum(axis=1)).tocsr() - both
