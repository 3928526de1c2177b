"""The Gradio events of a conversation beside asking: ask again, stop, reopen.

The page's scripts raise `retry` and `input` on the newest turn's HTML component, with what they
hand on in `value`: a question, or a conversation that the browser kept.
"""

# Gradio reads the annotation of `data` when the event comes: here, none is postponed.

import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from markupsafe import Markup

from assistant.shown import known
from assistant.web import render
from assistant.web.answerer import Answerer
from assistant.web.keeping import Unreadable, returned
from assistant.web.offering import Progress
from assistant.web.turns import Turn, next_number, shown

_LOG = logging.getLogger(__name__)
_LONGEST_NAME = 100  # characters

# Lets an HTML component hear what the page's scripts ask for, and tells them that it does.
HEAR = (
    "element.addEventListener('asked', (event) => trigger('retry', event.detail));"
    "element.addEventListener('reopened', (event) => trigger('input', event.detail));"
    "element.dispatchEvent(new CustomEvent('hearing', {bubbles: true}));"
)

Answering = Callable[..., AsyncIterator[tuple[Any, ...]]]


def asking(answering: Answering) -> Answering:
    """Return the event that answers what is in the question box, or what a script asks.

    In the second case the box is left alone: the reader may be writing in it.
    """
    import gradio as gr  # slow to import

    async def asking(
        box: str,
        turns: list[Turn],
        judged: dict[str, Any],
        progress: Progress,
        only: str,
        data: gr.EventData,
    ) -> AsyncIterator[tuple[Any, ...]]:
        if not isinstance(data.target, gr.HTML):
            async for said in answering(box, turns, judged, progress, only):
                yield said
            return
        question = getattr(data, "value", None)
        if not isinstance(question, str):
            return
        async for left, *rest in answering(question, turns, judged, progress, only):
            yield (gr.skip() if left == "" else left, *rest)

    return asking


def stopped(turns: list[Turn], asked: str) -> tuple[Any, str]:
    """Return the turn that was being answered as stopped, and that nothing is asked any more."""
    import gradio as gr

    if not asked:  # it was answered this very moment
        return gr.skip(), ""
    return render.unanswered(next_number(turns), asked, "Stopped."), ""


def reopening(assistant: Answerer) -> Callable[..., tuple[Any, ...]]:
    """Return the event.

    It gives past turns, the newest, the turns kept, the newest's number and what could be asked
    next: nothing yet.
    """
    import gradio as gr

    def reopening(
        progress: Progress, data: gr.EventData
    ) -> tuple[Markup, Markup, list[Turn], int, str]:
        progress.step()
        past, current, turns, newest = reopened(assistant, getattr(data, "value", None))
        name = str(getattr(data, "name", None) or "")[:_LONGEST_NAME]  # so the page knows its own
        current += render.html('<template data-reopened="{}"></template>', name)
        return past, current, turns, newest, ""

    return reopening


def reopened(assistant: Answerer, sent: object) -> tuple[Markup, Markup, list[Turn], int]:
    """Return past turns and the newest as HTML, the turns to keep and the newest's number."""
    try:
        turns, pending = returned(assistant, sent)
    except Unreadable as error:
        _LOG.warning("A conversation could not be reopened. %s", error)
        return Markup(), render.unreadable(), [], 0
    find = known(assistant.document)
    if pending is None:
        past, newest = (shown(some, {}, lookup=find) for some in (turns[:-1], turns[-1:]))
        return past, newest, turns, turns[-1].number
    number = next_number(turns)
    why = "The page was left before this was answered."
    return shown(turns, {}, lookup=find), render.unanswered(number, pending, why), turns, number
