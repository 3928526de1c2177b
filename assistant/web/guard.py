"""Who may ask for what, before anything else sees the request.

Any web page that is open in the reader's browser can send requests here, even where the server
listens on this computer alone. So the host must be this server by name (`access.py`), a request
that another page made is refused, and so are large bodies: where a file is sent, larger than a file
may be. Where there is a password, nothing is
answered without it. Of Gradio's own routes only those that the page uses are reachable: no
uploads, no files, no proxy.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.sources import SIZE_LIMIT_BYTES
from assistant.web.access import REALM, Access
from assistant.web.forwarded import inner_path
from assistant.web.guesses import MOST_GUESSES, Guesses

LARGEST_BODY_BYTES = 1_000_000
_ENDING = "The server is stopping. Ask again once it is back."
_BACK_SECONDS = 10
_FILES = "/page/files"  # what is sent there is a document: it is counted as it is written
_FILE = r"(?:/[\w@+-][\w.@+-]{0,199}){1,6}"  # no hidden one, and none that a disk cannot have
GRADIO = re.compile(
    rf"/(?:config|theme\.css|(?:assets|static|svelte){_FILE}"
    r"|gradio_api/(?:info|startup-events|queue/(?:join|data)|cancel|reset|app_id"
    r"|heartbeat/[\w-]{1,64}))/?",
    re.ASCII,
)
_OWN = re.compile(
    r"/|/page/(?:documents|files|indexing|passage|[a-z]+\.(?:css|js|svg))"
    r"|/api/(?:ask|retrieve|health|documents(?:/.*)?)"
    rf"|/docs|/openapi\.json|/static-offline-docs{_FILE}",
    re.ASCII,
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",
        "script-src 'self'{scripts}",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class Guard:
    """Wraps the whole application; answers refused requests itself, as {"error": message}."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access
        self._guesses = Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page opens no websocket
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        path = inner_path(scope)
        refusal = refused(scope["method"], path, headers, self.access)
        if refusal:
            await _refuse(send, *refusal)
            return
        if not self.access.opens(headers.get("authorization")):
            if "authorization" in headers:
                client = scope["client"][0] if scope.get("client") else ""
                if not await self._guesses.answerable(client):
                    later = (b"retry-after", str(MOST_GUESSES).encode())
                    await _refuse(send, 429, "Too many wrong passwords came from here.", later)
                    return
            challenge = (b"www-authenticate", REALM.encode())
            await _refuse(send, 401, "This server asks for a password.", challenge)
            return
        if path == _FILES:
            await self._served(scope, receive, send)
            return
        body = await _whole_body(receive)
        if body is None:
            await _refuse(send, 413, f"The request is larger than {LARGEST_BODY_BYTES:,} bytes.")
            return
        await self._served(scope, replayed(body, receive), send)

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on; who still waits when the server ends is told so."""
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, _with_headers(sent))
        except asyncio.CancelledError:  # uvicorn's patience is over
            if begun:
                raise
            await _refuse(send, 503, _ENDING, (b"retry-after", str(_BACK_SECONDS).encode()))


def refused(method: str, path: str, headers: Headers, access: Access) -> tuple[int, str] | None:
    """Return status and message for a request that is not let through; None for one that is.

    Whether it brings the password is another question.
    """
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not access.knows(hosts[0]):
        where = (
            "on this computer only: open it at http://127.0.0.1" if access.local else "by address"
        )
        return 400, (
            f"This page answers {where}. Behind a proxy it is told its name: "
            "assistant chat --public-name NAME"
        )
    origins = headers.getlist("origin")
    schemes = ("http",) if access.local else ("http", "https")  # a proxy may speak TLS for it
    own = {f"{scheme}://{hosts[0].lower()}" for scheme in schemes} | access.public_origins
    if any(origin.lower() not in own for origin in origins):
        return 403, "Another page made this request; only Footnote's own page may."
    cross_site = headers.get("sec-fetch-site") in {"cross-site", "same-site"}
    if cross_site and (method != "GET" or headers.get("sec-fetch-mode") != "navigate"):
        return 403, "Another page made this request; only Footnote's own page may."
    if not (_OWN.fullmatch(path) or GRADIO.fullmatch(path)):
        return 404, "There is nothing here."
    length = headers.get("content-length", "0")
    largest = SIZE_LIMIT_BYTES if path == _FILES else LARGEST_BODY_BYTES
    if not length.isdecimal() or int(length) > largest:
        return 413, f"The request is larger than {largest:,} bytes."
    return None


async def _whole_body(receive: Receive) -> bytes | None:
    """Return the request's body; None where it is too large (its length may not be announced)."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY_BYTES:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands out `body` once and then waits for the reader to leave."""
    handed_out = False

    async def replay() -> Message:
        nonlocal handed_out
        if handed_out:
            return await receive()
        handed_out = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            _add_headers(headers, _HEADERS.items())
            headers.setdefault("Content-Security-Policy", POLICY.format(scripts=""))
        await send(message)

    return send_with_headers


def _add_headers(headers: MutableHeaders, pairs: Iterable[tuple[str, str]]) -> None:
    for name, value in pairs:
        headers[name] = value


async def _refuse(
    send: Send, status: int, message: str, *more_headers: tuple[bytes, bytes]
) -> None:
    body = json.dumps({"error": message}).encode()
    await _with_headers(send)(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                *more_headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
