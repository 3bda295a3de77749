import numpy as np
import pytest

from codec.networks import singh2020
from codec.networks.interface import NetworkSpec
from codec.networks.model_weights import KerasModel, dequantize_into, named_weights
from codec.networks.registry import trainable_network
from codec.training import quantization, settling
from codec.training.examples import ExampleStore
from codec.training.options import TrainingOptions
from codec.training.quantization import STEP_SCALES, choose_quantization
from codec.training.settling import settle
from codec.video.color import ColorConversion
from codec.video.picture import rgb_to_ycocg_r
from codec.video.pixel_formats import PIXEL_FORMATS
from codec.weights.packing import pack_weights, packed_bytes, unpack_weights
from codec.weights.quantizing import quantize_weights
from codec.weights.tensors import NamedWeights, QuantizedTensor

NETWORK = trainable_network("singh2020")
SPEC = NetworkSpec("singh2020")
OPTIONS = TrainingOptions(train_size=32, batch_size=2)
CONVERSION = ColorConversion(PIXEL_FORMATS["rgb24"], 6, True)


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a network with a quarter of the filters."""
    monkeypatch.setattr(settling, "NUM_STEPS", 10)
    narrow = [layer and (layer[0] // 4 if layer[0] > 2 else 2, layer[1]) for layer in singh2020._LAYERS]
    monkeypatch.setattr(singh2020, "_LAYERS", tuple(narrow))


@pytest.fixture
def start() -> NamedWeights:
    return NETWORK.start_weights(SPEC)


@pytest.fixture
def examples() -> ExampleStore:
    store = ExampleStore(CONVERSION, OPTIONS)
    random = np.random.default_rng(0)
    for _ in range(2):
        store.add(rgb_to_ycocg_r(random.integers(0, 256, (32, 32, 3), dtype=np.uint8)))
    return store


def some_model() -> KerasModel:
    model = NETWORK.build(SPEC)
    random = np.random.default_rng(7)
    model.set_weights(
        [
            weights * np.float32(1.5) + random.normal(size=weights.shape).astype("f4") / 200
            for weights in model.get_weights()
        ]
    )
    return model


def test_the_loss_stays_within_its_bound(examples: ExampleStore, start: NamedWeights) -> None:
    model = some_model()
    tensors, report = choose_quantization(SPEC, model, examples, OPTIONS, max_loss_db=0.05)
    assert report.psnr_float_db - report.psnr_quantized_db <= 0.05
    assert report.step_scale > STEP_SCALES[-1]
    packed = pack_weights(tensors, start)
    assert report.network_bytes == packed_bytes(packed)
    received = unpack_weights(packed, start)
    for tensor, weights in zip(received, model.get_weights(), strict=True):
        assert np.array_equal(tensor.values.astype(np.float32) * np.float32(tensor.step), weights)


def test_less_loss_costs_more_bytes(examples: ExampleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantization, "settle", unsettled)
    _, strict = choose_quantization(SPEC, some_model(), examples, OPTIONS, max_loss_db=0.001)
    _, loose = choose_quantization(SPEC, some_model(), examples, OPTIONS, max_loss_db=1.0)
    assert strict.network_bytes > loose.network_bytes
    assert strict.step_scale < loose.step_scale
    assert strict.psnr_float_db == pytest.approx(loose.psnr_float_db, abs=1e-3)
    assert loose.psnr_float_db - loose.psnr_quantized_db <= 1.0


def unsettled(*arguments: object) -> object:
    return arguments[3]


def test_the_reference_was_trained_as_long(examples: ExampleStore) -> None:
    model = some_model()  # untrained, so that settling alone gains much
    before = quantization._Evaluation(SPEC, NETWORK, examples).psnr_db(model)
    _, report = choose_quantization(SPEC, model, examples, OPTIONS, max_loss_db=0.05)
    assert report.psnr_float_db > before + 0.2


def test_settling_wins_back_what_rounding_costs(examples: ExampleStore, start: NamedWeights) -> None:
    model = some_model()
    weights = named_weights(model)
    tensors = quantize_weights(weights, start, 2.0)
    inputs, targets = NETWORK.training_pair(CONVERSION, *examples.batch(np.arange(2)))

    def loss(of: tuple[QuantizedTensor, ...]) -> float:
        dequantize_into(model, of)
        return float(np.mean((model.predict_on_batch(inputs) - targets) ** 2))

    (stage,) = NETWORK.stages(SPEC, model, CONVERSION, true_share=1)
    settled = settle(stage, model, weights, tensors, examples, OPTIONS)
    assert [(t.name, t.shape, t.step) for t in settled] == [(t.name, t.shape, t.step) for t in tensors]
    assert loss(settled) < loss(tensors) * 0.9
    again = settle(stage, model, weights, tensors, examples, OPTIONS)
    assert np.mean([np.mean(a.values == b.values) for a, b in zip(settled, again, strict=True)]) > 0.99
