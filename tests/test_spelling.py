import pytest

from assistant.questions.spelling import corrected, is_slip, mistakable, mistaken

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


REAL = [
    ("hypertension", "hypotension"),
    ("intrastate", "interstate"),
    ("prednisone", "prednisolone"),  # neither of which the dictionary has
    ("hyperglycaemia", "hypoglycaemia"),
    ("endogenous", "exogenous"),
    ("microscopic", "macroscopic"),
    ("nitrite", "nitrate"),
]


@pytest.mark.parametrize(("asked", "held"), REAL)
def test_a_real_word_is_never_put_right_but_is_known_for_another(asked, held):
    texts = [f"The {held} case is treated first."]
    question = f"How is {asked} treated?"
    assert corrected(question, texts, known) == question
    assert mistakable(question, texts) == {asked: {held}}
    assert mistaken(question, texts, texts)


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("colour", "color"),
        ("organised", "organizing"),
        ("travellers", "traveler"),
        ("catalogue", "catalogs"),
        ("licence", "license"),
        ("wrote", "write"),
        ("began", "begin"),
        ("producer", "products"),  # made of one word by endings
        ("explosion", "explodes"),
        ("would", "world"),  # a stop word names nothing
        ("zucchini", "barley"),
    ],
)
def test_the_same_word_in_another_form_is_not_another_word(asked, held):
    assert mistakable(f"How {asked} it?", [f"The {held} is here."]) == {}


def test_an_answer_about_the_word_itself_is_not_mistaken():
    texts = ["Hypotension is rare.", "Hypertension is common."]
    assert not mistaken("What is hypertension?", texts, texts[1:])
    assert not mistaken("Who treats hypertension?", ["Hypotension is rare.", "Ada."], ["Ada."])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("recieve", "receive"),  # swapped
        ("goverment", "government"),  # lost
        ("accomodate", "accommodate"),  # single for double
        ("tommorow", "tomorrow"),
        ("definately", "definitely"),  # one for another
        ("enviromentaly", "environmentally"),  # two, apart
    ],
)
def test_a_slip_is_one_letter_or_two_apart(written, meant):
    assert is_slip(written, meant)


@pytest.mark.parametrize(
    ("written", "meant"), [("hyper", "hypo"), ("prednisone", "prednisolone"), ("intra", "inter")]
)
def test_a_part_put_for_another_is_no_slip(written, meant):
    assert not is_slip(written, meant)
