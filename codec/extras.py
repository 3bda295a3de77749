"""Parts that need packages of an optional extra."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from codec.errors import InputError


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
        if extra is None:
            raise
        raise InputError(
            f"expected the packages of gvc[{extra}] for {name}. Received: no {error.name}; "
            f"pip install 'gvc[{extra}]' brings it"
        ) from error
