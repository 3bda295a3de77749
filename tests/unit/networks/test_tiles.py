import numpy as np
import pytest

from codec.networks.tiles import F32Array, pad_to_multiple, plan_tiling, run_tiled


def mean_of_neighbors(inputs: F32Array) -> F32Array:
    """A stand-in for a network: sees 8 samples to each side, 0 outside, and halves and doubles the size."""
    halved = inputs[:, ::2, ::2]
    padded = np.pad(halved, ((0, 0), (4, 4), (4, 4), (0, 0)))
    height, width = halved.shape[1:3]
    total = sum(padded[:, y : y + height, x : x + width] for y in range(9) for x in range(9))
    return np.repeat(np.repeat(np.concatenate([total, -total], axis=-1), 2, axis=1), 2, axis=2).astype(np.float32)


@pytest.mark.parametrize(("height", "width"), [(64, 64), (32, 128), (8, 200), (120, 72)])
@pytest.mark.parametrize("max_pixels", [1, 1000, 3000, 10**6])
def test_tiles_are_the_whole(height: int, width: int, max_pixels: int) -> None:
    inputs = np.random.default_rng(0).integers(0, 9, (2, height, width, 1)).astype(np.float32)
    tiling = plan_tiling(height, width, multiple=8, halo=8, max_pixels=max_pixels)
    assert np.array_equal(run_tiled(mean_of_neighbors, inputs, tiling, channels=2), mean_of_neighbors(inputs))


def test_a_halo_too_small_shows() -> None:
    inputs = np.random.default_rng(0).integers(0, 9, (1, 64, 64, 1)).astype(np.float32)
    tiling = plan_tiling(64, 64, multiple=8, halo=0, max_pixels=1024)
    assert not np.array_equal(run_tiled(mean_of_neighbors, inputs, tiling, channels=2), mean_of_neighbors(inputs))


def test_hd_is_cut_in_equal_windows() -> None:
    tiling = plan_tiling(1088, 1920, multiple=8, halo=48, max_pixels=2**20)
    shapes = {(r.stop - r.start, c.stop - c.start) for r in tiling.rows for c in tiling.columns}
    assert len(shapes) == 1
    assert tiling.window_pixels <= 2**20
    assert len(tiling.rows) * len(tiling.columns) <= 4
    assert all(w.start % 8 == w.stop % 8 == 0 for w in tiling.rows + tiling.columns)
    whole = plan_tiling(720, 1280, multiple=8, halo=48, max_pixels=2**20)
    assert (len(whole.rows), len(whole.columns), whole.window_pixels) == (1, 1, 720 * 1280)


def test_padding_repeats_the_edge() -> None:
    planes = np.arange(15, dtype=np.uint8).reshape(1, 3, 5)
    padded = pad_to_multiple(planes, 8)
    assert padded.shape == (1, 8, 8)
    assert np.array_equal(padded[:, :3, :5], planes)
    assert (padded[:, 2:, 7] == 14).all()
    assert pad_to_multiple(padded, 8) is padded
