"""How a cluster is reached: an address of a scheduler, or so many processes here."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from codec.errors import InputError

OPTION = "--cluster"
_LOCAL = "local:"
_MAX_LOCAL = 256
_SCHEMES = ("tcp", "tls")


@dataclass(frozen=True)
class ClusterOptions:
    """A cluster, as a person names it.

    Attributes:
        address: ``tcp://HOST:PORT`` or ``tls://HOST:PORT`` of a Dask scheduler, or ``local:N`` for N processes here.
        tls_ca_file, tls_cert, tls_key: PEM files for ``tls://``, as Dask's own options of these names; None without.
        patience_seconds: a worker that finishes nothing for so long, and for ten times as long as a job takes, hangs.

    Raises:
        InputError: there is no such address, or the files do not belong to it or are not there.
    """

    address: str
    tls_ca_file: str | None = None
    tls_cert: str | None = None
    tls_key: str | None = None
    patience_seconds: float = 60.0

    def __post_init__(self) -> None:
        if not self.patience_seconds > 0:
            raise InputError(f"expected --cluster-patience over 0. Received: {self.patience_seconds}")
        given = {"--tls-ca-file": self.tls_ca_file, "--tls-cert": self.tls_cert, "--tls-key": self.tls_key}
        if self.num_local is None:
            self._check_url()
        if not self.address.startswith("tls:"):
            found = [flag for flag, path in given.items() if path is not None]
            if found:
                raise InputError(
                    f"expected {found[0]} for a cluster at tls://HOST:PORT. Received: {self.address}", option=found[0]
                )
            return
        for flag, path in given.items():
            if path is None or not Path(path).is_file():
                raise InputError(f"expected a file as {flag} for {self.address}. Received: {path}", option=flag)

    @property
    def num_local(self) -> int | None:
        """The processes of a cluster here; None for one elsewhere."""
        if not self.address.startswith(_LOCAL):
            return None
        count = self.address.removeprefix(_LOCAL)
        if not (count.isascii() and count.isdigit() and 1 <= int(count) <= _MAX_LOCAL):
            raise InputError(f"expected local:N with N from 1 to {_MAX_LOCAL}. Received: {self.address}", option=OPTION)
        return int(count)

    @property
    def is_open_to_others(self) -> bool:
        """The connection goes to another machine, and nothing keeps others from it."""
        if self.num_local is not None or self.address.startswith("tls:"):
            return False
        host = urlsplit(self.address).hostname or ""
        try:
            return not ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host != "localhost"

    def _check_url(self) -> None:
        try:
            parts = urlsplit(self.address)
            is_known = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port is not None
        except ValueError:
            is_known = False
        if not is_known:
            raise InputError(
                f"expected {OPTION} as tcp://HOST:PORT, tls://HOST:PORT or local:N. Received: {self.address}",
                option=OPTION,
            )
