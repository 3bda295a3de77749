"""The check of the parameters in a network's spec: their names and their ranges."""

from __future__ import annotations

from codec.networks.declarations import declared
from codec.networks.interface import NetworkSpec
from container_format.errors import UnsupportedError


def parameters_of(spec: NetworkSpec, architecture: str) -> dict[str, int]:
    """Check a spec and return all parameters of its architecture. Those that the spec does not state have defaults.

    Args:
        spec: the spec to check. It need not be trusted.
        architecture: the architecture that the spec must have. Its declaration lists the parameters.

    Raises:
        UnsupportedError: the spec is of another architecture, a parameter is unknown, or a value is out of its range.
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
