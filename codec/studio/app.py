"""What a page may ask the studio, behind :class:`codec.studio.guard.Guard`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from codec.errors import GvcError, InputError
from codec.studio.bodies import read_json, save_body
from codec.studio.events import changes
from codec.studio.form import form, reference_networks
from codec.studio.guard import Guard
from codec.studio.job_requests import add_jobs
from codec.studio.jobs import JobQueue, State
from codec.studio.videos import Videos
from codec.version import PROGRAM

PAGE = Path(__file__).parent / "page"

Endpoint = Callable[[Request], Awaitable[Response]]


class Studio:
    """A studio: its videos, its jobs, and the answers to requests.

    Args:
        videos: that may be encoded.
        queue: of jobs.
        max_upload_bytes: of one upload.
    """

    def __init__(self, videos: Videos, queue: JobQueue, *, max_upload_bytes: int) -> None:
        self.videos = videos
        self.queue = queue
        self._max_upload_bytes = max_upload_bytes

    def app(self, *, token: str, hosts: frozenset[str]) -> Guard:
        """The ASGI application, which lets nobody in without the token; see :class:`codec.studio.guard.Guard`."""
        routes = [
            Route("/", self._page),
            Mount("/page", StaticFiles(directory=PAGE)),
            Route("/api/state", self._state),
            Route("/api/events", self._events),
            Route("/api/videos", self._upload, methods=["POST"]),
            Route("/api/videos/local", self._take_local, methods=["POST"]),
            Route("/api/videos/{number:int}", self._remove_video, methods=["DELETE"]),
            Route("/api/jobs", self._add_jobs, methods=["POST"]),
            Route("/api/jobs/{number:int}", self._cancel, methods=["DELETE"]),
            Route("/api/jobs/{number:int}/files/{name:path}", self._file),
        ]
        handlers = {GvcError: _refuse, HTTPException: _refuse_request}
        return Guard(Starlette(routes=routes, exception_handlers=handlers), token=token, hosts=hosts)

    async def _page(self, request: Request) -> Response:
        del request
        return FileResponse(PAGE / "index.html")

    async def _state(self, request: Request) -> Response:
        """All that the page needs at its start."""
        del request
        local_files = await run_in_threadpool(self.videos.local_files)
        return JSONResponse(
            {
                "program": PROGRAM,
                "max_upload_bytes": self._max_upload_bytes,
                "form": form(),
                "networks": reference_networks(),
                "videos": self.videos.as_json(),
                "local_files": local_files,
            }
        )

    async def _events(self, request: Request) -> Response:
        del request
        return StreamingResponse(changes(self.queue), media_type="text/event-stream")

    async def _upload(self, request: Request) -> Response:
        """The body is the file; ``name`` in the query is its name."""
        number, path = self.videos.new_upload(request.query_params.get("name", ""))
        try:
            num_bytes = await save_body(request, path, self._max_upload_bytes)
        except BaseException:
            path.parent.rmdir()
            raise
        return JSONResponse(self.videos.add_upload(number, path, num_bytes).as_json(), 201)

    async def _take_local(self, request: Request) -> Response:
        wish = await read_json(request)
        folder, name = wish.get("folder"), wish.get("name")
        if not isinstance(folder, int) or not isinstance(name, str):
            raise InputError("expected a folder and a name. Received: other values")
        return JSONResponse(self.videos.add_local(folder, name).as_json(), 201)

    async def _remove_video(self, request: Request) -> Response:
        self.videos.remove(request.path_params["number"])
        return Response(status_code=204)

    async def _add_jobs(self, request: Request) -> Response:
        wish = await read_json(request)
        jobs = await run_in_threadpool(add_jobs, self.queue, self.videos, wish)
        return JSONResponse([job.as_json() for job in jobs], 201)

    async def _cancel(self, request: Request) -> Response:
        await run_in_threadpool(self.queue.cancel, request.path_params["number"])
        return Response(status_code=204)

    async def _file(self, request: Request) -> Response:
        """A file of a job that is done: one of those that its result names, and no other."""
        job = self.queue.get(request.path_params["number"])
        name = request.path_params["name"]
        if job is None or job.state is not State.DONE or name not in job.result["files"]:
            raise HTTPException(404, "expected a file of a job that is done. Received: another name")
        path = job.folder / name
        if path.suffix == ".png":
            return FileResponse(path, media_type="image/png")
        return FileResponse(path, filename=path.name)  # is saved, not shown


async def _refuse(request: Request, error: Exception) -> Response:
    del request
    return JSONResponse({"error": " ".join(str(error).split())}, 400)


async def _refuse_request(request: Request, error: Exception) -> Response:
    del request
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"error": error.detail}, error.status_code, dict(error.headers or {}))
