"""Exact networks: whole-number networks that give the same bits on every machine."""

from codec.exact.layers import FLOAT32_WHOLE_LIMIT, IntegerConvolution, check_exact, is_exact, largest_sums

__all__ = ["FLOAT32_WHOLE_LIMIT", "IntegerConvolution", "check_exact", "is_exact", "largest_sums"]
