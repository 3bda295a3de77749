"""PNG's filters, from samples to what is compressed: W3C Portable Network Graphics, third edition, section 9."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codec.errors import StreamError
from codec.kept_files.samples import ByteRows

NUM_FILTERS = 5


def filtered(rows: ByteRows, filters: bytes, pixel_bytes: int) -> ByteRows:
    """Rows with their filter's number in front, filtered.

    Args:
        rows: (height, n) bytes of the samples.
        filters: for each row 0 none, 1 sub, 2 up, 3 average, 4 Paeth.
        pixel_bytes: of one pixel.

    Raises:
        StreamError: there is another number of filters, or an unknown one.
    """
    height, num_bytes = rows.shape
    kinds = np.frombuffer(filters, np.uint8)
    if kinds.size != height or kinds.max(initial=0) >= NUM_FILTERS or pixel_bytes < 1:
        raise StreamError(f"expected one of {NUM_FILTERS} filters for each of {height} rows of a kept file")
    result = np.empty((height, num_bytes + 1), np.uint8)
    result[:, 0] = kinds
    for kind in range(NUM_FILTERS):
        (chosen,) = np.nonzero(kinds == kind)
        if chosen.size:
            result[chosen, 1:] = rows[chosen] - _predicted(kind, rows, chosen, pixel_bytes)
    return result


def _predicted(kind: int, rows: ByteRows, chosen: npt.NDArray[np.intp], pixel_bytes: int) -> ByteRows:
    """What a filter subtracts from each byte of the chosen rows."""
    if kind == 0:
        return np.zeros((chosen.size, rows.shape[1]), np.uint8)
    above = np.where(chosen[:, np.newaxis] > 0, rows[chosen - 1], np.uint8(0))
    if kind == 2:
        return above
    left = _moved(rows[chosen], pixel_bytes)
    if kind == 1:
        return left
    if kind == 3:
        average: ByteRows = ((left.astype(np.uint16) + above) >> 1).astype(np.uint8)
        return average
    return _paeth(left, above, _moved(above, pixel_bytes))


def _moved(rows: ByteRows, pixel_bytes: int) -> ByteRows:
    moved = np.zeros_like(rows)
    moved[:, pixel_bytes:] = rows[:, :-pixel_bytes]
    return moved


def _paeth(left: ByteRows, above: ByteRows, corner: ByteRows) -> ByteRows:
    """The neighbor that is nearest to left + above - corner; of equal ones, in this order."""
    across, down = above.astype(np.int16) - corner, left.astype(np.int16) - corner
    to_left, to_above, to_corner = np.abs(across), np.abs(down), np.abs(across + down)
    is_left = (to_left <= to_above) & (to_left <= to_corner)
    return np.where(is_left, left, np.where(to_above <= to_corner, above, corner))
