import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.embedding import DEFAULT_MODEL, find_model
from assistant.errors import BadSettings, ModelMissing
from assistant.reading import reader as reader_module
from assistant.reading.candidates import Candidate, candidates
from assistant.reading.joining import joined
from assistant.reading.matching import coverage, held, names_held, word_weights
from assistant.reading.model import Logits, SpanModel
from assistant.reading.precision import Precision
from assistant.reading.reader import Reading, Signals, SpanReader, Weights
from assistant.reading.rendering import rendered, rendered_alone
from assistant.reading.rereading import reread
from assistant.reading.selecting import select
from assistant.reading.short import short_answer
from assistant.reading.spans import Found, best_spans
from assistant.splitting import split
from assistant.values import Hit, Passage
from tests.conftest import document


def passage(*sentences: str, section: str | None = None, start: int = 0) -> Passage:
    text, spans = " ".join(sentences), []
    place = start
    for sentence in sentences:
        spans.append((place, place + len(sentence)))
        place += len(sentence) + 1
    return Passage("a.md", start, start + len(text), text, section, None, 0, "", tuple(spans))


def cut(text: str, path: str = "a.md", title: str = "", position: int = -1) -> Passage:
    """A passage of a document, as its kind is read and split; the last if not said otherwise."""
    found = split(
        document(text, path, title),
        count_tokens=lambda texts: [len(text.split()) for text in texts],
    )
    return found[position]


def number_of(source: Passage, sentence: str) -> int:
    return [source.words_at(span) for span in source.sentences].index(sentence)


def candidate(
    source: Passage,
    number: int,
    margin: float = 0.0,
    rank: int = 1,
    answer: tuple[int, int] | None = None,
) -> Candidate:
    first = source.sentences[number][0]
    answer = answer or (first, first + 1)
    return Candidate(Hit(source, 0.5, rank), number, answer, margin, 0.5, 0.5)


def shown(question: str, best: Candidate, *others: Candidate) -> list[str]:
    found = select(question, best, others).places
    return [p.words_at(span) for p, span in found]


def logits(words: Sequence[str], start: dict[int, float], end: dict[int, float]) -> Logits:
    """One token a word, 0 everywhere but where it is said; the logit of no answer is 0."""
    places, at = [], 0
    for word in words:
        places.append((at, at + len(word)))
        at += len(word) + 1
    first, last = np.zeros(len(words), np.float32), np.zeros(len(words), np.float32)
    first[list(start)] = list(start.values())
    last[list(end)] = list(end.values())
    return Logits(first, last, np.array(places), 0.0)


# Spans


def test_the_span_with_the_highest_start_and_end_is_found():
    said = logits(["Ada", "built", "a", "bridge."], {2: 9.0}, {3: 9.0})
    (found,) = best_spans(said, [(0, (0, 19))])
    assert (found.sentence, found.span) == (0, (10, 19))
    # 10 spans: one of e^18, five with one end of e^9, four of e^0
    expected = np.log(np.exp(18) + 4 * np.exp(9) + 5)
    assert found.margin == pytest.approx(expected, abs=1e-3)


def test_a_span_never_crosses_two_sentences():
    said = logits(["Ada", "left.", "Bob", "stayed."], {1: 9.0}, {2: 9.0})
    first, second = best_spans(said, [(0, (0, 9)), (1, (10, 21))])
    assert first.span[1] <= 9
    assert second.span[0] >= 10


def test_an_end_before_its_start_is_no_answer():
    said = logits(["one", "two", "three"], {2: 9.0}, {0: 9.0})
    (found,) = best_spans(said, [(0, (0, 13))])
    assert found.span in ((8, 13), (0, 3), (0, 13))
    assert found.margin < 12


def test_no_answer_counts_against_every_sentence():
    said = logits(["one", "two"], {}, {})
    sure = Logits(said.start, said.end, said.offsets, 5.0)
    assert best_spans(sure, [(0, (0, 7))])[0].margin == pytest.approx(np.log(3) - 5)


def test_a_sentence_without_tokens_is_left_out():
    said = logits(["one", "two"], {}, {})
    assert [found.sentence for found in best_spans(said, [(0, (0, 7)), (1, (8, 20))])] == [0]


def test_a_long_answer_is_the_whole_sentence_or_at_most_thirty_tokens():
    words = ["word"] * 50
    inside = logits(words, {5: 9.0}, {45: 9.0})
    start, end = best_spans(inside, [(0, (0, 249))])[0].span
    assert (end - start) < 31 * 5
    whole = logits(words, {0: 9.0}, {49: 9.0})
    assert best_spans(whole, [(0, (0, 249))])[0].span == (0, 249)


# Candidates


def test_a_sentence_in_two_passages_is_read_where_it_reads_better():
    one, two = passage("Ada built it.", "Cats slept."), passage("Ada built it.")
    hits = [Hit(one, 0.8, 1), Hit(two, 0.7, 2)]
    found = candidates(
        "Who built?",
        hits,
        [[Found(0, (0, 3), 1.0), Found(1, (14, 18), -5.0)], [Found(0, (0, 3), 2.0)]],
    )
    assert [(c.text, c.margin, c.hit.rank) for c in found] == [
        ("Ada built it.", 2.0, 2),
        ("Cats slept.", -5.0, 1),
    ]


def test_a_question_of_the_document_is_no_answer_and_speaks_for_what_follows_it():
    source = passage("Can I sell copies?", "Go ahead.", "Cats slept.", "Really?")
    found = candidates(
        "May copies be sold?",
        [Hit(source, 0.8, 1)],
        [[Found(0, (0, 3), 5.0), Found(1, (19, 21), -2.0), Found(2, (29, 33), -4.0)]],
    )
    assert [(c.text, c.margin) for c in found] == [("Go ahead.", 5.0), ("Cats slept.", -4.0)]
    assert found[0].words > found[1].words


def test_a_number_by_itself_is_no_answer():
    source = passage("14.1. Prices", "14.2.", "Cats slept.")
    found = candidates(
        "What does it cost?",
        [Hit(source, 0.8, 1)],
        [[Found(0, (6, 12), -1.0), Found(1, (13, 17), 5.0), Found(2, (24, 29), -4.0)]],
    )
    assert [c.text for c in found] == ["14.1. Prices", "Cats slept."]


def test_rare_words_weigh_more():
    weights = word_weights("red rose", ["a red hat", "a red rose", "a red car"])
    assert weights == pytest.approx({"red": np.log(1 + 3 / 4), "rose": np.log(1 + 3 / 2)})
    assert coverage(weights, "roses") == pytest.approx(
        weights["rose"] / (weights["rose"] + weights["red"])
    )
    assert coverage(weights, "nothing") == 0
    assert coverage({}, "anything") == 0


def test_names_and_numbers_of_the_question_are_looked_for():
    source = passage("In 1648 Denmark signed.")
    assert names_held("Did Denmark sign in 1648?", source) == {"denmark", "1648"}
    assert names_held("Did Denmark sign in 1649?", source) == {"denmark"}
    assert names_held("1648: did Danes sign?", source) == {"1648"}  # a number may come first
    assert names_held("April 3rd: who?", passage("On 3 April")) == {"3", "april", "april3"}
    assert names_held("Signed in?", source) == set()  # a first word is not known for a name


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("18,500", "18,500"),
        ("18500", "18,500"),
        ("18,500", "18500"),
        ("1234567.5", "1,234,567.5"),
        ("2.3.1", "2.3.1"),
        ("2.3.1", "_2.3.1_,"),
        ("3.5", "(3.5%)"),
        ("Ada", "_Ada_"),
        ("Ada’s", "Ada"),
        ("Jean-Paul", "Jean-Paul"),
        ("2012-09-03", "3 Sept. 2012"),
        ("September 3rd", "3.9.2012"),
        ("the WHO", "WHO"),
        ("the U.S.", "US"),
    ],
)
def test_a_number_or_name_is_found_however_it_is_written_around(asked, written):
    weights = word_weights(f"Was it {asked}?", ["Cats slept."])
    source = passage(f"It was {written} there.")
    assert names_held(f"Was it {asked}?", source)
    assert coverage(weights, source.text) == 1


@pytest.mark.parametrize(
    ("asked", "written"), [("18,500", "18,5"), ("2.3", "2.3.1"), ("1,2", "12"), ("the WHO", "who")]
)
def test_another_number_is_not_found(asked, written):
    assert not names_held(f"Was it {asked}?", passage(f"It was {written} there."))


# What is shown


def test_one_sentence_is_enough_when_it_holds_what_was_asked():
    source = passage("Ada built a bridge.", "Bread was cheap.", "Cats slept.")
    others = [candidate(source, n) for n in (1, 2)]
    assert shown("Who built a bridge?", candidate(source, 0), *others) == ["Ada built a bridge."]


@pytest.mark.parametrize(
    "sentence",
    ["They sank.", "Their crews swam.", "By 1912, those rafts had rotted.", "The fleet sank."],
)
def test_a_sentence_that_points_back_brings_the_one_before(sentence):
    source = passage("Forty ships left.", sentence, "Cats slept.")
    assert shown("sank swam grown?", candidate(source, 1)) == ["Forty ships left.", sentence]


def test_what_the_question_names_needs_no_sentence_before():
    source = passage("Forty ships left.", "The fleet sank.", "Cats slept.")
    assert shown("When did the fleet sink?", candidate(source, 1)) == ["The fleet sank."]


def test_a_colon_brings_what_follows():
    source = passage("To clean the pump, do this:", "Open the lid.", "Cats slept.")
    assert len(shown("How is the pump cleaned?", candidate(source, 0))) == 2


STEPS = "To clean it:\n\n1. Open the lid.\n2. Rinse the filter.\n3. Close the lid.\n\nKeep it dry."


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_an_item_of_an_introduced_list_brings_the_whole_list(number):
    source = cut(STEPS)
    assert shown("How is it cleaned?", candidate(source, number)) == [
        "To clean it:",
        "Open the lid.",
        "Rinse the filter.",
        "Close the lid.",
    ]


MAY = "An officer may\n\n  1. call a vote with three others;\n  2. leave;\n  3. speak."


def test_an_item_that_is_asked_for_brings_only_what_introduces_it():
    source = cut(MAY)
    asked = "How many must call a vote?"
    assert shown(asked, candidate(source, 1)) == [
        "An officer may",
        "call a vote with three others;",
    ]
    assert len(shown("What may an officer do?", candidate(source, 1))) == 4


def test_of_a_list_that_answers_the_items_that_were_asked_for_are_shown():
    source = cut(STEPS)
    assert shown("Is the filter rinsed to clean it?", candidate(source, 0)) == [
        "To clean it:",
        "Rinse the filter.",
    ]


def test_the_first_item_of_a_list_introduces_no_other():
    source = cut("# Costs\n\n- Visits: 60 coins\n- Shots: free\n- Scans: 9 coins")
    assert shown("What do shots cost?", candidate(source, 1)) == ["Shots: free"]


FILTER = (
    "# Care\n\n## Replacing the filter\n\n1. Unplug the kettle.\n   Let it cool.\n"
    "2. Lift the tab.\n\n3. Push the filter in.\n\nKeep it dry."
)
FILTER_STEPS = ("Unplug the kettle.", "Let it cool.", "Lift the tab.", "Push the filter in.")


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_numbered_list_whose_heading_is_asked_about_is_shown_whole(number):
    best = candidate(cut(FILTER), number)
    assert shown("How is a filter replaced?", best) == list(FILTER_STEPS)
    assert shown("How do I put in a cartridge?", best) == list(FILTER_STEPS)
    assert shown("What are the steps for a cartridge?", best) == list(FILTER_STEPS)


def test_a_step_that_is_asked_for_stands_alone():
    source = cut(FILTER)
    assert shown("What about the tab?", candidate(source, 2)) == ["Lift the tab."]
    assert shown("How do I keep it dry?", candidate(source, 4)) == ["Keep it dry."]


def test_bullets_whose_heading_is_asked_about_are_shown_whole():
    items = ("Lids: free", "Cups: 9 coins", "Lids and cups: 7 coins")
    source = cut("# Costs\n\n- Lids: free\n- Cups: 9 coins\n- Lids and cups: 7 coins")
    for number in range(3):
        assert shown("What are the costs?", candidate(source, number)) == list(items)
    assert shown("What does a cup cost?", candidate(source, 1)) == [items[1]]
    apart = cut("# Costs\n\nAsk first.\n\n- Cups: 9 coins")
    assert shown("What are the costs?", candidate(apart, 0)) == ["Ask first."]


NESTED = (
    "Courses:\n\n- Rowing\n  - Adults: 90 coins\n  - Juniors: 40 coins\n- Sailing\n"
    "  - Adults: 120 coins\n  - Juniors: 55 coins\n"
)


def test_an_item_under_another_is_shown_with_it():
    source = cut(NESTED)
    best = candidate(source, number_of(source, "Juniors: 55 coins"))
    assert shown("What do juniors pay for sailing?", best)[-2:] == ["Sailing", "Juniors: 55 coins"]


def test_an_item_is_read_with_what_it_stands_under():
    text = rendered(cut(NESTED)).text
    assert "Sailing: Juniors: 55 coins" in text
    ticked = rendered(cut("- [x] Oil the gate\n- [ ] Paint the shed\n")).text
    assert ticked == "done: Oil the gate\nnot done: Paint the shed"


def alone(source: Passage, sentence: str) -> str:
    seen = rendered_alone(source, number_of(source, sentence))
    return seen.lead + seen.text


def test_a_sentence_is_read_by_itself_under_all_that_it_stands_under():
    source = cut("# Log\n\n## 4 May 1911\n\nDry. The mast broke.\n", title="Log")
    assert alone(source, "The mast broke.") == "Log. 4 May 1911: The mast broke."
    assert alone(cut(NESTED), "Juniors: 55 coins") == "Sailing: Juniors: 55 coins"
    assert alone(cut("- [x] Oil it\n- [ ] Paint it\n"), "Paint it") == "not done: Paint it"
    assert alone(cut("We voted to:\n\n- buy\n- build\n"), "build") == "We voted to: build"
    faq = "**Can I swim?**\n\nIn June."
    assert alone(cut(faq), "In June.") == "**Can I swim?** In June."
    row = alone(cut(LOANS), "| Central | 121 | 301 |")
    assert row.endswith("Branch: Central; Visits: 121; Loans: 301.")


def test_a_sentence_is_read_by_itself_with_the_one_that_it_goes_on_with():
    source = cut("The Tarn is cold. Its shore is sandy. It holds trout.\n\nThey bite at dusk.")
    assert alone(source, "It holds trout.") == "The Tarn is cold. It holds trout."
    assert alone(source, "They bite at dusk.") == "They bite at dusk."  # of another paragraph


def test_what_a_sentence_stands_under_may_answer_where_it_is_read_by_itself():
    source = cut("# Log\n\n## The 4 May is fine\n\n- Rowing\n  - The mast broke.\n", title="Log")
    best = candidate(source, number_of(source, "The mast broke."), margin=-3.0)
    (again,) = reread("When did it break?", [best], WordModel())
    assert source.words_at(again.answer) == "fine"
    assert source.words_at(again.place) == "The 4 May is fine"
    assert again.margin > best.margin + 10
    assert shown("When did it break?", again) == [
        "The 4 May is fine",
        "Rowing",
        "The mast broke.",
    ]
    assert short_answer("When did it break?", again) == "The 4 May is fine"  # a name by itself
    assert short_answer("Which day in May was it?", again) == "fine"


LAKES = (
    "# Lakes\n\nThe Arn lies low. It is 22 metres deep.\n\nThe Bel lies high. It is 41 metres deep."
)


def test_a_sentence_speaks_of_what_the_one_before_it_names():
    source = cut(LAKES)
    found = [Found(number_of(source, "It is 41 metres deep."), (0, 1), 1.0)]
    (read,) = candidates("How deep is the Bel?", [Hit(source, 0.8, 1)], [found])
    assert read.says == {"bel", "deep"}


HUTS = "Hut: Skogen\nBeds: 12\nStove: yes\n\nHut: Vidda\nBeds: 30\nStove: no\n"


@pytest.mark.parametrize(("path", "text"), [("a.txt", HUTS), ("a.md", f"```\n{HUTS}```\n")])
def test_a_field_is_read_under_the_one_that_names_its_record(path, text):
    source = cut(text, path)
    assert rendered(source).text == (
        "Hut: Skogen\nHut: Skogen: Beds: 12\nHut: Skogen: Stove: yes\n"
        "Hut: Vidda\nHut: Vidda: Beds: 30\nHut: Vidda: Stove: no"
    )
    assert alone(source, "Beds: 30") == "Hut: Vidda: Beds: 30"


@pytest.mark.parametrize(("path", "text"), [("a.txt", HUTS), ("a.md", HUTS)])
def test_a_field_is_shown_with_the_name_of_its_own_record(path, text):
    source = cut(text, path)
    best = candidate(source, number_of(source, "Beds: 30"))
    assert shown("How many beds has Vidda?", best) == ["Hut: Vidda", "Beds: 30"]


RENTS = "Full plot .... £48 a year\nHalf plot .... £27 a year\nLost key ..... £5\n"


def test_of_charges_with_leaders_the_one_that_is_asked_for_answers_alone_and_by_its_value():
    source = cut(f"Rents\n\n{RENTS}", "a.txt", title="Rents")
    half = number_of(source, "Half plot .... £27 a year")
    assert shown("What does a half plot cost?", candidate(source, half)) == [
        "Half plot .... £27 a year"
    ]
    value = source.text.index("£27") + source.start
    best = replace(candidate(source, half), answer=(value + 1, value + 3))
    assert short_answer("What does a half plot cost?", best) == "£27 a year"
    assert "Half plot; £27 a year." in rendered(source).text


def test_a_row_is_read_with_the_names_of_its_columns():
    source = cut(LOANS)
    seen = rendered(source)
    assert "Branch: Central; Visits: 121; Loans: 301." in seen.text
    for stretch in seen.stretches:
        place = stretch.place, stretch.place + stretch.end - stretch.start
        assert source.words_at(place) == seen.text[stretch.start : stretch.end]


DESCALE = (
    "# Descaling\n\nDescale it monthly. Use acid.\n\n1. Fill it.\n2. Boil it. Wait.\n3. Rinse it."
)


def test_who_asks_how_to_is_shown_the_steps_that_follow():
    parts = ("Descale it monthly.", "Use acid.", "Fill it.", "Boil it.", "Wait.", "Rinse it.")
    best = candidate(cut(DESCALE), 0)
    assert shown("How do I descale it?", best) == [parts[0], *parts[2:]]
    assert select("How do I descale it?", best, []).whole
    assert shown("How often should it be descaled?", best) == [parts[0]]
    assert not select("How often should it be descaled?", best, []).whole


def test_a_numbered_heading_of_plain_text_is_no_item_of_a_list():
    text = "Apologies: Greta Lund\n\n1. Dredging\nWork begins in June.\n\n2. Fees\nFees rise by 4%."
    source = cut(text, "a.txt")
    best = candidate(source, number_of(source, "Fees rise by 4%."))
    assert shown("How do fees rise?", best) == ["Fees rise by 4%."]


def test_of_a_long_list_the_beginning_is_shown():
    steps = [f"Turn the {n} screws {'of the lid ' * 5}out." for n in range(2, 14)]
    text = "\n".join(f"{n}. {step}" for n, step in enumerate(steps, start=1))
    found = shown("How do I open it?", candidate(cut(text, position=0), 0))
    assert found == steps[: len(found)]
    assert 3 < len(found) < 10


def test_a_table_whose_heading_is_asked_about_is_shown_whole():
    rows = ("| Property | Value |", "| Power | 2,200 W |", "| Cable | 75 cm |")
    source = cut(f"# Technical data\n\n{rows[0]}\n|---|---|\n{rows[1]}\n{rows[2]}")
    for number in range(len(source.sentences)):
        assert shown("What are the technical data?", candidate(source, number)) == list(rows)
    power, cable = (number_of(source, row) for row in rows[1:])
    assert select("What are the technical data?", candidate(source, power), []).whole
    assert shown("How long is the cable?", candidate(source, cable)) == [rows[0], rows[2]]


def test_a_row_that_holds_what_the_heading_lacks_is_shown_alone():
    rows = ("| Day | Hours |", "| Monday | 8-16 |", "| Tuesday | 9-18 |")
    source = cut(f"# Opening hours\n\n{rows[0]}\n|---|---|\n{rows[1]}\n{rows[2]}")
    best = candidate(source, number_of(source, rows[2]))
    assert shown("What are the opening hours on Tuesday?", best) == [rows[0], rows[2]]
    assert shown("What are the opening hours?", best) == list(rows)


LOANS = (
    "| Branch | Visits | Loans |\n|---|---:|---:|\n| Central | 121 | 301 |\n| **Quay** | 36 | 61 |"
)


@pytest.mark.parametrize(("words", "expected"), [("36", "36"), ("uay", "Quay"), ("61 |", "61")])
def test_of_a_row_the_whole_cell_answers_in_which_the_answer_begins(words, expected):
    source = cut(LOANS)
    start = LOANS.index(words, LOANS.index("**Quay"))
    row = number_of(source, "| **Quay** | 36 | 61 |")
    best = candidate(source, row, answer=(start, start + len(words)))
    assert short_answer("How many loans did Quay have?", best) == expected


def test_an_answer_to_a_question_of_the_document_is_shown_with_it():
    source = passage("Can I sell copies?", "Go ahead.", "Cats slept.")
    assert shown("Is selling allowed?", candidate(source, 1)) == [
        "Can I sell copies?",
        "Go ahead.",
    ]
    bold = passage("**Q: Can I sell copies?**", "A: No.", "They are ours.", "Cats slept.")
    assert len(shown("Is selling allowed?", candidate(bold, 1))) == 3


def test_what_follows_a_list_stands_alone():
    source = cut(STEPS)
    assert shown("Should it be dry?", candidate(source, 4)) == ["Keep it dry."]


def test_a_quotation_that_goes_on_is_shown_whole():
    source = passage("“Ships sink,” says Ada.", "“But crews swim.”", "Cats slept.")
    assert len(shown("What does Ada say?", candidate(source, 0))) == 2
    assert len(shown("Do crews swim?", candidate(source, 1))) == 2


@pytest.mark.parametrize("marks", ["“”", '""', "«»"])
def test_a_quotation_that_opens_within_a_sentence_is_shown_to_its_end(marks):
    source = passage(
        f"Ada told us: {marks[0]}I pay for the bridge.",
        "I do not pay for the road.",
        f"It can wait.{marks[1]}",
        "Cats slept.",
    )
    assert len(shown("What does Ada pay for?", candidate(source, 0))) == 3


def test_yes_and_no_are_shown_with_what_follows_them():
    source = passage("No.", "Only guide dogs are let in.", "Cats slept.")
    assert shown("Are dogs let in?", candidate(source, 0)) == list(
        shown("Are dogs let in?", candidate(source, 1))
    )
    assert len(shown("Are dogs let in?", candidate(source, 0))) == 2


def test_a_sentence_of_another_document_must_name_what_is_asked():
    clinic = passage("The clinic treats babies of two months.")
    other = replace(passage("A range is treated as two months."), document="b.md")
    third = replace(passage("Oldby treats babies too."), document="c.md")
    asked = "Does Oldby treat babies of two months as a range?"
    best = candidate(clinic, 0, 5.0)
    assert shown(asked, best, candidate(other, 0, 5.0, rank=2)) == [best.text]
    assert len(shown(asked, best, candidate(third, 0, 5.0, rank=2))) == 2


def test_a_row_of_a_table_is_shown_under_its_header():
    rows = ("| Kettle | Power |", "| OK-7 | 2000 W |", "| OK-9 | 2400 W |")
    source = cut(f"{rows[0]}\n|---|---|\n{rows[1]}\n{rows[2]}")
    best = candidate(source, number_of(source, rows[2]))
    assert shown("What power has the OK-9?", best) == [rows[0], rows[2]]


def test_a_question_of_two_parts_draws_on_two_sentences():
    one, two = passage("Wheat cost 3 coins."), passage("Barley cost 2 coins.", start=500)
    best, other = candidate(one, 0, 4.0), candidate(two, 0, 3.0, rank=2)
    asked = "How do the prices of wheat and barley compare?"
    assert shown(asked, best, other) == ["Wheat cost 3 coins.", "Barley cost 2 coins."]
    asked = "What did wheat cost?"
    weights = word_weights(asked, [one.text, two.text])
    best = replace(best, says=held(weights, one.text))
    other = replace(other, about=held(weights, two.text))
    assert shown(asked, best, other) == ["Wheat cost 3 coins."]


def test_sentences_that_answer_as_likely_are_shown_together_and_others_are_not():
    source = passage("Frost cracks the walls.", "Roots lift the paving.", "Ada paid for it.")
    best, other, third = (candidate(source, n, margin) for n, margin in enumerate((3.0, 2.0, 0.5)))
    both = ["Frost cracks the walls.", "Roots lift the paving."]
    why = "Why does it crumble?"
    assert shown(why, best, other) == both
    assert shown(why, best, other, replace(third, margin=-0.5)) == both  # likelier none
    assert shown(why, replace(best, margin=6.0), other) == both[:1]  # far less likely
    items = cut("# Decay\n\n- Frost cracks the walls.\n- Roots lift the paving.\n")
    numbers = [number_of(items, text) for text in both]
    assert shown(why, *(candidate(items, n, 3.0) for n in numbers)) == both[:1]


def test_what_a_heading_asks_needs_no_other_sentence():
    other = passage("The OK-7 is at work here.", start=500)
    likely = candidate(other, 0, 3.0, rank=2)
    best = candidate(cut("# FAQ\n\n## Does the OK-7 work at sea?\n\nYes, it does."), 0, 4.0)
    assert shown("Does an OK-7 work at sea?", best, likely) == ["Yes, it does."]
    plain = candidate(cut("# FAQ\n\nYes, it does."), 0, 4.0)
    assert len(shown("Does an OK-7 work at sea?", plain, likely)) == 2


def test_a_sentence_that_hardly_answers_is_not_added():
    one, two = passage("Wheat cost 3 coins."), passage("Barley is a plant.", start=500)
    best, other = candidate(one, 0, 4.0), candidate(two, 0, -6.0, rank=2)
    assert shown("How do wheat and barley compare?", best, other) == ["Wheat cost 3 coins."]


def test_an_answer_of_several_sentences_stays_short():
    long = "Ships " + "and more ships " * 20 + "left."
    source = passage(long, "They sank.")
    assert shown("What sank?", candidate(source, 1)) == ["They sank."]


def test_words_that_are_all_but_the_sentence_are_no_short_answer():
    source = passage("Ada built a bridge over the Thames.")
    some = candidate(source, 0, answer=(0, 3))
    most = candidate(source, 0, answer=(0, 34))
    assert short_answer("Who built it?", some) == "Ada"
    assert short_answer("What was built?", most) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [("§4.2)", "§4.2"), ("(see §4", "see §4"), ("the rule (§4.2)", "the rule (§4.2)"), (")", None)],
)
def test_a_bracket_whose_other_half_is_missing_is_no_part_of_the_short_answer(words, expected):
    sentence = f"What follows is {words} and a good deal more than that."
    start = sentence.index(words)
    span = (start, start + len(words))
    found = candidate(passage(sentence), 0, answer=span)
    assert short_answer("Where?", found) == expected


@pytest.mark.parametrize("quoted", ['"One" and "The Two"', "one “other Two”", "«One»"])
def test_a_quotation_that_the_short_answer_opens_is_closed(quoted):
    source = passage(f"They are called {quoted} by all who live in the old town.")
    span = (16, 16 + len(quoted) - 1)
    found = candidate(source, 0, answer=span)
    assert short_answer("What are they called?", found) == quoted


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("It opens at 10:00 a.m. and not earlier.", "10:00 a.m", "10:00 a.m."),
        ("It closes for everyone at 10:00 p.m.", "10:00 p.m", "10:00 p.m."),
        ("It is run by Holt Inc. of Oldby town.", "Holt Inc", "Holt Inc."),
        ("It was built by Ada.", "Ada", "Ada"),
        ("Dental care is not among what they do.", "not", None),
        ("The box contains: a lid and a cup.", ":", None),
        ("No, only guide dogs are let in.", "No", "No"),
        ("Its lid is of <b>bamboo</b> and cork.", "<b>bamboo</b>", "bamboo"),
        ("It is a “choice: or not,” she said to them.", "choice", "choice"),
        ("It returns `litres * 2` in the end.", "litres * 2`", "litres * 2"),
        ("Its lid is of **bamboo**.", "**bamboo", "bamboo"),
        ("Its lid is of **bamboo and cork**.", "**bamboo", "bamboo"),
        ("Its lid is of **fine** bamboo.", "**fine** bamboo", "**fine** bamboo"),
        ("Its lid is of **bamboo** and cork.", "bamboo**", "bamboo"),
        ("Its lid is of fine **bamboo** and cork.", "fine **bamboo", "fine **bamboo**"),
        ("Its lid is of **fine** and *old* bamboo.", "**fine** and *old", "**fine** and *old*"),
        ("Its lid is of snake_case and 2*3 cork.", "snake_case and 2*3", "snake_case and 2*3"),
    ],
)
def test_a_short_answer_is_words_that_say_something(sentence, words, expected):
    start = sentence.index(words)
    found = candidate(passage(sentence), 0, answer=(start, start + len(words)))
    assert short_answer("What?", found) == expected


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("They drank nearly 7 litres of it.", "7 litres", "nearly 7 litres"),
        ("It cost more than $5 million in all.", "$5 million", "more than $5 million"),
        ("Almost half of them were refused.", "half", "Almost half"),
        ("At least ten of the ships were lost.", "ten", "At least ten"),
        ("A member may have no more than two keys.", "two", "no more than two"),
        ("It takes not less than 40 days to dry.", "40 days", "not less than 40 days"),
        ("A boat may stay no more than two nights.", "more than two", "no more than two"),
        ("It is drunk without milk by most of them.", "milk", "without milk"),
        ("Nobody paid; not one boat came that day.", "one boat", "not one boat"),
        ("It holds just under 3 litres of oil.", "3 litres", "just under 3 litres"),
        ("There is room for barely 20 of them.", "20", "barely 20"),
        ("Over 40 boats were lost, 12 of them here.", "12", "12"),
        ("They speak about Ada and of others.", "Ada", "Ada"),
        ("Write to travel@halden.example for help.", "halden", "travel@halden.example"),
        (
            "See https://halden.example/a/b, it helps.",
            "halden.example",
            "https://halden.example/a/b",
        ),
        ("Look at www.halden.example/a for it.", "halden", "www.halden.example/a"),
        ("A night costs at most NOK 1,900 there.", "NOK 1,900", "at most NOK 1,900"),
        ("It came in 2019/20 and then went again.", "2019", "2019"),
        ("In the UK 40 of them were lost at sea.", "40", "40"),
        ("He bought nearly 30 in Oldby in 1912.", "Oldby", "Oldby"),
    ],
)
def test_an_amount_keeps_what_qualifies_it(sentence, words, expected):
    start = sentence.index(words)
    source = passage("There were some", sentence)
    before = len("There were some ")
    span = (before + start, before + start + len(words))
    found = candidate(source, 1, answer=span)
    assert short_answer("What?", found) == expected


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("We met Capt. Olaf Roos at the quay.", "Olaf Roos", "Capt. Olaf Roos"),
        ("We met Rev. Una Lie at the quay.", "Una Lie", "Rev. Una Lie"),
        ("It rained. Olaf Roos came.", "Olaf Roos", "Olaf Roos"),
    ],
)
def test_a_name_keeps_its_title(sentence, words, expected):
    start = sentence.index(words)
    found = candidate(passage(sentence), 0, answer=(start, start + len(words)))
    assert short_answer("Who?", found) == expected


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        (
            'It makes "zip", "tar", or "gztar" files.',
            'zip", "tar", or "gztar',
            '"zip", "tar", or "gztar"',
        ),
        ("It says error `out of room` and then it ends.", "error `out", "error `out of room`"),
        ("It is by Holm (1911) and by Roos of Orr.", "Holm (1911", "Holm (1911)"),
        ("It is by Holm (1911) and by Roos of Orr.", "1911", "1911"),
        (
            "They call it “the wet moor” and stay at home.",
            "moor” and stay",
            "“the wet moor” and stay",
        ),
        ('The "old" mill burnt and then it was gone.', "mill burnt", "mill burnt"),
        (
            "He said (Ada was there long ago, on a wet day by the sea in a boat) that it was.",
            "(Ada was",
            "Ada was",
        ),
    ],
)
def test_what_is_cut_through_a_pair_of_marks_is_given_whole(sentence, words, expected):
    start = sentence.index(words)
    found = candidate(passage(sentence), 0, answer=(start, start + len(words)))
    assert short_answer("What?", found) == expected


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Is the lid safe?", "Yes, the lid may be washed at up to 60 degrees.", "Yes"),
        ("Can I wash it?", "**A:** No. It would rust.", "No"),
        ("Where is it?", "Yes, the lid may be washed at up to 60 degrees.", "up to 60"),
        ("Is it safe?", "No one knows whether it is above 60 degrees.", "60"),
    ],
)
def test_yes_and_no_answer_what_asks_for_them(question, sentence, expected):
    start = max(0, sentence.find("60"))
    found = candidate(passage(sentence), 0, answer=(start, start + 2))
    assert short_answer(question, found) == expected


def test_a_heading_that_asks_is_read_before_what_stands_below_it():
    text = "# 9. Upgrading\n\n## 9.2. Must it be stopped?\n\nNo."
    assert rendered(cut(text, title="FAQ")).lead == "FAQ. 9.2. Must it be stopped? "
    assert rendered(cut("# 9. Upgrading\n\nNo.", title="FAQ")).lead == "FAQ. "


@pytest.mark.parametrize("text", ["- Cod.\n- Eel.", "1. Cod.\n2. Eel.", "| Fish |\n|---|\n| Cod |"])
def test_the_headings_of_a_list_or_a_table_are_read_before_it(text):
    seen = rendered(cut(f"# Food\n\n## Fish\n\n{text}", title="Menu"))
    assert (seen.lead, seen.text[:12]) == ("Menu. ", "Food: Fish: ")
    assert [stretch.sentence for stretch in seen.stretches[:1]] == [0]
    prose = rendered(cut("# Food\n\n## Fish\n\nCod - and eel. Of 2. No | at all.", title="Menu"))
    assert (prose.lead, prose.text[:3]) == ("Menu. ", "Cod")


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        (
            "How many ships were lost?",
            "It lost over 40 wooden ships to a storm.",
            "over 40 wooden ships",
        ),
        ("How many were lost?", "It lost over 40 wooden ships to a storm.", "over 40"),
        ("In how many cellars?", "It is in 40 cellars, by and large.", "40 cellars"),
        (
            "How many apple trees?",
            "They felled 40 apple and pear trees in all.",
            "40 apple and pear trees",
        ),
        ("How many apple hedges?", "They felled 40 apple and pear trees in all.", "40"),
        ("How many ships sailed?", "That year, 40 ships left the port for good.", "40"),
        ("How much was spent on books?", "Of it, 40 coins went on books for all.", "40"),
    ],
)
def test_a_number_goes_on_to_what_is_counted_where_that_is_asked_for(question, sentence, expected):
    start = sentence.index("40")
    found = candidate(passage(sentence), 0, answer=(start, start + 2))
    assert short_answer(question, found) == expected


# The reader


class WordModel(SpanModel):
    """Points at the word that follows "is"; no answer where there is none."""

    def __init__(self) -> None:
        self.folder: Path | None = None  # and no weights to load

    def logits(self, question: str, leads: Sequence[str], texts: Sequence[str]) -> list[Logits]:
        found = []
        for text in texts:
            words = text.split(" ")
            if "is" in words:
                at = words.index("is") + 1
                found.append(logits(words, {at: 9.0}, {at: 9.0}))
            else:
                said = logits(words, {}, {})
                found.append(Logits(said.start, said.end, said.offsets, 20.0))
        return found


def test_a_model_may_bring_what_was_fitted_to_its_scores(tmp_path):
    model = WordModel()
    model.folder = tmp_path
    fitted = (Path(reader_module.__file__).parent / "confidence.toml").read_text()
    (tmp_path / "confidence.toml").write_text(re.sub("threshold = .*", "threshold = 0.5", fitted))
    assert SpanReader(model).threshold == 0.5
    model.folder = tmp_path / "other"  # without one
    assert SpanReader(model).threshold == SpanReader(WordModel()).threshold


@pytest.mark.parametrize("damage", ["margin = ", "[confidence]", "threshold = ", "="])
def test_a_confidence_file_that_is_not_in_order_is_refused(tmp_path, damage):
    model = WordModel()
    model.folder = tmp_path
    fitted = (Path(reader_module.__file__).parent / "confidence.toml").read_text()
    (tmp_path / "confidence.toml").write_text(fitted.replace(damage, "x", 1))
    with pytest.raises(BadSettings, match="does not say how sure"):
        SpanReader(model)


def test_a_confidence_file_with_a_signal_of_another_version_is_refused(tmp_path):
    model = WordModel()
    model.folder = tmp_path
    fitted = (Path(reader_module.__file__).parent / "confidence.toml").read_text()
    (tmp_path / "confidence.toml").write_text(f"{fitted}\nnames = 1.5\n")
    with pytest.raises(BadSettings, match="names: no signal of this version"):
        SpanReader(model)


def test_how_sure_an_answer_is_comes_from_its_signals():
    weights = Weights((1.0, 0.0, 0.0, 0.0), (0.5, 2.0), -1.0, 0.3)
    reader = SpanReader(WordModel(), weights)
    reading = reader.read("How old is Rome?", [Hit(passage("Rome is old."), 0.25, 1)])
    margin = reading.signals.margin
    assert reading.signals == Signals(margin, 0.25)
    assert margin > 10
    assert reading.confidence == pytest.approx(1 / (1 + np.exp(-(0.5 * margin + 2 * 0.25 - 1))))
    assert reader.threshold == 0.3


@pytest.mark.parametrize(("threshold", "expected"), [(0.3, 0.45), (0.6, 0.6), (0.95, 0.45)])
def test_an_answer_that_another_document_contradicts_is_half_as_sure_and_still_shown(
    threshold, expected
):
    weights = Weights((1.0, 0.0, 0.0, 0.0), (0.0, 0.0), math.log(9), threshold)  # sure at 0.9
    hits = [
        Hit(replace(passage(f"The fare is {fare} today."), document=f"{fare}.md"), 0.5, rank)
        for rank, fare in enumerate(("40", "70"), start=1)
    ]
    reading = SpanReader(WordModel(), weights).read("What is the fare?", hits)
    assert {p.document for p, _ in reading.sentences} == {"40.md", "70.md"}
    assert reading.confidence == pytest.approx(expected)
    agreed = SpanReader(WordModel(), weights).read("What is the fare?", hits[:1])
    assert agreed.confidence == pytest.approx(0.9)


def test_the_answer_comes_from_the_passage_that_answers_and_that_hit_comes_first():
    hits = [Hit(passage("Cats slept."), 0.6, 1), Hit(passage("Rome is old."), 0.5, 2)]
    reading = SpanReader(WordModel()).read("How old is Rome?", hits)
    assert reading is not None
    ((source, span),) = reading.sentences
    assert source.text[slice(*span)] == "Rome is old."
    assert reading.short == "old."
    assert [(hit.passage.text, hit.rank) for hit in reading.hits] == [
        ("Rome is old.", 1),
        ("Cats slept.", 2),
    ]
    assert reading.hits[0].score > reading.hits[1].score
    assert 0 < reading.confidence < 1


def test_hits_that_were_not_read_come_after_the_others_in_their_order():
    read = [Hit(passage(f"Rome is {n}.", start=100 * n), 0.9 - n / 100, n) for n in range(1, 9)]
    rest = [Hit(passage(f"Cat {n}.", start=100 * n), 0.5 - n / 100, n) for n in range(9, 11)]
    reading = SpanReader(WordModel()).read("How old is Rome?", [*read, *rest])
    assert reading is not None
    assert [hit.rank for hit in reading.hits] == list(range(1, 11))
    assert [hit.passage.text for hit in reading.hits[8:]] == ["Cat 9.", "Cat 10."]
    scores = [hit.score for hit in reading.hits]
    assert scores == sorted(scores, reverse=True)


def test_without_a_sentence_there_is_no_reading():
    assert SpanReader(WordModel()).read("bridge", []) is None


# The real model

BARN = passage("The barn was built in 1784.", "It burned down in 1901.")


@pytest.mark.model
def test_the_trained_model_points_at_the_words_that_answer():
    model = SpanModel()
    for question, answer in (
        ("When was the barn built?", "1784"),
        ("In what year did the barn burn down?", "1901"),
    ):
        reading = SpanReader(model).read(question, [Hit(BARN, 0.7, 1)])
        assert reading is not None
        assert answer in (reading.short or "")
    (said,) = model.logits("Who painted the barn red?", [""], [BARN.text])
    (other,) = model.logits("When was the barn built?", [""], [BARN.text])
    margins = [
        max(f.margin for f in best_spans(x, [(0, (0, len(BARN.text)))])) for x in (said, other)
    ]
    assert margins[0] < margins[1]


@pytest.mark.model
def test_reading_twice_gives_the_same_logits():
    question, texts = "When was the barn built?", [BARN.text, "Cats slept."]
    first, second = (SpanModel().logits(question, ["", ""], texts) for _ in range(2))
    assert all(np.array_equal(a.start, b.start) for a, b in zip(first, second, strict=True))
    assert all(a.none == b.none for a, b in zip(first, second, strict=True))


@pytest.mark.model
def test_another_question_answering_model_can_be_named(tmp_path):
    own = SpanModel(precision=Precision.SINGLE)
    tokenizer, model = own._loaded
    tokenizer.save_pretrained(tmp_path / "mine")
    model.save_pretrained(tmp_path / "mine")
    question = "When was the barn built?"
    (expected,) = own.logits(question, [""], [BARN.text])
    (found,) = SpanModel("mine", tmp_path).logits(question, [""], [BARN.text])
    assert np.allclose(found.start, expected.start, atol=1e-4)


@pytest.mark.model
def test_a_model_that_answers_no_questions_is_refused(tmp_path):
    embedding_model = str(find_model(DEFAULT_MODEL, tmp_path))
    with pytest.raises(ModelMissing, match="no weights for qa_outputs"):
        SpanModel(embedding_model).logits("Who?", [""], ["Ada."])


def test_a_reader_that_is_not_there_is_refused_with_the_setting_to_correct(tmp_path):
    with pytest.raises(ModelMissing, match="Correct reader in"):
        SpanModel("./gone", tmp_path)


def reading(source: Passage, *numbers: int, confidence: float = 0.8, score: float = 1.0) -> Reading:
    places = tuple((source, source.sentences[number]) for number in numbers)
    signals = Signals(confidence, score)
    return Reading(places, places[-1], "Ada", confidence, [Hit(source, score, 1)], signals)


def joined_texts(found: Reading) -> list[str]:
    return [p.text[start - p.start : end - p.start] for p, (start, end) in found.sentences]


def test_the_readings_of_parts_become_one_as_sure_as_the_least_sure():
    first, second = passage("It was built.", "Ada paid."), passage("It burned.", start=100)
    found = joined(
        [
            reading(first, 0, 1, score=1.0),
            reading(second, 0, confidence=0.4, score=3.0),
            reading(first, 1, score=2.0),
        ]
    )
    assert joined_texts(found) == ["It was built.", "Ada paid.", "It burned."]
    assert found.confidence == 0.4
    assert found.signals == Signals(0.4, 3.0)  # those of the least sure
    assert found.short is None  # "Ada" answers one part alone
    assert [(hit.passage.start, hit.score, hit.rank) for hit in found.hits] == [
        (100, 3.0, 1),
        (0, 2.0, 2),
    ]


def test_parts_that_are_too_long_together_bring_one_sentence_each():
    long = passage("Ships " + "and more ships " * 15 + "left.", "They sank.")
    other = passage("Ada " + "and more people " * 5 + "left.", "They came back.", start=400)
    found = joined([reading(long, 0, 1), reading(other, 0, 1)])
    assert joined_texts(found) == ["They sank.", "They came back."]


@pytest.mark.model
@pytest.mark.parametrize(
    ("sentence", "question", "expected"),
    [
        (
            "The churn holds roughly 32 litres of milk.",
            "How much does it hold?",
            "roughly 32 litres",
        ),
        ("A berth costs NOK 480 in July.", "What does a berth cost in July?", "NOK 480"),
        ("Milk is heated to 72 °C for the cheese.", "To what is the milk heated?", "72 °C"),
        ("The truck burns 0.3 l/km on the road.", "How much does the truck burn?", "0.3 l/km"),
        ("Prices are $4.50/kg for plums.", "What is the price of plums?", "$4.50/kg"),
        ("Dr. Runa Lien keeps the herd book.", "Who keeps the herd book?", "Dr. Runa Lien"),
        ("The song “wet meadow” is sung there.", "Which song is sung there?", "wet meadow"),
    ],
)
def test_the_reader_marks_amounts_and_names_whole(sentence, question, expected):
    reading = SpanReader(SpanModel(None)).read(question, [Hit(passage(sentence), 0.5, 1)])
    assert reading is not None
    assert expected in (reading.short or "")
