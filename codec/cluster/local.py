"""A cluster of processes of this machine: a scheduler, and workers of one thread each.

They listen on the loopback interface alone. They end with this process, however it ends: each has a pipe from it as its
standard input, and ends itself when that is closed.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from codec.errors import WorkerError
from codec.unfinished import add_removal, discard_removal

_START_SECONDS = 60.0
_LOOK_SECONDS = 0.02
_HERE = "127.0.0.1"
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_PROGRAM = """
import os, sys, threading
sys.path[:] = {path!r}
def await_end():
    os.read(0, 1)
    os._exit(0)
threading.Thread(target=await_end, daemon=True).start()
from distributed.cli.dask_{role} import main
main({arguments!r}, prog_name="dask")
"""


class LocalMachines:
    """A scheduler and workers as processes.

    Args:
        count: the number of workers.

    Attributes:
        address: of the scheduler.

    Raises:
        WorkerError: the processes cannot be started.
    """

    def __init__(self, count: int) -> None:
        self._processes: list[tuple[subprocess.Popen[bytes], int]] = []
        self._folder = tempfile.TemporaryDirectory(prefix="gvc-cluster-", ignore_cleanup_errors=True)
        self._removal = add_removal(self._folder.cleanup)
        place = Path(self._folder.name) / "address"
        try:
            common = ("--host", _HERE, "--dashboard-address", f"{_HERE}:0")
            self._start("scheduler", "--port", "0", "--scheduler-file", str(place), *common)
            self.address = self._await_address(place)
            for _ in range(count):
                self._start(
                    *("worker", self.address, "--nthreads", "1", "--no-nanny", "--memory-limit", "0"),
                    *("--local-directory", self._folder.name, *common),
                )
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the processes."""
        for process, _ in self._processes:
            process.kill()
        for process, number in self._processes:
            process.wait()
            if process.stdin is not None:
                process.stdin.close()
            discard_removal(number)
        self._processes.clear()
        self._folder.cleanup()
        discard_removal(self._removal)

    def _start(self, role: str, *arguments: str) -> None:
        program = _PROGRAM.format(path=list(map(str, sys.path)), role=role, arguments=list(arguments))
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_ONE_THREAD},
                cwd=self._folder.name,
                start_new_session=True,  # an interrupt from the terminal is for this process, which ends them
            )
        except OSError as error:
            raise WorkerError(f"cannot start a process of a cluster here: {error.strerror or error}") from error
        self._processes.append((process, add_removal(process.kill)))

    def _await_address(self, place: Path) -> str:
        deadline = time.monotonic() + _START_SECONDS
        (scheduler, _), *_ = self._processes
        while time.monotonic() < deadline and scheduler.poll() is None:
            with contextlib.suppress(OSError, ValueError):  # it is not there, or not whole yet
                return str(json.loads(place.read_text())["address"])
            time.sleep(_LOOK_SECONDS)
        raise WorkerError("cannot start the scheduler of a cluster here")
