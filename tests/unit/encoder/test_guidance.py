"""Reading between the qualities that were tried."""

from __future__ import annotations

import math

import pytest

from codec.encoder.choices.guidance import (
    LONG_FRAMES,
    MAX_CRF,
    MIN_CRF,
    Rung,
    Way,
    cheapest,
    crossing,
    hint_codec,
    hint_preset,
    with_crf,
    with_steadier,
)
from codec.hints.coder import HintSettings
from codec.networks.compact_weights import CompactShape


def rungs(*margins: float, num_bytes: float = 10_000) -> tuple[Rung, ...]:
    """At 20, 30, 40, ...; each has half the bytes of the one before."""
    return tuple(Rung(20 + 10 * i, margin, num_bytes / 2**i) for i, margin in enumerate(margins))


@pytest.mark.parametrize(
    ("margins", "expected"),
    [
        ((4, 2, 0, -2), 40),
        ((3, 1, -1, -3), 35),
        ((1, 1, 1, 1), MAX_CRF),
        ((math.inf, math.inf, math.inf, math.inf), MAX_CRF),
        ((math.inf, -1, -3, -5), 20),
        ((-1, -3, -5, -7), 15),
        ((-9, -10, -11, -12), None),
        ((-1, -1, -1, -1), None),
    ],
)
def test_the_coarsest_quality_that_is_good_enough(margins: tuple[float, ...], expected: int | None) -> None:
    assert crossing(rungs(*margins)) == expected


def test_bytes_are_read_on_a_line_of_their_logarithm() -> None:
    crf, num_bytes = Way(2, 1, None, 100, rungs(3, 1, -1, -3)).crf_and_bytes()
    assert crf == 35
    assert num_bytes == pytest.approx(100 + 10_000 / 2**1.5)
    crf, num_bytes = Way(2, 1, None, 0, rungs(-1, -3, -5, -7)).crf_and_bytes()
    assert crf == 15
    assert num_bytes == pytest.approx(10_000 * 2**0.5)


def test_a_way_that_is_never_good_enough_costs_everything() -> None:
    assert Way(2, 1, None, 0, rungs(-9, -10, -11, -12)).crf_and_bytes() == (MIN_CRF, math.inf)


def test_the_network_must_pay_for_itself() -> None:
    shape = CompactShape(2, 3, 16)
    plain, better = Way(1, 1, None, 0, rungs(3, 1, -1, -3)), rungs(4, 2, 0, -2)
    assert cheapest([plain, Way(1, 1, shape, 100, better)]).shape == shape
    assert cheapest([plain, Way(1, 1, shape, 2000, better)]).shape is None


def test_if_nothing_is_good_enough_the_best_is_taken() -> None:
    ways = [Way(2, 1, None, 0, rungs(-20, -22, -23, -24)), Way(1, 1, None, 0, rungs(-15, -17, -18, -19))]
    guidance = cheapest(ways)
    assert guidance.settings.scale == 1
    assert guidance.settings.codec.option("crf") == str(MIN_CRF)


def test_a_step_of_quality_always_changes_something() -> None:
    assert Way(2, 1, None, 0, rungs(1, 1, 1, 1)).db_per_crf < 0
    assert Way(2, 1, None, 0, rungs(math.inf, 1, 0, -1)).db_per_crf < 0
    assert Way(2, 1, None, 0, rungs(3, 1, -1, -3)).db_per_crf == pytest.approx(-0.2)


def test_hints_of_every_frame_stand_by() -> None:
    shape = CompactShape(2, 3, 16)
    plain, guided = Way(1, 2, None, 0, rungs(3, 1, -1, -3)), Way(1, 2, shape, 100, rungs(4, 3, 1, -1))
    steady = Way(1, 1, None, 0, rungs(5, 2, -1, -4))
    chosen = with_steadier(cheapest([plain, guided]), [plain, guided], steady)
    assert (chosen.settings.interval, chosen.settings.codec.option("crf"), chosen.shape) == (2, "45", shape)
    assert chosen.plain_db == pytest.approx(-2)
    assert chosen.steadier is not None
    # With the gain of 1, 2, 2 and 2 dB: margins of 6, 4, 1 and -2.
    assert (chosen.steadier.settings.interval, chosen.steadier.settings.codec.option("crf")) == (1, "43")
    assert (chosen.steadier.shape, chosen.steadier.steadier) == (shape, None)


def test_hints_of_a_long_video_take_a_faster_preset() -> None:
    assert hint_codec(30, hint_preset(LONG_FRAMES, 1)) == hint_codec(30)
    fast = hint_codec(30, hint_preset(LONG_FRAMES + 1, 1))
    assert int(fast.option("preset") or 0) > int(hint_codec(30).option("preset") or 0)
    chosen = cheapest([Way(1, 1, None, 0, rungs(3, 1, -1, -3), hint_preset(LONG_FRAMES + 1, 1))])
    assert chosen.settings.codec.option("preset") == fast.option("preset")


def test_another_quality_leaves_everything_else() -> None:
    settings = HintSettings.parse("2/4:svtav1:preset=5,crf=30,tune=1")
    assert with_crf(settings, 41) == HintSettings.parse("2/4:svtav1:preset=5,crf=41,tune=1")
