"""Parts that need packages of an optional extra.

The receiver, and a sender that trains nothing, need no extra. Training, the papers' networks and ``gvc-colorize`` need
the extra ``sender``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from codec.errors import InputError

SENDER = "sender"
"""The extra of everything that trains a network, or colors with a network of floats."""
REMOTE = "remote"
"""The extra of streams that are read from URLs."""
CLUSTER = "cluster"
"""The extra of segments that are coded on other machines."""
STUDIO = "studio"
"""The extra of ``gvc-studio``. It brings ``sender`` along."""
_PACKAGES = {
    CLUSTER: ("distributed",),
    SENDER: ("keras", "cv2", "sklearn"),
    REMOTE: ("fsspec",),
    STUDIO: ("starlette", "uvicorn", "keras", "cv2", "sklearn"),
}
"""Packages of an extra by which one sees that it is installed."""
_KERAS_BACKENDS = ("jax", "torch")
"""A person may choose them by ``KERAS_BACKEND``; no extra brings them."""


def check_extra(purpose: str, *, extra: str = SENDER, instead: str | None = None) -> None:
    """Find out whether the packages of an extra are installed, before work begins that needs them. Imports none.

    Args:
        purpose: what needs the extra, as a clause: ``--effort fast trains a network``.
        extra: its name.
        instead: what a person can do without it, such as ``give --effort none``.

    Raises:
        InputError: a package is missing.
    """
    missing = next((package for package in _PACKAGES[extra] if not is_installed(package)), None)
    if missing is not None:
        remedy = f"pip install 'gvc-codec[{extra}]'" + (f", or {instead}" if instead else "")
        raise InputError(
            f"expected the packages of gvc-codec[{extra}], since {purpose}. Received: no {missing}; {remedy}"
        )


@contextmanager
def needing(name: str, extra: str | None) -> Iterator[None]:
    """Say which extra to install, if a package is missing inside.

    Args:
        name: of the network, plane codec or output that needs it.
        extra: as declared; None if none is needed.

    Raises:
        InputError: a package of the extra is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if extra is None or error.name in _KERAS_BACKENDS:
            raise
        raise InputError(
            f"expected the packages of gvc-codec[{extra}] for {name}. Received: no {error.name}; "
            f"pip install 'gvc-codec[{extra}]' brings it"
        ) from error


def is_installed(package: str) -> bool:
    """Whether a package is there. It is not imported."""
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False
