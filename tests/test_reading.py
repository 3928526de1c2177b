import numpy as np
import pytest

from assistant.reading import (
    Candidate,
    SimilarityReader,
    coverage,
    extend,
    names_found,
    word_weights,
)
from assistant.values import Hit, Passage


def passage(*sentences: str, section: str | None = None, start: int = 0) -> Passage:
    text, spans = " ".join(sentences), []
    place = start
    for sentence in sentences:
        spans.append((place, place + len(sentence)))
        place += len(sentence) + 1
    return Passage("a.md", start, start + len(text), text, section, None, 0, "", tuple(spans))


def shown(question: str, source: Passage, number: int) -> list[int]:
    return extend(question, Candidate(source, number, (0.0,) * 5))


def test_one_sentence_is_enough_when_it_holds_what_was_asked():
    source = passage("Ada built a bridge.", "Bread was cheap.", "Cats slept.")
    assert shown("Who built a bridge?", source, 0) == [0]


@pytest.mark.parametrize(
    "sentence",
    ["They sank.", "Their crews swam.", "By 1912, that number had grown.", "The fleet sank."],
)
def test_a_sentence_that_points_back_brings_the_one_before(sentence):
    source = passage("Forty ships left.", sentence, "Cats slept.")
    assert shown("sank swam grown?", source, 1) == [0, 1]


def test_what_the_question_names_needs_no_sentence_before():
    source = passage("Forty ships left.", "The fleet sank.", "Cats slept.")
    assert shown("When did the fleet sink?", source, 1) == [1]


def test_a_colon_brings_what_follows():
    source = passage("To clean the pump, do this:", "Open the lid.", "Cats slept.")
    assert shown("How is the pump cleaned?", source, 0) == [0, 1]


def test_a_sentence_that_names_its_subject_stands_alone():
    source = passage("Forty ships left.", "The North Sea froze.", "Cats slept.")
    assert shown("What froze in the North Sea?", source, 1) == [1]


def test_a_quotation_that_goes_on_is_shown_whole():
    source = passage("“Ships sink,” says Ada.", "“But crews swim.”", "Cats slept.")
    assert shown("What does Ada say?", source, 0) == [0, 1]
    assert shown("Do crews swim?", source, 1) == [0, 1]


def test_words_that_the_best_sentence_lacks_bring_the_one_that_has_them():
    source = passage("Acme sells pumps.", "Farmers in Peru and Chile bought pumps.", "Cats slept.")
    assert shown("Which farmers bought from Acme?", source, 1) == [0, 1]


def test_an_answer_of_several_sentences_stays_short():
    long = "Ships " + "and more ships " * 20 + "left."
    source = passage(long, "They sank.")
    assert shown("What sank?", source, 1) == [1]


def test_rare_words_weigh_more():
    weights = word_weights("red rose", ["a red hat", "a red rose", "a red car"])
    assert weights == pytest.approx({"red": np.log(1 + 3 / 4), "rose": np.log(1 + 3 / 2)})
    assert coverage(weights, "roses") == pytest.approx(
        weights["rose"] / (weights["rose"] + weights["red"])
    )
    assert coverage(weights, "nothing") == 0
    assert coverage({}, "anything") == 0


def test_names_and_numbers_of_the_question_are_looked_for():
    source = passage("In 2019 Serbia signed.")
    assert names_found("Did Serbia sign in 2019?", source) == 1
    assert names_found("Did Serbia sign in 2020?", source) == 0.5
    assert names_found("Did it rain?", source) == 1  # nothing to look for


def test_the_sentence_alike_in_meaning_and_words_is_read(embedder):
    hits = [
        Hit(passage("Bread was cheap.", "Ada built a bridge.", start=100), 0.8, 1),
        Hit(passage("Cats slept."), 0.1, 2),
    ]
    question = "Who built a bridge?"
    reading = SimilarityReader(embedder).read(question, embedder.embed_question(question), hits)
    assert reading is not None
    assert reading.sentences == ((117, 136),)
    assert 0 < reading.confidence < 1


def test_a_sentence_in_two_passages_is_read_once(embedder):
    one = passage("Ada built a bridge.")
    reader = SimilarityReader(embedder)
    found = reader.candidates(
        "bridge", embedder.embed_question("bridge"), [Hit(one, 0.8, 1), Hit(one, 0.7, 2)]
    )
    assert len(found) == 1


def test_without_a_sentence_there_is_no_reading(embedder):
    reader = SimilarityReader(embedder)
    assert reader.read("bridge", embedder.embed_question("bridge"), []) is None
