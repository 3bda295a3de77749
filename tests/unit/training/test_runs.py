import numpy as np
import pytest

from codec.errors import InputError
from codec.training.options import TrainingOptions
from codec.training.runs import RunStore
from codec.video.color import ColorConversion
from codec.video.picture import Picture, rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS

CONVERSION = ColorConversion(PIXEL_FORMATS["rgb24"], 6, True)


def gray(level: int) -> Picture:
    return rgb_to_ycocg_r(np.full((20, 30, 3), level, np.uint8))


def store(**options: int) -> RunStore:
    return RunStore(CONVERSION, (8, 16), 3, TrainingOptions(**options))


def test_runs_stay_together_and_short_ones_go_on_with_their_last_frame() -> None:
    runs = store()
    runs.add([runs.pixels(gray(level)) for level in (10, 20, 30)])
    runs.add([runs.pixels(gray(level)) for level in (40, 50)])
    lumas, rgbs_u8 = runs.batch(np.array([1, 0]))
    assert lumas.shape == (6, 8, 16)
    assert rgbs_u8.shape == (6, 8, 16, 3)
    assert lumas[:, 0, 0].tolist() == rgbs_u8[:, 0, 0, 1].tolist() == [40, 50, 50, 10, 20, 30]
    assert [len(planes) for planes, _ in runs.spread(16)] == [3, 3]


def test_memory_is_bounded() -> None:
    runs = store(max_example_bytes=4 * 3 * 8 * 16 * 4)
    for level in range(40):
        runs.add([runs.pixels(gray(level))])
    assert len(runs) == 4


def test_nothing_to_train_on() -> None:
    with pytest.raises(InputError, match="at least one keyframe"):
        _ = store().example_shape
