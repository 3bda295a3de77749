"""Tables of whole numbers that adaptive planes are coded with; the same on every machine."""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt

from codec.native.adaptive import AdaptiveTables

STRETCH_BITS, PROBABILITY_BITS = 8, 16
"""Binary places of log odds, and of probabilities."""
NUM_STRETCHED = 4096
COUNTS = 128
"""Counters count to 127."""
ENERGY_STEPS = (
    *(2, 4, 6, 8, 11, 14, 18, 22, 28, 34, 42, 52, 64, 80, 100, 128, 160, 200, 256, 330, 440, 600, 900, 1500, 3000),
)
"""Distances from predictions, in 1/16 of a unit, at which the next energy begins."""
ENERGIES = len(ENERGY_STEPS) + 1
MOST_ENERGY_WEIGHT = 32
NUM_SURVIVALS, SURVIVAL_STEPS = 2560, 64
"""The table of survival, and its steps in a unit of scale."""
_LEAST_PROBABILITY = 16
_ONE = 1 << 32
_DECAY = 4278222805
"""e to the power of -1/256, in 2**-32."""


@functools.cache
def tables() -> AdaptiveTables:
    """The tables, made once."""
    squash = _squash()
    middles = 16 * np.arange(NUM_STRETCHED) + 8
    # The log odds whose probability comes nearest from below.
    stretch = np.clip(np.searchsorted(squash, middles, side="right") - 1 - NUM_STRETCHED // 2, -2047, 2047)
    rate = [40960 // (10 * count + 16) for count in range(COUNTS)]
    return AdaptiveTables(
        stretch.astype(np.int16),
        squash.astype(np.uint16),
        np.array(rate, np.int32),
        np.array([_energy_weight(energy) for energy in range(ENERGIES)], np.int32),
        _survival(),
    )


def _squash() -> npt.NDArray[np.int64]:
    half, power = [], _ONE  # power: e to the power of -k/256
    for _ in range(NUM_STRETCHED // 2 + 1):
        half.append((power << PROBABILITY_BITS) // (_ONE + power))
        power = power * _DECAY >> 32
    whole = 1 << PROBABILITY_BITS
    values = [*half[:0:-1], *(whole - value for value in half[:-1])]
    return np.clip(np.array(values, np.int64), _LEAST_PROBABILITY, whole - _LEAST_PROBABILITY)


def _survival() -> npt.NDArray[np.float32]:
    """Quotients of whole numbers, of 56 binary places; then float32."""
    one, quotient_bits = 1 << 96, 56
    decay = sum((-1) ** k * (one // (SURVIVAL_STEPS**k * math.factorial(k))) for k in range(24))  # e ** (-1 / 64)
    half, power = [], one
    for _ in range(NUM_SURVIVALS // 2 + 1):
        half.append(power)
        power = power * decay // one
    shares = [*((power, one + power) for power in half[:0:-1]), *((one, one + power) for power in half[:-1])]
    quotients = [(part << quotient_bits) // whole for part, whole in shares]
    found: npt.NDArray[np.float32] = (np.array(quotients, np.float64) / 2**quotient_bits).astype(np.float32)
    return found


def _energy_weight(energy: int) -> int:
    """64 / (1 + e * e), where e is the typical distance of the energy in units, from 1 to 32."""
    distance = 3 * (ENERGY_STEPS[energy - 1] if energy else 0)  # 1.2 times the least one, in 1/40
    return min(max(64 * 1600 // (1600 + distance * distance), 1), MOST_ENERGY_WEIGHT)
