"""The only quality metrics in the project: one implementation each."""

from codec.metrics.cdc import ColorDistributionConsistency
from codec.metrics.ciede2000 import ColorDifference, ciede2000_map
from codec.metrics.colorfulness import colorfulness_m3
from codec.metrics.psnr import SquaredError, add_chroma_error, chroma_psnr_db, psnr_db
from codec.metrics.quality import Quality, QualityMeter
from codec.metrics.ssim import mean_ssim

__all__ = [
    "ColorDifference",
    "ColorDistributionConsistency",
    "Quality",
    "QualityMeter",
    "SquaredError",
    "add_chroma_error",
    "chroma_psnr_db",
    "ciede2000_map",
    "colorfulness_m3",
    "mean_ssim",
    "psnr_db",
]
