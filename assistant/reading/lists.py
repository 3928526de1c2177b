"""What a sentence needs of the list that it stands in, introduces or leads to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.reading import structure
from assistant.reading.matching import WORTH_ADDING, coverage, heading_holds_more, word_weights
from assistant.reading.structure import sentence_text
from assistant.values import Passage, Span
from assistant.words import content_stems

_FULL_STOPS = (".", "!", "?", "…", "。")
# "How do I …?" asks for what to do, which a numbered list says step by step.
_HOW_TO = re.compile(
    r"\bhow to\b|\b(?:how|what) (?:do|does|can|could|should|must|may|would|shall) "
    r"(?:i|we|you|one|someone|they)\b",
    re.IGNORECASE,
)
_STEPS = frozenset({"step", "procedur", "instruct"})  # stems


class Listed(NamedTuple):
    """Stretches of the document that belong together, in order."""

    places: tuple[Span, ...] = ()
    whole: bool = False  # they answer together: words of one of them are no answer


def of_list(question: str, passage: Passage, number: int) -> Listed:
    """Return what the sentence needs of its list: all of it, or an item and what introduces it.

    An item that others stand under introduces them, and so does a paragraph before a list. An item
    alone is asked for where it holds more of the question's words than what introduces it or, if
    that is an item or what answers, words that it lacks. The heading introduces a list that nothing
    else does. Who asks how to do something is shown every step, also those that come after the
    sentence.
    """
    steps = asks_for_steps(question)
    lead, items = _list_around(passage, number)
    is_item = structure.block_of(passage, number).kind == "item"
    if is_item and structure.leads(passage, number) and _above_is_asked(question, passage, number):
        lead, items = _list_of(passage, number)
    outer = _outer(passage, number)
    if not items:
        items = _steps_after(passage, number) if steps else []
        here = passage.sentences[number]
        places = (*outer, here, *_places(passage, items)) if items else outer
        return Listed(places, whole=bool(items))
    if lead is None:
        return _under_heading(question, passage, number, items, outer)
    lead_text = passage.words_at(lead)
    leads = number not in items
    everything = Listed((*outer, lead, *_places(passage, items)), whole=steps or not leads)
    if steps:
        return everything
    weights = word_weights(question, [lead_text, *(sentence_text(passage, n) for n in items)])
    introduced = coverage(weights, lead_text)
    if not leads:
        own = sentence_text(passage, number)
        alone = coverage(weights, own) > introduced or (
            bool(outer) and coverage(weights, f"{lead_text} {own}") - introduced >= WORTH_ADDING
        )
        return Listed((*outer, lead, passage.sentences[number])) if alone else everything
    held = {
        n: coverage(weights, f"{lead_text} {sentence_text(passage, n)}") - introduced for n in items
    }
    asked = [n for n in items if held[n] >= WORTH_ADDING]
    return Listed((*outer, lead, *_places(passage, asked))) if asked else everything


def asks_for_steps(question: str) -> bool:
    """Whether a question asks how to do something."""
    return bool(_HOW_TO.search(question)) or not _STEPS.isdisjoint(content_stems(question))


def introduction(passage: Passage, number: int) -> Span | None:
    """Return the sentence before a list that introduces it; None for what is in no such list."""
    if structure.block_of(passage, number).kind != "item" or structure.above(passage, number):
        return None
    lead, items = _list_around(passage, number)
    return lead if number in items else None


def introducing(passage: Passage, number: int) -> tuple[Span, ...]:
    """Return what an item, a row or a field is shown with.

    That is what introduces its list, its header, the name of its record.
    """
    lead = introduction(passage, number)
    above = (structure.place_of(passage, placed) for placed in structure.above(passage, number))
    return (*above, *(() if lead is None else (lead,)))


def _above_is_asked(question: str, passage: Passage, number: int) -> bool:
    """Whether what an item is under holds words of the question, and the item none."""
    over = " ".join(placed.text for placed in structure.over(passage, number))
    own = sentence_text(passage, number)
    weights = word_weights(question, [over, own])
    return coverage(weights, own) == 0 < coverage(weights, over)


def _places(passage: Passage, numbers: Sequence[int]) -> list[Span]:
    return [passage.sentences[number] for number in numbers]


def _outer(passage: Passage, number: int) -> tuple[Span, ...]:
    """Return the items above a sentence's own, the outermost first, or the name of its record."""
    block = structure.block_of(passage, number)
    if block.kind == "row":
        return ()
    return tuple(structure.place_of(passage, p) for p in structure.above(passage, number))


def _list_around(passage: Passage, number: int) -> tuple[Span | None, list[int]]:
    """Return what introduces the list that a sentence is in or introduces, and its sentences.

    Of a list in another, it is the inner one, which the item above introduces.
    """
    own = structure.number_of(passage, number)
    under = _under(passage, own)
    if under:
        return passage.sentences[number], under
    block = structure.block_of(passage, number)
    if block.group < 0:
        after = number + 1
        following = structure.block_of(passage, after) if after < len(passage.sentences) else None
        if following is None or following.kind != "item" or not _introduces(passage, number):
            return None, []
        return passage.sentences[number], _of_group(passage, following.group)
    if block.kind == "row":
        return None, []
    return _list_of(passage, number)


def _list_of(passage: Passage, number: int) -> tuple[Span | None, list[int]]:
    """Return what introduces the list that an item is of, and the sentences of the list."""
    block = structure.block_of(passage, number)
    parents = structure.above(passage, number)
    if parents and block.kind == "item":
        return structure.place_of(passage, parents[-1]), _under(passage, parents[-1].number)
    items = _of_group(passage, block.group)
    before = items[0] - 1
    if before >= 0 and _introduces(passage, before):
        return passage.sentences[before], items
    return None, items


def _under(passage: Passage, parent: int) -> list[int]:
    """Return the sentences of the items under an item, and of those under these."""
    if parent < 0:
        return []
    family = {parent}
    found = []
    for number in range(len(passage.sentences)):
        block = structure.block_of(passage, number)
        if block.above in family and block.kind != "row":
            family.add(structure.number_of(passage, number))
            found.append(number)
    own_items = [n for n in found if structure.block_of(passage, n).kind == "item"]
    return found if own_items else []


def _of_group(passage: Passage, group: int) -> list[int]:
    return [
        number
        for number in range(len(passage.sentences))
        if structure.block_of(passage, number).group == group
    ]


def _under_heading(
    question: str, passage: Passage, number: int, items: list[int], outer: tuple[Span, ...]
) -> Listed:
    """Return a list whole where its heading, rather than the item, is asked about."""
    numbered = any(structure.block_of(passage, n).mark[:1].isdigit() for n in items)
    steps = numbered and asks_for_steps(question)
    if steps or heading_holds_more(question, passage, sentence_text(passage, number)):
        return Listed(tuple(_places(passage, items)), whole=True)
    return Listed(outer)


def _steps_after(passage: Passage, number: int) -> list[int]:
    """Return the sentences of the first numbered list that comes after the sentence."""
    for start in range(number + 1, len(passage.sentences)):
        block = structure.block_of(passage, start)
        if block.kind == "item" and block.mark.strip("(.)") == "1":
            return _of_group(passage, block.group)
    return []


def _introduces(passage: Passage, number: int) -> bool:
    """Whether a sentence introduces the list after it: it ends with a colon, or is left open.

    A row does not, nor does a field of another record.
    """
    if structure.block_of(passage, number).kind in ("row", "field"):
        return False
    return not sentence_text(passage, number).rstrip("*_").endswith(_FULL_STOPS)
