"""What the page sends to Gradio, held against what it can mean before Gradio sees it.

Gradio takes a request of almost any shape into its queue and fails at it later: with a traceback
that holds the whole of it. So here each body is read strictly and written anew with just the fields
that the page uses: an event that there is, as many values as it takes, text where it takes text.
Where Gradio fails all the same, whoever asked gets a 400, and the log a line without the request.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.forwarded import inner_path
from assistant.web.guard import GRADIO, replayed

if TYPE_CHECKING:
    from gradio import Blocks

_LOG = logging.getLogger(__name__)
_MOST_WAITING = 20  # events of one page that are not told to it yet
_MOST_SESSIONS = 500  # pages whose state, and what waits to be told to them, is kept
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # Gradio names pages and events so
_NOT_UNDERSTOOD = "The request is none that this page makes. Load the page again."


class NonsenseError(Exception):
    """A request that the page does not make."""

    def __init__(self, status: int = 422, message: str = _NOT_UNDERSTOOD) -> None:
        super().__init__(message)
        self.status = status


def _text(value: Any) -> str:
    """Take half a surrogate pair too, as pydantic's own would not: asking says what is wrong."""
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


_Text = Annotated[str, PlainValidator(_text)]
_Name = Annotated[str, Field(pattern=f"^{_NAME.pattern}$")]
_Number = Annotated[int, Field(ge=0, le=1_000_000)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class Said(_Shape):
    """What the page's scripts hand on with an event: each of them a part of it."""

    index: _Number | None = None
    value: _Text | None = None
    name: _Text | None = None
    liked: bool | None = None


class Join(_Shape):
    fn_index: _Number
    session_hash: _Name
    data: list[Any]
    event_data: Said | None = None
    trigger_id: _Number | None = None


class Cancel(_Shape):
    session_hash: _Name
    fn_index: _Number
    event_id: _Name


class Reset(_Shape):
    event_id: _Name


class GradioRequests:
    """Wraps the application: hands on of Gradio's requests only what `blocks`, the page, can make.

    What is kept for pages that went away is bounded here as well.
    """

    def __init__(self, app: ASGIApp, blocks: Blocks) -> None:
        self.app = app
        self.blocks = blocks
        self._bodies: Mapping[str, Callable[[Any], dict[str, Any]]] = {
            "/gradio_api/queue/join": self._join,
            "/gradio_api/cancel": lambda said: Cancel.model_validate(said).model_dump(),
            "/gradio_api/reset": lambda said: Reset.model_validate(said).model_dump(),
        }
        blocks.state_session_capacity = _MOST_SESSIONS
        if blocks.state_holder is not None:
            blocks.state_holder.capacity = _MOST_SESSIONS
        blocks._queue.pending_messages_per_session.max_size = _MOST_SESSIONS
        blocks._queue.ANALYTICS_MAX_EVENTS = 1
        blocks._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # it sums up all after each event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = inner_path(scope) if scope["type"] == "http" else ""
        if not (path == "/" or GRADIO.fullmatch(path)):
            await self.app(scope, receive, send)
            return
        try:
            scope, receive = await self._checked(scope, receive)
        except NonsenseError as error:
            await JSONResponse({"error": str(error)}, error.status)(scope, receive, send)
            return
        await self._answered(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        """Return the request as the page would make it.

        Raises:
            NonsenseError: the page would not.
        """
        path = inner_path(scope).rstrip("/")
        if path == "/gradio_api/queue/data":
            named = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])
            if not _NAME.fullmatch(named[-1]):
                raise NonsenseError
            query = f"session_hash={named[-1]}".encode()
            return {**scope, "query_string": query}, receive
        # Gradio looks in it for other pages, and for files with a kept state; there is neither.
        scope = {**scope, "query_string": b""}
        read = self._bodies.get(path)
        if read is None or scope["method"] != "POST":
            return scope, receive
        if Headers(scope=scope).get("content-type", "").partition(";")[0] != "application/json":
            raise NonsenseError(415, "The body must be JSON, as application/json.")
        try:
            message = await receive()  # the guard has gathered all of it
            body = json.dumps(read(_parsed(message.get("body", b"")))).encode()
        except (ValidationError, RecursionError) as error:
            raise NonsenseError from error
        return _with_body(scope, receive, body)

    def _join(self, said: Any) -> dict[str, Any]:
        """Return what the page sends to raise an event, read from `said`."""
        join = Join.model_validate(said)
        event = self.blocks.fns.get(join.fn_index)
        if event is None or event.fn is None or len(join.data) != len(event.inputs):
            raise NonsenseError
        if join.trigger_id not in {None, self.blocks._id, *self.blocks.blocks}:
            raise NonsenseError
        data = [
            None if component.stateful else value
            for component, value in zip(event.inputs, join.data, strict=True)
        ]
        if not all(value is None or isinstance(value, str) for value in data):
            raise NonsenseError
        self._make_room(join.session_hash)
        said = (join.event_data or Said()).model_dump()
        return {**join.model_dump(), "data": data, "event_data": said}

    def _make_room(self, session: str) -> None:
        """Forget what waits for pages that are not kept any more.

        Raises:
            NonsenseError: too much waits for this one already.
        """
        queue = self.blocks._queue
        waiting = queue.pending_event_ids_session
        if len(waiting.get(session, ())) >= _MOST_WAITING:
            raise NonsenseError(429, "This page asks too much at once. Wait for what it asked.")
        if len(waiting) >= _MOST_SESSIONS:
            kept = queue.pending_messages_per_session
            for gone in [name for name in waiting if name not in kept]:
                del waiting[gone]

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Gradio answer, and answer in its place where it fails."""
        begun = failed = False

        async def watch(message: Message) -> None:
            nonlocal begun, failed
            if message["type"] == "http.response.start":
                failed = message["status"] == 500
                begun = not failed
            if not failed:
                await send(message)

        reason = "status 500"
        try:
            await self.app(scope, receive, watch)
        except HTTPException:  # a stream of a page that it does not know: it has said so in it
            if begun:
                return
            failed = True
        except Exception as error:
            if begun:
                raise
            failed, reason = True, type(error).__name__
        if failed:
            _LOG.warning("%s %s was not understood (%s)", scope["method"], scope["path"], reason)
            await JSONResponse({"error": _NOT_UNDERSTOOD}, 400)(scope, receive, send)


def _parsed(body: bytes) -> Any:
    """Return the JSON value.

    Raises:
        NonsenseError: it is none, nested too deep, or has numbers that JSON does not have.
    """

    def refuse(name: str) -> None:
        raise NonsenseError(400, f"The body is no JSON: {name} is none of its numbers.")

    try:
        return json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise NonsenseError(400, "The body is no JSON, or nested too deep.") from error


def _with_body(scope: Scope, receive: Receive, body: bytes) -> tuple[Scope, Receive]:
    headers = MutableHeaders(raw=list(scope["headers"]))
    headers["content-length"] = str(len(body))
    return {**scope, "headers": headers.raw}, replayed(body, receive)
