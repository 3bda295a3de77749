"""The decoded video against the prepared one: every figure of :class:`benchmarks.results.QualityFacts`."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.material import Material
from benchmarks.measure import BenchmarkError
from benchmarks.pictures import WORST_FRAMES, PictureStore, difference_map, viewer_indices
from benchmarks.results import QualityFacts
from codec.metrics.cdc import ColorDistributionConsistency
from codec.metrics.ciede2000 import ciede2000_map
from codec.metrics.flicker import ChromaFlicker
from codec.metrics.psnr import SquaredError, add_chroma_error, psnr_db
from codec.metrics.quality import QualityMeter
from codec.metrics.ssim import MIN_SIDE, mean_ssim
from codec.video.color import ColorConversion
from codec.video.picture import Picture, RgbArray

MAX_COMPARED = 48
PEAK = 255


def compare(material: Material, decoded: Path, *, case: str = "", pictures: PictureStore | None = None) -> QualityFacts:
    """Compare a decoded raw file with its material.

    Args:
        material: the original.
        decoded: raw frames in the material's size and pixel format.
        case: names the pictures.
        pictures: keeps some for the viewer, if the two differ; None keeps none.

    Raises:
        BenchmarkError: the decoded file has another size.
    """
    if decoded.stat().st_size != material.facts.raw_bytes:
        raise BenchmarkError(
            f"expected {material.facts.raw_bytes} bytes of decoded frames. Received: {decoded.stat().st_size}"
        )
    originals, results = material.open(), material.open(decoded)
    comparison = _Comparison(material, ColorConversion.of(originals.info))
    for index, (original, result) in enumerate(zip(originals.frames(), results.frames(), strict=True)):
        comparison.add(index, original.picture, result.picture)
    facts = comparison.facts()
    if pictures is not None and not facts.picture_exact:
        _store(material, decoded, case, pictures, comparison)
    originals.close()
    results.close()
    return facts


class _Comparison:
    """All figures of one pair of videos, frame by frame, in bounded memory."""

    def __init__(self, material: Material, conversion: ColorConversion) -> None:
        num_frames = material.facts.num_frames
        self.conversion = conversion
        self._compared = set(np.linspace(0, num_frames - 1, min(num_frames, MAX_COMPARED)).round().astype(int).tolist())
        self._luma_error = SquaredError()
        self._chroma_error = SquaredError()
        self._meter = QualityMeter(conversion)
        self._flicker = ChromaFlicker(conversion)
        self._cdc_original, self._cdc_decoded = ColorDistributionConsistency(), ColorDistributionConsistency()
        self._ssim: list[float] = []
        self.frame_difference: dict[int, float] = {}
        self._is_exact = True

    def add(self, index: int, original: Picture, decoded: Picture) -> None:
        self._is_exact = self._is_exact and _equal(original, decoded)
        self._luma_error.add(original.luma, decoded.luma)
        add_chroma_error(self._chroma_error, self.conversion, original, decoded)
        self._flicker.add(original, decoded)
        original_rgb, decoded_rgb = self.conversion.rgb(original), self.conversion.rgb(decoded)
        self._cdc_original.add(original_rgb)
        self._cdc_decoded.add(decoded_rgb)
        if index in self._compared:
            self._meter.add(original, decoded)
            self.frame_difference[index] = float(_frame_map(original_rgb, decoded_rgb, stride=2).mean())
            if min(original.luma.shape) >= MIN_SIDE:
                channels = [mean_ssim(original_rgb[..., c], decoded_rgb[..., c]) for c in range(3)]
                self._ssim.append(sum(channels) / 3)

    def worst(self) -> list[int]:
        """Compared frames in the order of their mean CIEDE2000, the largest first."""
        ranked = sorted(self.frame_difference, key=lambda index: -self.frame_difference[index])
        return ranked[:WORST_FRAMES]

    def facts(self) -> QualityFacts:
        color = self._meter.result()
        chroma_mse = self._chroma_error.mse if self._chroma_error.num_samples else 0.0
        return QualityFacts(
            picture_exact=self._is_exact,
            luma_exact=self._luma_error.total == 0,
            psnr_luma_db=_finite(psnr_db(self._luma_error.mse, PEAK)),
            psnr_chroma_db=_finite(psnr_db(chroma_mse, PEAK)),
            ssim_rgb=sum(self._ssim) / len(self._ssim) if self._ssim else 1.0,
            ciede2000_mean=color.ciede2000_mean,
            ciede2000_p95=color.ciede2000_p95,
            colorfulness_original=color.colorfulness_original,
            colorfulness_decoded=color.colorfulness_decoded,
            cdc_original=self._cdc_original.value,
            cdc_decoded=self._cdc_decoded.value,
            chroma_flicker=self._flicker.value,
            num_compared=color.num_frames,
            worst_frames=tuple(self.worst()),
        )


def _store(material: Material, decoded: Path, case: str, pictures: PictureStore, comparison: _Comparison) -> None:
    """Keep the pictures of the viewer and of the worst frames."""
    worst = comparison.worst()
    shown = viewer_indices(material.facts.num_frames)
    wanted = set(worst) | set(shown)
    pairs = zip(material.open().frames(), material.open(decoded).frames(), strict=True)
    for index, (original, result) in enumerate(pairs):
        if index not in wanted:
            continue
        original_rgb, decoded_rgb = (comparison.conversion.rgb(frame.picture) for frame in (original, result))
        if index in shown:
            gray = comparison.conversion.rgb(comparison.conversion.neutral(original.picture.luma))[..., 0]
            pictures.store_frame(case, index, original=original_rgb, gray=gray, decoded=decoded_rgb)
        if index in worst:
            difference = difference_map(_frame_map(original_rgb, decoded_rgb, stride=1))
            pictures.store_worst(case, index, original=original_rgb, decoded=decoded_rgb, difference=difference)
    pictures.describe(case, shown, [(index, comparison.frame_difference[index]) for index in worst])


def _frame_map(original_rgb: RgbArray, decoded_rgb: RgbArray, *, stride: int) -> npt.NDArray[np.float32]:
    """CIEDE2000 on a grid of every ``stride``-th pixel of every ``stride``-th row."""
    return ciede2000_map(original_rgb[::stride, ::stride], decoded_rgb[::stride, ::stride])


def _equal(first: Picture, second: Picture) -> bool:
    if not np.array_equal(first.luma, second.luma):
        return False
    if first.chroma is None or second.chroma is None:
        return first.chroma is second.chroma
    return all(np.array_equal(a, b) for a, b in zip(first.chroma, second.chroma, strict=True))


def _finite(value: float) -> float | None:
    """JSON has no infinity: no error is None."""
    return None if math.isinf(value) else value
