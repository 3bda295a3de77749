"""Arrays at the border to C: each is checked before its address is given away."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def address(array: npt.NDArray[Any], dtype: Any, shape: tuple[int, ...]) -> int:
    """The address of an array's first element, for a kernel that expects this dtype and shape in C order.

    Args:
        array: must outlive the call of the kernel.
        dtype: that the kernel expects.
        shape: that the kernel expects.

    Raises:
        ValueError: the array is another. A caller inside gvc is wrong then, not a user.
    """
    if array.dtype != dtype or array.shape != shape or not array.flags.c_contiguous:
        raise ValueError(
            f"expected a {np.dtype(dtype).name} array {shape} in C order. "
            f"Received: {array.dtype.name} {array.shape}, C order: {array.flags.c_contiguous}"
        )
    return array.__array_interface__["data"][0]  # type: ignore[no-any-return]
