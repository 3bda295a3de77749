"""Whether the machine keeps up: steps down at once, steps up with patience."""

from __future__ import annotations

from codec.encoder.live.pace import Load, Pace

EASY = Load(1.0, 0.2, 0.0)
HARD = Load(1.0, 1.1, 0.0)
FAIR = Load(1.0, 0.7, 0.1)


def after(pace: Pace, load: Load, count: int) -> int:
    for _ in range(count):
        pace.take(load)
    return pace.place


def settled(num_efforts: int, place: int = 0) -> Pace:
    pace = Pace(num_efforts, place)
    after(pace, FAIR, 3)
    return pace


def test_the_start_does_not_count() -> None:
    assert after(Pace(4), HARD, 3) == 0


def test_each_kind_of_too_much_is_a_step_down() -> None:
    for load in (HARD, Load(1.0, 0.1, 0.5), Load(1.0, 0.1, 0.0, has_dropped=True)):
        pace = settled(4)
        assert pace.take(load)
        assert pace.place == 1


def test_it_goes_down_to_the_last_and_no_further() -> None:
    assert after(settled(4), HARD, 50) == 3


def test_what_was_begun_before_a_step_does_not_count() -> None:
    pace = settled(9)
    assert [pace.take(HARD) for _ in range(4)] == [True, False, False, True]


def test_it_comes_up_only_after_calm() -> None:
    pace = settled(4, 2)
    assert after(pace, EASY, 9) == 2
    assert after(pace, EASY, 1) == 1


def test_fair_is_no_reason_to_change() -> None:
    assert after(settled(4, 2), FAIR, 100) == 2


def test_a_step_up_that_does_not_hold_takes_longer_the_next_time() -> None:
    pace = settled(4, 1)
    assert after(pace, EASY, 10) == 0
    assert after(pace, HARD, 3) == 1
    assert after(pace, EASY, 2 + 19) == 1
    assert after(pace, EASY, 1) == 0
