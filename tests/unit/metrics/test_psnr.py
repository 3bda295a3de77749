import math

import numpy as np
import pytest

from codec.metrics import SquaredError, add_chroma_error, chroma_psnr_db, psnr_db
from codec.video.color import ColorConversion
from codec.video.picture import Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import pixel_format
from tests.unit.metrics.conftest import compare_with_ffmpeg

# FFmpeg's filter computes in float32 and prints six decimals.
MSE_TOLERANCE = 2e-6
DB_TOLERANCE = 1e-5


def _conversion(name):
    return ColorConversion(pixel_format(name), matrix=6, full_range=False)


def _yuv420p(samples, width, height):
    return pixel_format("yuv420p").unpack(samples, width, height)


def _degraded(raw, strength, seed):
    """The frame with noise, and a shift of the whole frame on top: different errors in different frames."""
    rng = np.random.default_rng(seed)
    samples = np.frombuffer(raw, np.uint8).astype(np.int16)
    noise = rng.integers(-strength, strength + 1, samples.shape) + rng.integers(-2, 3)
    return np.clip(samples + noise, 0, 255).astype(np.uint8).tobytes()


def _noise_frames(num_frames, width, height):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, pixel_format("yuv420p").frame_bytes(width, height), np.uint8).tobytes()] * num_frames


@pytest.mark.parametrize("strength", [1, 6, 60])
@pytest.mark.parametrize("kind", ["natural", "noise"])
def test_agrees_with_ffmpeg(natural_yuv420p, kind, strength):
    width, height = (320, 180) if kind == "natural" else (48, 32)
    originals = natural_yuv420p if kind == "natural" else _noise_frames(3, width, height)
    pairs = [(_degraded(raw, strength, seed), raw) for seed, raw in enumerate(originals)]
    expected = compare_with_ffmpeg("psnr", "yuv420p", pairs, (width, height))
    conversion, total = _conversion("yuv420p"), SquaredError()
    for (decoded, original), figures in zip(pairs, expected, strict=True):
        first, second = (_yuv420p(raw, width, height) for raw in (original, decoded))
        planes = zip("yuv", (first.luma, *first.chroma), (second.luma, *second.chroma), strict=True)
        for name, plane, estimate in planes:
            error = SquaredError()
            error.add(plane, estimate)
            assert error.mse == pytest.approx(figures[f"mse.{name}"], rel=MSE_TOLERANCE)
            assert psnr_db(error.mse, 255) == pytest.approx(figures[f"psnr.{name}"], abs=DB_TOLERANCE)
        # Both planes together, as one mean squared error: not the mean of two PSNR.
        mean = (figures["mse.u"] + figures["mse.v"]) / 2
        both_db = 10 * math.log10(255**2 / mean)
        assert chroma_psnr_db(conversion, first, second) == pytest.approx(both_db, abs=DB_TOLERANCE)
        add_chroma_error(total, conversion, first, second)
    mean = np.mean([figures[key] for figures in expected for key in ("mse.u", "mse.v")])
    assert total.mse == pytest.approx(mean, rel=MSE_TOLERANCE)
    assert total.num_samples == len(pairs) * 2 * (width // 2) * (height // 2)


def test_equal_pictures_are_infinite_for_both(natural_yuv420p):
    raw = natural_yuv420p[0]
    (figures,) = compare_with_ffmpeg("psnr", "yuv420p", [(raw, raw)], (320, 180))
    picture = _yuv420p(raw, 320, 180)
    assert chroma_psnr_db(_conversion("yuv420p"), picture, picture) == figures["psnr.u"] == math.inf


def test_known_values():
    assert psnr_db(1, 255) == pytest.approx(48.1308, abs=1e-4)
    assert psnr_db(255**2, 255) == 0
    assert psnr_db(0, 255) == math.inf


def test_luma_does_not_count():
    chroma = np.full((2, 2), 128, np.uint8)
    first = Picture(np.zeros((4, 4), np.uint8), (chroma, chroma))
    second = Picture(np.full((4, 4), 255, np.uint8), (chroma, chroma))
    assert chroma_psnr_db(_conversion("yuv420p"), first, second) == math.inf


def test_rgb_is_measured_over_cb_and_cr():
    rng = np.random.default_rng(1)
    first, second = (rng.integers(0, 256, (6, 5, 3), np.uint8) for _ in range(2))
    planes = []
    for rgb in (first, second):
        red, green, blue = (rgb[..., i].astype(np.float64) for i in range(3))
        luma = 0.299 * red + 0.587 * green + 0.114 * blue
        planes.append(np.stack([(blue - luma) / 1.772, (red - luma) / 1.402]))
    expected = 10 * np.log10(255**2 / np.mean((planes[0] - planes[1]) ** 2))
    pictures = [rgb_to_ycocg_r(rgb) for rgb in (first, second)]
    assert chroma_psnr_db(_conversion("rgb24"), *pictures) == pytest.approx(expected, abs=1e-4)


def test_gray_has_no_chroma_psnr():
    picture = Picture(np.zeros((4, 4), np.uint8))
    assert chroma_psnr_db(_conversion("gray"), picture, picture) is None


def test_unequal_shapes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        SquaredError().add(np.zeros(3), np.zeros(4))
    with pytest.raises(ValueError, match="none"):
        _ = SquaredError().mse
