"""The chat page: a Gradio page for the conversation, inside a document of ours.

Gradio carries questions and growing answers between the reader and the Assistant, keeps each
reader's conversation apart from the others' while the page is open (afterwards only their browser
has it: `keeping.py`), and owns the question box. The document around it is ours (`frame.py`), and
so are the panel that shows a footnote's document (`fragments.py`), style and scripts (`static/`).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from markupsafe import Markup

from assistant.errors import AssistantError, BadQuestion, TooManyAsking, UnknownDocument
from assistant.shown import known
from assistant.values import SyncReport
from assistant.web import listing, render, scope
from assistant.web.admission import Admission, Left
from assistant.web.answerer import Answerer
from assistant.web.fragments import routes
from assistant.web.frame import OwnDocument
from assistant.web.freshness import Freshness
from assistant.web.gradio_requests import GradioRequests
from assistant.web.indexing import Indexing
from assistant.web.keeping import carried
from assistant.web.offering import HEAR as HEAR_DOCUMENTS
from assistant.web.offering import Offering, Progress, count
from assistant.web.talking import HEAR, asking, reopening, stopped
from assistant.web.thumbs import LIKE, judging
from assistant.web.turns import (
    LONGEST_CONVERSATION,
    Judged,
    Turn,
    history,
    next_number,
    shown,
)

if TYPE_CHECKING:
    import gradio


_LOG = logging.getLogger(__name__)
_PATIENCE_SECONDS = 0.4  # a refresh that takes longer is indexing something: say so
_WAITING_SECONDS = 2.0  # between words to who waits; only then is it seen that their page is closed
_MOST_EVENTS = 200  # at once, most of which wait: no thread is held meanwhile
_BROKEN = (
    "Something went wrong while answering. Ask again; if it happens again, the window in which "
    "Footnote runs says why."
)


def mount(
    app: FastAPI,
    assistant: Answerer,
    indexing: Indexing,
    line: Admission,
    freshness: Freshness,
    *,
    read_only: bool = False,
) -> None:
    """Put the page onto `app`, at "/"; what it fetches, and sends files to, is under "/page"."""
    app.include_router(listing.routes(assistant, indexing, read_only=read_only))
    app.include_router(routes(assistant))
    mount_conversation(app, assistant, line, freshness, read_only=read_only)


def mount_conversation(
    app: FastAPI,
    assistant: Answerer,
    line: Admission,
    freshness: Freshness,
    *,
    read_only: bool = False,
) -> None:
    """Put Gradio's part of the page onto `app`, in a document of ours."""
    gr = _gradio()
    blocks = conversation(assistant, line, freshness)
    gr.mount_gradio_app(
        app,
        blocks,
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
    root = str(assistant.workspace.root).encode()
    workspace = hashlib.sha256(root).hexdigest()[:16]  # where it lies is nobody's business
    app.add_middleware(
        OwnDocument,
        title=lambda: assistant.title,
        workspace=workspace,
        read_only=read_only,
    )
    app.add_middleware(GradioRequests, blocks=blocks)


def _gradio() -> Any:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: it would call out
    import gradio  # slow to import

    return gradio


def _theme() -> Any:
    """Return a bare theme with the system's fonts; Gradio's default fetches its own."""
    gr = _gradio()
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"])


# The conversation


def conversation(assistant: Answerer, line: Admission, freshness: Freshness) -> gradio.Blocks:
    """Return the Gradio page: what was said, what is being answered, and the question box."""
    gr = _gradio()
    offering = Offering(assistant, line)
    bare = {"js_on_load": LIKE, "apply_default_css": False}
    blocks: gradio.Blocks = gr.Blocks(analytics_enabled=False, title="Footnote", fill_width=True)
    blocks.max_threads = _MOST_EVENTS
    blocks.queue()
    with blocks:
        turns = gr.State([])
        newest = gr.State(0)  # the number of the turn in `current`; all others are in `past`
        judged = gr.State({})
        asked = gr.State("")  # what is being answered
        progress = gr.State(Progress())
        intro = gr.HTML(elem_id="intro", **{**bare, "js_on_load": None})
        past = gr.HTML(elem_id="past", **bare)
        with gr.Column(elem_id="newest"):
            current = gr.HTML(elem_id="current", **{**bare, "js_on_load": LIKE + HEAR})
            following = gr.HTML(elem_id="following", **{**bare, "js_on_load": None})
        suggestions = gr.HTML(elem_id="suggestions", **{**bare, "js_on_load": HEAR_DOCUMENTS})
        with gr.Row(elem_id="composer"):
            question = gr.Textbox(
                elem_id="question",
                label="Your question",
                placeholder="Ask the documents",
                lines=1,
                max_lines=6,
            )
            send = gr.Button("Ask", elem_id="ask")
            stop = gr.Button("Stop", elem_id="stop")
            with gr.Row(elem_id="tools"):
                gr.Button("Conversations", elem_id="earlier")  # for the page's scripts alone
                again = gr.Button("New conversation", elem_id="again")
                gr.Button("Export", elem_id="export")  # likewise
            gr.HTML(scope.PLACE, elem_id="scope", apply_default_css=False)
        only = gr.Textbox(visible=False)

        answered: dict[str, Any] = {
            "outputs": [question, past, current, turns, newest, asked, following],
            "show_progress": "hidden",
            "trigger_mode": "once",
            "concurrency_limit": None,
            "api_visibility": "private",
            "js": scope.CHOSEN,
        }
        answering = gr.on(
            [question.submit, send.click, current.retry],
            asking(_answering(assistant, line, freshness)),
            [question, turns, judged, progress, only],
            **answered,
        )
        quiet: dict[str, Any] = {
            "show_progress": "hidden",
            "concurrency_limit": None,
            "api_visibility": "private",
        }
        followed: dict[str, Any] = {
            "fn": offering.following,
            "inputs": [turns, newest, progress, only],
            "outputs": following,
            "js": scope.CHOSEN,
            "trigger_mode": "multiple",
            **quiet,
        }
        suggested: dict[str, Any] = {
            "fn": offering.suggesting,
            "inputs": only,
            "outputs": [intro, suggestions],
            **quiet,
        }
        answering.then(**followed)
        reopened = [past, current, turns, newest, following]
        current.input(reopening(assistant), progress, reopened, cancels=answering, **quiet).then(
            **followed
        )
        stop.click(stopped, [turns, asked], [current, asked], cancels=answering, **quiet)
        again.click(
            _beginning_anew,
            progress,
            [*answered["outputs"], judged],
            cancels=answering,
            **quiet,
        ).then(js=scope.CHOSEN, **suggested)
        for component in (past, current):
            component.like(
                judging(assistant, current=component is current),
                [turns, newest, judged],
                [component, judged],
                trigger_mode="multiple",  # a thumb and a remark may follow quickly
                concurrency_id="judging",  # one after the other: each adds to what is judged
                **{**quiet, "concurrency_limit": 1},
            )
        blocks.load(js=scope.CHOSEN, **suggested)
        suggestions.input(js=scope.CHOSEN, trigger_mode="always_last", **suggested)
    return blocks


def _answering(
    assistant: Answerer, line: Admission, freshness: Freshness
) -> Callable[..., AsyncIterator[tuple[Any, ...]]]:
    """Return the Gradio event that answers.

    It yields the question box, past turns, the newest, the turns kept, the newest's number, what is
    being answered and what could be asked next.
    """
    gr = _gradio()

    async def answering(
        question: str | None, turns: list[Turn], judged: Judged, progress: Progress, only: str
    ) -> AsyncIterator[tuple[Any, ...]]:
        progress.step()
        begun = False
        skip = gr.skip()
        question = question or ""
        async for step in answer(assistant, line, freshness, question, turns, only):
            if isinstance(step, Turn):
                kept = [*turns, step][-LONGEST_CONVERSATION:]
                newest = await asyncio.to_thread(_newest, assistant, step, judged)
                # Both at once: thumbs that are on the page find their answer on the server.
                yield skip, skip, newest, kept, skip, "", skip
            elif step is REFUSED:
                yield render.printable(question), skip, skip, skip, skip, skip, skip
            elif not begun:
                begun = True
                find = known(assistant.document)
                past = await asyncio.to_thread(shown, turns, judged, lookup=find)
                number, said = next_number(turns), render.printable(question)
                yield "", past, step, skip, number, said, ""
            else:
                yield skip, skip, step, skip, skip, skip, skip

    return answering


def _newest(assistant: Answerer, turn: Turn, judged: Judged) -> str:
    return shown([turn], judged, lookup=known(assistant.document)) + carried(turn)


def _beginning_anew(progress: Progress) -> tuple[Any, ...]:
    """Return what `_answering` yields, and what is judged, for a page on which nothing was said."""
    progress.step()
    return "", "", "", [], 0, "", "", {}


REFUSED = object()  # yielded by `answer` when the question must be written anew


async def answer(
    assistant: Answerer,
    line: Admission,
    freshness: Freshness,
    question: str,
    turns: list[Turn],
    only: str = "",
) -> AsyncIterator[Markup | Turn | object]:
    """Yield the HTML of the turn as it grows and, once it is whole, the `Turn` to show and keep.

    `only` names the documents that are asked, as the page sent them; all when it is empty. An error
    that a person can mend is a line in place of the answer; nothing is kept then.
    """
    number = next_number(turns)
    question = question.strip()
    try:
        line.check()
        report = None
        async for report in _refreshed(freshness):
            if report is None:
                yield render.working(number, question, "Indexing new documents…")
        with line.place() as place:
            async for ahead in place.waiting(_WAITING_SECONDS):
                yield render.working(number, question, _waiting(ahead))
            async for step in place.steps(_answered(assistant, question, turns, only, report)):
                yield step
    except Left:
        return
    except UnknownDocument:
        yield render.failed(number, question, scope.GONE)
        yield REFUSED
    except AssistantError as error:
        unsaid = isinstance(error, BadQuestion | TooManyAsking)
        yield render.failed(number, question, str(error), again=not isinstance(error, BadQuestion))
        if unsaid:
            yield REFUSED
    except Exception:
        _LOG.exception("The question could not be answered")
        yield render.failed(number, question, _BROKEN)


async def _refreshed(freshness: Freshness) -> AsyncIterator[SyncReport | None]:
    """Yield None once if the refresh takes time, and in the end its report where there is one."""
    refresh = asyncio.ensure_future(freshness.refreshed())
    try:
        await asyncio.wait({refresh}, timeout=_PATIENCE_SECONDS)
        if not refresh.done():
            yield None
        report = await refresh
    finally:
        refresh.cancel()
    if report is not None:
        yield report


def _answered(
    assistant: Answerer, question: str, turns: list[Turn], only: str, report: SyncReport | None
) -> Iterator[str | Turn]:
    number = next_number(turns)
    documents = scope.chosen(only)
    yield render.working(number, question, _reading(assistant, documents))
    notice = assistant.notice or render.report_notice(report)
    whole, find = None, known(assistant.document)
    for whole in assistant.stream(question, history=history(turns), documents=documents):
        yield render.answered(number, question, whole, lookup=find, done=False)
    if whole is not None:
        records = assistant.records()
        limited = scope.notice(documents, {record.path: record.title for record in records})
        digests = {record.path: record.digest for record in records}
        yield Turn(number, question, whole, digests, " ".join(filter(None, (notice, limited))))


def _waiting(ahead: int) -> str:
    return f"Many are asking: {render.counted(ahead + 1, 'question')} before this one…"


def _reading(assistant: Answerer, documents: list[str] | None) -> str:
    number = len(documents) if documents else count(assistant)
    return f"Reading {render.counted(number, 'document')}…" if number else "Reading the documents…"
