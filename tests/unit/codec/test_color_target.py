from __future__ import annotations

import math

import numpy as np
import pytest

from codec.color_target import DEFAULT_TARGET, ColorTarget
from codec.errors import InputError
from codec.video.color import ColorConversion
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS

CONVERSION = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, full_range=False)


def pair(error: int, side: int = 16) -> tuple[Picture, Picture]:
    luma = np.full((side, side), 120, np.uint8)
    planes = np.full((side, side), 128, np.uint8)
    return Picture(luma, (planes, planes)), Picture(luma, (planes + np.uint8(error), planes))


@pytest.mark.parametrize("text", ["psnr=42", "ciede=1,p95=2.5", "ciede=0.5"])
def test_written_as_read(text: str) -> None:
    assert str(ColorTarget.parse(text)) == text


def test_the_default_is_what_the_help_says() -> None:
    assert str(DEFAULT_TARGET) == "ciede=1,p95=2.5"


@pytest.mark.parametrize(
    "text", ["", "psnr", "psnr=", "psnr=x", "psnr=nan", "psnr=inf", "ssim=1", "psnr=42,psnr=43", "psnr=1", "ciede=0"]
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="color target"):
        ColorTarget.parse(text)


def test_a_margin_is_in_decibels() -> None:
    psnr = 10 * math.log10(255**2 / 2)  # an error of 2 in one of two planes
    assert ColorTarget(psnr=40).margin_db(CONVERSION, [pair(2)]) == pytest.approx(psnr - 40)


def test_the_worst_of_the_limits_counts() -> None:
    loose, strict, both = (
        target.margin_db(CONVERSION, [pair(4)])
        for target in (ColorTarget(ciede=50), ColorTarget(p95=0.5), ColorTarget(ciede=50, p95=0.5))
    )
    assert both == strict < 0 < loose


def test_exact_color_meets_everything() -> None:
    assert ColorTarget(ciede=0.1, psnr=80).margin_db(CONVERSION, [pair(0)]) == math.inf


def test_a_grid_has_to_be_a_little_better() -> None:
    whole, grid = (ColorTarget(p95=2).margin_db(CONVERSION, [pair(4, side)]) for side in (16, 400))
    assert whole - 0.1 < grid < whole


def test_met_or_not() -> None:
    assert DEFAULT_TARGET.is_met(ciede=1.0, p95=2.5, psnr=20)
    assert not DEFAULT_TARGET.is_met(ciede=0.5, p95=2.6, psnr=60)
