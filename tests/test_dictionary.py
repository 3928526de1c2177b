"""What counts as an English word: what slips are told from, and broken words joined by."""

from __future__ import annotations

import pytest

from assistant.dictionary import is_rare, is_word


@pytest.mark.parametrize("word", ["harbour", "neighbor", "unwound", "ferries", "Kirks"])
def test_words_of_either_list_are_words(word: str) -> None:
    assert is_word(word)


@pytest.mark.parametrize("word", ["harbuor", "recieve", "seperate", "kirks", "sun-lit", ""])
def test_slips_and_names_in_small_letters_are_none(word: str) -> None:
    assert not is_word(word)


@pytest.mark.parametrize(
    ("word", "rare"),
    [("house", False), ("quickly", False), ("unwound", True), ("axolotl", True), ("hause", False)],
)
def test_a_word_is_rare_where_few_books_hold_it(word: str, rare: bool) -> None:
    assert is_rare(word) is rare
