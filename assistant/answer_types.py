"""What kind of answer a question asks for, and where a sentence holds one of that kind.

Rules of English form alone: question words, digits, number words, months, capital letters.
"""

from __future__ import annotations

import re
from typing import Literal

from assistant.values import Span
from assistant.words import STOP_WORDS, content_stems, stem, words

AnswerType = Literal["number", "date", "name"]

_NUMBER_QUESTION = re.compile(
    r"\bhow (?:many|much|often|old|long|far|large|big|tall|high|deep|wide|heavy|fast)\b"
    r"|\b(?:what|which) (?:\w+ )?(?:share|percentage|percent|proportion|fraction|number|amount|"
    r"portion|quantity|rate|price|cost|sum|total)\b"
)
_SHARE_QUESTION = re.compile(r"\b(?:share|percentage|percent|proportion|fraction|portion|rate)\b")
_MONEY_QUESTION = re.compile(
    r"\bhow much\b.*\b(?:cost|pay|paid|spen[dt]|earn|worth|price)|\bwhat (?:price|cost|sum)\b"
)
_GENERIC = {stem(word) for word in ("year", "date", "day", "month", "decade", "century")}
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
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}\s+{_MONTH}(?:,?\s+\d{{4}})?|{_MONTH}\s+\d{{1,2}}(?:,?\s+\d{{4}})?"
    rf"|{_MONTH}\s+\d{{4}}|(?:1[0-9]|20)\d\ds?)\b"
)
_NAME = re.compile(
    r"\b(?:(?:Dr|Mr|Mrs|Ms|Prof)\.\s+)?[^\W\d_a-z][\w’'\-]+"
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
    """Return the number or date of the sentence that plainly answers the question, or None.

    Plainly: it is the only one of the kind that is asked for, in a sentence that has the question's
    own names and numbers (for a date: all of its words). A number counts only together with what is
    counted ("how many countries": "over 100 countries") or measured (a share, a sum of money), and
    not as one end of a range or a part of a whole ("3 of 12 countries"). Who is named cannot be
    told by form: no name is ever given.
    """
    kind = expected(question)
    asked = content_stems(question)
    needed = asked - _GENERIC if kind == "date" else named_stems(question)
    if kind is None or kind == "name" or not needed <= {stem(word) for word in words(sentence)}:
        return None
    found = [span for span in spans(kind, sentence) if not _repeats(sentence[slice(*span)], asked)]
    if kind == "number":
        found = _measured(question.lower(), sentence, found, asked)
    else:
        found = [span for span in found if not _is_count(sentence, span)]
    return found[0] if len(found) == 1 else None


def named_stems(question: str) -> set[str]:
    """Return the stems of the question's names and numbers.

    A name is a capitalised word that does not begin the question; a number holds a digit.
    """
    tokens = re.findall(r"\w[\w’'\-]*", question)
    names = [token for token in tokens[1:] if token[0].isupper() or token[0].isdigit()]
    return {stem(word) for name in names for word in words(name) if word not in STOP_WORDS}


def _measured(question: str, sentence: str, found: list[Span], asked: set[str]) -> list[Span]:
    """Return the spans that say how many or how much of what was asked for."""
    if _SHARE_QUESTION.search(question):
        return [span for span in found if _is_share(sentence[slice(*span)])]
    if any(_joined(sentence, span) for span in found):
        return []
    if _MONEY_QUESTION.search(question):
        return [span for span in found if re.search(r"[$€£¥]", sentence[slice(*span)])]
    counted = [_with_counted(sentence, span, asked) for span in found]
    return [span for span in counted if span is not None]


def _joined(sentence: str, span: Span) -> bool:
    """Whether the number is one end of a range, a part of a whole, or a negation."""
    before, after = sentence[: span[0]], sentence[span[1] :]
    return bool(
        re.search(
            r"(?:\d\s*[-–]|\d\s|\b(?:between|no|of|to)(?: the| all)?\s)$", before, re.IGNORECASE
        )
        or re.match(r"\s*[-–]\s*\d|\s\d|\s+(?:out )?of (?:the |all )?\d|\s+(?:and|to|or) \d", after)
    )


def _is_count(sentence: str, span: Span) -> bool:
    """Whether four digits count something ("1200 ships") rather than name a year."""
    text = sentence[slice(*span)]
    return text.isdigit() and bool(re.match(r"\s+[a-z]+s\b(?! in\b)", sentence[span[1] :]))


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
