import numpy as np
import pytest

from codec.colorization.stabilizer import Stabilizer
from codec.video.color import ColorConversion
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS


def scene(shift: int, seed: int) -> Picture:
    """A textured slope that moves right; its color moves along, with noise of its own in every frame."""
    x = np.arange(96) - shift
    texture = 60 * np.sin(x / 5)[None] + 40 * np.cos(np.arange(64) / 6)[:, None]
    luma = np.clip(128 + texture, 0, 255).astype(np.uint8)
    color = 128 + 40 * np.sin(x / 15)[None] + np.zeros((64, 1))
    noise = np.random.default_rng(seed).normal(0, 12, (2, 64, 96))
    planes = np.clip(color + noise, 0, 255).astype(np.uint8)
    return Picture(luma, (planes[0], planes[1]))


def true_color(shift: int) -> np.ndarray:
    return 128 + 40 * np.sin((np.arange(96) - shift) / 15)[None] + np.zeros((64, 1))


def error(picture: Picture, shift: int) -> float:
    inner = np.s_[8:-8, 16:-16]
    return float(np.mean((picture.chroma_planes()[0].astype(float) - true_color(shift))[inner] ** 2))


CONVERSION = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, True)


def test_noise_in_the_color_is_averaged_along_the_motion() -> None:
    stabilizer = Stabilizer(CONVERSION)
    scenes = [scene(2 * index, index) for index in range(6)]
    steadier = [stabilizer(picture) for picture in scenes]
    assert error(steadier[-1], 10) < 0.5 * error(scenes[-1], 10)
    assert all(np.array_equal(a.luma, b.luma) for a, b in zip(steadier, scenes, strict=True))
    assert np.array_equal(steadier[0].chroma_planes()[0], scenes[0].chroma_planes()[0])


def test_a_shot_knows_nothing_of_the_one_before() -> None:
    stabilizer = Stabilizer(CONVERSION)
    stabilizer(scene(0, 0))
    stabilizer.begin_shot()
    own = scene(2, 1)
    assert np.array_equal(stabilizer(own).chroma_planes()[1], own.chroma_planes()[1])


def test_a_cut_that_nobody_noticed_does_no_harm() -> None:
    stabilizer = Stabilizer(CONVERSION)
    before = scene(0, 0)
    stabilizer(Picture(255 - before.luma // 4, before.chroma_planes()))
    flat = np.full((64, 96), 200, np.uint8)
    after = Picture(np.full((64, 96), 20, np.uint8), (flat, flat))
    assert np.array_equal(stabilizer(after).chroma_planes()[0], flat)


@pytest.mark.parametrize("name", ["rgb24", "yuv420p"])
@pytest.mark.parametrize("size", [(1, 1), (3, 40), (33, 47)])
def test_any_size_and_format(name: str, size: tuple[int, int]) -> None:
    conversion = ColorConversion(PIXEL_FORMATS[name], 6, True)
    stabilizer = Stabilizer(conversion)
    for seed in range(3):
        rgb_u8 = np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)
        picture = conversion.picture(rgb_u8)
        steadier = stabilizer(picture)
        assert [p.shape for p in steadier.chroma_planes()] == [p.shape for p in picture.chroma_planes()]
        assert [p.dtype for p in steadier.chroma_planes()] == [p.dtype for p in picture.chroma_planes()]
