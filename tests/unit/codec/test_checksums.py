"""Running checksums, and their checkpoints."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
import pytest

from codec.checksums import Checksum, RunningChecksum, checked, chroma_crc32, gray_crc32
from codec.video.picture import Picture


def pictures(count: int) -> list[Picture]:
    random = np.random.default_rng(3)
    return [Picture(random.integers(0, 256, (4, 6)).astype(np.uint8)) for _ in range(count)]


def checksum_of(some: list[Picture]) -> Checksum:
    running = RunningChecksum(gray_crc32)
    for picture in some:
        running.add(picture)
    return running.checksum


@pytest.mark.parametrize(
    ("count", "noted"),
    [(1, []), (2, [1]), (8, [1]), (9, [1, 8]), (64, [1, 8]), (65, [1, 8, 64]), (600, [1, 8, 64, 512])],
)
def test_checkpoints_are_after_powers_of_eight_that_are_not_the_end(count: int, noted: list[int]) -> None:
    some = pictures(count)
    samples = [picture.luma.tobytes() for picture in some]
    assert checksum_of(some) == Checksum(
        zlib.crc32(b"".join(samples)), tuple(zlib.crc32(b"".join(samples[:n])) for n in noted)
    )


def test_what_checkpoints_cover() -> None:
    sent = Checksum(0, (7, 7, 7))
    assert [sent.num_compared(count) for count in (0, 1, 2, 7, 8, 63, 64, 600)] == [0, 1, 1, 1, 8, 8, 64, 64]
    assert Checksum(0).num_compared(100) == 0


def test_planes_that_are_parts_of_others_count_row_by_row() -> None:
    whole = np.arange(48, dtype=np.uint8).reshape(6, 8)
    part = whole[1:5, 2:7]
    assert gray_crc32(Picture(part), 5) == zlib.crc32(part.tobytes(), 5)


def test_int16_chroma_is_little_endian() -> None:
    plane = np.array([[1, -2]], np.int16)
    picture = Picture(np.zeros((1, 2), np.uint8), (plane, plane))
    assert chroma_crc32(picture, 0) == zlib.crc32(b"\1\0\xfe\xff" * 2)


def seen(some: list[Picture], sent: Checksum) -> tuple[int, bool]:
    """How many pictures came before the end or the error, and whether there was one."""
    count = 0

    def counted() -> Iterator[Picture]:
        nonlocal count
        for picture in checked(iter(some), sent, gray_crc32, lambda: ValueError("wrong")):
            count += 1
            yield picture

    try:
        list(counted())
    except ValueError:
        return count, True
    return count, False


def test_right_pictures_pass() -> None:
    some = pictures(20)
    assert seen(some, checksum_of(some)) == (20, False)
    assert seen(some, Checksum(checksum_of(some).crc32)) == (20, False)  # version 1.0 has no checkpoints


@pytest.mark.parametrize(("wrong", "shown"), [(0, 0), (1, 7), (7, 7), (8, 20), (19, 20)])
def test_a_wrong_picture_is_found_at_the_next_checkpoint(wrong: int, shown: int) -> None:
    some = pictures(20)
    sent = checksum_of(some)
    some[wrong] = pictures(30)[29]
    assert seen(some, sent) == (shown, True)
