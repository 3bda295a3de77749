"""What comes with a request, within limits: refused by what it says of itself, and then by what comes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from codec.errors import InputError

_WRITTEN_BYTES = 2**20
_MAX_JSON_BYTES = 8 * 2**20  # strokes of many points
_LEFT_BYTES = 2**26  # of the disk, which stay free


async def read_json(request: Request) -> dict[str, Any]:
    """A body that is a JSON object.

    Raises:
        HTTPException: it is too large.
        InputError: it is none.
    """
    _check_declared(request, _MAX_JSON_BYTES)
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > _MAX_JSON_BYTES:
            raise _too_large(_MAX_JSON_BYTES)
    try:
        value = json.loads(bytes(data))
    except (ValueError, RecursionError) as error:
        raise InputError(f"expected JSON. Received: something else ({type(error).__name__})") from error
    if not isinstance(value, dict):
        raise InputError("expected a JSON object. Received: another value")
    return value


async def save_body(request: Request, path: Path, limit: int) -> int:
    """Write a body into a new file, which is removed again if it does not come whole or becomes too large.

    Args:
        request: its body is not read if it says itself that it is too large.
        path: of the file.
        limit: the most bytes.

    Returns:
        Its bytes.

    Raises:
        HTTPException: it is too large, empty or cut off, or the disk is full.
    """
    declared = _check_declared(request, limit)
    if declared is not None and declared + _LEFT_BYTES > shutil.disk_usage(path.parent).free:
        raise HTTPException(507, f"expected room for {declared} bytes in the work folder. Received: a full disk")
    num_bytes = 0
    try:
        with path.open("xb", buffering=_WRITTEN_BYTES) as file:
            async for chunk in request.stream():
                num_bytes += len(chunk)
                if num_bytes > limit:
                    raise _too_large(limit)
                await run_in_threadpool(file.write, chunk)
        if not num_bytes:
            raise HTTPException(400, "expected a video. Received: an empty file")
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, ClientDisconnect):
            raise HTTPException(400, "expected a whole file. Received: the start of one") from error
        if isinstance(error, OSError):
            raise HTTPException(507, f"cannot keep the upload: {error.strerror or error}") from error
        raise
    return num_bytes


def _check_declared(request: Request, limit: int) -> int | None:
    text = request.headers.get("content-length")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise HTTPException(400, "expected a length of the body in bytes. Received: something else")
    if int(text) > limit:
        raise _too_large(limit)
    return int(text)


def _too_large(limit: int) -> HTTPException:
    message = f"expected at most {limit} bytes. Received: more; gvc-studio --max-upload allows larger videos"
    return HTTPException(413, message, {"connection": "close"})
