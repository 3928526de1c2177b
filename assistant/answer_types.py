"""What kind of answer a question asks for, and where a sentence holds one of that kind.

Rules of English form alone: question words, digits, number words, months, capital letters.
"""

from __future__ import annotations

import re
from typing import Literal

from assistant.values import Span
from assistant.words import content_stems, stem, words

AnswerType = Literal["number", "date", "name"]

_NUMBER_QUESTION = re.compile(
    r"\bhow (?:many|much|often|old|long|far|large|big|tall|high|deep|wide|heavy|fast)\b"
    r"|\b(?:what|which) (?:\w+ )?(?:share|percentage|percent|proportion|fraction|number|amount|"
    r"portion|quantity|rate|price|cost|sum|total)\b"
)
_SHARE_QUESTION = re.compile(r"\b(?:share|percentage|percent|proportion|fraction|portion|rate)\b")
_DATE_QUESTION = re.compile(
    r"^(?:\w+ )?when\b|\b(?:what|which) (?:\w+ )?(?:year|date|day|month|decade|century)\b"
    r"|\bsince when\b"
)
_NAME_QUESTION = re.compile(r"\b(?:who|whom|whose)\b")

_ABOUT = (
    r"(?:(?:over|above|under|nearly|almost|about|around|approximately|roughly|some|only|just|"
    r"exactly|up to|more than|less than|fewer than|at least|at most|no more than|as many as)\s+)?"
)
_WORD_NUMBER = (
    r"(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    r"fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    r"ninety|half|dozens?|hundreds?|thousands?)"
    r"(?:-(?:one|two|three|four|five|six|seven|eight|nine|half|thirds?|quarters?|fifths?))?)"
)
_SCALE = r"(?:\s?%|\s+(?:percent|per cent|hundred|thousand|million|billion|trillion|dozen)\b){0,2}"
_NUMBER = re.compile(
    rf"\b{_ABOUT}(?:[$€£¥]\s?)?(?:\d[\d,]*(?:\.\d+)?|{_WORD_NUMBER}\b){_SCALE}"
    rf"|[$€£¥]\s?\d[\d,]*(?:\.\d+)?{_SCALE}",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}\s+{_MONTH}(?:,?\s+\d{{4}})?|{_MONTH}\s+\d{{1,2}}(?:,?\s+\d{{4}})?"
    rf"|{_MONTH}\s+\d{{4}}|(?:1[0-9]|20)\d\ds?)\b"
)
_NAME = re.compile(
    r"(?:(?:Dr|Mr|Mrs|Ms|Prof)\.\s+)?[^\W\d_a-z][\w’'\-]+"
    r"(?:\s+(?:of|de|da|del|der|den|van|von|bin|al|the|[A-Z]\.|[^\W\d_a-z][\w’'\-]+))*"
    r"\s+[^\W\d_a-z][\w’'\-]+"
)


def expected(question: str) -> AnswerType | None:
    """Return the kind of span that would answer the question, if its words tell."""
    asked = question.lower().strip()
    if _NUMBER_QUESTION.search(asked):
        return "number"
    if _DATE_QUESTION.search(asked):
        return "date"
    if _NAME_QUESTION.search(asked):
        return "name"
    return None


def spans(kind: AnswerType, sentence: str) -> list[Span]:
    """Return where the sentence holds numbers (years left out), dates or names, in order."""
    if kind == "number":
        dates = [match.span() for match in _DATE.finditer(sentence)]
        return [
            match.span()
            for match in _NUMBER.finditer(sentence)
            if not any(start < match.end() and match.start() < end for start, end in dates)
        ]
    pattern = _DATE if kind == "date" else _NAME
    return [match.span() for match in pattern.finditer(sentence)]


def short_answer(question: str, sentence: str) -> Span | None:
    """Return the span of the sentence that plainly answers the question, or None.

    Plainly: it is of the kind that is asked for and it is the only one, or the only one that stands
    before the thing that is counted ("how many countries": "over 100 countries").
    """
    kind = expected(question)
    if kind is None:
        return None
    asked = content_stems(question)
    found = [span for span in spans(kind, sentence) if not _repeats(sentence[slice(*span)], asked)]
    if kind == "number":
        if _SHARE_QUESTION.search(question.lower()):
            found = [span for span in found if _is_share(sentence[slice(*span)])]
        else:
            counted = [_with_counted(sentence, span, asked) for span in found]
            found = [span for span in counted if span is not None] or found
    return found[0] if len(found) == 1 else None


def _repeats(text: str, asked: set[str]) -> bool:
    """Whether the question already holds the span's words: it cannot be what is asked for."""
    return all(stem(word) in asked for word in words(text))


def _is_share(text: str) -> bool:
    return bool(re.search(r"%|per ?cent|half|third|quarter|fifth", text, re.IGNORECASE))


def _with_counted(sentence: str, span: Span, asked: set[str]) -> Span | None:
    """Return the span with the counted thing behind it, up to three words on, if that is asked.

    Where that is the first of several ("900 police and security programs"), it goes on to the last
    that is asked.
    """
    following = re.match(r"(?:\s+[^\W\d][\w’'\-]*){1,7}", sentence[span[1] :])
    if following is None:
        return None
    found = list(re.finditer(r"[\w’'\-]+", following.group()))
    is_asked = [stem(word.group().lower()) in asked for word in found]
    if True not in is_asked[:3]:
        return None
    last = is_asked.index(True)
    if [word.group() for word in found[last + 1 : last + 2]] in (["and"], ["or"]):
        last = max(n for n in range(last, min(last + 5, len(found))) if is_asked[n])
    return span[0], span[1] + found[last].end()
