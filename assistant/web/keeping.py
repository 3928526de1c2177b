"""What a reader's browser keeps of their conversation, and sends back when they return to it.

Nothing of a conversation stays on the server once its page is left. Each finished turn carries its
record to the browser (`carried`), and a conversation that is reopened comes back once (`returned`).
What comes back is text that anyone may have written: its shape and its size are checked, and each
citation is held against its document again. One whose words have moved is found again by them. One
that its document no longer bears out loses its place (`start == end`), so that it is not shown as
proof.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from markupsafe import Markup
from pydantic import Field, TypeAdapter, ValidationError

from assistant.errors import AssistantError
from assistant.finding_again import Places
from assistant.values import Answer, Citation, Passage
from assistant.web import render
from assistant.web.answerer import Answerer
from assistant.web.turns import LONGEST_CONVERSATION, Turn

LARGEST_CONVERSATION_CHARS = 800_000  # as JSON; the page's script keeps less
_MOST_SEARCHED_CHARS = 500_000_000  # for words that moved: a fraction of a second
_MOST_MARKERS = 4_000  # a marker is a few characters here and hundreds on the page

_Place = tuple[str, int, int, str]  # document, start, end, the words there


class Unreadable(ValueError):
    """What a browser sent back is no conversation of ours."""


@dataclass(frozen=True)
class _Record:
    id: str
    question: str
    answer: Answer


@dataclass(frozen=True)
class _Conversation:
    turns: Annotated[list[_Record], Field(max_length=LONGEST_CONVERSATION)]
    pending: str | None  # asked, not answered


_SHAPE = TypeAdapter(_Conversation)


def carried(turn: Turn) -> Markup:
    """Return the turn's record for the browser, in an element that shows nothing."""
    hits = render.nearest(turn.answer)
    answer = replace(turn.answer, hits=list(hits)).to_dict()
    record = json.dumps({"id": turn.id, "question": turn.question, "answer": answer})
    return render.html('<template data-record="{}"></template>', record)


def returned(assistant: Answerer, sent: object) -> tuple[list[Turn], str | None]:
    """Return the turns that a browser kept, numbered from 1, and the question left unanswered.

    Raises:
        Unreadable: `sent` is no such conversation, or too large a one.
    """
    if not isinstance(sent, str) or len(sent) > LARGEST_CONVERSATION_CHARS:
        raise Unreadable("It is no text, or too long.")
    try:
        conversation = _SHAPE.validate_json(sent, strict=True)
    except UnicodeEncodeError as error:
        raise Unreadable("It holds half a surrogate pair.") from error
    except ValidationError as error:
        raise Unreadable(f"It has {error.error_count()} faults.") from error
    answers = [record.answer for record in conversation.turns]
    if not answers and conversation.pending is None:
        raise Unreadable("Nothing was said in it.")
    if not _plausible(answers):
        raise Unreadable("It has more footnotes than fit, or a confidence that is none.")
    standing = _standing(assistant, answers)
    turns = [
        Turn(number, record.question, _checked(record.answer, standing), {}, returned=True)
        for number, record in enumerate(conversation.turns, start=1)
    ]
    return turns, conversation.pending


def _plausible(answers: Iterable[Answer]) -> bool:
    markers = 0
    for answer in answers:
        markers += len(answer.citations) + len(answer.hits)
        markers += sum(len(sentence.citations) for sentence in answer.sentences)
        if not 0 <= answer.confidence <= 1:
            return False
    return markers <= _MOST_MARKERS


def _checked(answer: Answer, standing: Mapping[_Place, _Place]) -> Answer:
    """Return the answer; what its documents no longer bear out is no proof, and is not offered."""
    citations, texts = [], {}
    for citation in answer.citations:
        _, start, end, words = standing.get(_cited(citation), ("", 0, 0, citation.quote))
        citations.append(replace(citation, start=start, end=end, quote=words))
        texts[" ".join(citation.quote.split())] = " ".join(words.split())
    hits = []
    for hit in answer.hits:
        if place := standing.get(_found(hit.passage)):
            _, start, end, words = place
            hits.append(
                replace(hit, passage=replace(hit.passage, start=start, end=end, text=words))
            )
    return replace(
        answer,
        citations=citations,
        sentences=[replace(one, text=texts.get(one.text, one.text)) for one in answer.sentences],
        hits=hits,
    )


def _standing(assistant: Answerer, answers: Iterable[Answer]) -> dict[_Place, _Place]:
    """Return where the words of the answers' places stand now, of those that are still there."""
    asked = defaultdict(set)
    for answer in answers:
        for citation in answer.citations:
            asked[citation.document].add(_cited(citation))
        for hit in answer.hits:
            asked[hit.passage.document].add(_found(hit.passage))
    standing: dict[_Place, _Place] = {}
    patience = _MOST_SEARCHED_CHARS
    try:
        for path in asked.keys() & {record.path for record in assistant.records()}:
            text = assistant.document(path).text
            places = Places(text)
            for place in sorted(asked[path]):
                if _borne_out(text, place):
                    standing[place] = place
                elif place[3] and patience > 0:
                    patience -= len(text)
                    if span := places.find(place[3], place[1]):
                        standing[place] = (path, *span, text[slice(*span)])
    except AssistantError:  # nothing is indexed, or a document went this moment: no proof
        return standing
    return standing


def _borne_out(text: str, place: _Place) -> bool:
    _, start, end, words = place
    return bool(words) and start >= 0 and text[start:end] == words


def _cited(citation: Citation) -> _Place:
    return citation.document, citation.start, citation.end, citation.quote


def _found(passage: Passage) -> _Place:
    return passage.document, passage.start, passage.end, passage.text
