import numpy as np
import pytest

from codec.networks.reduced import enlarged, reduced, working_shape


@pytest.mark.parametrize(
    ("size", "expected"),
    [((720, 1280), (128, 224)), ((180, 320), (128, 224)), ((17, 24), (16, 24)), ((1, 1), (8, 8)), ((900, 8), (224, 8))],
)
def test_the_longer_side_is_bounded(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert working_shape(*size, 224, 8) == expected


def test_flat_pictures_stay_flat() -> None:
    planes = np.full((2, 30, 50), 77, np.uint8)
    assert np.array_equal(reduced(planes, (8, 16)), np.full((2, 8, 16), 77))
    assert reduced(planes, (30, 50)) is planes
    color = enlarged(np.full((8, 16, 2), 0.25, np.float32), 30, 50)
    assert color.shape == (30, 50, 2)
    assert color == pytest.approx(np.full((30, 50, 2), 0.25))
