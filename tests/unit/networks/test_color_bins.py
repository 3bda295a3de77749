import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from codec.errors import InputError
from codec.networks.bins import EXPECTATION, annealed_mean

CENTERS = np.array([[-10, 0], [0, 5], [20, 1]], np.float32)


def test_expectation() -> None:
    logits = np.log(np.array([[0.5, 0.25, 0.25]], np.float32))
    assert annealed_mean(logits, CENTERS, temperature=EXPECTATION)[0] == pytest.approx([0, 1.5])


def test_annealed_mean_is_the_papers_formula() -> None:
    z = np.array([0.5, 0.3, 0.2])
    sharpened = np.exp(np.log(z) / 0.38) / np.exp(np.log(z) / 0.38).sum()
    mean = annealed_mean(np.log(z).astype(np.float32), CENTERS, temperature=0.38)
    assert mean == pytest.approx(sharpened @ CENTERS, rel=1e-5)


def test_low_temperatures_are_the_mode() -> None:
    mean = annealed_mean(np.array([1, 1.1, 1.2], np.float32), CENTERS, temperature=1e-4)
    assert mean.tolist() == [20, 1]


@given(arrays(np.float32, (2, 3), elements=st.floats(-(2.0**99), 2.0**99, width=32)), st.floats(0.01, 10))
def test_colors_stay_within_the_centers(logits: np.ndarray, temperature: float) -> None:
    mean = annealed_mean(logits, CENTERS[:, 0], temperature=temperature)
    assert mean.shape == (2,)
    assert ((mean >= -10.001) & (mean <= 20.001)).all()


@pytest.mark.parametrize("temperature", [0, -1, float("nan"), float("inf")])
def test_temperatures_out_of_range_are_refused(temperature: float) -> None:
    with pytest.raises(InputError, match="temperature over 0"):
        annealed_mean(np.zeros(3, np.float32), CENTERS, temperature=temperature)
