from __future__ import annotations

import numpy as np
import pytest

from codec.hints.tiles import TILINGS, tile_pictures, untile_pictures


@pytest.mark.parametrize("tiling", TILINGS)
@pytest.mark.parametrize("count", [1, 2, 7, 8, 9])
def test_pictures_come_back(tiling: tuple[int, int], count: int) -> None:
    pictures = list(np.random.default_rng(count).integers(0, 256, (count, 6, 4)).astype(np.uint8))
    tiled = list(tile_pictures(pictures, tiling))
    assert len(tiled) == -(-count // (tiling[0] * tiling[1]))
    assert all(picture.shape == (6 * tiling[0], 4 * tiling[1]) for picture in tiled)
    for original, back in zip(pictures, untile_pictures(tiled, tiling, count), strict=True):
        np.testing.assert_array_equal(original, back)


def test_tiles_go_along_rows_and_the_last_is_repeated() -> None:
    pictures = [np.full((1, 1), value, np.uint8) for value in (1, 2, 3)]
    (tiled,) = tile_pictures(pictures, (2, 2))
    np.testing.assert_array_equal(tiled, [[1, 2], [3, 3]])


def test_a_wrong_number_of_pictures_is_refused() -> None:
    with pytest.raises(ValueError, match="for 5 tiles"):
        list(untile_pictures([np.zeros((2, 2), np.uint8)], (2, 2), 5))
