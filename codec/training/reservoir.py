"""A fixed number of things out of a stream of unknown length, each equally likely to be there at the end.

J. S. Vitter, "Random sampling with a reservoir", 1985, algorithm R.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")


class Reservoir(Generic[T]):
    """Keeps some of what it is offered.

    Args:
        max_bytes: what all items together may take; one is held however small this is.
        item_bytes: of each item.
        seed: of the choice when they do not all fit.

    Attributes:
        items: what is held.
        num_offered: how many were offered, kept or not.
    """

    def __init__(self, max_bytes: int, item_bytes: int, seed: int) -> None:
        self.items: list[T] = []
        self.num_offered = 0
        self._capacity = max(1, max_bytes // item_bytes)
        self._random = np.random.default_rng(seed)

    def offer(self, item: T) -> None:
        """Take an item, or not."""
        self.num_offered += 1
        if len(self.items) < self._capacity:
            self.items.append(item)
            return
        place = int(self._random.integers(self.num_offered))
        if place < self._capacity:
            self.items[place] = item
