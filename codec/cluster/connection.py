"""The connection to a cluster, and the comparison of its workers with this process."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import dask
from distributed import Client, Future, Security

from codec.cluster.facts import facts
from codec.cluster.local import LocalMachines
from codec.cluster.options import OPTION, ClusterOptions
from codec.cluster.remote import Work, run
from codec.errors import InputError, WorkerError

_CONNECT_SECONDS = 10.0
_FIRST_WORKER_SECONDS = 30.0
_LOOK_SECONDS = 0.2
_UNLIMITED = "1TiB"  # Dask warns of large arguments, and segments are large


@dataclass(frozen=True)
class WorkerFacts:
    """What the scheduler knows of a worker.

    Attributes:
        resources: that it was started with, such as ``GPU``, and how many of each.
        last_seen: when it has reported last, in seconds of the scheduler's clock.
    """

    resources: Mapping[str, float]
    last_seen: float


class Cluster:
    """A Dask cluster whose workers code as this process does.

    Args:
        options: where it is.

    Attributes:
        options: as given.

    Raises:
        InputError: there is no scheduler, it has no worker, or a worker differs from this process.
    """

    def __init__(self, options: ClusterOptions) -> None:
        self.options = options
        _silence()
        dask.config.set({"distributed.admin.large-graph-warning-threshold": _UNLIMITED})
        self._local = None if options.num_local is None else LocalMachines(options.num_local)
        self._address = options.address if self._local is None else self._local.address
        try:
            self._client = self._connected()
        except BaseException:
            self._close_local()
            raise
        self._same: set[str] = set()
        self._other: dict[str, str] = {}  # workers that are not used, and why
        self._reports: dict[str, tuple[float, float]] = {}  # the last ones: when, by the scheduler's clock and by ours
        try:
            self._await_workers()
        except BaseException:
            self.close()
            raise

    @property
    def dashboard(self) -> str | None:
        """Where a browser shows what the cluster does; None if it does not serve that."""
        try:
            link = self._client.dashboard_link
        except Exception:
            return None
        return str(link) if link else None

    def workers(self) -> dict[str, int]:
        """The threads of each worker, by its address. New workers are compared with this process first.

        A worker that comes later, and differs, is not used.

        Raises:
            WorkerError: the scheduler is gone.
        """
        found = self._threads()
        new = [address for address in found if address not in self._same and address not in self._other]
        if new:
            self._compare(new)
        return {address: count for address, count in found.items() if address in self._same}

    def described(self) -> dict[str, WorkerFacts]:
        """What the scheduler knows of each worker, by its address; of those that are not used, too.

        Raises:
            WorkerError: the scheduler is gone.
        """
        try:
            # Not by Client.scheduler_info, which in some versions tells of five workers alone.
            found: dict[str, Any] = self._client.sync(self._client.scheduler.identity)
        except Exception as error:
            raise self._gone(error) from error
        return {
            str(address): WorkerFacts(facts["resources"], float(facts["last_seen"]))
            for address, facts in found["workers"].items()
        }

    def silent(self, seconds: float) -> set[str]:
        """Workers that have not reported to the scheduler for so long. They do that every second or so, at work too.

        Raises:
            WorkerError: the scheduler is gone.
        """
        now, before = time.monotonic(), self._reports
        seen = {address: found.last_seen for address, found in self.described().items()}
        self._reports = {
            address: before[address] if address in before and before[address][0] == moment else (moment, now)
            for address, moment in seen.items()
        }
        return {address for address, (_, changed) in self._reports.items() if now - changed > seconds}

    def give_up(self, worker: str) -> None:
        """A worker hangs: it is none of :meth:`workers` any more."""
        self._same.discard(worker)
        self._other[worker] = "it hangs"

    def ask(self, question: Callable[..., Any], *arguments: object) -> dict[str, Any]:
        """The answer of each worker, by its address; an exception where it has raised one.

        Args:
            question: a function of a module.
            arguments: for it; pickled.

        Raises:
            WorkerError: the scheduler is gone.
        """
        return self._asked(list(self.workers()), question, *arguments)

    def submit(
        self,
        work: Work,
        context_name: str,
        context: bytes,
        argument: bytes,
        worker: str,
        key: str,
        resources: Mapping[str, float] | None = None,
    ) -> Future:
        """Have a job done by one worker and no other, once it has these resources free.

        Raises:
            WorkerError: the scheduler is gone.
        """
        arguments, options = (work, context_name, context, argument), {"key": key, "workers": [worker], "retries": 0}
        try:
            return self._client.submit(run, *arguments, pure=False, resources=resources, **options)
        except Exception as error:
            raise self._gone(error) from error

    def close(self) -> None:
        """End the connection, and the processes of a cluster here. Never raises an error."""
        with contextlib.suppress(Exception):  # the scheduler may be gone
            self._client.close(timeout=_CONNECT_SECONDS)
        self._close_local()

    def _connected(self) -> Client:
        options, security = self.options, None
        if options.address.startswith("tls:"):
            security = Security(
                tls_ca_file=options.tls_ca_file,
                tls_client_cert=options.tls_cert,
                tls_client_key=options.tls_key,
                require_encryption=True,
            )
        try:
            return Client(self._address, security=security, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError, TypeError, RuntimeError) as error:
            raise InputError(
                f"expected a Dask scheduler at {options.address}. Received: {_reason(error)}", option=OPTION
            ) from error

    def _await_workers(self) -> None:
        deadline = time.monotonic() + _FIRST_WORKER_SECONDS
        while len(self.workers()) < (self.options.num_local or 1) and not self._other:
            if time.monotonic() > deadline:
                raise InputError(
                    f"expected workers at {self.options.address}. Received: a scheduler without any; start one by "
                    f"dask worker {self.options.address}",
                    option=OPTION,
                )
            time.sleep(_LOOK_SECONDS)
        for difference in self._other.values():
            raise InputError(difference, option=OPTION)

    def _threads(self) -> dict[str, int]:
        try:
            return {str(address): int(count) for address, count in self._client.nthreads().items()}
        except Exception as error:  # whatever a broken connection raises
            raise self._gone(error) from error

    def _gone(self, error: Exception) -> WorkerError:
        return WorkerError(f"the scheduler at {self.options.address} is gone: {_reason(error)}")

    def _compare(self, addresses: list[str]) -> None:
        """Compare workers with this process."""
        for address, theirs in self._asked(addresses, facts).items():
            if isinstance(theirs, OSError):
                continue  # it is gone already
            difference = _difference(address, theirs)
            if difference is None:
                self._same.add(address)
            else:
                self._other[address] = difference

    def _asked(self, addresses: list[str], question: Callable[..., Any], *arguments: object) -> dict[str, Any]:
        try:
            return dict(self._client.run(question, *arguments, workers=addresses, on_error="return"))
        except Exception as error:
            raise self._gone(error) from error

    def _close_local(self) -> None:
        if self._local is not None:
            self._local.close()


def _silence() -> None:
    """Dask logs what gvc says as an error."""
    for name in ["distributed", *logging.Logger.manager.loggerDict]:
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    asyncio = logging.getLogger("asyncio")
    if _is_not_of_dask not in asyncio.filters:
        asyncio.addFilter(_is_not_of_dask)


def _is_not_of_dask(record: logging.LogRecord) -> bool:
    """Whether a record is about anything but what Dask has given up, such as a fetch from a worker that is gone."""
    error = record.exc_info[1] if record.exc_info else None
    is_of_dask = type(error).__module__.split(".")[0] in ("distributed", "tornado")
    return not (is_of_dask and "never retrieved" in record.getMessage())


def _difference(address: str, theirs: object) -> str | None:
    """How a worker differs from this process, for a person; None if it does not."""
    own = facts()
    if not isinstance(theirs, dict):
        return (
            f"expected workers that have this gvc, {own['gvc']}. Received: {address}, where it cannot be used: "
            f"{_reason(theirs)}"
        )
    for name, value in own.items():
        if theirs.get(name) != value:
            found = theirs.get(name, "none")
            return f"expected workers with {name} {value}, as here. Received: {address} with {name} {found}"
    return None


def _reason(error: object) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
