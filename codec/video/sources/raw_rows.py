"""Row lengths of raw video, from its samples: neighbors in a column are alike, so that rows repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

U8Array = npt.NDArray[np.uint8]

LONGEST_ROW_BYTES = 24 * 1024
"""8192 pixels of packed RGB, or 12288 samples of 16 bits."""
_SHORTEST_ROW = 16
_WINDOW = 2**17
_MAX_WINDOWS = 10
_SOFTNESS = 6.0


def row_lengths(parts: Iterable[U8Array], *, sample_bytes: int, max_lengths: int) -> list[int]:
    """Row lengths that the samples suggest, the best ones first.

    The autocorrelation of differences along the rows has a peak at each multiple of the length of a row. Differences
    are compressed, so that a few strong edges do not decide.

    Args:
        parts: pieces of the file, in bytes, which begin at a multiple of ``sample_bytes``.
        sample_bytes: 1, or 2 for little-endian samples of 9 to 16 bits.
        max_lengths: how many are wanted.

    Returns:
        Lengths in bytes.
    """
    correlation = _correlation(parts, sample_bytes)
    if not len(correlation):
        return []
    is_peak = (correlation[1:-1] > correlation[:-2]) & (correlation[1:-1] >= correlation[2:]) & (correlation[1:-1] > 0)
    lags = np.flatnonzero(is_peak) + 1
    lags = lags[lags >= _SHORTEST_ROW]
    best = lags[np.argsort(-correlation[lags], kind="stable")][:max_lengths]
    return [int(lag) * sample_bytes for lag in best]


def likeness_of_half_rows(parts: Iterable[U8Array], row_bytes: int, *, sample_bytes: int) -> float:
    """How much the two halves of a row are alike, which may be rows of two fields.

    Args:
        parts: as for :func:`row_lengths`.
        row_bytes: of a row.
        sample_bytes: the same.

    Returns:
        The autocorrelation half a row away, as a multiple of that a whole one away.
    """
    correlation = _correlation(parts, sample_bytes)
    row, rest = divmod(row_bytes, 2 * sample_bytes)
    if rest or 2 * row >= len(correlation) or correlation[2 * row] <= 0:
        return 0.0
    return float(correlation[row] / correlation[2 * row])


def _correlation(parts: Iterable[U8Array], sample_bytes: int) -> npt.NDArray[np.float64]:
    """The autocorrelation of differences, by lag in samples; empty if there are too few samples."""
    power: npt.NDArray[np.float64] | float = 0.0
    num_bins = 0
    for window in _windows(parts, sample_bytes):
        num_bins = 2 * _WINDOW
        power = power + np.abs(np.fft.rfft(window, num_bins)) ** 2
    correlation = np.fft.irfft(power) if num_bins else np.zeros(0)
    return correlation[: LONGEST_ROW_BYTES // sample_bytes + 2]


def _windows(parts: Iterable[U8Array], sample_bytes: int) -> Iterator[npt.NDArray[np.float32]]:
    """Compressed differences of up to a few windows of each part, padded with zeros to one length."""
    pieces = [part.view(f"<u{sample_bytes}") for part in parts]
    per_piece = max(1, _MAX_WINDOWS // max(1, len(pieces)))
    for samples in pieces:
        starts = np.linspace(0, max(0, len(samples) - _WINDOW), per_piece).astype(int)
        for start in sorted(set(starts.tolist())):
            values = samples[start : start + _WINDOW].astype(np.float32)
            # Three samples back is the same component in packed RGB, and a near one elsewhere.
            step = 3 if sample_bytes == 1 else 1
            if len(values) < 4 * _SHORTEST_ROW:
                continue
            differences = values[step:] - values[:-step]
            scale = _SOFTNESS if sample_bytes == 1 else max(_SOFTNESS, float(np.median(np.abs(differences))))
            yield differences / (np.abs(differences) + scale)
