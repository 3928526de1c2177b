"""The chat page and the API together, served on this computer alone."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING

from fastapi import FastAPI

from assistant.errors import AssistantError, PortTaken
from assistant.web import api, page
from assistant.web.guard import Guard

if TYPE_CHECKING:
    from assistant.assistant import Assistant

HOST = "127.0.0.1"


def build(assistant: Assistant) -> FastAPI:
    """Return the application: API and page over one Assistant, behind the guard."""
    app = api.create()
    app.include_router(api.routes(assistant))
    page.mount(app, assistant)
    app.add_middleware(Guard)  # added last, so it sees each request first
    return app


def serve(assistant: Assistant, port: int, open_browser: bool = False) -> None:
    """Serve the page on `port` of this computer until Ctrl+C; port 0 takes any free one.

    Raises:
        PortTaken: another program listens on the port, or it may not be used.
    """
    import uvicorn

    listening = bind(port)
    address = f"http://{HOST}:{listening.getsockname()[1]}"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(f"Footnote is ready: {address} (stop with Ctrl+C)", flush=True)
                if open_browser:
                    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    with listening:
        config = uvicorn.Config(
            build(assistant),
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,  # an open page keeps a connection: do not wait for it
        )
        threading.Thread(target=_warm, args=(assistant,), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn has closed everything by then
            Server(config).run([listening])


def bind(port: int) -> socket.socket:
    """Return a socket that holds `port` on this computer, so that no other program takes it.

    Raises:
        PortTaken: another program listens on the port, or it may not be used.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # a port whose last connections are still closing is free
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        other = port + 1 if 1024 <= port < 65535 else 7860
        state = (
            "cannot be used" if isinstance(error, OverflowError | PermissionError) else "is in use"
        )
        stop = "Choose" if state == "cannot be used" else "Stop the other program or choose"
        raise PortTaken(
            f"Port {port} {state}. {stop} another port: assistant chat --port {other}"
        ) from error
    return listening


def _warm(assistant: Assistant) -> None:
    """Load the models while the reader still looks at the page."""
    try:
        assistant.warm()
    except AssistantError as error:
        print(f"assistant: {error}", file=sys.stderr, flush=True)
