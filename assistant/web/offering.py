"""The Gradio events that offer questions: on the empty page, and to go on with after an answer.

Each question was answered before it is offered, which takes about as long as answering it, so they
come one by one; what belongs to the empty page is kept until the documents change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from assistant.errors import AssistantError
from assistant.values import Answer
from assistant.web import render, scope
from assistant.web.turns import Turn

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_MOST_KEPT = 100  # choices of documents whose questions are kept

# Lets the page's empty state follow what is indexed, and which documents are asked.
HEAR = (
    "for (const name of ['documents', 'scope']) document.addEventListener(name, () => "
    "document.querySelector('gradio-app .turn') || trigger('input'));"
)


@dataclass
class Progress:
    """How far one reader's conversation is: all events of their page share it.

    Gradio's own way to end what is under way does not reach what has only just begun.
    """

    steps: int = 0

    def step(self) -> None:
        self.steps += 1


class Offering:
    """What is offered over one Assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._digests: tuple[str, ...] = ()  # of the documents that `_kept` is drawn from
        self._kept: dict[tuple[str, ...], list[str]] = {}  # by the documents that are asked

    def suggesting(self, only: str) -> Iterator[tuple[Markup, Markup]]:
        """Yield what introduces the page, and a growing list of questions to begin with."""
        intro = render.empty(_asked(only) or count(self._assistant))
        found: list[str] = []
        yield intro, render.suggestions(found)
        for question in self._suggested(only):
            found.append(question)
            yield intro, render.suggestions(found)

    def following(
        self, turns: list[Turn], newest: int, progress: Progress, only: str
    ) -> Iterator[Any]:
        """Yield a growing list of questions to go on with; an empty one where there is no answer.

        After small talk, those to begin with that were not asked yet. It ends when the conversation
        has gone on.
        """
        import gradio as gr  # slow to import

        reached = progress.steps
        yield ""
        if not turns or turns[-1].number != newest:  # stopped, or an error
            return
        *before, answer = (turn.answer for turn in turns)
        found: list[str] = []
        for question in self._followed(answer, before, only):
            if progress.steps != reached:
                yield gr.skip()  # at its end, Gradio shows what came last once more
                return
            found.append(question)
            yield render.follow_ups(found)

    def _suggested(self, only: str) -> Iterator[str]:
        """Yield questions to begin with: the same again while the documents stay as they are."""
        try:
            documents = scope.chosen(only)
            digests = tuple(record.digest for record in self._assistant.records())
            if digests != self._digests or len(self._kept) >= _MOST_KEPT:
                self._digests, self._kept = digests, {}
            kept, chosen = self._kept, tuple(documents or ())
            if chosen in kept:
                yield from kept[chosen]
                return
            found = []
            for question in self._assistant.suggestions(documents=documents):
                found.append(question)
                yield question
            kept[chosen] = found
        except AssistantError:  # a page without questions; asking says what is wrong
            return

    def _followed(self, answer: Answer, before: Sequence[Answer], only: str) -> Iterator[str]:
        if answer.kind == "reply":
            asked = {earlier.question for earlier in before}
            yield from (question for question in self._suggested(only) if question not in asked)
            return
        try:
            yield from self._assistant.follow_ups(answer, before, scope.chosen(only))
        except AssistantError:
            return


def _asked(only: str) -> int:
    """Return to how many documents questions are limited; 0 where all are asked."""
    try:
        return len(scope.chosen(only) or ())
    except AssistantError:
        return 0


def count(assistant: Assistant) -> int:
    """Return how many documents are indexed; 0 also where they cannot be read: asking says why."""
    try:
        return len(assistant.records())
    except AssistantError:
        return 0
