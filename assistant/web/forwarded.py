"""What a proxy says of a request that it passes on: from whom, by which scheme, name and path.

It says so in headers, which anyone can send. They are believed of the proxies that were named, and
what they say becomes part of the request itself, where everything else looks for it: its client,
scheme, host and path. What is behind this sees none of the headers.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Any, cast

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)*")  # it gets into addresses
_FORWARDING = (b"x-forwarded", b"x-gradio")  # Gradio would build its addresses from them


class Forwarded:
    """Wraps the whole application; `proxies` are the addresses, or networks, that are believed."""

    def __init__(self, app: ASGIApp, proxies: Sequence[str] = ()) -> None:
        self._app = _without_forwarding(app)
        self._networks = [ipaddress.ip_network(proxy) for proxy in proxies]
        # Scheme and client: of several addresses, the last one that is no proxy's.
        self._told = cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, self._app), list(proxies)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = {**scope, "client": _plain(scope.get("client"))}
        if not self._trusts(scope["client"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        prefix = _last(headers, "x-forwarded-prefix").rstrip("/")
        if not _PREFIX.fullmatch(prefix):
            reply = JSONResponse({"error": "The proxy's X-Forwarded-Prefix is no path."}, 400)
            await reply(scope, receive, send)
            return
        scope["root_path"] = prefix
        scope["path"] = prefix + scope["path"]
        scope["raw_path"] = prefix.encode() + scope.get("raw_path", b"")
        host = _last(headers, "x-forwarded-host")
        if host:
            others = [pair for pair in scope["headers"] if pair[0].lower() != b"host"]
            scope["headers"] = [(b"host", host.encode("latin-1")), *others]
        await self._told(scope, receive, send)

    def _trusts(self, client: tuple[str, int] | None) -> bool:
        try:
            address = ipaddress.ip_address(client[0] if client else "")
        except ValueError:  # a socket that is a file, a test
            return False
        return any(address in network for network in self._networks)


def inner_path(scope: Scope) -> str:
    """Return a request's path as it is without a proxy: "/" is the page, whatever its address."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _plain(client: tuple[str, int] | None) -> tuple[str, int] | None:
    """Return a client's address as such where it was mapped to IPv6: `::ffff:192.0.2.7`."""
    try:
        mapped = ipaddress.IPv6Address(client[0] if client else "").ipv4_mapped
    except ValueError:
        return client
    return (str(mapped), client[1]) if client and mapped else client


def _last(headers: Headers, name: str) -> str:
    """Return what the nearest proxy said: each adds its own to what it was told."""
    return ",".join(headers.getlist(name)).rpartition(",")[2].strip()


def _without_forwarding(app: ASGIApp) -> ASGIApp:
    async def without_forwarding(scope: Scope, receive: Receive, send: Send) -> None:
        if "headers" in scope:
            kept = [
                pair for pair in scope["headers"] if not pair[0].lower().startswith(_FORWARDING)
            ]
            scope = {**scope, "headers": kept}
        await app(scope, receive, send)

    return without_forwarding
