"""What answers together: tasks in one state, rows and items that answer alike."""

from collections.abc import Sequence

import pytest

from assistant.reading.alike import answering_alike
from assistant.reading.candidates import Candidate, candidates
from assistant.reading.model import Logits, SpanModel
from assistant.reading.reader import SpanReader
from assistant.reading.selecting import gathered
from assistant.reading.spans import Found
from assistant.reading.tasks import in_asked_state
from assistant.values import Hit, Passage
from tests.test_reading import cut, logits


class SayingModel(SpanModel):
    """A text answers as likely as its likeliest word says, against 20 that there is no answer."""

    def __init__(self, margins: dict[str, float]) -> None:
        self.folder = None
        self.margins = margins

    def logits(self, question: str, leads: Sequence[str], texts: Sequence[str]) -> list[Logits]:
        found = []
        for text in texts:
            said = logits(text.split(" "), {}, {})
            best = max((margin for word, margin in self.margins.items() if word in text), default=0)
            found.append(Logits(said.start + best, said.end, said.offsets, 20.0))
        return found


def read(question: str, source: Passage, margins: dict[str, float]) -> list[Candidate]:
    """Every sentence of a passage, best first; the margin is 0 where none is said."""
    told = [
        Found(n, span, next((m for w, m in margins.items() if w in source.words_at(span)), 0.0))
        for n, span in enumerate(source.sentences)
    ]
    return sorted(candidates(question, [Hit(source, 0.5, 1)], [told]), key=lambda c: -c.margin)


def texts(found: Sequence[Candidate]) -> list[str]:
    return [one.text for one in sorted(found, key=lambda c: c.span)]


def margin(candidate: Candidate) -> float:
    return candidate.margin


OFFICE = """# Office

Kim moves the office.

- [x] Order desks
- [ ] Paint walls
- [x] Pack books
- [ ] Sell lamps
"""
ASKS_DONE = {"Done, completed": 25.0, "Already done": 24.0}
ASKS_OPEN = {"Still open": 25.0, "Not done yet": 24.0}


@pytest.mark.parametrize(
    ("model", "expected"),
    [(ASKS_DONE, ["Order desks", "Pack books"]), (ASKS_OPEN, ["Paint walls", "Sell lamps"])],
)
def test_tasks_are_shown_in_the_state_in_which_they_answer(model, expected):
    ranked = read("What about it?", cut(OFFICE), {"Paint": 2.0, "Order": 1.0})
    found = in_asked_state("What about it?", ranked, SayingModel(model), margin)
    assert texts(found) == expected
    assert found[0].margin > 2.0


def test_tasks_that_answer_in_either_state_alike_are_not_told_apart():
    ranked = read("What about it?", cut(OFFICE), {"Paint": 2.0})
    assert in_asked_state("What about it?", ranked, SayingModel({}), margin) == []


def test_a_question_for_yes_or_no_asks_for_no_other_task():
    ranked = read("Are walls painted?", cut(OFFICE), {"Paint": 2.0})
    assert in_asked_state("Are walls painted?", ranked, SayingModel(ASKS_DONE), margin) == []


def test_prose_that_answers_better_is_shown_instead_of_tasks():
    ranked = read("Who moves?", cut(OFFICE), {"Kim": 30.0})
    assert in_asked_state("Who moves?", ranked, SayingModel(ASKS_DONE), margin) == []


def test_where_no_task_is_in_the_state_asked_for_that_speaks_against_an_answer():
    source = cut("- [ ] Buy a pump\n- [ ] Raise the freezer\n")
    ranked = read("What about it?", source, {"pump": 3.0})
    (found,) = in_asked_state("What about it?", ranked, SayingModel(ASKS_DONE), margin)
    assert found.margin < 0


def test_tasks_under_another_heading_than_is_asked_about_are_left_out():
    farm = "# Farm\n\n## Barn\n\n- [x] Mend roof\n\n## Yard\n\n- [x] Lay stones\n- [ ] Cut hay\n"
    barn, yard = (cut(farm, position=place) for place in (0, 1))
    ranked = [*read("What of the yard?", yard, {"Lay": 5.0}), *read("What of the yard?", barn, {})]
    found = in_asked_state("What of the yard?", ranked, SayingModel(ASKS_DONE), margin)
    assert texts(found) == ["Lay stones"]
    anywhere = [*read("What of it?", yard, {"Lay": 5.0}), *read("What of it?", barn, {})]
    found = in_asked_state("What of it?", anywhere, SayingModel(ASKS_DONE), margin)
    assert texts(found) == ["Mend roof", "Lay stones"]


def test_a_task_under_another_is_shown_with_it():
    cellar = "- [ ] Clear cellar\n  - [x] Sell shelves\n  - [x] Lift lamps\n  - [ ] Dry walls\n"
    ranked = read("What about it?", cut(cellar), {"Sell": 2.0})
    shown = gathered(in_asked_state("What about it?", ranked, SayingModel(ASKS_DONE), margin))
    assert [p.words_at(span) for p, span in shown.places] == [
        "Clear cellar",
        "Sell shelves",
        "Lift lamps",
    ]
    assert shown.whole


CREW = """| Name | Role |
|---|---|
| Ada | Captain |
| Bo | Mate |
| Cy | Cook |
| Di | Stoker |
"""


def alike(question: str, text: str, first: str, margins: dict[str, float]) -> list[str]:
    best, *others = read(question, cut(text), {first: 9.0})
    return texts(answering_alike(question, best, others, SayingModel(margins)))


def test_rows_that_answer_as_well_by_themselves_are_shown_together():
    likely = {"Ada": 30.0, "Bo": 29.0, "Cy": 31.0, "Di": 28.0}
    rows = ["| Ada | Captain |", "| Bo | Mate |", "| Cy | Cook |", "| Di | Stoker |"]
    assert alike("Who sailed?", CREW, "Ada", likely) == rows


def test_where_most_rows_answer_a_row_that_answers_less_is_no_gap():
    likely = {"Ada": 30.0, "Bo": 29.0, "Cy": 31.0, "Di": 22.0}
    assert len(alike("Who sailed?", CREW, "Ada", likely)) == 4
    assert len(alike("Who sailed?", CREW, "Ada", {**likely, "Di": 2.0})) == 3


def test_a_row_that_answers_alone_is_shown_alone():
    likely = {"Ada": 30.0, "Bo": 21.0, "Cy": 21.0, "Di": 21.0}
    assert alike("Who was in command?", CREW, "Ada", likely) == []


def test_a_row_that_names_what_is_asked_for_is_shown_alone():
    likely = {"Ada": 30.0, "Bo": 29.0, "Cy": 31.0, "Di": 28.0}
    assert alike("Who is the cook?", CREW, "Cy", likely) == []


def test_rows_that_all_name_what_is_asked_for_are_shown_together():
    lines = "| Stop | Line |\n|---|---|\n| Mill | 9 |\n| Quay | 4 |\n| Park | 9 |\n"
    likely = {"Mill": 30.0, "Quay": 30.0, "Park": 29.0}
    found = alike("Where does line 9 stop?", lines, "Mill", likely)
    assert found == ["| Mill | 9 |", "| Park | 9 |"]


def test_fields_of_one_label_are_shown_together():
    people = ("Ann Lee", "Bob Ray", "Cem Oz")
    records = "\n\n".join(f"Name: {name}\nPhone: 551{n}" for n, name in enumerate(people))
    best, *others = read("Who is listed?", cut(records, "a.txt", position=0), {"Ann": 9.0})
    model = SayingModel({"Ann": 30.0, "Bob": 30.0, "Cem": 29.0})
    found = texts(answering_alike("Who is listed?", best, others, model))
    assert found == [f"Name: {name}" for name in people]


def test_rows_shown_together_stand_under_their_header_and_have_no_short_answer():
    likely = {"Ada": 30.0, "Bo": 29.0, "Cy": 31.0, "Di": 28.0}
    reading = SpanReader(SayingModel(likely)).read("Who sailed?", [Hit(cut(CREW), 0.5, 1)])
    assert reading is not None
    assert len(reading.sentences) == 5
    assert reading.short is None
