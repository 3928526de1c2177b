"""The Gradio event of a thumb or a remark.

Of what Gradio offers for feedback, its Chatbot would bring thumbs and a message list of its own;
the conversation here is HTML components, and they have the same `like` event with the same
`LikeData`. The page's script (`page.js`) raises it.
"""

# Gradio reads the annotation of `data` when the event comes: here, none is postponed.

import logging
from collections.abc import Callable
from typing import Any

from assistant.errors import AssistantError
from assistant.feedback import Thumbs
from assistant.shown import known
from assistant.web.answerer import Answerer
from assistant.web.turns import Judged, Turn, judge, shown

_LOG = logging.getLogger(__name__)

# The script of an HTML component that hands what page.js says of an answer to its `like` event.
LIKE = "element.addEventListener('judged', (event) => trigger('like', event.detail));"


def judging(assistant: Answerer, *, current: bool) -> Callable[..., tuple[Any, Any]]:
    """Return the event: it yields the judged turn's component anew, and what is judged.

    `current` says in which component it happened: that of the newest turn, or that of those before.
    """
    import gradio as gr  # slow to import

    def judging(
        turns: list[Turn], newest: int, judged: Judged, data: gr.LikeData
    ) -> tuple[Any, Any]:
        there = [turn for turn in turns if (turn.number == newest) == current]
        turn = next((turn for turn in there if turn.number == data.index), None)
        if turn is None or not turn.judgeable:  # of a conversation that was left meanwhile
            return gr.skip(), gr.skip()
        thumbs: Thumbs = "up" if data.liked is True else "down"
        remark = data.value if isinstance(data.value, str) else None
        problems = {}
        try:
            said = judge(assistant.workspace.evals, turn, thumbs, remark, judged.get(turn.id))
            judged = {**judged, turn.id: said}
        except AssistantError as error:
            _LOG.warning("Feedback was not kept: %s", error)
            problems = {turn.id: str(error)}
        return shown(there, judged, problems, known(assistant.document)), judged

    return judging
