"""The numbers of a network's spec, checked: which there may be, and how large they may get."""

from __future__ import annotations

from codec.networks.declarations import declared
from codec.networks.interface import NetworkSpec
from container_format.errors import UnsupportedError


def parameters_of(spec: NetworkSpec, architecture: str) -> dict[str, int]:
    """All numbers of a spec, those that it does not name at their default.

    Args:
        spec: may come from anywhere.
        architecture: that it must be of; its parameters are declared.

    Raises:
        UnsupportedError: the spec is of another architecture, or has a number that this version does not know.
    """
    known, given = declared(architecture).parameters, dict(spec.parameters)
    if spec.architecture != architecture or not set(given) <= set(known):
        raise UnsupportedError(
            f"expected a network {architecture} with parameters among {', '.join(known) or 'none'}. "
            f"Received: {spec.architecture} with {', '.join(given) or 'none'}"
        )
    for name, value in given.items():
        if not known[name].low <= value <= known[name].high:
            raise UnsupportedError(
                f"expected {name} of a network {architecture} from {known[name].low} to {known[name].high}. "
                f"Received: {value}"
            )
    return {name: given.get(name, parameter.default) for name, parameter in known.items()}
