from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from codec.errors import InputError, StreamError
from codec.hints.coder import HintParameters, HintSettings, decode_hints, encode_hints
from codec.hints.planes import unpack_hints
from codec.plane_codecs import PlaneCodecSpec

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
@pytest.mark.parametrize("interval", [1, 3])
@pytest.mark.parametrize("scale", [1, 2])
def test_hints_come_back_closely_for_few_bytes(codec: str, interval: int, scale: int) -> None:
    chroma = moving_color(10)
    settings = HintSettings(scale, interval, PlaneCodecSpec.parse(codec))
    run = encode_hints(chroma, settings, Fraction(24))
    pictures = decode_hints(run, settings.parameters(SHAPE), len(chroma))
    enlarged = unpack_hints(pictures, SHAPE, scale) / 4
    originals = np.stack([np.stack(planes, -1) for planes in chroma]).astype(float)
    assert 10 * np.log10(255**2 / np.mean((enlarged - originals) ** 2)) > 36
    assert run.num_bytes < originals.size / 10


def test_a_run_of_another_length_is_refused() -> None:
    settings = HintSettings(2, 1, PlaneCodecSpec.parse("x265:crf=30"))
    run = encode_hints(moving_color(3), settings, Fraction(24))
    with pytest.raises(StreamError):
        decode_hints(run, settings.parameters(SHAPE), 4)


@pytest.mark.parametrize("text", ["2:svtav1:crf=40,preset=2", "4/3:x265:crf=28"])
def test_settings_are_written_as_they_are_read(text: str) -> None:
    assert str(HintSettings.parse(text)) == text


@pytest.mark.parametrize("text", ["", "2", "svtav1:crf=30", "3:x265", "2/5:x265", "2:h266"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="expected"):
        HintSettings.parse(text)


@pytest.mark.parametrize(("scale", "interval"), [(3, 1), (2, 5), (16, 1), (2, 0)])
def test_other_settings_are_refused(scale: int, interval: int) -> None:
    with pytest.raises(StreamError, match="expected hints of scale"):
        HintParameters.of(SHAPE, scale, interval, codec="hevc", coded=(640, 640))
