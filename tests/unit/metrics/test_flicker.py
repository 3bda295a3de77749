import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.metrics import ChromaFlicker
from codec.video.color import ColorConversion
from codec.video.picture import Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import ColorModel, pixel_format
from tests.formats import REPRESENTATIVE, noise_picture

SIZE = (12, 10)


def _conversion(name):
    return ColorConversion(pixel_format(name), matrix=6, full_range=False)


def _flicker(name, originals, decoded):
    meter = ChromaFlicker(_conversion(name))
    for first, second in zip(originals, decoded, strict=True):
        meter.add(first, second)
    return meter.value


def _random_video(name, num_frames, seed, low=0, high=256):
    rng = np.random.default_rng(seed)
    layout = pixel_format(name)
    sizes = [layout.frame_bytes(*SIZE)] * num_frames
    return [layout.unpack(rng.integers(low, high, size, np.uint8).tobytes(), *SIZE) for size in sizes]


def _shifted(picture, offset_u, offset_v):
    u, v = picture.chroma
    return Picture(picture.luma, (u + np.uint8(offset_u), v + np.uint8(offset_v)))


def _flat(u, v, shape=(2, 2)):
    return Picture(np.zeros((4, 4), np.uint8), (np.full(shape, u, np.uint8), np.full(shape, v, np.uint8)))


def test_by_hand():
    # Errors of U: 0, 3, -1; of V: 5, 5, 0. Steps: 3 and 4 in U, 0 and 5 in V; their mean is 3.
    originals = [_flat(100, 50), _flat(120, 60), _flat(90, 250)]
    decoded = [_flat(100, 55), _flat(123, 65), _flat(89, 250)]
    assert _flicker("yuv420p", originals, decoded) == 3


def test_by_hand_in_one_sample():
    # One of the eight chroma samples is 16 too large in the second of three frames: up and down again, two pairs.
    original = _flat(100, 50)
    wrong = _flat(100, 50)
    wrong.chroma[1][1, 0] += 16
    assert _flicker("yuv420p", [original] * 3, [original, wrong, original]) == 16 / 8


@pytest.mark.parametrize("name", sorted(REPRESENTATIVE))
def test_identical_videos_do_not_flicker(name):
    own, rng = pixel_format(name), np.random.default_rng(0)
    video = [noise_picture(own, *SIZE, rng) for _ in range(4)]
    assert _flicker(name, video, video) == (None if own.model is ColorModel.GRAY else 0)


def test_an_error_that_stays_does_not_count():
    originals = _random_video("yuv420p", 5, 1, 10, 200)
    assert _flicker("yuv420p", originals, [_shifted(p, 7, 31) for p in originals]) == 0


@pytest.mark.parametrize("amount", [1, 4, 20])
def test_an_error_that_alternates_counts_twice(amount):
    originals = _random_video("yuv420p", 6, 2, 30, 200)
    decoded = []
    for i, picture in enumerate(originals):
        planes = tuple((p.astype(int) + (amount if i % 2 else -amount)).astype(np.uint8) for p in picture.chroma)
        decoded.append(Picture(picture.luma, planes))
    assert _flicker("yuv420p", originals, decoded) == 2 * amount


def test_luma_does_not_count():
    originals = _random_video("yuv422p", 3, 3)
    decoded = [Picture(255 - p.luma, p.chroma) for p in originals]
    assert _flicker("yuv422p", originals, decoded) == 0


def test_rgb_is_measured_over_cb_and_cr():
    # A gray picture against one whose blue is 40 too high in every other frame: Cb by 20, Cr by -0.114 / 1.402 * 40.
    gray, blue = np.full((6, 5, 3), 100, np.uint8), np.full((6, 5, 3), 100, np.uint8)
    blue[..., 2] += 40
    originals = [rgb_to_ycocg_r(gray)] * 3
    decoded = [rgb_to_ycocg_r(rgb) for rgb in (gray, blue, gray)]
    expected = (0.886 / 1.772 * 40 + 0.114 / 1.402 * 40) / 2
    assert _flicker("rgb24", originals, decoded) == pytest.approx(expected, rel=1e-5)


@given(st.sampled_from(["yuv420p", "yuv444p", "rgb24"]), st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_definition_on_whole_videos(name, num_frames, seed):
    originals, decoded = _random_video(name, num_frames, seed), _random_video(name, num_frames, seed + 1)
    values = []
    for video in (originals, decoded):
        if name == "rgb24":
            rgb = np.stack([_conversion(name).rgb(p) for p in video]).astype(np.float64)
            luma = rgb @ [0.299, 0.587, 0.114]
            values.append(np.stack([(rgb[..., 2] - luma) / 1.772, (rgb[..., 0] - luma) / 1.402]))
        else:
            values.append(np.stack([np.stack(p.chroma) for p in video], axis=1).astype(np.float64))
    change_original, change_decoded = (np.diff(v, axis=1) for v in values)  # (2, frames - 1, rows, columns)
    expected = np.abs(change_decoded - change_original).mean()
    assert _flicker(name, originals, decoded) == pytest.approx(expected, rel=1e-5)
    # Which of the two is the original makes no difference, nor does the direction of time.
    assert _flicker(name, decoded, originals) == pytest.approx(expected, rel=1e-5)
    assert _flicker(name, originals[::-1], decoded[::-1]) == pytest.approx(expected, rel=1e-5)


def test_largest_value():
    black, white = _flat(0, 0), _flat(255, 255)
    assert _flicker("yuv420p", [black, white], [white, black]) == 510


def test_no_pair_no_value():
    video = _random_video("yuv420p", 1, 5)
    assert _flicker("yuv420p", [], []) is None
    assert _flicker("yuv420p", video, video) is None
    gray = _random_video("gray", 3, 6)
    assert _flicker("gray", gray, gray[::-1]) is None


def test_unequal_shapes_are_refused():
    meter = ChromaFlicker(_conversion("yuv420p"))
    with pytest.raises(ValueError, match=r"one shape\. Received: .*2, 2.*2, 3"):
        meter.add(_flat(0, 0), _flat(0, 0, (2, 3)))
    meter.add(_flat(0, 0), _flat(0, 0))
    with pytest.raises(ValueError, match="one shape"):
        meter.add(_flat(0, 0, (2, 3)), _flat(0, 0, (2, 3)))
