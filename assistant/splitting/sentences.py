"""Text -> the spans of its sentences: punkt's, and those of scripts that punkt does not know."""

from __future__ import annotations

import re
from heapq import merge
from itertools import pairwise

from assistant.sources.spans import has_words, trim
from assistant.splitting.punkt import punkt_starts
from assistant.values import Span

# Abbreviations that are also words, or may end a sentence: they go on only before a number.
_BEFORE_NUMBER = re.compile(
    r"\b(?:app|approx|art|arts|ca|cap|ch|chap|circa|col|est|ext|max|min|no|nos|nr|op|p|para|paras|pt|"
    r"sec|sect|tab|tel|v|ver)\.\s+$",
    re.IGNORECASE,
)
# Those that go on before anything.
_BEFORE_ANY = re.compile(r"\b(?:excl|incl)\.\s+$", re.IGNORECASE)
_NUMBER = re.compile(r"[$£€¥]?\d")
# "am 4. Mai 2022": in German, a day's number ends with a full stop.
_GERMAN_DAY = re.compile(
    r"\d{1,2}\.\s+(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|"
    r"Dezember)\b"
)
# Marks that end a sentence in scripts that punkt's English data does not know.
_OTHER_STOPS = re.compile(r"[。！？｡।॥؟۔።]+[”’」』）》〉)\]\"']*")
# What still belongs to the sentence before: closing marks, those of Markdown's emphasis among them,
# and references such as [1].
_TAIL = re.compile(r"(?:[”’»\"')\]}*_]|\[[^\]\s]{1,8}\])+(?=\s|$)")


def sentence_spans(text: str) -> list[Span]:
    """Return the spans of the sentences of `text`, in order, white space around each left out.

    Together they hold every character of `text` but white space between sentences.
    "Dr. Smith met the U.S. envoy. It rained." -> [(0, 29), (30, 40)]

    Raises:
        ModelMissing: the data that llama-index-core carries is not there.
    """
    if not text.strip():
        return []
    starts = merge(punkt_starts(text), (x.end() for x in _OTHER_STOPS.finditer(text)))
    has_case = any(map(str.isupper, text))  # notes without capitals: a small letter says nothing
    kept, read, worded = [0], 0, False  # up to `read`, the last of `kept` has words or has not
    for start in starts:
        start = _after_tail(text, start)
        if start <= read or start >= len(text):
            continue
        worded = worded or has_words(text[read:start])
        read = start
        if worded and not _joins(text, start, has_case=has_case):
            kept.append(start)
            worded = False
    if len(kept) > 1 and not has_words(text[kept[-1] :]):
        kept.pop()
    spans = (trim(text, start, end) for start, end in pairwise([*kept, len(text)]))
    return [span for span in spans if span[0] < span[1]]


def _after_tail(text: str, start: int) -> int:
    """Return where the sentence begins once the marks that close the one before are passed."""
    if start == 0 or text[start - 1].isspace():
        return start
    tail = _TAIL.match(text, start)
    return tail.end() if tail else start


def _joins(text: str, start: int, *, has_case: bool) -> bool:
    """Say whether what begins at `start` goes on with the sentence before."""
    following = text[start : start + 100].lstrip()
    before = text[max(0, start - 20) : start]
    if _BEFORE_ANY.search(before) or (_NUMBER.match(following) and _BEFORE_NUMBER.search(before)):
        return True
    day = re.search(r"\d{1,2}\.\s+$", before)
    if day and _GERMAN_DAY.match(day.group() + following):
        return True
    return has_case and following[:1].islower()
