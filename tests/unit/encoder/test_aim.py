from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from codec.encoder.choices.aim import WASTE_DB, Aim


def settle(margin_at: Callable[[int], float], rounds: int = 3, db_per_crf: float = -0.2) -> tuple[int, float]:
    """As the encoder does: offset and margin in the end."""
    aim, offset = Aim(db_per_crf), 0
    for number in range(rounds):
        step = aim.step(offset, margin_at(offset), is_last=number == rounds - 1)
        if step == 0:
            break
        offset += step
    return offset, margin_at(offset)


@pytest.mark.parametrize("first", [-3.0, -0.5, 0.0, 0.3, 1.0, 5.0])
@pytest.mark.parametrize("slope", [-0.1, -0.2, -0.5])
def test_it_ends_at_a_quality_that_is_good_enough(first: float, slope: float) -> None:
    _, margin = settle(lambda offset: first + slope * offset, rounds=5)
    assert margin >= 0


def test_a_good_guess_gets_near_at_once() -> None:
    assert settle(lambda offset: 1.1 - 0.2 * offset) == (5, pytest.approx(0.1))
    assert 0 <= settle(lambda offset: -1.1 - 0.2 * offset)[1] <= WASTE_DB


def test_a_quality_that_met_is_not_lost_for_one_that_failed() -> None:
    """The margin falls off a cliff behind the first quality."""
    assert settle(lambda offset: 1.0 if offset <= 0 else -2.0) == (0, 1.0)


def test_exact_color_can_be_as_coarse_as_there_is() -> None:
    assert Aim(-0.2).step(0, math.inf, is_last=False) > 63


@pytest.mark.parametrize("slope", [-0.04, -0.08, -0.12])
def test_three_rounds_are_enough_where_steps_do_less_than_was_thought(slope: float) -> None:
    assert settle(lambda offset: -1.5 + slope * offset)[1] >= 0
