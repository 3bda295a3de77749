"""Some hundred mutated streams: each ends with the sender's pictures or a GvcError. See :mod:`tests.fuzz.run`."""

from __future__ import annotations

import time

import pytest

from tests.fuzz.mutations import Opened, mutated
from tests.fuzz.run import FuzzError, corpus, main, try_case, try_cases

NUM_QUICK = 600
NUM_PARTS = 2
OPEN_ENDED_SECONDS = 600


@pytest.fixture(scope="module")
def streams() -> dict[str, bytes]:
    return corpus(with_floats=False)


@pytest.mark.parametrize("part", range(NUM_PARTS))
def test_the_same_cases_each_time(streams: dict[str, bytes], part: int) -> None:
    size = NUM_QUICK // NUM_PARTS
    outcome = try_cases(streams, iter(range(part * size, (part + 1) * size)))
    assert not outcome.faults, outcome.faults[0]
    assert min(outcome.counts[name] for name in ("decoded", "refused", "recovered")) > 0


@pytest.mark.slow
@pytest.mark.parametrize("floats", [False, True], ids=["whole numbers", "floats"])
def test_new_cases(floats: bool, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["--seconds", str(OPEN_ENDED_SECONDS), "--first-seed", str(int(time.time()) << 20)]
    code = main([*arguments, *(["--floats"] if floats else [])])
    assert code == 0, capfd.readouterr().out


def test_a_stream_opened_and_packed_is_the_same(streams: dict[str, bytes]) -> None:
    """So what a mutation did not touch is as the sender wrote it."""
    for name, data in streams.items():
        assert try_case(Opened.of(data).packed(repair=True), 1) == "decoded", name


def test_a_seed_is_one_stream(streams: dict[str, bytes]) -> None:
    everything = list(streams.values())
    assert [mutated(everything[0], everything, 7) for _ in range(2)] == [mutated(everything[0], everything, 7)] * 2
    assert len({mutated(everything[0], everything, seed) for seed in range(100)}) > 90


def test_pictures_that_are_not_the_senders_are_a_fault(
    streams: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the tests above could not fail."""
    stream = Opened.of(streams["gray_raw"])
    segment = next(chunk for chunk in stream.chunks if chunk.chunk_id == b"SEGM")
    segment.body[5] ^= 1
    monkeypatch.setattr("codec.decoder.segment.checked_gray", lambda pictures, _: pictures)
    with pytest.raises(FuzzError):
        try_case(stream.packed(repair=True), 1)
