"""Questions drawn from sentences, and which of them are offered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.dictionary import parts_of_speech
from assistant.suggesting.choosing import Candidate, of_documents, of_hits, offered, on_subject
from assistant.suggesting.drawing import draw
from assistant.suggesting.verbs import base
from assistant.values import Answer, Citation, Document, Hit, Passage
from assistant.words import STOP_WORDS, stem, words
from tests import conftest

ROOT = Path(__file__).parents[1]


def drawn(sentence: str, surroundings: str = "") -> list[str]:
    return [question.text for question in draw(sentence, surroundings or sentence)]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "The swifts have nested under more than 60 roofs, while rooks keep to trees.",
            "Under how many roofs have the swifts nested?",
        ),
        (
            "After the frost, about 30 pears were left on the tree, though not for long.",
            "How many pears were left on the tree after the frost?",
        ),
        ("Six keepers rowed to the rock.", "How many keepers rowed to the rock?"),
        (
            "Samples tell that 15 percent of eels carry the worm, which does no harm.",
            "What percentage of eels carry the worm?",
        ),
        (
            "Salt and mud, which shift, cover roughly 60 percent of the flats.",
            "What percentage of the flats do salt and mud cover?",
        ),
        (
            "Samples tell 15 percent of eels host rare worms, which do no harm.",
            "What percentage of eels host rare worms?",
        ),
        ("Goya painted six portraits in Cadiz.", "How many portraits did Goya paint in Cadiz?"),
        ("The grinder offers eight settings.", "How many settings does the grinder offer?"),
        (
            "The Harbour Bridge was opened by the mayor in 1932.",
            "When was the Harbour Bridge opened by the mayor?",
        ),
        ("The Harbour Act (HA), passed in 1911, is short.", "When was the Harbour Act passed?"),
        ("The museum began in March 1950.", "When did the museum begin?"),
        ("The old tower was designed by Ada Holt.", "Who designed the old tower?"),
        ("The ferry company is based in Turin.", "Where is the ferry company based?"),
        ("Brindle Island is a reef of coral.", "What is Brindle Island?"),
        ("Ada Holt was a Scottish painter.", "Who was Ada Holt?"),
        ("They met at Pawle, a castle on the coast, in spring.", "What is Pawle?"),
        ("The Free Trade Area (FTA) grew.", "What does FTA stand for?"),
        ("In April, late frost damages the buds.", "What does late frost damage in April?"),
        ("The club must hire a lifeguard.", "What must the club hire?"),
        ("The ferry, painted red, tows a raft.", "What does the ferry tow?"),
        ("The summer party depends on the weather.", "What does the summer party depend on?"),
        ("The milk frother consists of three parts.", "What does the milk frother consist of?"),
        ("The guarantee covers faults of material.", "What does the guarantee cover?"),
        ("The children found a nest.", "What did the children find?"),
        ("The lock was closed because the water rose.", "Why was the lock closed?"),
        ("To reset the meter, hold the button for a second.", "How do I reset the meter?"),
        ("If you lose your key, tell the porter.", "What happens if I lose my key?"),
        ("How do I open the valve?", "How do I open the valve?"),
    ],
)
def test_a_sentence_becomes_a_question_that_it_answers(sentence: str, question: str):
    assert question in drawn(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "He was born in 1932.",  # whoever he is
        "It has nested under 60 roofs.",
        "In the end, that sum had come to 77.",
        "Neighbours said swifts have nested under 60 roofs.",  # who says so would be lost
        "The exact cause of the fire is unknown.",  # "cause" is no verb here
        "A flag, a drum, a fife were lost in 1911.",
        "Notable are the mills.",
        "Can I boil milk in it?",
        "Although the pier was built by Ada Holt in 1911, it fell.",
        "To rebuild the pier, the council borrowed money.",  # no instruction
        "You can fill the kettle.",  # who is asked would be asked
        "Always rinse the tank.",
        "In the latter, frost damages the buds.",
        "The old arms trade grew.",  # no verb but the last
        "The letter the mayor wrote the town was lost.",
        "The drip tray catches spilled water.",  # which of them is the verb?
        "The trip lasts the whole summer.",  # no object
        "The fair takes place in May.",
        "Cats sleep a lot.",
        "Goya died aged 82.",
        "The soup tastes the same.",
        "The warfare was over in 1700.",
        "La société est basée à Turin.",
        "会社はトリノにあります。",
        "",
        "word " * 200,
    ],
)
def test_what_fits_no_form_is_left_alone(sentence: str):
    assert drawn(sentence) == []


def test_a_name_keeps_its_capital_and_another_first_word_does_not():
    sentence = "Visitors can open 3 gates."
    assert drawn(sentence) == ["How many gates can visitors open?"]
    assert drawn(sentence, f"We met Visitors there. {sentence}") == [
        "How many gates can Visitors open?"
    ]
    sentence = "Limescale blocks the pipe."
    assert drawn(sentence) == ["What does Limescale block?"]
    assert drawn(sentence, f"{sentence} Acid melts limescale.") == ["What does limescale block?"]
    assert drawn("Finer settings block the filter.") == ["What do finer settings block?"]


def test_numbers_that_are_years_are_not_counted():
    assert not [q for q in drawn("Brindle was linked in 1973 towns by rail.") if "many" in q]


@pytest.mark.parametrize(
    ("past", "bare"),
    [
        ("wrote", "write"),
        ("carried", "carry"),
        ("stopped", "stop"),
        ("created", "create"),
        ("opened", "open"),
        ("found", "find"),
        ("founded", "found"),
        ("developed", "develop"),
        ("was", None),
        ("zorbed", None),
        ("table", None),
    ],
)
def test_past_forms_have_a_base(past: str, bare: str | None):
    assert base(past) == bare


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Bees pollinate the clover.", "What do bees pollinate?"),
        ("The sexton rang a bell.", "What did the sexton ring?"),
        ("Ada Holt embroiders the flags.", "What does Ada Holt embroider?"),
        ("The thaw will swell the brook.", "What will the thaw swell?"),
    ],
)
def test_any_verb_does_and_none_is_named_in_the_program(sentence: str, question: str):
    assert drawn(sentence) == [question]
    program = "".join(path.read_text("utf-8") for path in (ROOT / "assistant").rglob("*.py"))
    assert question.rstrip("?").split()[-1] not in re.findall(r"\w+", program)


# Where examples come from

# Modules that hold rules, each with its tests
RULES = (
    "abbreviations", "asking", "conversation", "dates", "reading", "retrieval", "spelling",
    "suggesting", "wording", "words",
)  # fmt: skip


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Yield what two texts have in common only if one was made from the other.

    Those are three words of matter in a row, or two of which one is a number of two digits or more.
    """
    for line in re.split(r"[.!?:;]\s|\n", text):
        found = [stem(word) for word in words(line) if word not in STOP_WORDS]
        yield from zip(found, found[1:], found[2:], strict=False)
        yield from (
            pair
            for pair in pairwise(found)
            if any(re.fullmatch(r"\d[\d.,]+", word) for word in pair)
        )


def names(text: str) -> set[str]:
    """Return the capitalised words within its sentences that are no common words as well."""
    within = set(re.findall(r"(?<=[a-z,] )[A-Z]\w+", text)) - {"November"}
    return {
        word
        for word in within
        if word.lower() not in STOP_WORDS and set(parts_of_speech(word.lower())) <= {"PROPN"}
    }


def test_no_example_of_a_rule_comes_from_the_bundled_article():
    article = "\n".join(path.read_text("utf-8") for path in (ROOT / "sources").glob("*.txt"))
    held, named = set(runs(article)), names(article)
    files = [
        *(path for name in RULES for path in (ROOT / "assistant").glob(f"{name}*.py")),
        *(path for name in RULES for path in (ROOT / "assistant").glob(f"{name}/*.py")),
        *(path for name in RULES for path in (ROOT / "tests").glob(f"test_{name}.py")),
    ]
    shared = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if not held.isdisjoint(runs(line)) or not named.isdisjoint(re.findall(r"\w+", line))
    ]
    assert len(files) > 25
    assert shared == []


# What is offered

TEXT = "The old tower was designed by Ada Holt. The museum began in 1950. Fog is usual."


def document(text: str = TEXT, path: str = "a.txt") -> Document:
    return conftest.document(text, path, "Brindle")


def about(*documents: Document) -> list[Candidate]:
    by_path = {one.path: one for one in documents}
    return list(of_documents(list(by_path), by_path.__getitem__))


def test_a_document_is_read_only_when_its_turn_comes():
    read: list[str] = []

    def load(path: str) -> Document:
        read.append(path)
        return document(path=path)

    candidates = of_documents(["a.txt", "b.txt", "c.txt"], load)
    next(candidates)
    assert read == ["a.txt"]
    next(candidates)
    assert read == ["a.txt", "b.txt"]


def place(words: str, text: str = TEXT, path: str = "a.txt") -> Citation:
    start = text.index(words)
    return Citation(1, words, path, "Brindle", None, None, start, start + len(words))


def proved(question: str, words: str, confidence: float = 0.9) -> Answer:
    return Answer("answer", words, question, citations=[place(words)], confidence=confidence)


def absent(question: str) -> Answer:
    return Answer("not_found", "No.", question)


def by_its_words(question: str) -> Answer:
    museum = "The museum began in 1950."
    tower = "The old tower was designed by Ada Holt."
    return proved(question, museum if "museum" in question else tower)


def test_only_what_is_answered_by_its_own_sentence_is_offered():
    found = list(about(document()))
    assert [c.question for c in found] == [
        "When did the museum begin?",
        "Who designed the old tower?",
        "What is said about Ada Holt?",
    ]

    def elsewhere(question: str) -> Answer:
        return proved(question, "Fog is usual.") if "museum" in question else absent(question)

    assert list(offered(found, elsewhere, limit=4)) == []
    assert list(offered(found, by_its_words, limit=2)) == [c.question for c in found[:2]]


def test_questions_whose_answers_are_likelier_wrong_come_last():
    found = list(about(document()))[:2]

    def ask(question: str) -> Answer:
        if question.startswith("When"):
            return proved(question, "The museum began in 1950.", confidence=0.3)
        return proved(question, "The old tower was designed by Ada Holt.")

    assert list(offered(found, ask, limit=2)) == [found[1].question, found[0].question]
    assert list(offered(found, ask, limit=1)) == [found[1].question]


def test_what_was_asked_or_read_before_is_not_offered_again():
    found = list(about(document()))[:2]
    asked = absent("when did the museum begin")
    assert list(offered(found, by_its_words, limit=2, before=[asked])) == [
        "Who designed the old tower?"
    ]
    read = proved("Who built it?", "The old tower was designed by Ada Holt.")
    assert list(offered(found, by_its_words, limit=2, before=[read])) == [
        "When did the museum begin?"
    ]


def test_what_is_much_like_another_is_not_offered_too():
    alike = [
        Candidate("What does the rowing club own?", "object", "a.txt", (0, 39)),
        Candidate("What does the rowing club rent?", "object", "a.txt", (40, 66)),
    ]
    assert list(offered(alike, lambda question: proved(question, TEXT), limit=2)) == [
        "What does the rowing club own?"
    ]


def test_what_is_said_of_a_name_is_offered_only_where_it_is_likely_right():
    named = [Candidate("What is said about Ada Holt?", "said", "a.txt")]
    for confidence, short, wanted in (
        (0.4, None, 0),
        (0.6, None, 1),
        (0.6, "tower", 0),
        (0.6, "the old tower", 1),
    ):
        answer = replace(proved("?", TEXT[:39], confidence), short=short)
        assert len(list(offered(named, lambda question: answer, limit=1))) == wanted  # noqa: B023


def test_of_a_sentence_one_question_is_offered_and_only_so_many_are_tried():
    twice = [Candidate(f"Which {n}?", "name", "a.txt", (0, 39)) for n in range(30)]
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return proved(question, "The old tower was designed by Ada Holt.")

    assert list(offered(twice, ask, limit=3)) == ["Which 0?"]
    asked.clear()

    def decline(question: str) -> Answer:
        asked.append(question)
        return absent(question)

    assert list(offered(twice, decline, limit=2)) == []
    assert len(asked) == 8


def test_a_documents_own_question_is_answered_by_what_follows_it():
    text = "Brindle\n\nHow do I open the valve?\n\nTurn it to the left, slowly.\n\nFog is usual.\n"
    (candidate, *_) = about(document(text))
    assert candidate.question == "How do I open the valve?"
    answers = [
        Answer("answer", words, "", citations=[place(words, text)], confidence=0.9)
        for words in ("Turn it to the left, slowly.", "Brindle")
    ]
    assert list(offered([candidate], lambda question: answers[0], limit=1)) == [candidate.question]
    assert list(offered([candidate], lambda question: answers[1], limit=1)) == []


def test_documents_take_turns_and_their_kinds_too():
    first = document("The museum began in 1950. The port began in 1960. Ada designed 2 piers.")
    second = replace(document("The mill began in 1970.", "b.txt"))
    asked = [c.question for c in about(first, second)]
    assert asked[:4] == [
        "How many piers did Ada design?",
        "When did the mill begin?",
        "When did the museum begin?",
        "When did the port begin?",
    ]


def test_what_may_be_of_anything_comes_last():
    text = "The museum began in 1950. Pawle Castle began in 1960. To reset the meter, hold it."
    assert [c.question for c in about(document(text))] == [
        "How do I reset the meter?",
        "When did Pawle Castle begin?",
        "When did the museum begin?",
    ]


def test_questions_to_go_on_with_come_from_the_passages_found():
    start = TEXT.index("The museum")
    spans = ((0, start - 1), (start, start + 25))
    passage = Passage("a.txt", 0, start + 25, TEXT[: start + 25], None, None, 0, "", spans)
    found = list(of_hits([Hit(passage, 1.0, 1)]))
    assert [(c.question, c.span) for c in found] == [
        ("When did the museum begin?", spans[1]),
        ("Who designed the old tower?", spans[0]),
        ("What is said about Ada Holt?", None),
    ]


def test_of_other_documents_only_what_speaks_of_the_question_is_gone_on_with():
    def hit(path: str, text: str, title: str = "") -> Hit:
        return Hit(
            Passage(path, 0, len(text), text, None, None, 0, title, ((0, len(text)),)), 1.0, 1
        )

    cited = hit("kettle.md", "Fill the kettle.")
    near = hit("faq.md", "It gets limescale.", title="Descaling the kettle")
    far = hit("flood.md", "The market hall was closed for six weeks.")
    question = "How do I descale the kettle?"
    assert on_subject(question, [cited, near, far], {"kettle.md"}) == [near]
    assert on_subject(question, [cited, near, far], set()) == [cited, near, far]
