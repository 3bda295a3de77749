from __future__ import annotations

import numpy as np
import pytest

from codec.exact import is_exact
from codec.hints.planes import pack_hint, quarters_of_chroma, unpack_hints
from codec.networks.compact import CompactColorizer
from codec.networks.compact_weights import INPUT_MAGNITUDE, CompactShape, CompactWeights
from codec.training.compact import CompactTraining, train_compact
from codec.training.guided_examples import GuidedExamples
from codec.video.color import ColorConversion
from codec.video.picture import Picture
from codec.video.pixel_formats import PIXEL_FORMATS

SHAPE = CompactShape(chroma=2, depth=2, width=8)
SIZE = (48, 64)


def pictures(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Gray with sharp edges, and chroma that has the same edges: a hint of a quarter of the size loses them."""
    random = np.random.default_rng(seed)
    lumas = np.zeros((count, *SIZE), np.uint8)
    for luma in lumas:
        for _ in range(12):
            top, left = random.integers(0, SIZE[0] - 8), random.integers(0, SIZE[1] - 8)
            luma[top : top + 16, left : left + 16] = random.integers(0, 256)
    half = lumas[:, ::2, ::2].astype(np.int32)
    return lumas, np.stack([90 + half // 4, 170 - half // 5], axis=-1).astype(np.uint8)


def hints_of(chroma: np.ndarray) -> np.ndarray:
    packed = [pack_hint((planes[..., 0], planes[..., 1]), 4) for planes in chroma]
    return unpack_hints(packed, chroma.shape[1:3], 4)


YUV420P = PIXEL_FORMATS["yuv420p"]


def picture_of(luma: np.ndarray, chroma: np.ndarray) -> Picture:
    return Picture(luma, (chroma[..., 0], chroma[..., 1]))


def examples() -> GuidedExamples:
    store = GuidedExamples(YUV420P, max_bytes=1 << 24, seed=0)
    lumas, chroma = pictures(6, seed=1)
    for luma, planes, hints in zip(lumas, chroma, hints_of(chroma), strict=True):
        store.add(picture_of(luma, planes), hints)
    return store


@pytest.fixture(scope="module")
def trained() -> CompactWeights:
    training = CompactTraining(steps=150, batch_size=4, patch=16)
    return train_compact(SHAPE, examples(), training, hint_bits=50_000)


def test_the_network_as_it_is_sent_sharpens_what_it_never_saw(trained: CompactWeights) -> None:
    lumas, chroma = pictures(3, seed=2)
    hints = hints_of(chroma)
    decoded = CompactColorizer(trained, ColorConversion(YUV420P, 6, full_range=False))(lumas, hints)
    wanted = np.stack([quarters_of_chroma((planes[..., 0], planes[..., 1])) for planes in chroma])
    result = np.stack([quarters_of_chroma(picture.chroma_planes()) for picture in decoded])
    assert np.mean((result - wanted) ** 2) < np.mean((hints - wanted) ** 2) / 2


def test_it_can_be_proved(trained: CompactWeights) -> None:
    assert is_exact(list(trained.layers()), [INPUT_MAGNITUDE] * SHAPE.num_inputs)


def test_time_is_bounded_and_progress_is_told() -> None:
    seconds = iter(range(100))
    told: list[float] = []
    training = CompactTraining(steps=1000, max_seconds=4, batch_size=2, patch=16)
    train_compact(
        SHAPE,
        examples(),
        training,
        hint_bits=50_000,
        show=lambda done, _loss: told.append(done),
        clock=lambda: float(next(seconds)),
    )
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_samples_of_a_large_picture_cover_it() -> None:
    store = GuidedExamples(YUV420P, max_bytes=1 << 24, seed=0)
    luma = np.zeros((300, 520), np.uint8)
    chroma = np.zeros((150, 260, 2), np.uint8)
    store.add(picture_of(luma, chroma), np.zeros((150, 260, 2), np.int16))
    inputs, answers = store.arrays()
    assert len(store) == 2 * 3
    assert inputs.shape == (6, 128, 128, 6)
    assert answers.shape == (6, 128, 128, 2)


def test_memory_for_samples_is_bounded() -> None:
    store = GuidedExamples(YUV420P, max_bytes=200_000, seed=0)
    for _ in range(20):
        picture = picture_of(np.zeros((64, 64), np.uint8), np.zeros((32, 32, 2), np.uint8))
        store.add(picture, np.zeros((32, 32, 2), np.int16))
    assert sum(array.nbytes for array in store.arrays()) <= 200_000
