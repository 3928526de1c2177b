"""The chat page: a Gradio page for the conversation, inside a document of ours.

Gradio carries questions and growing answers between the reader and the Assistant, keeps each
reader's conversation apart from the others', and owns the question box. The document around it,
its style and the panel that shows a footnote's document are ours (`page.css`, `page.js`), and
what Gradio's own document would load from elsewhere is left out.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Query
from fastapi.responses import FileResponse, HTMLResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import AssistantError, BadQuestion, UnknownDocument
from assistant.values import SyncReport
from assistant.web import render
from assistant.web.guard import POLICY
from assistant.web.thumbs import LIKE, judging
from assistant.web.turns import Judged, Turn, history, next_number, shown

if TYPE_CHECKING:
    import gradio

    from assistant.assistant import Assistant

_LOG = logging.getLogger(__name__)
_FOLDER = Path(__file__).parent
_FILES = {
    "base.css": "text/css",
    "page.css": "text/css",
    "page.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_SUGGESTIONS = 4
_LONGEST_CONVERSATION = 100  # turns shown and kept; of these the last ones are history
_PATIENCE_SECONDS = 0.4  # a refresh that takes longer is indexing something: say so
_BROKEN = (
    "Something went wrong while answering. Ask again; if it happens again, the window in which "
    "Footnote runs says why."
)


def mount(app: FastAPI, assistant: Assistant) -> None:
    """Put the page onto `app`, at "/"; what it fetches is under "/page"."""
    gr = _gradio()
    app.include_router(routes(assistant))
    gr.mount_gradio_app(
        app,
        conversation(assistant),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size=0,
        theme=_theme(),
    )
    app.add_middleware(OwnDocument, title=lambda: assistant.title)


def _gradio() -> Any:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: it would call out
    import gradio  # slow to import

    return gradio


def _theme() -> Any:
    """Return a bare theme with the system's fonts; Gradio's default fetches its own."""
    gr = _gradio()
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"])


# The conversation


def conversation(assistant: Assistant) -> gradio.Blocks:
    """Return the Gradio page: what was said, what is being answered, and the question box."""
    gr = _gradio()
    bare = {"js_on_load": LIKE, "apply_default_css": False}
    blocks: gradio.Blocks = gr.Blocks(analytics_enabled=False, title="Footnote", fill_width=True)
    with blocks:
        turns = gr.State([])
        newest = gr.State(0)  # the number of the turn in `current`; all others are in `past`
        judged = gr.State({})
        past = gr.HTML(elem_id="past", **bare)
        current = gr.HTML(elem_id="current", **bare)
        with gr.Column(elem_id="suggestions"):
            suggestions = [
                gr.Button("", visible=False, elem_classes="suggestion") for _ in range(_SUGGESTIONS)
            ]
        with gr.Row(elem_id="composer"):
            question = gr.Textbox(
                elem_id="question",
                label="Your question",
                placeholder="Ask the documents",
                lines=1,
                max_lines=6,
            )
            send = gr.Button("Ask", elem_id="ask")
            again = gr.Button("New conversation", elem_id="again")

        answered: dict[str, Any] = {
            "outputs": [question, past, current, turns, newest],
            "show_progress": "hidden",
            "trigger_mode": "once",
            "concurrency_limit": None,
            "api_visibility": "private",
        }
        asking = [
            gr.on(
                [question.submit, send.click],
                _answering(assistant),
                [question, turns, judged],
                **answered,
            )
        ]
        asking += [
            button.click(_answering(assistant), [button, turns, judged], **answered)
            for button in suggestions
        ]
        quiet: dict[str, Any] = {
            "show_progress": "hidden",
            "concurrency_limit": None,
            "api_visibility": "private",
        }
        again.click(
            lambda: ("", _empty(assistant), "", [], 0, {}),
            None,
            [*answered["outputs"], judged],
            cancels=asking,
            **quiet,
        )
        for component in (past, current):
            component.like(
                judging(assistant, current=component is current),
                [turns, newest, judged],
                [component, judged],
                trigger_mode="multiple",  # a thumb and a remark may follow quickly
                concurrency_id="judging",  # one after the other: each adds to what is judged
                **{**quiet, "concurrency_limit": 1},
            )
        blocks.load(lambda: _empty(assistant), None, past, **quiet)
        blocks.load(_suggesting(assistant), None, suggestions, **quiet)
    return blocks


def _answering(assistant: Assistant) -> Callable[..., Iterator[tuple[Any, ...]]]:
    """Return the Gradio event that answers.

    It yields the question box, past turns, the newest, the turns kept and the newest's number.
    """
    gr = _gradio()

    def answering(
        question: str, turns: list[Turn], judged: Judged
    ) -> Iterator[tuple[Any, Any, Any, Any, Any]]:
        begun = False
        for step in answer(assistant, question or "", turns):
            if isinstance(step, Turn):
                kept = [*turns, step][-_LONGEST_CONVERSATION:]
                # Both at once: thumbs that are on the page find their answer on the server.
                yield gr.skip(), gr.skip(), shown([step], judged), kept, gr.skip()
            elif step is REFUSED:
                yield question, gr.skip(), gr.skip(), gr.skip(), gr.skip()
            elif not begun:
                begun = True
                yield "", shown(turns, judged), step, gr.skip(), next_number(turns)
            else:
                yield gr.skip(), gr.skip(), step, gr.skip(), gr.skip()

    return answering


REFUSED = object()  # yielded by `answer` when the question must be written anew


def answer(assistant: Assistant, question: str, turns: list[Turn]) -> Iterator[str | Turn | object]:
    """Yield the HTML of the turn as it grows and, once it is whole, the `Turn` to show and keep.

    An error that a person can mend is a line in place of the answer; nothing is kept then.
    """
    number = next_number(turns)
    question = question.strip()
    try:
        yield render.working(number, question, _reading(assistant))
        report = None
        for report in _refreshed(assistant):
            if report is None:
                yield render.working(number, question, "Indexing new documents…")
        if report is not None:
            yield render.working(number, question, _reading(assistant))
        notice = render.report_notice(report)
        whole = None
        for whole in assistant.stream(question, history=history(turns)):
            yield render.answered(number, question, whole, done=False)
        if whole is not None:
            documents = {record.path: record.digest for record in assistant.records()}
            yield Turn(number, question, whole, documents, notice)
    except AssistantError as error:
        yield render.failed(number, question, str(error))
        if isinstance(error, BadQuestion):
            yield REFUSED
    except Exception:
        _LOG.exception("The question could not be answered")
        yield render.failed(number, question, _BROKEN)


def _refreshed(assistant: Assistant) -> Iterator[SyncReport | None]:
    """Yield None once if the refresh takes time, and in the end its report where there is one."""
    with ThreadPoolExecutor(1, "refresh") as pool:
        refresh = pool.submit(assistant.refresh)
        try:
            report = refresh.result(timeout=_PATIENCE_SECONDS)
        except StillRunning:
            yield None
            report = refresh.result()
    if report is not None:
        yield report


def _count(assistant: Assistant) -> int:
    try:
        return len(assistant.records())
    except AssistantError:  # not indexed yet: asking says what to do
        return 0


def _reading(assistant: Assistant) -> str:
    count = _count(assistant)
    return f"Reading {render.counted(count, 'document')}…" if count else "Reading the documents…"


def _empty(assistant: Assistant) -> str:
    return render.empty(_count(assistant))


def _suggesting(assistant: Assistant) -> Callable[[], list[Any]]:
    """Return the Gradio event that fills the example questions, drawn anew as documents change."""
    gr = _gradio()
    drawn: dict[tuple[str, ...], list[str]] = {}

    def suggesting() -> list[Any]:
        try:
            digests = tuple(record.digest for record in assistant.records())
            if digests not in drawn:
                found = assistant.suggestions(limit=_SUGGESTIONS)[:_SUGGESTIONS]
                drawn.clear()
                drawn[digests] = found
            questions = drawn.get(digests, [])
        except AssistantError:  # a page without examples; asking says what is wrong
            questions = []
        blank = [gr.update(visible=False)] * (_SUGGESTIONS - len(questions))
        return [gr.update(value=question, visible=True) for question in questions] + blank

    return suggesting


# What the page's script fetches


def routes(assistant: Assistant) -> APIRouter:
    """Return what the page fetches beside Gradio's own traffic: fragments and our files."""
    router = APIRouter(prefix="/page", include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/documents")
    def documents() -> HTMLResponse:
        return _fragment(render.documents(assistant.records()))

    @router.get("/passage")
    def passage(
        document: str,
        start: int | None = Query(None, ge=0),
        end: int | None = Query(None, ge=0),
        section: int | None = Query(None, ge=0),
        whole: bool = False,
    ) -> HTMLResponse:
        found = assistant.document(document)
        cited = None
        if start is not None and end is not None:
            if not start < end <= len(found.text):
                raise UnknownDocument(
                    f"{document} has changed since this was cited: ask the question again."
                )
            cited = (start, end)
        sections = assistant.sections(document)
        return _fragment(render.passage(found, sections, cited, section=section, whole=whole))

    @router.get("/{name}")
    def file(name: str) -> FileResponse:
        if name not in _FILES:
            raise UnknownDocument("There is nothing here.")
        return FileResponse(
            _FOLDER / name, media_type=_FILES[name], headers={"Cache-Control": "no-cache"}
        )

    return router


def _fragment(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


# The document around it


class OwnDocument:
    """Serves the page, and /docs, in a document of ours: only our scripts may run in it."""

    def __init__(self, app: ASGIApp, title: Callable[[], str]) -> None:
        self.app = app
        self.title = title

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in {"/", "/docs"}:
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] != "http.response.body":
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            await send_whole(start, bytes(body))

        async def send_whole(start: Message, body: bytes) -> None:
            headers = MutableHeaders(scope=start)
            if "text/html" in headers.get("content-type", "") and body:
                nonce = secrets.token_urlsafe(16)
                if scope["path"] == "/":
                    body = document(body.decode(), self.title()).encode()
                body = with_nonce(body.decode(), nonce).encode()
                headers["Content-Security-Policy"] = policy(nonce, scope["path"])
                headers["Content-Length"] = str(len(body))
                headers["Cache-Control"] = "no-store"
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, collect)


def policy(nonce: str, path: str) -> str:
    """Return the page's Content-Security-Policy.

    Gradio compiles the template and the script of each HTML component (both fixed here) in the
    browser, which takes 'unsafe-eval'; scripts written into the page run only with this answer's
    nonce.
    """
    evaluated = " 'unsafe-eval'" if path == "/" else ""
    return POLICY.format(scripts=f" 'nonce-{nonce}'{evaluated}")


def with_nonce(html: str, nonce: str) -> str:
    return re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', html)


class _Parts(HTMLParser):
    """Gathers from Gradio's document what its program needs, and nothing else."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.settings: list[str] = []
        self.program: list[str] = []
        self.styles: list[str] = []
        self._script: list[str] | None = None  # its text so far; None outside of scripts

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script":
            self._script = []
        source = given.get("src") or ""
        if tag == "script" and given.get("type") == "module" and source.startswith("./"):
            self.program.append(source)
        link = given.get("href") or ""
        if tag == "link" and given.get("rel") == "stylesheet" and link.startswith("./"):
            self.styles.append(link)

    def handle_endtag(self, tag: str) -> None:
        script = "".join(self._script or ()).strip()
        if script.startswith("window.gradio_"):
            self.settings.append(script)
        self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)


def document(gradio_html: str, title: str) -> str:
    """Return our document around Gradio's program: its settings, script and style are taken over.

    Left out is the rest of `gradio_html`: a script for embedding, tags for social networks, a
    manifest, an icon.
    """
    parts = _Parts()
    parts.feed(gradio_html)
    parts.close()
    return _DOCUMENT.format(
        title=render.attribute(title),
        named="unnamed" if title.casefold() == "footnote" else "named",
        heading=render.text(title),
        settings="".join(f"<script>{setting}</script>" for setting in parts.settings),
        styles="".join(f'<link rel="stylesheet" href="{style}">' for style in parts.styles),
        program="".join(
            f'<script type="module" src="{source}"></script>' for source in parts.program
        ),
    )


_DOCUMENT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<base href="./">
<title>Footnote</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="./page/icon.svg">
{styles}
<link rel="stylesheet" href="./page/base.css">
<link rel="stylesheet" href="./page/page.css">
{settings}
<script>window.__gradio_mode__ = "app";</script>
<script src="./page/page.js" defer></script>
{program}
</head>
<body>
<header id="masthead">
<p class="wordmark">Footnote<sup>1</sup></p>
<h1 class="{named}" dir="auto" title="{title}">{heading}</h1>
<button type="button" id="show-documents">Documents</button>
</header>
<gradio-app control_page_title="true" embed="false" eager="true"></gradio-app>
<aside id="panel" aria-label="Document" tabindex="-1">
<div class="bar">
<button type="button" id="all-documents" aria-label="All documents" hidden>Documents</button>
<span id="open-title" aria-hidden="true" dir="auto"></span>
<button type="button" id="close" aria-label="Close the document">Close</button>
</div>
<div id="leaf" tabindex="-1"></div>
</aside>
<div id="announcer" aria-live="polite" aria-atomic="true"></div>
</body>
</html>
"""
