"""What runs in a job's process: one task, told on standard input, and lines of JSON about it on standard output.

The first bytes of standard input are the task, pickled by the server. After it nothing comes; when the server is gone,
the input ends, and the process removes what is unfinished and ends itself.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from codec.errors import GvcError
from codec.studio.tasks import Task
from codec.unfinished import begin_ending, remove_unfinished

_SECONDS_APART = 0.1  # of two messages about the same stage
_SETTLE_SECONDS = 0.1


def main() -> None:
    """Run the task of standard input."""
    link = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what libraries print is no message
    task, folder = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_the_server, args=(sys.stdin.buffer,), daemon=True).start()
    messages = Messages(link)
    messages.send(run(task, folder, messages))
    os._exit(0)  # threads of encoders and of TensorFlow are not waited for


def run(task: Task, folder: Path, messages: Messages) -> dict[str, Any]:
    """Run a task; its last message: ``done`` with the result, or ``failed`` with one line."""
    places = [folder, *(path.parent for value in vars(task).values() for path in _paths_in(value))]
    try:
        result = task.run(folder, messages)
        notes = [_one_line(note, places) for note in result.get("notes", ())]
        return {"event": "done", "result": result | {"notes": notes}}
    except GvcError as error:
        return {"event": "failed", "error": _one_line(error, places)}
    except MemoryError:
        return {"event": "failed", "error": "not enough memory"}
    except Exception as error:  # a bug in gvc, which must not look like the person's fault
        text = f"internal error, please report it ({type(error).__name__}: {_one_line(error, places)})"
        return {"event": "failed", "error": text}


class Messages:
    """Sends what happens, a line each. It is the job's :class:`codec.progress.Progress`.

    Args:
        link: takes the lines.
    """

    def __init__(self, link: BinaryIO) -> None:
        self._link = link
        self._lock = threading.Lock()
        self._sent = 0.0
        self._total: int | None = None

    def send(self, message: dict[str, Any]) -> None:
        """Send a message. May be called from any thread."""
        with self._lock:
            self._link.write(json.dumps(message).encode() + b"\n")

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """See :class:`codec.progress.Progress`."""
        self._sent, self._total = 0.0, total
        self.send({"event": "stage", "stage": stage, "total": total, "unit": unit})

    def advance(self, done: int, detail: str = "") -> None:
        """See :class:`codec.progress.Progress`."""
        now = time.monotonic()
        if now - self._sent >= _SECONDS_APART or done == self._total:
            self._sent = now
            self.send({"event": "advance", "done": done, "detail": detail})

    def finish(self) -> None:
        """See :class:`codec.progress.Progress`."""


def _paths_in(value: object) -> list[Path]:
    if isinstance(value, Path):
        return [value]
    return [path for path in value.values() if isinstance(path, Path)] if isinstance(value, Mapping) else []


def _one_line(message: object, places: Sequence[Path]) -> str:
    """An error or a note, with names of files only: where these folders are on this machine is of no use in a page."""
    text = str(message)
    for folder in places:
        text = text.replace(f"{folder}{os.sep}", "")
    return " ".join(text.split())


def _end_with_the_server(stream: BinaryIO) -> None:
    while stream.read(1):
        pass
    begin_ending()
    remove_unfinished(_SETTLE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
