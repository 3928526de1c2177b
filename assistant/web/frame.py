"""The document that the page stands in: ours, with what Gradio's program needs taken over.

Its style and scripts are in `static/`; what Gradio's own document would load from elsewhere is left
out, and only our scripts may run.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from html.parser import HTMLParser

from markupsafe import Markup
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant import sources
from assistant.web import render
from assistant.web.forwarded import inner_path
from assistant.web.guard import POLICY


class OwnDocument:
    """Serves the page, and /docs, in a document of ours: only our scripts may run in it."""

    def __init__(
        self, app: ASGIApp, title: Callable[[], str], workspace: str, read_only: bool = False
    ) -> None:
        self.app = app
        self.title = title
        self.workspace = workspace
        self.read_only = read_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = inner_path(scope) if scope["type"] == "http" else ""
        if path not in {"/", "/docs"}:
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
                if path == "/":
                    body = document(
                        body.decode(), self.title(), self.workspace, read_only=self.read_only
                    ).encode()
                body = with_nonce(body.decode(), nonce).encode()
                headers["Content-Security-Policy"] = policy(nonce, path)
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
    return re.sub(r"<script(?=[\s>])", str(render.html('<script nonce="{}"', nonce)), html)


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


def document(
    gradio_html: str, title: str, workspace: str = "", *, read_only: bool = False
) -> Markup:
    """Return our document around Gradio's program: its settings, script and style are taken over.

    `workspace` tells one from another: browsers keep the conversations with each apart. Unless it
    is `read_only`, it holds what files are chosen with.

    Left out is the rest of `gradio_html`: a script for embedding, tags for social networks, a
    manifest, an icon.
    """
    parts = _Parts()
    parts.feed(gradio_html)
    parts.close()
    return _DOCUMENT.format(
        workspace=render.attribute(workspace),
        title=render.attribute(title),
        named="unnamed" if title.casefold() == "footnote" else "named",
        heading=render.text(title),
        choosing="" if read_only else _CHOOSING,
        settings=_each("<script>{}</script>", map(Markup, parts.settings)),  # Gradio's own
        styles=_each('<link rel="stylesheet" href="{}">', parts.styles),
        program=_each('<script type="module" src="{}"></script>', parts.program),
    )


def _each(template: str, values: Iterable[str]) -> Markup:
    return Markup("").join(render.html(template, value) for value in values)


MOST_AT_ONCE = 100  # files that are chosen or dropped together

_CHOOSING = render.html(
    '<input type="file" id="choose" accept="{}" multiple hidden data-largest="{}" data-most="{}">',
    ",".join(sources.SUFFIXES),
    sources.SIZE_LIMIT_BYTES,
    MOST_AT_ONCE,
)

_DOCUMENT = Markup("""<!doctype html>
<html lang="en" data-workspace="{workspace}">
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
<link rel="stylesheet" href="./page/blocks.css">
<link rel="stylesheet" href="./page/conversation.css">
<link rel="stylesheet" href="./page/preview.css">
<link rel="stylesheet" href="./page/panel.css">
<link rel="stylesheet" href="./page/conversations.css">
<link rel="stylesheet" href="./page/listing.css">
<link rel="stylesheet" href="./page/adding.css">
<link rel="stylesheet" href="./page/scope.css">
<link rel="stylesheet" href="./page/reader.css">
{settings}
<script>window.__gradio_mode__ = "app";</script>
<script type="module" src="./page/page.js"></script>
{program}
</head>
<body>
<header id="masthead">
<p class="wordmark">Footnote<sup>1</sup></p>
<h1 class="{named}" dir="auto" title="{title}">{heading}</h1>
<button type="button" id="show-documents">Documents</button>
</header>
<gradio-app control_page_title="true" embed="false" eager="true"></gradio-app>
<div id="panel" role="complementary" aria-label="Document" tabindex="-1">
<div class="bar">
<button type="button" id="all-documents" aria-label="All documents" hidden>Documents</button>
<span id="open-title" aria-hidden="true" dir="auto"></span>
<button type="button" id="close" aria-label="Close the document">Close</button>
</div>
<section id="intake" aria-label="Files being added" hidden></section>
<div id="leaf" tabindex="-1"></div>
{choosing}
</div>
<dialog id="conversations" class="sheet" aria-labelledby="conversations-title">
<div class="bar">
<h2 id="conversations-title">Conversations</h2>
<button type="button" class="close">Close</button>
</div>
<p class="where">Kept in this browser, and nowhere else.</p>
<ul></ul>
<button type="button" id="delete-all">Delete all</button>
</dialog>
<dialog id="by-hand" class="sheet" aria-labelledby="by-hand-title">
<div class="bar">
<h2 id="by-hand-title">Copy it by hand</h2>
<button type="button" class="close">Close</button>
</div>
<p class="where">This browser does not let the page copy. Here is the text, selected.</p>
<textarea readonly rows="10" aria-labelledby="by-hand-title"></textarea>
</dialog>
<div id="announcer" aria-live="polite" aria-atomic="true"></div>
</body>
</html>
""")
