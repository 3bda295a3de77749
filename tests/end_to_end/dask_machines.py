"""A scheduler and workers of Dask as real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

WAIT_SECONDS = 600.0
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@contextmanager
def dask(program: str, folder: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask, which is killed in the end."""
    line = [sys.executable, "-m", f"distributed.cli.dask_{program}", *arguments, "--dashboard-address", "127.0.0.1:0"]
    log = (folder / f"{program}.log").open("ab")
    with log:
        process = subprocess.Popen(line, stdout=log, stderr=log, cwd=folder, env={**ENVIRONMENT, **variables})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Machines:
    """A scheduler, and two workers of one thread each.

    Args:
        folder: for their files.
        processes: end them.
        common: options of all of them.
    """

    def __init__(self, folder: Path, processes: ExitStack, *common: str) -> None:
        self._folder = folder
        self._processes = processes
        self._common = common
        self.file = folder / "scheduler.json"
        place = ("--scheduler-file", str(self.file), "--host", "127.0.0.1", "--port", "0")
        processes.enter_context(dask("scheduler", folder, *place, *common))
        deadline = time.monotonic() + WAIT_SECONDS
        while not (self.file.is_file() and self.file.stat().st_size):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]
        self.workers = [self.start_worker(), self.start_worker()]

    @property
    def folder(self) -> Path:
        """Where the workers run."""
        return self._folder

    def start_worker(self, *options: str, **variables: str) -> subprocess.Popen[bytes]:
        """One more, with these options and environment variables."""
        own = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--local-directory", str(self._folder))
        return self._processes.enter_context(
            dask("worker", self._folder, self.address, *own, *self._common, *options, **variables)
        )

    def await_workers(self, count: int) -> None:
        """Wait until the scheduler has so many."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=WAIT_SECONDS)
