import json
import math

import numpy as np
import pytest

from codec.metrics import ColorDifference, QualityMeter, SquaredError, add_chroma_error, colorfulness_m3, psnr_db
from codec.video.color import ColorConversion
from codec.video.picture import Picture
from codec.video.pixel_formats import ColorModel, pixel_format
from tests.formats import REPRESENTATIVE, noise_picture


def _conversion(name):
    return ColorConversion(pixel_format(name), matrix=1, full_range=False)


def _pictures(name, num, seed, size=(23, 17)):
    rng = np.random.default_rng(seed)
    layout = pixel_format(name)
    num_bytes = layout.frame_bytes(*size)
    return [layout.unpack(rng.integers(16, 236, num_bytes, np.uint8).tobytes(), *size) for _ in range(num)]


@pytest.mark.parametrize("name", ["yuv420p", "yuv444p", "rgb24"])
def test_figures_are_those_of_the_single_metrics(name):
    conversion = _conversion(name)
    originals, decoded = _pictures(name, 3, 0), _pictures(name, 3, 1)
    meter = QualityMeter(conversion, stride=1)
    error, difference = SquaredError(), ColorDifference(stride=1)
    for first, second in zip(originals, decoded, strict=True):
        meter.add(first, second)
        add_chroma_error(error, conversion, first, second)
        difference.add(conversion.rgb(first), conversion.rgb(second))
    quality = meter.result()
    assert quality.num_frames == 3
    assert quality.psnr_chroma_db == psnr_db(error.mse, 255)
    assert quality.ciede2000_mean == difference.mean > 1
    assert quality.ciede2000_p95 == difference.percentile(95) > quality.ciede2000_mean
    expected = np.mean([colorfulness_m3(conversion.rgb(p)) for p in originals])
    assert quality.colorfulness_original == pytest.approx(expected)
    assert quality.colorfulness_decoded != quality.colorfulness_original
    assert not quality.is_chroma_exact


@pytest.mark.parametrize("name", sorted(REPRESENTATIVE))
def test_an_exact_copy_of_any_format(name):
    meter = QualityMeter(_conversion(name))
    own, rng = pixel_format(name), np.random.default_rng(3)
    for picture in (noise_picture(own, 23, 17, rng) for _ in range(2)):
        meter.add(picture, picture)
    quality = meter.result()
    assert quality.psnr_chroma_db == (None if own.model is ColorModel.GRAY else math.inf)
    assert quality.is_chroma_exact
    assert (quality.ciede2000_mean, quality.ciede2000_p95) == (0, 0)
    assert quality.colorfulness_original == quality.colorfulness_decoded
    record = json.loads(json.dumps(quality.as_json(), allow_nan=False))
    assert record["psnr_chroma_db"] is None
    assert record["chroma_exact"] is True
    assert record["num_frames"] == 2


def test_json_of_an_inexact_copy():
    conversion = _conversion("yuv420p")
    (original,) = _pictures("yuv420p", 1, 5)
    meter = QualityMeter(conversion)
    meter.add(original, conversion.neutral(original.luma))
    quality = meter.result()
    record = json.loads(json.dumps(quality.as_json(), allow_nan=False))
    assert record["psnr_chroma_db"] == quality.psnr_chroma_db
    assert record["chroma_exact"] is False
    assert record["colorfulness_decoded"] == pytest.approx(0, abs=0.01)


def test_no_frames_and_unequal_sizes():
    meter = QualityMeter(_conversion("gray"))
    with pytest.raises(ValueError, match="none"):
        meter.result()
    with pytest.raises(ValueError, match="one shape"):
        meter.add(Picture(np.zeros((4, 4), np.uint8)), Picture(np.zeros((4, 5), np.uint8)))
