"""Numbers as tables, the page and the document write them."""

from __future__ import annotations

from fractions import Fraction

ABSENT = "\N{EN DASH}"


def count(value: float) -> str:
    """A whole number, such as bytes: ``1,234,567``."""
    return f"{value:,.0f}"


def decimals(value: float | None, digits: int = 2) -> str:
    """A figure with a fixed number of decimals, thousands set apart; a dash where there is none."""
    return ABSENT if value is None else f"{value:,.{digits}f}"


def psnr(value: float | None, *, exact: bool) -> str:
    """A PSNR in dB. None means no error at all where the samples are exact, and otherwise that it does not apply."""
    return "exact" if value is None and exact else decimals(value, 2)


def reading(value: float) -> str:
    """A point of a plot as its tooltip says it: whole from a thousand on, else four digits."""
    return count(value) if value == int(value) or abs(value) >= 1000 else f"{value:.4g}"


def tick(value: float) -> str:
    """A number beside an axis, short: ``250k``."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def frame_rate(fraction: str) -> str:
    """``30000/1001`` as ``29.97``."""
    return f"{float(Fraction(fraction)):.2f}".rstrip("0").rstrip(".")
