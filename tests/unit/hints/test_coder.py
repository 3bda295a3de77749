from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from codec.errors import StreamError
from codec.hints.coder import HintSettings, decode_hints, encode_hints
from codec.hints.planes import unpack_hints
from codec.luma import LumaSpec

SHAPE = (36, 64)


def moving_color(count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    planes = []
    for index in range(count):
        u = 128 + 50 * np.sin((x + 2 * index) / 9) + 20 * np.cos(y / 7)
        v = 128 + 40 * np.cos((x - index) / 11)
        planes.append((np.rint(u).astype(np.uint8), np.rint(v).astype(np.uint8)))
    return planes


@pytest.mark.parametrize("codec", ["x265:crf=18,preset=medium,tune=psnr", "svtav1:crf=20,preset=8"])
@pytest.mark.parametrize("tiling", [(1, 1), (2, 2)])
@pytest.mark.parametrize("scale", [1, 2])
def test_hints_come_back_closely_for_few_bytes(codec: str, tiling: tuple[int, int], scale: int) -> None:
    chroma = moving_color(10)
    settings = HintSettings(scale, tiling, LumaSpec.parse(codec))
    run = encode_hints(chroma, settings, Fraction(24))
    pictures = decode_hints(run, settings.parameters(SHAPE), tiling, len(chroma))
    enlarged = unpack_hints(pictures, SHAPE, scale) / 4
    originals = np.stack([np.stack(planes, -1) for planes in chroma]).astype(float)
    assert 10 * np.log10(255**2 / np.mean((enlarged - originals) ** 2)) > 36
    assert run.num_bytes < originals.size / 10


def test_a_run_of_another_length_is_refused() -> None:
    settings = HintSettings(2, (1, 1), LumaSpec.parse("x265:crf=30"))
    run = encode_hints(moving_color(3), settings, Fraction(24))
    with pytest.raises(StreamError):
        decode_hints(run, settings.parameters(SHAPE), (1, 1), 4)


@pytest.mark.parametrize(("scale", "tiling"), [(3, (1, 1)), (2, (3, 1)), (16, (1, 1))])
def test_other_settings_are_refused(scale: int, tiling: tuple[int, int]) -> None:
    with pytest.raises(StreamError, match="expected hints of scale"):
        HintSettings(scale, tiling, LumaSpec("x265"))
