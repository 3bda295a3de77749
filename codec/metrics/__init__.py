"""The quality metrics. Each metric has one implementation in the project, and it is here."""

from codec.metrics.bd_rate import RateCurve, bd_rate, quality_overlap, rate_at_quality
from codec.metrics.cdc import ColorDistributionConsistency
from codec.metrics.ciede2000 import ColorDifference, ciede2000_map
from codec.metrics.colorfulness import colorfulness_m3
from codec.metrics.flicker import ChromaFlicker
from codec.metrics.psnr import SquaredError, add_chroma_error, chroma_psnr_db, psnr_db
from codec.metrics.quality import Quality, QualityMeter
from codec.metrics.ssim import mean_ssim

__all__ = [
    "ChromaFlicker",
    "ColorDifference",
    "ColorDistributionConsistency",
    "Quality",
    "QualityMeter",
    "RateCurve",
    "SquaredError",
    "add_chroma_error",
    "bd_rate",
    "chroma_psnr_db",
    "ciede2000_map",
    "colorfulness_m3",
    "mean_ssim",
    "psnr_db",
    "quality_overlap",
    "rate_at_quality",
]
