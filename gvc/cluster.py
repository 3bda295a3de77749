"""The machines of a Dask cluster, for the functions that code whole files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from codec.cluster.options import OPTION, ClusterOptions
from codec.extras import CLUSTER, check_extra

if TYPE_CHECKING:
    from codec.cluster.connection import Cluster as Connection


class Cluster:
    """A cluster that several calls of :func:`gvc.encode` and :func:`gvc.decode` may share. Close it, or use ``with``.

    Args:
        address: ``tcp://HOST:PORT`` or ``tls://HOST:PORT`` of a Dask scheduler, or ``local:N`` for N processes here,
            which end with it.
        tls_ca_file, tls_cert, tls_key: PEM files for ``tls://``, as Dask's own options of these names; None without.
        patience_seconds: a worker that finishes nothing for so long is given up, if that is long for a segment.

    Raises:
        InputError: the address is none, nobody answers there, a worker has another gvc, or Dask is not installed.
    """

    def __init__(
        self,
        address: str,
        *,
        tls_ca_file: str | None = None,
        tls_cert: str | None = None,
        tls_key: str | None = None,
        patience_seconds: float = 60.0,
    ) -> None:
        options = ClusterOptions(address, tls_ca_file, tls_cert, tls_key, patience_seconds)
        check_extra(f"{OPTION} needs Dask", extra=CLUSTER, instead="leave it out")
        from codec.cluster.connection import Cluster as Connection

        self._connection = Connection(options)

    @property
    def dashboard(self) -> str | None:
        """Where a browser shows what the cluster does; None if it does not serve that."""
        return self._connection.dashboard

    def close(self) -> None:
        """End the connection, and the processes of ``local:N``."""
        self._connection.close()

    def __enter__(self) -> Cluster:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As :meth:`close`."""
        self.close()


@contextlib.contextmanager
def connected(cluster: Cluster | str | None) -> Iterator[Connection | None]:
    """The connection of a cluster; of an address, one that ends with the block."""
    if isinstance(cluster, str):
        with Cluster(cluster) as opened:
            yield opened._connection
        return
    yield None if cluster is None else cluster._connection
