import numpy as np
import pytest

from codec.networks import singh2020
from codec.networks.interface import NetworkSpec
from codec.networks.model_weights import KerasModel, named_weights
from codec.networks.registry import trainable_network
from codec.video.color import ColorConversion
from codec.video.pixel_formats import PIXEL_FORMATS
from container_format.errors import UnsupportedError

NETWORK = trainable_network("singh2020")
SPEC = NetworkSpec("singh2020")

# Papers 000 and 001, Table I: kernels and strides in order.
TABLE = [
    *((64, 1), (64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (256, 1), (128, 1)),
    *("up", (64, 1), "up", (32, 1), (2, 1), "up"),
]


@pytest.fixture(scope="module")
def model() -> KerasModel:
    return NETWORK.build(SPEC)


def colorful(model: KerasModel) -> KerasModel:
    """Larger weights, so that the far end of the network notices the near end."""
    model.set_weights([weights * (1.5 if weights.ndim > 1 else 1) for weights in model.get_weights()])
    return model


def test_layers_are_the_papers_table(model: KerasModel) -> None:
    layers = []
    for layer in model.layers:
        if type(layer).__name__ == "UpSampling2D":
            assert (layer.size, layer.interpolation) == ((2, 2), "nearest")
            layers.append("up")
            continue
        assert layer.kernel_size == (3, 3)
        assert layer.padding == "same"
        layers.append((layer.filters, layer.strides[0]))
    assert layers == TABLE
    assert model.count_params() == 3_892_194


def test_names_of_weights_are_stable(model: KerasModel) -> None:
    weights = named_weights(model)
    assert list(weights) == [f"conv_{index:02}/{kind}" for index in range(1, 13) for kind in ("kernel", "bias")]


def test_every_build_starts_from_the_same_weights(model: KerasModel) -> None:
    for one, other in zip(model.get_weights(), NETWORK.build(SPEC).get_weights(), strict=True):
        assert np.array_equal(one, other)
    assert [float(model.get_weights()[22].ravel()[i]).hex() for i in (0, -1)] == KNOWN_START


def test_output_is_as_large_as_the_input(model: KerasModel) -> None:
    output = model.predict_on_batch(np.zeros((2, 16, 24, 1), np.float32))
    assert output.shape == (2, 16, 24, 2)
    assert np.abs(output).max() <= 1


def test_other_specs_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="without parameters"):
        NETWORK.build(NetworkSpec("singh2020", (("width", 3),)))


def test_training_pair_is_scaled() -> None:
    conversion = ColorConversion(PIXEL_FORMATS["rgb24"], 6, True)
    lumas = np.zeros((1, 8, 8), np.uint8)
    lumas[0, 0, 0] = 255
    rgbs_u8 = np.zeros((1, 8, 8, 3), np.uint8)
    rgbs_u8[0, 0, 1] = (0, 0, 255)  # Lab 32.3, 79.2, -107.9
    inputs, targets = NETWORK.training_pair(conversion, lumas, rgbs_u8)
    assert (inputs.shape, targets.shape, inputs.dtype, targets.dtype) == ((1, 8, 8, 1), (1, 8, 8, 2), "f4", "f4")
    assert (inputs[0, 0, 0, 0], inputs[0, 0, 1, 0]) == pytest.approx((1, -1))
    assert targets[0, 0, 1] == pytest.approx([79.2 / 128, -107.9 / 128], abs=1e-3)


@pytest.mark.parametrize(("name", "dtype"), [("yuv420p", np.uint8), ("yuv444p", np.uint8), ("rgb24", np.int16)])
def test_colorize_keeps_the_gray_at_any_size(model: KerasModel, name: str, dtype: type) -> None:
    conversion = ColorConversion(PIXEL_FORMATS[name], 6, False)
    lumas = np.random.default_rng(0).integers(0, 256, (3, 13, 27), dtype=np.uint8)
    pictures = NETWORK.colorize(model, conversion, lumas)
    assert len(pictures) == 3
    for picture, luma in zip(pictures, lumas, strict=True):
        assert np.array_equal(picture.luma, luma)
        assert [plane.shape for plane in picture.chroma_planes()] == [PIXEL_FORMATS[name].chroma_shape(27, 13)] * 2
        assert picture.chroma_planes()[0].dtype == dtype


def test_tiles_and_batches_equal_whole_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    model = colorful(NETWORK.build(SPEC))
    conversion = ColorConversion(PIXEL_FORMATS["yuv444p"], 6, True)
    lumas = np.random.default_rng(0).integers(0, 256, (2, 120, 200), dtype=np.uint8)
    whole = list(singh2020._predict_ab(model, conversion, lumas))
    monkeypatch.setattr(singh2020, "_MAX_TILE_PIXELS", 120 * 136)
    monkeypatch.setattr(singh2020, "_MAX_BATCH_PIXELS_CPU", 1)
    tiled = list(singh2020._predict_ab(model, conversion, lumas))
    monkeypatch.setattr(singh2020, "_HALO", 40)
    too_narrow = list(singh2020._predict_ab(model, conversion, lumas))
    assert np.std(whole) > 0.01
    assert np.abs(np.subtract(whole, tiled)).max() < 1e-5
    assert np.abs(np.subtract(whole, too_narrow)).max() > 1e-5


KNOWN_START = ["0x1.42de100000000p-4", "0x1.0d63260000000p-5"]
