"""What a sentence needs of the list that it introduces or is an item of."""

from __future__ import annotations

import re

from assistant.reading.candidates import sentence_text
from assistant.reading.matching import WORTH_ADDING, coverage, word_weights
from assistant.values import Passage

# Between two sentences of a passage: the second is an item of a list.
_ITEM = re.compile(r"\n[ \t]*([-*+•]|\d{1,3}[.)])[ \t]+$")
_FULL_STOPS = (".", "!", "?", "…", "。")


def of_list(question: str, passage: Passage, number: int) -> list[int]:
    """Return what the sentence needs of its list: all of it, or an item and what introduces it.

    An item alone is asked for where it holds more of the question's words than what introduces it
    or, if that is what answers, words that it lacks.
    """
    listed = _list_around(passage, number)
    if not listed:
        return []
    lead, *items = listed
    weights = word_weights(question, [sentence_text(passage, n) for n in listed])
    introduced = coverage(weights, sentence_text(passage, lead))
    if number != lead:
        alone = coverage(weights, sentence_text(passage, number)) > introduced
        return [lead, number] if alone else listed
    held = {n: coverage(weights, _both(passage, lead, n)) - introduced for n in items}
    asked = [n for n in items if held[n] >= WORTH_ADDING]
    return [lead, *asked] if asked else listed


def _list_around(passage: Passage, number: int) -> list[int]:
    """Return the list that the sentence introduces or, where something does, is an item of.

    What introduces a list is its first number.
    """
    lead = number
    while lead > 0 and _is_item(passage, lead):
        lead -= 1
    if lead + 1 == len(passage.sentences) or not _introduces(passage, lead):
        return []
    end = lead + 1
    while end < len(passage.sentences) and _is_item(passage, end):
        end += 1
    return list(range(lead, end)) if end > lead + 1 else []


def _introduces(passage: Passage, lead: int) -> bool:
    """Whether a sentence before an item introduces it: it ends so, or the item is the first."""
    text = sentence_text(passage, lead)
    return text.endswith(":") or (
        not text.endswith(_FULL_STOPS) and _mark(passage, lead + 1) in ("1.", "1)")
    )


def _is_item(passage: Passage, number: int) -> bool:
    return number > 0 and _mark(passage, number) != ""


def _mark(passage: Passage, number: int) -> str:
    """Return the bullet or number before a sentence; empty where there is none."""
    (_, before), (start, _) = passage.sentences[number - 1], passage.sentences[number]
    found = _ITEM.search(passage.text[before - passage.start : start - passage.start])
    return found[1] if found else ""


def _both(passage: Passage, one: int, other: int) -> str:
    return f"{sentence_text(passage, one)} {sentence_text(passage, other)}"
