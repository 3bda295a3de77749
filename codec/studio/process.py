"""A job's process, as the server sees it."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codec.errors import WorkerError
from codec.studio.tasks import Task
from codec.unfinished import add_removal, discard_removal

_END_SECONDS = 10.0  # a process that has said its last word, or has closed its output, is about to end


class JobProcess:
    """A new interpreter that runs one task, with a process group of its own.

    Args:
        task: what it does.
        folder: see :class:`codec.studio.tasks.Task`.

    Raises:
        WorkerError: the system cannot start another process.
    """

    def __init__(self, task: Task, folder: Path) -> None:
        program = f"import sys; sys.path[:] = {list(map(str, sys.path))!r}\nfrom codec.studio.work import main; main()"
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerError(f"cannot start a process for the job: {error.strerror or error}") from error
        self._removal = add_removal(self.kill)
        pipe = self._process.stdin
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):  # the process has died, which its messages will say
                pipe.write(pickle.dumps((task, folder)))
                pipe.flush()

    def messages(self) -> Iterator[dict[str, Any]]:
        """What the process says, until it ends. The last message is ``done`` or ``failed``, unless it was killed."""
        for line in self._process.stdout or ():
            if not line.endswith(b"\n"):  # it was killed while it wrote this
                return
            message = json.loads(line)
            yield message
            if message["event"] in ("done", "failed"):
                return

    def kill(self) -> None:
        """End the process and all that it has started, whatever they are doing. May be called from any thread."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> int:
        """Wait for its end, which is forced if it does not come by itself; returns its exit code."""
        with contextlib.suppress(subprocess.TimeoutExpired):  # after its last message it ends by itself
            self._process.wait(_END_SECONDS)
        self.kill()
        code = self._process.wait()
        discard_removal(self._removal)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return code
