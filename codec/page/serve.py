"""Serves the page and one stream on this machine alone, below an address that nobody can guess."""

from __future__ import annotations

import http.server
import re
import secrets
import urllib.parse
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from codec.errors import InputError
from codec.page.files import CONTENT_TYPES
from codec.version import VERSION

LOOPBACK = "127.0.0.1"
_TOKEN_BYTES = 16
_PIECE_BYTES = 2**20
_SECONDS_FOR_A_REQUEST = 30
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
"""As in index.html, which binds the page alone: sent with every file, it binds the workers too."""
_HEADERS = {
    "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class PageServer(http.server.ThreadingHTTPServer):
    """A server of the page's files and of one stream. Nothing else can be read through it.

    Args:
        files: of the page, by their path below the page's address.
        stream: the ``.gvc`` file.
        port: of the loopback address; 0 takes a free one.

    Attributes:
        address: of the page, with the stream in it.

    Raises:
        InputError: the port cannot be had.
    """

    daemon_threads = True

    def __init__(self, files: Mapping[str, Path], stream: Path, port: int = 0) -> None:
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except (OSError, OverflowError) as error:
            raise InputError(f"cannot serve on port {port}: {error}", option="--port") from error
        self._token = secrets.token_urlsafe(_TOKEN_BYTES)
        name = f"stream/{stream.name}"
        self._files = {"": files["index.html"], **files, name: stream}
        query = urllib.parse.urlencode({"file": urllib.parse.quote(name)})
        self.address = f"http://{LOOPBACK}:{self.server_address[1]}/{self._token}/?{query}"

    def file_of(self, target: str) -> Path | None:
        """The file behind the target of a request; None if there is none, or the token is not in it."""
        path = urllib.parse.unquote(urllib.parse.urlsplit(target).path, errors="replace")
        _, token, *rest = path.split("/", 2) if path.count("/") > 1 else ("", "", "")
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            return None
        return self._files.get(rest[0])

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away is no error."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: PageServer
    protocol_version = "HTTP/1.1"
    server_version = f"gvc/{VERSION}"
    sys_version = ""
    timeout = _SECONDS_FOR_A_REQUEST

    def do_GET(self) -> None:
        """Give a file, or a range of it."""
        self._give(with_content=True)

    def do_HEAD(self) -> None:
        """Say what a file is."""
        self._give(with_content=False)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged."""

    def _give(self, *, with_content: bool) -> None:
        # A page of another name that leads here (DNS rebinding) has no business with this server.
        is_here = self.headers.get("Host", "").rpartition(":")[0] in (LOOPBACK, "localhost")
        file = self.server.file_of(self.path) if is_here else None
        try:
            stream = None if file is None else file.open("rb")
        except OSError:
            stream = None
        if file is None or stream is None:
            self._begin(HTTPStatus.NOT_FOUND, {"Content-Length": "0"})
            return
        with stream:
            size = file.stat().st_size
            start, stop = self._wanted(size)
            kind = {
                "Content-Type": CONTENT_TYPES.get(file.suffix, "application/octet-stream"),
                "Accept-Ranges": "bytes",
            }
            if start >= stop and size:
                self._begin(
                    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                    {"Content-Range": f"bytes */{size}", "Content-Length": "0"},
                )
                return
            length = {"Content-Length": str(stop - start)}
            if "Range" in self.headers and size:
                place = {"Content-Range": f"bytes {start}-{stop - 1}/{size}"}
                self._begin(HTTPStatus.PARTIAL_CONTENT, kind | length | place)
            else:
                self._begin(HTTPStatus.OK, kind | length)
            if with_content:
                self._send(stream, start, stop)

    def _wanted(self, size: int) -> tuple[int, int]:
        """The first byte that is wanted, and the one behind the last."""
        found = _RANGE.fullmatch(self.headers.get("Range", ""))
        first, last = found.groups() if found else ("", "")
        if first:
            return int(first), min(size, int(last) + 1 if last else size)
        return (max(0, size - int(last)), size) if last else (0, size)

    def _begin(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, stream: BinaryIO, start: int, stop: int) -> None:
        stream.seek(start)
        while start < stop and (piece := stream.read(min(_PIECE_BYTES, stop - start))):
            self.wfile.write(piece)
            start += len(piece)
        if start < stop:
            self.close_connection = True  # the file has become shorter
