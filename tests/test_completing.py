"""Of a list that is cut into several passages, all is shown where all was asked for."""

from __future__ import annotations

from assistant.completing import completed
from assistant.reading import Reading
from assistant.splitting import split
from assistant.values import Document, Passage, Span
from tests.conftest import document

STEPS = [f"{n}. Turn the {n} screws of the {name}." for n, name in enumerate("abcdef", start=1)]
LOOM = "# Loom\n\n## Warping\n\nTo warp the loom:\n\n" + "\n".join(STEPS) + "\n\nIt is warped."


def passages(source: Document) -> list[Passage]:
    return split(source, count_tokens=lambda texts: [len(text.split()) * 6 for text in texts])


def reading(source: Document, shown: list[str], short: str | None = None) -> Reading:
    """What is shown of the passage that holds the first of it."""
    first = source.text.index(shown[0])
    passage = next(p for p in passages(source) if p.start <= first < p.end)
    places: list[tuple[Passage, Span]] = []
    for text in shown:
        start = source.text.index(text)
        places.append((passage, (start, start + len(text))))
    return Reading(tuple(places), places[0], short, 0.9, [])


def texts(source: Document, found: Reading) -> list[str]:
    assert all(p.words_at(s) == source.text[slice(*s)] for p, s in found.sentences)
    return [source.text[slice(*span)] for _, span in found.sentences]


def words_of(steps: list[str]) -> list[str]:
    return [step.partition(" ")[2] for step in steps]


def held(source: Document) -> list[list[str]]:
    """The items of each passage."""
    every = words_of(STEPS)
    return [[text for text in every if text in p.text] for p in passages(source)]


def test_the_steps_after_and_before_those_of_a_passage_are_shown():
    source = document(LOOM, "loom.md")
    parts = [part for part in held(source) if part]
    assert [len(part) for part in parts] == [2, 2, 2]  # the list is cut
    for part in parts:
        found = completed(reading(source, part), lambda _: source)
        assert texts(source, found) == words_of(STEPS)


def test_an_item_by_itself_or_with_words_that_answer_alone_stays_alone():
    source = document(LOOM, "loom.md")
    first, *_ = [part for part in held(source) if part]
    alone = reading(source, first[:1])
    assert completed(alone, lambda _: source) == alone
    answered = reading(source, first, short="2 screws")
    assert completed(answered, lambda _: source) == answered


def test_of_a_document_that_has_changed_or_is_gone_nothing_is_added():
    source = document(LOOM, "loom.md")
    first, *_ = [part for part in held(source) if part]
    shown = reading(source, first)
    changed = document(LOOM.replace("Loom", "Big loom"), "loom.md")
    assert completed(shown, lambda _: changed) == shown
    assert completed(shown, lambda _: None) == shown


def test_a_list_that_is_too_long_is_shown_in_part():
    many = "# Loom\n\n" + "\n".join(f"{n}. Tie knot {n} now." for n in range(1, 40))
    source = document(many, "loom.md")
    passage = passages(source)[0]
    shown = [
        source.text[slice(*span)]
        for span in passage.sentences
        if "knot" in source.text[slice(*span)]
    ]
    found = completed(reading(source, shown), lambda _: source)
    assert len(found.sentences) == max(12, len(shown))
