"""From settings to a running server, and to nothing left of it."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn

from codec.errors import OutputError
from codec.files import PendingFolder
from codec.studio.app import Studio
from codec.studio.guard import own_hosts
from codec.studio.jobs import JobQueue
from codec.studio.settings import StudioSettings
from codec.studio.videos import Videos
from codec.unfinished import add_removal, discard_removal


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(settings: StudioSettings, on_ready: Callable[[str, Path], None]) -> None:
    """Serve a studio until an exception ends it. Its work folder and all processes of jobs are gone then.

    Args:
        settings: see there.
        on_ready: is told the address of the page, with its token, and a file that leads a browser there: a browser's
            command line can be read by everybody on the machine, that file only by its owner.

    Raises:
        OutputError: the address is taken, or the work folder cannot be made.
    """
    with contextlib.ExitStack() as stack:
        link = stack.enter_context(_listening(settings.host, settings.port))
        port = link.getsockname()[1]
        queues: list[JobQueue] = []

        def kill_jobs() -> None:
            for queue in queues:
                queue.kill()

        # Said before the folder is made, so that it comes first: what still writes into a folder cannot be removed.
        stack.callback(discard_removal, add_removal(kill_jobs))
        work = PendingFolder(str(settings.work / "gvc-studio"), overwrite=False)
        stack.callback(work.abort)
        work.working_path.chmod(0o700)
        folders = [work.working_path / name for name in ("uploads", "jobs")]
        for folder in folders:
            folder.mkdir()
        queue = JobQueue(folders[1], settings.num_parallel)
        queues.append(queue)
        stack.callback(queue.close)
        studio = Studio(Videos(folders[0], settings.folders), queue, max_upload_bytes=settings.max_upload_bytes)
        app = studio.app(token=settings.token, hosts=own_hosts(settings.host, port))
        config = uvicorn.Config(
            app,
            log_level="critical",
            access_log=False,  # it would have the token
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="off",
        )
        name = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{name}:{port}/{settings.token}/"
        door = work.working_path / "open.html"
        door.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={address}">\n', encoding="utf-8")
        on_ready(address, door)
        _Server(config).run(sockets=[link])


def default_work_folder() -> Path:
    """A folder for caches of this user, which is made. The system's own for temporary files is open to other users.

    Raises:
        OutputError: it cannot be made.
    """
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gvc"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make {folder}: {error.strerror or error}. Give --work") from error
    return folder


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"cannot listen on {host} port {port}: {reason}. Give another --port") from error
