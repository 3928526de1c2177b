"""The Gradio events that offer questions: on the empty page, and to go on with after an answer.

Each question was answered before it is offered, which takes about as long as answering it, so they
come one by one; what belongs to the empty page is kept until the documents change. Whoever asks
comes first: one reader's questions are sought at a time, only while nobody asks, and not for long.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from assistant.errors import AssistantError
from assistant.values import Answer
from assistant.web import render, scope
from assistant.web.admission import Admission, Left
from assistant.web.answerer import Answerer
from assistant.web.turns import Turn

_MOST_KEPT = 100  # choices of documents whose questions are kept
_LONGEST_SECONDS = 30.0  # that questions are sought for one reader, waiting included
_LOOK_SECONDS = 2.0

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


class _Late(Exception):
    """Nobody wants the questions any more, or seeking them has taken too long."""


Pause = Callable[[], None]  # waits while anybody asks; raises _Late


class Offering:
    """What is offered over one Assistant; `line` is where questions wait for their answer."""

    def __init__(self, assistant: Answerer, line: Admission) -> None:
        self._assistant = assistant
        self._asking = line
        self._seeking = Admission(at_once=1, name="suggesting")
        self._digests: tuple[str, ...] = ()  # of the documents that `_kept` is drawn from
        self._kept: dict[tuple[str, ...], list[str]] = {}  # by the documents that are asked

    async def suggesting(self, only: str) -> AsyncIterator[tuple[Markup, Markup]]:
        """Yield what introduces the page, and a growing list of questions to begin with."""
        intro = render.empty(
            await asyncio.to_thread(lambda: _asked(only) or count(self._assistant))
        )
        found: list[str] = []
        yield intro, render.suggestions(found)
        async for question in self._suggested(only, lambda: False):
            found.append(question)
            yield intro, render.suggestions(found)

    async def following(
        self, turns: list[Turn], newest: int, progress: Progress, only: str
    ) -> AsyncIterator[Any]:
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
        followed = self._followed(answer, before, only, lambda: progress.steps != reached)
        async for question in followed:
            if progress.steps != reached:
                yield gr.skip()  # at its end, Gradio shows what came last once more
                return
            found.append(question)
            yield render.follow_ups(found)

    async def _suggested(self, only: str, unwanted: Callable[[], bool]) -> AsyncIterator[str]:
        """Yield questions to begin with: the same again while the documents stay as they are."""
        known = await asyncio.to_thread(self._known, only)
        if known is not None:
            for question in known:
                yield question
            return

        def seek(pause: Pause) -> Iterator[str]:
            known = self._known(only)
            if known is not None:  # found for someone else while this reader waited
                yield from known
                return
            kept, documents, found = self._kept, scope.chosen(only), []
            for question in self._assistant.suggestions(documents=documents, before_each=pause):
                found.append(question)
                yield question
            kept[tuple(documents or ())] = found

        async for question in self._sought(seek, unwanted):
            yield question

    def _known(self, only: str) -> list[str] | None:
        """Return the questions that were found before; None where they are to be sought."""
        try:
            chosen = tuple(scope.chosen(only) or ())
            digests = tuple(record.digest for record in self._assistant.records())
        except AssistantError:  # a page without questions; asking says what is wrong
            return []
        if digests != self._digests or len(self._kept) >= _MOST_KEPT:
            self._digests, self._kept = digests, {}
        return self._kept.get(chosen)

    async def _followed(
        self,
        answer: Answer,
        before: Sequence[Answer],
        only: str,
        unwanted: Callable[[], bool],
    ) -> AsyncIterator[str]:
        if answer.kind == "reply":
            asked = {earlier.question for earlier in before}
            async for question in self._suggested(only, unwanted):
                if question not in asked:
                    yield question
            return

        def seek(pause: Pause) -> Iterator[str]:
            documents = scope.chosen(only)
            yield from self._assistant.follow_ups(answer, before, documents, before_each=pause)

        async for question in self._sought(seek, unwanted):
            yield question

    async def _sought(
        self, seek: Callable[[Pause], Iterator[str]], unwanted: Callable[[], bool]
    ) -> AsyncIterator[str]:
        """Yield what `seek` yields, which is given what to call before each question that it tries.

        Nothing more once that is `unwanted`, or has taken too long, or where it fails.
        """
        until = time.monotonic() + _LONGEST_SECONDS

        def late() -> bool:
            return unwanted() or time.monotonic() > until

        def pause() -> None:
            while not late():
                if self._asking.quiet(_LOOK_SECONDS):
                    return
            raise _Late

        try:
            with self._seeking.place() as place:
                async for _ in place.waiting(_LOOK_SECONDS):
                    if late():
                        return
                async for question in place.steps(seek(pause)):
                    yield question
        except (AssistantError, Left, _Late):
            return


def _asked(only: str) -> int:
    """Return to how many documents questions are limited; 0 where all are asked."""
    try:
        return len(scope.chosen(only) or ())
    except AssistantError:
        return 0


def count(assistant: Answerer) -> int:
    """Return how many documents are indexed; 0 also where they cannot be read: asking says why."""
    try:
        return len(assistant.records())
    except AssistantError:
        return 0
