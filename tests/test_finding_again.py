"""Quotes find their places again where the text of their document was mended or moved."""

from __future__ import annotations

import time

import pytest

from assistant.evaluation.carrying import carried
from assistant.evaluation.runs import Run
from assistant.finding_again import Places, finder

NEW = "Notice.\n\nThe mill was built in 1904. It is old. The weir is new. It is deep.\n"


def test_words_that_moved_are_found_where_they_stand_now():
    assert Places(NEW).find("The mill was built in 1904.", 0) == (9, 36)
    assert Places(NEW).find("The mill was built in 1904.", 9) == (9, 36)
    assert Places(NEW).find("The mill was built in 1905.", 9) is None
    assert Places(NEW).find(" ", 0) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Yes.\nNo.\nYes.\n", None),  # as near to the one as to the other
        ("Yes.\n" + "No.\n" * 30 + "Yes.\n", 0),
        ("x\n" * 3 + "Yes.\n" + "No.\n" * 30 + "Yes.\n", 6),
        ("Yes.\n" * 3, None),
    ],
)
def test_of_several_places_only_one_that_is_much_nearer_is_taken(text: str, place: int | None):
    found = Places(text).find("Yes.", 4 if place is None else 2)
    assert found == (None if place is None else (place, place + 4))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("The \ufb01rst of\u00ad\u00adfice", "The first office"),
        ("a steam en-\ngine of 1904", "a steam engine of 1904"),
        ("a well-\nknown engine", "a well-known engine"),
        ("a well-known engine", "a well-\n   known engine"),
        ("two  spaces\nand a line", "two spaces and a line"),
        ("cafe\u0301 o\ufb03ce", "caf\u00e9 office"),
        ("an in\u00adner court", "an inner court"),
        ("an inner court", "an in\u00adner court"),
    ],
)
def test_words_are_found_that_were_mended_since_or_no_longer_are(before: str, now: str):
    text = f"A line before.\n{now} stands here."
    start, end = Places(text).find(before, 3) or (0, 0)
    assert text[start:end] == now


def test_finding_takes_no_longer_than_the_text_is_long():
    text = "so-\ncalled \ufb01sh  and " * 40_000
    begun = time.perf_counter()
    places = Places(text)
    assert all(places.find(f"{number} is nowhere", 7) is None for number in range(20))
    assert places.find("and", 5) is None
    assert time.perf_counter() - begun < 5


def test_a_document_that_is_not_there_has_no_place():
    assert finder(lambda path: None)("a.md", "words", 0) is None


def test_a_run_over_texts_that_were_mended_since_keeps_its_quotes():
    def item(quote: str) -> dict[str, object]:
        return {"quote": quote, "start": 0, "end": len(quote), "document": "a.md", "number": 1}

    old, gone = "The mill was  built in 1904.", "It is gone."
    answer = {
        "citations": [item(old), item(gone)],
        "sentences": [{"text": "The mill was built in 1904."}, {"text": gone}],
    }
    case = {"document": "a.md", "evidence": [item(old)]}
    records = [{"case": case, "answer": answer}, {"case": {"document": None}, "answer": None}]
    first, last = carried(Run(None, records), {"a.md": NEW}.get).records  # type: ignore[arg-type]
    assert [(c["quote"], c["start"], c["end"]) for c in first["answer"]["citations"]] == [
        ("The mill was built in 1904.", 9, 36),
        (gone, 0, len(gone)),
    ]
    assert first["case"]["evidence"][0]["start"] == 9
    assert last == records[1]
