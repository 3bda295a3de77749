from __future__ import annotations

import numpy as np
import pytest

from codec.exact.inference import ExactNetwork
from codec.hints.planes import pack_hint, unpack_hints
from codec.networks.compact import (
    INPUT_MAGNITUDE,
    CompactShape,
    chroma_code_values,
    from_grid,
    integer_layers,
    network_inputs,
    to_grid,
)
from codec.training.compact import CompactTraining, train_compact

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


@pytest.fixture(scope="module")
def trained() -> ExactNetwork:
    lumas, chroma = pictures(6, seed=1)
    hints = hints_of(chroma)
    inputs = network_inputs(lumas, hints)
    grid = inputs.shape[1:3]
    tensors = train_compact(
        SHAPE,
        inputs,
        to_grid(hints.astype(np.int16), grid).astype(np.int32),
        to_grid(chroma.astype(np.int16), grid).astype(np.float32),
        CompactTraining(steps=150, batch_size=4, piece=16),
        hint_bits=50_000,
    )
    return ExactNetwork(integer_layers(SHAPE, tensors), [INPUT_MAGNITUDE] * SHAPE.num_inputs)


def test_the_network_as_it_is_sent_sharpens_what_it_never_saw(trained: ExactNetwork) -> None:
    lumas, chroma = pictures(3, seed=2)
    hints = hints_of(chroma)
    residuals = from_grid(trained(network_inputs(lumas, hints)), chroma.shape[1:3])
    decoded = chroma_code_values(hints, residuals).astype(float)
    plain = chroma_code_values(hints, np.zeros_like(hints)).astype(float)
    error, plain_error = (np.mean((planes - chroma) ** 2) for planes in (decoded, plain))
    assert error < plain_error / 2


def test_it_runs_on_the_backend(trained: ExactNetwork) -> None:
    assert trained.runs_on_backend
