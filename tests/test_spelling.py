import pytest

from assistant.questions import corrected

TEXTS = ["A percentage of the farmers around Greifswald sold barley.", "Peter owned the ferry."]
COMMON = {"person", "potato", "former"}


def known(words):
    return [word in COMMON for word in words]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("What precentage of farmers?", "What percentage of farmers?"),
        ("Who sold barlley?", "Who sold barley?"),
        ("Which frmers are near Griefswald?", "Which farmers are near Greifswald?"),
        ("What percentages of farming?", "What percentages of farming?"),  # the same stem
        ("Who is a former person?", "Who is a former person?"),  # common words
        ("Who grew zucchini?", "Who grew zucchini?"),  # like nothing there
        ("Who was Perceptage?", "Who was Perceptage?"),  # a name is not taken for a common word
        ("Who sold Barlley4 in 2.3.1?", "Who sold Barlley4 in 2.3.1?"),  # digits make a name
        ("", ""),
    ],
)
def test_a_misspelled_word_becomes_the_word_of_the_passages_that_is_like_it(asked, meant):
    assert corrected(asked, TEXTS, known) == meant


def test_a_word_is_written_small_where_the_passages_write_it_so_too():
    texts = ["Baking Contests", "They liked baking and more."]
    assert corrected("Which bakign?", texts, known) == "Which baking?"


def test_without_passages_nothing_is_put_right():
    assert corrected("What precentage?", [], known) == "What precentage?"
