"""The chat page and the API together, on one port; on this computer alone unless told otherwise."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import sys
import threading
import webbrowser

from fastapi import FastAPI

from assistant.errors import AssistantError, PortTaken
from assistant.web import api, page
from assistant.web.access import LOOPBACK, THIS_COMPUTER, Access, is_loopback
from assistant.web.admission import Admission
from assistant.web.answerer import Answerer
from assistant.web.connections import IDLE_SECONDS, MOST_CONNECTIONS, Connection
from assistant.web.forwarded import Forwarded
from assistant.web.freshness import Freshness
from assistant.web.guard import Guard
from assistant.web.indexing import Indexing

ANYWHERE = {"0.0.0.0", "::"}  # every address of this computer


def build(
    assistant: Answerer, access: Access = THIS_COMPUTER, *, read_only: bool = False
) -> FastAPI:
    """Return the application: API and page over one Assistant, behind the guard.

    With `read_only`, the page leaves the documents as they are.
    """
    app = api.create()
    line, freshness, indexing = Admission(), Freshness(assistant), Indexing(assistant)
    app.state.in_threads = (line, freshness, indexing)
    app.state.indexing = indexing
    app.include_router(api.routes(assistant, line, freshness))
    page.mount(app, assistant, indexing, line, freshness, read_only=read_only)
    app.add_middleware(Guard, access=access)  # added last but one: what is inside, it lets in
    app.add_middleware(Forwarded, proxies=access.trusted_proxies)
    return app


def serve(
    assistant: Answerer,
    port: int,
    access: Access = THIS_COMPUTER,
    open_browser: bool = False,
    *,
    read_only: bool = False,
    behind: bool = False,
) -> None:
    """Serve the page on `port` of `access.host` until Ctrl+C; port 0 takes any free one.

    `behind` says that the index is, and is to catch up while the page is served.

    Raises:
        PortTaken: another program listens on the port, or it or the host may not be used.
    """
    import uvicorn

    listening = bind(port, access.host)
    address = _address(access.host, listening.getsockname()[1])

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(f"Footnote is ready: {address} (stop with Ctrl+C)", flush=True)
                if not access.local:
                    print(_openness(access), file=sys.stderr, flush=True)
                if behind:
                    app.state.indexing.catch_up()
                if open_browser:
                    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # Open pages are cut off, which uvicorn would report as errors of ours.
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            await super().shutdown(sockets)

    with listening:
        app = build(assistant, access, read_only=read_only)
        config = uvicorn.Config(
            app,
            http=Connection,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=IDLE_SECONDS,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,  # an open page keeps a connection: do not wait for it
        )
        threading.Thread(target=_warm, args=(assistant,), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn has closed everything by then
            Server(config).run([listening])
        _end(assistant, app)


def _end(assistant: Answerer, app: FastAPI) -> None:
    """Wait for what runs in threads: a piece of work each, but not until everything is indexed."""
    if app.state.indexing.to_dict()["busy"]:
        print("assistant: stopping; what is indexed by now is kept.", file=sys.stderr, flush=True)
    assistant.interrupt()
    for running in app.state.in_threads:
        running.close()
    assistant.resume()


def bind(port: int, host: str = LOOPBACK) -> socket.socket:
    """Return a socket that holds `port` of `host`, so that no other program takes it.

    Raises:
        PortTaken: another program listens on the port, or it or the host may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":  # a port whose last connections are still closing is free
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        if isinstance(error, socket.gaierror) or getattr(error, "errno", 0) == errno.EADDRNOTAVAIL:
            raise PortTaken(
                f"This computer has no address {host!r}. Use 127.0.0.1 for this computer alone, or "
                "0.0.0.0 for every address that it has."
            ) from error
        other = port + 1 if 1024 <= port < 65535 else 7860
        state = (
            "cannot be used" if isinstance(error, OverflowError | PermissionError) else "is in use"
        )
        stop = "Choose" if state == "cannot be used" else "Stop the other program or choose"
        raise PortTaken(
            f"Port {port} {state}. {stop} another port: assistant chat --port {other}"
        ) from error
    return listening


def _address(host: str, port: int) -> str:
    """Return where a browser on this computer finds the page."""
    name = LOOPBACK if host in ANYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def _openness(access: Access) -> str:
    """Return what whoever started the server must know of who else can use it."""
    proxied = is_loopback(access.host)
    reached = "the proxy" if proxied else "this computer"
    if access.password is None:
        return (
            f"assistant: no password is set: everyone who can reach {reached} can ask, and read "
            "every document."
        )
    told = f"assistant: others who can reach {reached} need the password."
    if proxied:
        return told
    return (
        f"{told} It travels as it is: put a proxy with TLS in front of the server where the "
        "network is not your own."
    )


def _warm(assistant: Answerer) -> None:
    """Load the models while the reader still looks at the page."""
    try:
        assistant.warm()
    except AssistantError as error:
        print(f"assistant: {error}", file=sys.stderr, flush=True)
