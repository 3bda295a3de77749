"""Training of the networks of lossless planes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from codec.backend import keras
from codec.errors import TrainingError
from codec.lossless.known import Known, companded
from codec.lossless.parameters import SampleScale
from codec.lossless.planes import LUMA_RANGE, PlaneCoder
from codec.lossless.predictor import Predictor
from codec.lossless.predictor_weights import PredictorShape, PredictorWeights
from codec.lossless.symbols import SymbolEncoder
from codec.training.options import PredictorTraining
from codec.training.plane_patches import ALONE, BLACK, OUTSIDE, WHITE, PlanePatches
from codec.training.plane_runs import add_chroma_run, add_luma_run
from codec.training.predictor import PredictorModel, _companded, bits_a_square, train_predictor
from codec.video.picture import Picture, difference_dtype, rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel
from tests.unit.lossless.conftest import made_up_weights, wavy

LUMA = PredictorShape(1, 0, 4)
BRIEF = PredictorTraining(steps=30, batch_size=2, seed=1)


def run_of_pictures(count: int, rows: int = 40, columns: int = 48) -> list[Picture]:
    scene = wavy((rows, columns + 2 * count, 3), 0, 255, 5).astype(np.uint8)
    return [rgb_to_ycocg_r(np.ascontiguousarray(scene[:, 2 * index : 2 * index + columns])) for index in range(count)]


def patches_of(count: int) -> PlanePatches:
    patches = PlanePatches(max_bytes=1 << 24, seed=0, side=16)
    add_luma_run(patches, run_of_pictures(count))
    return patches


def test_training_makes_the_code_shorter() -> None:
    patches = patches_of(4)
    start = made_up_weights(LUMA)
    trained = train_predictor(LUMA, patches, BRIEF, base=start)
    assert bits_a_square(trained, patches, num_batches=4) < bits_a_square(start, patches, num_batches=4)


def test_training_from_nothing_rounds_at_the_end() -> None:
    weights = train_predictor(LUMA, patches_of(3), BRIEF)
    assert np.abs(weights.kernels).max() > 0
    Predictor(weights)  # proves that it is exact


def test_bits_of_the_weights_keep_them_where_they_are() -> None:
    patches = patches_of(3)
    start = made_up_weights(LUMA)
    free = train_predictor(LUMA, patches, BRIEF, base=start)
    costly = train_predictor(LUMA, patches, BRIEF, base=start, num_squares=10)

    def changes(weights: PredictorWeights) -> int:
        return int(np.abs(weights.kernels - start.kernels).sum())

    assert changes(costly) < changes(free)


def test_the_loss_is_the_length_of_the_code() -> None:
    """The model of the training and the coder of the codec see and predict the same."""
    pictures = run_of_pictures(3, 64, 64)
    patches = PlanePatches(max_bytes=1 << 24, seed=0, side=32)
    add_luma_run(patches, pictures[1:2])  # alone
    weights = train_predictor(LUMA, patches, PredictorTraining(steps=40, batch_size=2))
    base = pictures[0].luma.astype(np.int16)[..., None] * 4
    planes = pictures[1].luma.astype(np.int16)[..., None]
    known = Known(base[..., :0], base[..., :0], base, base, is_moved=True)
    exact = PlanePatches(max_bytes=1 << 24, seed=0, side=32)
    exact.add(planes, known, LUMA_RANGE.neutral)
    assert len(exact) == 1
    expected_bytes = bits_a_square(weights, exact, num_batches=1) * 32 * 32 / 8
    encoder = SymbolEncoder(1)
    PlaneCoder(Predictor(weights), LUMA_RANGE, (0,)).code(planes, known, encoder)
    assert len(encoder.finish()) == pytest.approx(expected_bytes, rel=0.03)


@pytest.mark.parametrize("name", ["rgb24", "yuv420p"])
def test_deep_samples_in_units_of_eight_bits_are_the_same_examples(name: str) -> None:
    own, random = PIXEL_FORMATS[name], np.random.default_rng(0)
    is_rgb = own.model is ColorModel.RGB
    run, deep = [], []
    for _ in range(2):
        luma = random.integers(0, 256, (40, 48)).astype(np.uint8)
        luma[0, :2] = 0, 255
        shape = own.chroma_shape(48, 40)
        low, kind = (-255, np.int16) if is_rgb else (0, np.uint8)
        first, second = (random.integers(low, 256, shape).astype(kind) for _ in range(2))
        run.append(Picture(luma, (first, second)))
        planes = [plane.astype(np.int32) << 4 for plane in (luma, first, second)]
        kinds = np.uint16, *[difference_dtype(12) if is_rgb else np.uint16] * 2
        deep.append(Picture.of_planes([plane.astype(kind) for plane, kind in zip(planes, kinds, strict=True)]))
    found = []
    for pictures, scale in ((run, SampleScale()), (deep, SampleScale(12, 4))):
        for add in (add_luma_run, lambda *given, scale: add_chroma_run(*given, own, scale=scale)):
            patches = PlanePatches(max_bytes=1 << 24, seed=0, side=16)
            add(patches, pictures, scale=scale)
            found.append(patches.batch(32, np.random.default_rng(0)))
    assert np.array_equal(found[0], found[2])
    assert np.array_equal(found[1], found[3])


def test_companding_is_that_of_the_codec() -> None:
    differences = np.arange(-2046, 2047)
    given = np.asarray(_companded(keras.ops.convert_to_tensor(differences.astype(np.float32))))
    assert np.array_equal(given.astype(np.int16), companded(differences))


def test_samples_say_what_is_what() -> None:
    patches = PlanePatches(max_bytes=1 << 24, seed=0, side=32)
    pictures = run_of_pictures(2)
    add_chroma_run(patches, pictures, PIXEL_FORMATS["rgb24"])
    batch = patches.batch(64, np.random.default_rng(0))
    shape = PredictorShape(2, 1, 4)
    assert batch.shape[1:] == (32, 32, shape.num_known + 8 + 1)
    assert set(np.unique(batch[..., -1])) == {WHITE, BLACK, ALONE, OUTSIDE}
    model = PredictorModel(shape, 0)
    bits = np.asarray(model(batch))
    role = batch[..., -1]
    assert bits.shape[-1] == 10
    assert not bits[role == OUTSIDE].any()
    assert not bits[role == ALONE][:, :4].any()
    assert not bits[role == WHITE][:, 2:4].any()
    assert bits[role == BLACK][:, 2:].all()


def test_a_loss_that_is_no_number_is_an_error() -> None:
    patches = patches_of(2)
    with pytest.raises(TrainingError, match="diverged"):
        train_predictor(LUMA, patches, PredictorTraining(steps=3, batch_size=1, learning_rate=math.nan))
