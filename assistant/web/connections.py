"""A connection to a client, closed where the client leaves it unused or keeps others from it.

uvicorn by itself closes a connection that is idle between two requests, and no other: not one on
which nothing is ever asked, nor one whose headers or body come a byte now and then or not at all,
nor one whose client does not take what it is sent.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0  # for a request's headers to come, all of them
BODY_SECONDS = 30.0  # without a byte of the body; while bytes come, it may take its time
TAKING_SECONDS = 60.0  # without taking anything of what was sent
LARGEST_HEAD_BYTES = 65_536
MOST_CONNECTIONS = 500  # beyond, each is told 503: an open page holds a few
_LOOK_SECONDS = 1.0


class Connection(HttpToolsProtocol):
    """uvicorn's connection, with a look every second at what it waits for."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head_since: float | None = None  # since when a request's headers are awaited
        self._head_size = 0  # bytes
        self._in_request = False  # from its first byte to its last
        self._unread_since: float | None = None  # it was answered before it was whole
        self._heard = 0.0  # when bytes came last
        self._stuck_since: float | None = None  # what is sent is not taken
        self._look: asyncio.TimerHandle | None = None

    # What uvicorn and the parser call

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_since = self._heard = self.loop.time()
        self._look = self.loop.call_later(_LOOK_SECONDS, self._look_at_it)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        if self._head_since is None and not self._in_request and self._answered():
            self._head_since = self._heard  # the parser says nothing of empty lines before it
        super().data_received(data)
        if self._head_since is not None:
            self._head_size += len(data)
            if self._head_size > LARGEST_HEAD_BYTES:
                self._give_up(431, "The request's headers are too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_request = True
        self._head_since, self._head_size = self._heard, 0

    def on_headers_complete(self) -> None:
        self._head_since, self._head_size = None, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_request, self._unread_since = False, None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._in_request:
            self._unread_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        self._stuck_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stuck_since = None
        super().resume_writing()

    # What this adds

    def _look_at_it(self) -> None:
        if self.transport.get_protocol() is not self:  # it was given to another, as for websockets
            return
        self._look = self.loop.call_later(_LOOK_SECONDS, self._look_at_it)
        if self.flow.read_paused:  # the rest waits for us, not we for the client
            self._heard = self.loop.time()
        if self._longer_than(TAKING_SECONDS, self._stuck_since):
            self.transport.abort()
        elif self._answered() and self._longer_than(HEAD_SECONDS, self._head_since):
            self._give_up(408, "The request did not come in time.")
        elif self._longer_than(BODY_SECONDS, self._unread_since):
            self.transport.close()
        elif self._body_awaited() and self._longer_than(BODY_SECONDS, self._heard):
            self._give_up(408, "The rest of the request did not come.")

    def _body_awaited(self) -> bool:
        return not self._answered() and self.cycle.more_body

    def _answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _longer_than(self, seconds: float, since: float | None) -> bool:
        return since is not None and self.loop.time() - since > seconds

    def _give_up(self, status: int, why: str) -> None:
        """Say why, where the client can still tell it from an answer, and close the connection."""
        begun = not self._answered() and self.cycle.response_started
        if not begun and not self.transport.is_closing():
            body = json.dumps({"error": why}).encode()
            phrase = {408: "Request Timeout", 431: "Request Header Fields Too Large"}[status]
            self.transport.write(
                f"HTTP/1.1 {status} {phrase}\r\nConnection: close\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
        self.transport.close()
