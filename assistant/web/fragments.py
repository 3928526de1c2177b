"""What the page's scripts fetch beside Gradio's own traffic: fragments of HTML and our files."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, HTMLResponse
from markupsafe import Markup

from assistant.errors import UnknownDocument
from assistant.web import render
from assistant.web.answerer import Answerer

_REMOVED = "This document is not there any more. The list of documents shows those that are."
_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def routes(assistant: Answerer) -> APIRouter:
    """Return what the page fetches beside Gradio's own traffic: fragments and our files."""
    router = APIRouter(prefix="/page", include_in_schema=False, default_response_class=HTMLResponse)
    files = {file.name for file in _FOLDER.iterdir()}

    @router.get("/passage")
    def passage(
        document: str,
        start: int | None = Query(None, ge=0),
        end: int | None = Query(None, ge=0),
        section: int | None = Query(None, ge=0),
        whole: bool = False,
    ) -> HTMLResponse:
        try:
            found = assistant.document(document)
        except UnknownDocument as error:
            raise UnknownDocument(_REMOVED) from error
        cited = None
        if start is not None and end is not None:
            if not start < end <= len(found.text):
                raise UnknownDocument(
                    f"{document} has changed since this was cited: ask the question again."
                )
            cited = (start, end)
        sections = assistant.sections(document)
        return fragment(render.passage(found, sections, cited, section=section, whole=whole))

    @router.get("/{name}")
    def file(name: str) -> FileResponse:
        if name not in files:
            raise UnknownDocument("There is nothing here.")
        kind = _TYPES[Path(name).suffix]
        return FileResponse(_FOLDER / name, media_type=kind, headers={"Cache-Control": "no-cache"})

    return router


def fragment(html: Markup) -> HTMLResponse:
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})
