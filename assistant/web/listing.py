"""The list of documents, and what changes it from the page: files that are added or removed.

Like everything else, these routes stand behind the guard: a request that another page made never
comes here. A file is the whole body of its request, which no form can send, and is written to the
disk as it arrives.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Mapping
from typing import IO, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from assistant import sources
from assistant.errors import AssistantError, ReadOnly
from assistant.library import intake
from assistant.web import render
from assistant.web.answerer import Answerer
from assistant.web.fragments import fragment
from assistant.web.indexing import Indexing
from assistant.web.render import Entry

_BODY = "application/octet-stream"


def routes(assistant: Answerer, indexing: Indexing, *, read_only: bool = False) -> APIRouter:
    """Return the routes of the list; with `read_only`, those that change something refuse."""
    if not read_only:
        intake.sweep(assistant.sources)
    router = APIRouter(prefix="/page", include_in_schema=False)
    checking = threading.Lock()  # one file at a time: each is read whole

    def change_allowed() -> None:
        if read_only:
            raise ReadOnly("This page only reads: documents cannot be added or removed here.")

    @router.get("/documents")
    def documents(words: str = "") -> HTMLResponse:
        listed = entries(assistant, indexing)
        return fragment(
            render.contents(
                listed,
                words,
                read_only=read_only,
                notice=assistant.notice,
                growing=indexing.behind,
            )
        )

    @router.get("/indexing")
    def state() -> dict[str, Any]:
        return indexing.to_dict()

    @router.post("/files", status_code=201)
    async def add(request: Request, name: str, replace: bool = False) -> dict[str, str]:
        change_allowed()
        if request.headers.get("content-type") != _BODY:
            raise HTTPException(415, f"A file is sent as the whole body, as {_BODY}.")
        name = intake.checked_name(name)
        folder, trash = assistant.workspace.sources, assistant.workspace.trash
        with intake.receiving(folder, name) as incoming:

            def take() -> str:
                with checking:
                    file = intake.checked(incoming)
                return indexing.change(
                    lambda: intake.place(folder, file, name, trash, replace=replace)
                )

            await _receive(request.stream(), incoming)
            return {"path": await run_in_threadpool(take)}

    @router.delete("/files", status_code=202)
    def remove(document: str) -> dict[str, str]:
        change_allowed()
        workspace = assistant.workspace

        def take() -> str:
            intake.remove(workspace.sources, document, workspace.trash)
            return document

        return {"path": indexing.change(take)}

    return router


async def _receive(chunks: AsyncIterator[bytes], file: IO[bytes]) -> None:
    """Write a body to `file` as it arrives, and no more of it than is read."""
    size = 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > sources.SIZE_LIMIT_BYTES:
                raise HTTPException(413, sources.TOO_LARGE)
            file.write(chunk)
    except ClientDisconnect as error:
        raise HTTPException(400, "The file did not arrive whole: send it again.") from error


def entries(assistant: Answerer, indexing: Indexing) -> list[Entry]:
    """Return what lies in `sources/` or is indexed: what is not read comes first."""
    try:
        records = {record.path: record for record in assistant.records()}
    except AssistantError:  # nothing indexed yet, or it cannot be read: asking says what to do
        records = {}
    refused: Mapping[str, str] = {item.path: item.reason for item in assistant.refused}
    changed, behind = indexing.waiting, indexing.behind
    try:
        found = sources.find(assistant.sources)
    except AssistantError:  # it cannot be looked into: what was indexed answers
        found = []
    waiting = changed | {path for path in found if behind and path not in records}
    unread = [path for path in found if path in waiting or path not in records]
    unread += [path for path in found if path in records and path in refused]
    listed = [
        Entry(path, records.get(path), path in waiting, refused.get(path, ""))
        for path in dict.fromkeys(unread)
    ]
    gone = changed - set(found)
    listed += [
        Entry(path, record)
        for path, record in records.items()
        if path not in unread and path not in gone
    ]
    return listed
