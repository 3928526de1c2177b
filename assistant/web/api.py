"""The HTTP API: what other programs call, described by OpenAPI at /docs.

Every error is {"error": message}: 400 for what a person can mend, 404 for a document that is not
there, 422 for a request of the wrong shape, 503 where too many are asking or the index cannot be
read (`shapes.py` lists them all).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

import assistant as package
from assistant.errors import (
    AssistantError,
    DocumentExists,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
    IntakeFull,
    ReadOnly,
    TooManyAsking,
    UnknownDocument,
)
from assistant.web import shapes
from assistant.web.admission import RETRY_SECONDS, Admission, Left
from assistant.web.answerer import Answerer
from assistant.web.freshness import Freshness

_LOG = logging.getLogger(__name__)


def _encodable(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("The text holds half a surrogate pair: send whole characters") from error
    return value


Text = Annotated[str, AfterValidator(_encodable)]
# An empty one is refused in the Assistant's own words: here it is only described.
Question = Annotated[Text, Field(json_schema_extra={"pattern": r"\S", "minLength": 1})]
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]


class Message(BaseModel):
    """One thing that was said before the question, oldest first in `history`."""

    role: Literal["user", "assistant"]
    content: Text


class Ask(BaseModel):
    """A question, what was said before it, and the documents to look in (all when left out)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "What do the documents say about trade?"}]},
    )

    question: Question
    history: list[Message] = Field(default_factory=list, max_length=200)
    documents: list[Text] | None = Field(None, max_length=10_000)


class Retrieve(BaseModel):
    """A question, how many passages to return, and the documents to look in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "trade agreements", "limit": 8}]},
    )

    question: Question
    limit: int = Field(8, ge=1, le=100)
    documents: list[Text] | None = Field(None, max_length=10_000)


def create() -> FastAPI:
    """Return the application that the API and the page are put onto; its /docs load nothing from
    elsewhere."""
    from fastapi_offline import FastAPIOffline  # bundles the pages that FastAPI takes from a CDN

    app: FastAPI = FastAPIOffline(
        title="Footnote",
        version=package.__version__,
        summary="Answers from your documents, with the exact words that prove every sentence.",
        docs_url="/docs",
        redoc_url=None,
        favicon_url="./page/icon.svg",
    )
    app.add_exception_handler(AssistantError, _mendable)
    app.add_exception_handler(RequestValidationError, _misshapen)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _unexpected)
    return app


def routes(assistant: Answerer, line: Admission, freshness: Freshness) -> APIRouter:
    """Return the API over `assistant`: questions stand in `line`; health waits for nothing."""
    router = APIRouter(prefix="/api", responses=shapes.refusals(shapes.REFUSALS))
    asked_in_line = shapes.refusals(shapes.UNKNOWN | shapes.BUSY)

    async def answered(request: Request, work: Callable[[], Any]) -> Any:
        line.check()
        await freshness.refreshed()  # as the page does: what lies in sources/ now is what answers
        try:
            return await line.answered(work, request.is_disconnected)
        except Left:
            return Response(status_code=503)  # nobody reads it

    @router.post(
        "/ask", response_model=shapes.Answer, responses=asked_in_line, summary="Answer a question"
    )
    async def ask(asked: Ask, request: Request) -> Any:
        def work() -> dict[str, Any]:
            history = [message.model_dump() for message in asked.history]
            answer = assistant.ask(asked.question, history=history, documents=asked.documents)
            return answer.to_dict()

        return await answered(request, work)

    @router.post(
        "/retrieve",
        response_model=list[shapes.Hit],
        responses=asked_in_line,
        summary="Find passages, best first",
    )
    async def retrieve(asked: Retrieve, request: Request) -> Any:
        def work() -> list[dict[str, Any]]:
            hits = assistant.retrieve(asked.question, limit=asked.limit, documents=asked.documents)
            return [hit.to_dict() for hit in hits]

        return await answered(request, work)

    @router.get("/documents", response_model=list[shapes.Document], summary="List the documents")
    def documents() -> list[dict[str, Any]]:
        return [
            {
                "path": record.path,
                "title": record.title,
                "digest": record.digest,
                "length": record.length,
                "metadata": dict(record.metadata),
            }
            for record in assistant.records()
        ]

    @router.get(
        "/documents/{path:path}",
        response_model=shapes.WholeDocument,
        responses=shapes.refusals(shapes.UNKNOWN),
        summary="One document with its text",
    )
    def document(path: str) -> dict[str, Any]:
        found = assistant.document(path)
        return {**found.to_dict(), "text": found.text}

    @router.get("/health", response_model=shapes.Health, summary="Whether the server answers")
    async def health() -> dict[str, Any]:
        return {
            "status": "ok",
            "version": package.__version__,
            "documents": await freshness.count(),
        }

    asked = [route for route in router.routes if isinstance(route, APIRoute)]

    @router.api_route("/{rest:path}", methods=_METHODS, include_in_schema=False)
    def other(request: Request) -> None:  # what is not there at all, the guard has refused
        path = request.url.path
        ways = {
            way for route in asked if route.path_regex.match(path) for way in route.methods or ()
        }
        allowed = {"Allow": ", ".join(sorted(ways))}
        raise HTTPException(405, f"{path} is asked in another way: see /docs.", allowed)

    return router


_STATUSES: dict[type[AssistantError], int] = {
    UnknownDocument: 404,
    DocumentExists: 409,
    ReadOnly: 403,
    TooManyAsking: 503,
    IntakeFull: 503,
    IndexMissing: 503,  # what follows is the server's state: the request itself is in order
    IndexMismatch: 503,
    IndexDamaged: 503,
    IndexBusy: 503,
    IndexUnwritable: 503,
}


def _mendable(request: Request, error: Exception) -> JSONResponse:
    headers = {"Retry-After": str(RETRY_SECONDS)} if isinstance(error, TooManyAsking) else None
    status = next((_STATUSES[kind] for kind in type(error).mro() if kind in _STATUSES), 400)
    return JSONResponse({"error": str(error)}, status, headers)


def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)


def _misshapen(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [
        f"{'.'.join(str(step) for step in problem['loc'][1:]) or 'request'}: {problem['msg']}"
        for problem in error.errors()[:5]
    ]
    return JSONResponse({"error": "; ".join(problems)}, 422)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """Answer in the API's own shape; the traceback goes to the server's log."""
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return JSONResponse({"error": "Something went wrong in Footnote; its log says what."}, 500)
