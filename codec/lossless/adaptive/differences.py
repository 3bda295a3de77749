"""The bits of a difference from a prediction: what each tells apart, and the node that counts it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from codec.lossless.adaptive.bits import ReferenceBits

NODES, KINDS = 144, 4
KIND_ZERO, KIND_SIGN, KIND_TOP, KIND_BELOW = range(KINDS)
_IS_ZERO, _IS_NEGATIVE, _OF_TOP, _OF_SMALL, _OF_LARGE = 0, 1, 2, 38, 60
_MOST_TOP, _FIRST_LARGE, _MODELED_BITS = 17, 4, 2
_SMALL = (0, 0, 1, 4)


class Interval(NamedTuple):
    """The magnitudes that a bit tells apart: of those from ``start`` on, or of ``2 * step`` of them, the first step."""

    is_negative: int
    start: int
    step: int


class MixBit(Protocol):
    """Codes a bit by what is known of its node."""

    def __call__(self, node: int, kind: int, bit: int, interval: Interval) -> int:
        """Code it.

        Args:
            node: 0 to 143.
            kind: of bits: whether the difference is 0, its sign, its magnitude's top, the bits below.
            bit: ignored where bits are read.
            interval: of magnitudes; of no meaning for the first two kinds.

        Returns:
            The bit.
        """


def code_difference(mix: MixBit, bits: ReferenceBits, difference: int) -> int:
    """Code a difference.

    First comes whether it is 0, then its sign, then how many bits its magnitude has, one after the other, then those
    below the top one: all of magnitudes below 16, two of larger ones. The rest is equally likely.

    Args:
        mix: codes a bit.
        bits: where the rest goes, or comes from.
        difference: ignored where bits are read.

    Returns:
        The difference.
    """
    nothing = Interval(0, 0, 0)
    if mix(_IS_ZERO, KIND_ZERO, int(difference == 0), nothing):
        return 0
    sign = mix(_IS_NEGATIVE, KIND_SIGN, int(difference < 0), nothing)
    magnitude = abs(difference)
    wanted_top, top = min(max(magnitude.bit_length() - 1, 0), _MOST_TOP), 0
    while top < _MOST_TOP:
        if mix(_OF_TOP + 2 * top + sign, KIND_TOP, int(top == wanted_top), Interval(sign, 1 << top, 1 << top)):
            break
        top += 1
    found = 1
    for below in reversed(range(top)):
        bit, interval = magnitude >> below & 1, Interval(sign, found << (below + 1), 1 << below)
        if top < _FIRST_LARGE:
            bit = mix(_OF_SMALL + 2 * (_SMALL[top] + found - 1) + sign, KIND_BELOW, bit, interval)
        elif top - 1 - below < _MODELED_BITS:
            bit = mix(_OF_LARGE + 2 * (3 * (top - _FIRST_LARGE) + found - 1) + sign, KIND_BELOW, bit, interval)
        else:
            bit = bits.code(bit, 1 << 15)
        found = 2 * found + bit
    return -found if sign else found
