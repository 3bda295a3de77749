"""The quality metrics. Each metric has one implementation in the project, and it is here.

Two modules are for the benchmarks alone and are imported by their own names, since they need packages of
``gvc-codec[sender]``: :mod:`codec.metrics.ssim` (scikit-image) and :mod:`codec.metrics.bd_rate` (SciPy).
"""

from codec.metrics.cdc import ColorDistributionConsistency
from codec.metrics.ciede2000 import ColorDifference, ciede2000_map
from codec.metrics.colorfulness import colorfulness_m3
from codec.metrics.flicker import ChromaFlicker
from codec.metrics.psnr import SquaredError, add_chroma_error, chroma_psnr_db, psnr_db
from codec.metrics.quality import Quality, QualityMeter

__all__ = [
    "ChromaFlicker",
    "ColorDifference",
    "ColorDistributionConsistency",
    "Quality",
    "QualityMeter",
    "SquaredError",
    "add_chroma_error",
    "chroma_psnr_db",
    "ciede2000_map",
    "colorfulness_m3",
    "psnr_db",
]
