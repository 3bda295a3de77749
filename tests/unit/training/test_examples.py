import numpy as np
import pytest

from codec.errors import InputError
from codec.training.examples import ExampleStore
from codec.training.options import TrainingOptions
from codec.video.color import ColorConversion
from codec.video.picture import Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS

CONVERSION = ColorConversion(PIXEL_FORMATS["rgb24"], 6, True)


def picture(height: int, width: int, seed: int = 0) -> Picture:
    return rgb_to_ycocg_r(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def test_crops_cover_a_large_picture_at_its_own_resolution() -> None:
    large = picture(40, 100)
    rgb_u8 = CONVERSION.rgb(large)
    store = ExampleStore(CONVERSION, TrainingOptions(train_size=32))
    store.add(large)
    assert len(store) == 2 * 4
    assert store.example_shape == (32, 32)
    lumas, rgbs_u8 = store.batch(np.arange(8))
    assert np.array_equal(lumas[0], large.luma[:32, :32])
    assert np.array_equal(rgbs_u8[0], rgb_u8[:32, :32])
    assert np.array_equal(rgbs_u8[3], rgb_u8[:32, 68:100])
    assert np.array_equal(lumas[4], large.luma[8:40, :32])
    assert np.array_equal(rgbs_u8[7], rgb_u8[8:40, 68:100])


def test_a_small_picture_is_one_sample_with_its_edges_repeated() -> None:
    small = picture(13, 21)
    store = ExampleStore(CONVERSION, TrainingOptions(train_size=32))
    store.add(small)
    lumas, rgbs_u8 = store.batch(np.array([0]))
    assert store.example_shape == (16, 24)
    assert np.array_equal(lumas[0, :13, :21], small.luma)
    assert (lumas[0, 12:, 23] == small.luma[12, 20]).all()
    assert np.array_equal(rgbs_u8[0, 15, :21], CONVERSION.rgb(small)[12])


def test_memory_is_bounded_and_every_keyframe_has_its_chance() -> None:
    example_bytes = 16 * 16 * 4
    options = TrainingOptions(train_size=16, max_example_bytes=10 * example_bytes + 5)
    store, again = ExampleStore(CONVERSION, options), ExampleStore(CONVERSION, options)
    for index in range(100):
        gray = np.full((16, 16, 3), index, np.uint8)
        store.add(rgb_to_ycocg_r(gray))
        again.add(rgb_to_ycocg_r(gray))
    assert (len(store), store.num_offered) == (10, 100)
    kept = store.batch(np.arange(10))[0][:, 0, 0]
    assert len(set(kept.tolist())) == 10
    assert kept.max() >= 60
    assert kept.min() < 60
    assert np.array_equal(again.batch(np.arange(10))[0][:, 0, 0], kept)  # the seed decides


def test_samples_are_copies() -> None:
    large = picture(32, 32)
    store = ExampleStore(CONVERSION, TrainingOptions(train_size=16))
    store.add(large)
    before = store.batch(np.arange(4))[0]
    large.luma[:] = 0
    assert np.array_equal(store.batch(np.arange(4))[0], before)


def test_an_empty_store_says_so() -> None:
    with pytest.raises(InputError, match="at least one keyframe"):
        _ = ExampleStore(CONVERSION, TrainingOptions()).example_shape


def test_keyframes_have_one_size() -> None:
    store = ExampleStore(CONVERSION, TrainingOptions(train_size=32))
    store.add(picture(16, 16))
    with pytest.raises(ValueError, match="one size"):
        store.add(picture(24, 16))
