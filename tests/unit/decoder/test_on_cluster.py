"""Segments at the workers of a cluster: so many at a time, pictures in order, and no wait that never ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from codec.decoder import on_cluster
from codec.decoder.on_cluster import ClusterDecoders
from codec.decoder.segment import Numbered
from codec.errors import StreamError
from codec.video.picture import Picture
from tests.unit.cluster.test_dispatcher import Machines

NUM_FRAMES = 4


class Segment(SimpleNamespace):
    """A segment of this test."""

    num_frames = NUM_FRAMES


def pictures_of(receiver: Any, segment: Segment, places: frozenset[int], *, stops: bool) -> Iterator[Numbered]:
    del receiver
    for place in range(NUM_FRAMES):
        if segment.index == 2 and place == 3:
            raise StreamError("damaged")
        if place in places:
            yield place, Picture(np.full((2, 2), 10 * segment.index + place, np.uint8))
        if stops and place == max(places):
            return


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    monkeypatch.setattr(on_cluster, "decode_segment", pictures_of)
    return Machines("a")


@pytest.fixture
def opened(machines: Machines) -> Iterator[ClusterDecoders]:
    machines.options = SimpleNamespace(patience_seconds=30.0)  # type: ignore[attr-defined]
    decoders = ClusterDecoders(SimpleNamespace(frame_bytes=4), machines)  # type: ignore[arg-type]
    yield decoders
    decoders.close()


def begun(decoders: ClusterDecoders, index: int, places: set[int], *, stops: bool = False) -> Iterator[Any]:
    return decoders.pictures(Segment(index=index), frozenset(places), stops=stops)  # type: ignore[arg-type]


def end_all(machines: Machines) -> None:
    for _, _, future in machines.given:
        future.end()


def values(found: Iterator[Any]) -> list[tuple[int, int]]:
    return [(place, int(picture.luma[0, 0])) for place, picture in found]


def test_only_what_is_wanted_comes_back(opened: ClusterDecoders, machines: Machines) -> None:
    found = [begun(opened, 0, {1, 3}), begun(opened, 1, {0})]
    end_all(machines)
    assert [values(one) for one in found] == [[(1, 1), (3, 3)], [(0, 10)]]


def test_behind_the_last_picture_nothing_is_decoded(opened: ClusterDecoders, machines: Machines) -> None:
    last, whole = begun(opened, 2, {0, 2}, stops=True), begun(opened, 2, {0, 2})
    end_all(machines)
    assert values(last) == [(0, 20), (2, 22)]  # the damage is behind it
    with pytest.raises(StreamError, match="damaged"):
        values(whole)


def in_thread(work: Callable[[], Any]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_the_next_segment_waits_until_one_is_used_up(opened: ClusterDecoders, machines: Machines) -> None:
    found = [begun(opened, index, {0}) for index in (0, 2, 1)]  # two for the thread of the worker, and one
    more: list[Iterator[Any]] = []
    for index, use in ((3, values), (4, pytest.raises(StreamError))):
        waiting = in_thread(lambda index=index: more.append(begun(opened, index, {0})))  # type: ignore[misc]
        waiting.join(0.2)
        assert waiting.is_alive()
        end_all(machines)
        if callable(use):
            assert values(found.pop(0)) == [(0, 0)]
        else:  # a segment that failed makes room, too
            with use:
                values(found.pop(0))
        waiting.join(30)
        assert not waiting.is_alive()
    assert len(more) == 2


def test_large_segments_are_few(opened: ClusterDecoders, machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_cluster, "_FLIGHT_BYTES", 10)
    first = begun(opened, 0, {0, 1})  # 16 bytes are more than allowed, but alone
    waiting = in_thread(lambda: begun(opened, 1, {0}))
    waiting.join(0.2)
    assert waiting.is_alive()
    end_all(machines)
    assert len(values(first)) == 2
    waiting.join(30)
    assert not waiting.is_alive()


def test_nobody_waits_for_a_closed_one(opened: ClusterDecoders) -> None:
    for index in range(3):
        begun(opened, index, {0})
    results: list[list[Any]] = []
    waiting = in_thread(lambda: results.append(list(begun(opened, 3, {0}))))
    waiting.join(0.2)
    assert waiting.is_alive()
    opened.close()
    waiting.join(30)
    assert results == [[]]
