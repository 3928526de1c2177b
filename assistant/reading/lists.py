"""What a sentence needs of the list that it stands in, introduces or leads to."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.reading.candidates import sentence_text
from assistant.reading.matching import WORTH_ADDING, coverage, heading_holds_more, word_weights
from assistant.values import Passage
from assistant.words import content_stems

# Between two sentences of a passage: the second is an item of a list.
_ITEM = re.compile(r"\n[ \t]*([-*+•]|\d{1,3}[.)])[ \t]+$")
_NUMBERED = re.compile(r"\d")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_FULL_STOPS = (".", "!", "?", "…", "。")
# "How do I …?" asks for what to do, which a numbered list says step by step.
_HOW_TO = re.compile(
    r"\bhow to\b|\b(?:how|what) (?:do|does|can|could|should|must|may|would|shall) "
    r"(?:i|we|you|one|someone|they)\b",
    re.IGNORECASE,
)
_STEPS = frozenset({"step", "procedur", "instruct"})  # stems


class Listed(NamedTuple):
    """Sentences of a passage that belong together, by number, in order."""

    sentences: tuple[int, ...] = ()
    whole: bool = False  # they answer together: words of one of them are no answer


def of_list(question: str, passage: Passage, number: int) -> Listed:
    """Return what the sentence needs of its list: all of it, or an item and what introduces it.

    An item alone is asked for where it holds more of the question's words than what introduces it
    or, if that is what answers, words that it lacks. The heading introduces a list that no sentence
    does. Who asks how to do something is shown every step, also those that come after the sentence.
    """
    steps = asks_for_steps(question)
    items = _items_around(passage, number)
    if not items:
        items = _items_after(passage, number) if steps else []
        return Listed((number, *items), whole=True) if items else Listed()
    if items[0] == 0 or not _introduces(passage, items[0] - 1):
        return _under_heading(question, passage, number, items)
    lead = items[0] - 1
    everything = Listed((lead, *items), whole=steps or number != lead)
    if steps:
        return everything
    weights = word_weights(question, [sentence_text(passage, n) for n in (lead, *items)])
    introduced = coverage(weights, sentence_text(passage, lead))
    if number != lead:
        alone = coverage(weights, sentence_text(passage, number)) > introduced
        return Listed((lead, number)) if alone else everything
    held = {n: coverage(weights, _both(passage, lead, n)) - introduced for n in items}
    asked = [n for n in items if held[n] >= WORTH_ADDING]
    return Listed((lead, *asked)) if asked else everything


def asks_for_steps(question: str) -> bool:
    """Whether a question asks how to do something."""
    return bool(_HOW_TO.search(question)) or not _STEPS.isdisjoint(content_stems(question))


def _under_heading(question: str, passage: Passage, number: int, items: list[int]) -> Listed:
    """Return a list whole where its heading, rather than the item, is asked about."""
    numbered = any(_NUMBERED.match(_mark(passage, n)) for n in items)
    steps = numbered and asks_for_steps(question)
    if steps or heading_holds_more(question, passage, sentence_text(passage, number)):
        return Listed(tuple(items), whole=True)
    return Listed()


def _items_around(passage: Passage, number: int) -> list[int]:
    """Return the sentences of the list that the sentence is in or introduces."""
    opening = _opening_item(passage)
    start = 0 if number < opening else _item_of(passage, number)
    if start is None:
        start = number + 1
        if start == len(passage.sentences) or not _mark(passage, start):
            return []
        return list(range(start, _end_of_list(passage, start))) * _introduces(passage, number)
    while start > 0 and (before := _item_of(passage, start - 1)) is not None:
        start = before
    start = 0 if start == opening else start
    return list(range(start, _end_of_list(passage, start)))


def _items_after(passage: Passage, number: int) -> list[int]:
    """Return the sentences of the first numbered list that comes after the sentence."""
    for start in range(number + 1, len(passage.sentences)):
        if _mark(passage, start) in ("1.", "1)"):
            return list(range(start, _end_of_list(passage, start)))
    return []


def _item_of(passage: Passage, number: int) -> int | None:
    """Return the sentence that begins the item which the sentence is in; None if it is in none."""
    while number > 0 and not _mark(passage, number):
        if _parted(passage, number):
            return None
        number -= 1
    return number if number > 0 else None


def _end_of_list(passage: Passage, start: int) -> int:
    end = start + 1
    while end < len(passage.sentences) and (_mark(passage, end) or not _parted(passage, end)):
        end += 1
    return end


def _opening_item(passage: Passage) -> int:
    """Return how many sentences make up the list's first item with which the passage begins.

    A passage begins at its first sentence, after the mark before it: "2." is the first number.
    """
    for number in range(1, len(passage.sentences)):
        if mark := _mark(passage, number):
            follows = mark in ("2.", "2)") if _NUMBERED.match(mark) else _is_next(passage, number)
            return number if follows else 0
        if _parted(passage, number):
            break
    return 0


def _is_next(passage: Passage, number: int) -> bool:
    """Whether a bullet stands on the very next line, and no sentence before it introduces it."""
    apart = _BLANK_LINE.search(between(passage, number))
    return not (apart or sentence_text(passage, number - 1).endswith(":"))


def _introduces(passage: Passage, lead: int) -> bool:
    """Whether a sentence before an item introduces it: it ends so, or runs on to the first item."""
    text = sentence_text(passage, lead)
    return text.endswith(":") or (
        not text.endswith(_FULL_STOPS)
        and _mark(passage, lead + 1) in ("1.", "1)")
        and not _BLANK_LINE.search(between(passage, lead + 1))
    )


def _parted(passage: Passage, number: int) -> bool:
    """Whether an unmarked sentence is no part of the item before it.

    It begins at the margin, after a blank line or below a numbered heading, which is no item.
    """
    gap = between(passage, number)
    headed = not sentence_text(passage, number - 1).endswith(_FULL_STOPS)
    return gap.endswith("\n") and (headed or _BLANK_LINE.search(gap) is not None)


def _mark(passage: Passage, number: int) -> str:
    """Return the bullet or number before a sentence; empty where there is none."""
    found = _ITEM.search(between(passage, number)) if number > 0 else None
    return found[1] if found else ""


def between(passage: Passage, number: int) -> str:
    """Return what stands between a sentence and the one before it."""
    (_, before), (start, _) = passage.sentences[number - 1], passage.sentences[number]
    return passage.text[before - passage.start : start - passage.start]


def _both(passage: Passage, one: int, other: int) -> str:
    return f"{sentence_text(passage, one)} {sentence_text(passage, other)}"
