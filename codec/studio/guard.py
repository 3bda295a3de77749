"""Who may ask the studio anything. Every request passes here first, before its body is read.

- The first part of every path is the token. It is in no cookie, so that no other site can make a browser send it, and
  no other server of this machine is sent it.
- The host that the browser believes to talk to must be ours. A name of somebody else that has been pointed at this
  machine (DNS rebinding) is refused.
- A request that changes something must come from our own page, by its ``Origin``.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE_METHODS = ("GET", "HEAD")
SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",  # the address has the token
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


def own_hosts(host: str, port: int) -> frozenset[str]:
    """What the header ``Host`` of our own page may say.

    Args:
        host: that the server listens on.
        port: the same.
    """
    names = {host, "127.0.0.1", "localhost", "::1"}
    return frozenset(f"[{name}]:{port}" if ":" in name else f"{name}:{port}" for name in names)


class Guard:
    """An ASGI application that lets requests through to another one, without the token in their path.

    Args:
        app: is asked what may be asked.
        token: the first part of every path.
        hosts: that the header ``Host`` may name, with their port.
    """

    def __init__(self, app: ASGIApp, *, token: str, hosts: Collection[str]) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # no web sockets

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._answer(scope)(scope, receive, send_with_headers)

    def _answer(self, scope: MutableMapping[str, Any]) -> ASGIApp:
        """What answers a request; its path is without the token then."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts:
            return _refusal(403, f"expected the studio's own address. Received: another host, {host[:100]!r}")
        token, slash, rest = scope["path"].removeprefix("/").partition("/")
        if not secrets.compare_digest(token.encode(), self._token):
            return _refusal(404, "expected the address that gvc-studio printed, with its token. Received: another one")
        if scope["method"] not in _SAFE_METHODS and headers.get("origin") != f"http://{host}":
            return _refusal(403, "expected a request of the studio's own page. Received: one of another origin")
        if not slash:
            return RedirectResponse(f"/{token}/")
        scope["path"] = f"/{rest}"
        scope["raw_path"] = scope["path"].encode()
        return self._app


def _refusal(status: int, message: str) -> ASGIApp:
    return PlainTextResponse(message + "\n", status, headers={"connection": "close"})
