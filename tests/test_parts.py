from __future__ import annotations

import pytest

from assistant.questions import parts, points_back

SPLIT = [
    (
        "When was the barn built, and who paid for it?",
        ["When was the barn built?", "Who paid for it?"],
    ),
    ("how old is it and where does it stand", ["How old is it?", "Where does it stand?"]),
    ("Where and when was Ada born?", ["Where was Ada born?", "When was Ada born?"]),
    ("Who built it, and why?", ["Who built it?", "Why built it?"]),
    (
        "In what year did it open, and by whom was it opened?",
        ["In what year did it open?", "By whom was it opened?"],
    ),
    (
        "Who built it, and when did it burn, and which firm rebuilt it?",
        ["Who built it?", "When did it burn?", "Which firm rebuilt it?"],
    ),
]
WHOLE = [
    "When was the barn built?",
    "What are the causes and effects of rain?",
    "How do 2010 and 2019 compare?",
    "What happened in 1999 and when the war ended?",  # no question of its own
    "Do you know who built it and why?",
    "Is it true that Ada knew what and when?",
    "Who built the barn, which burned?",
    "Which city, and in which year, hosted the games?",
    "What is law and order?",
    "Where and when?",
    "And when?",
    "and who",
    "?",
    "Who left and who stayed and who came and who went?",  # too many
]


@pytest.mark.parametrize(("question", "expected"), SPLIT)
def test_a_question_of_several_parts_is_split_where_another_question_begins(question, expected):
    assert parts(question) == expected


@pytest.mark.parametrize("question", WHOLE)
def test_a_question_that_asks_for_one_thing_stays_whole(question):
    assert parts(question) == [question]


def test_a_part_points_back_when_it_names_nothing_itself():
    assert points_back("Who paid for it?")
    assert points_back("When was their ship lost?")
    assert not points_back("Who paid for the barn?")
    assert not points_back("Who visited Italy?")  # "it" is a word of its own


def test_questions_one_after_the_other_are_parts():
    asked = "How much does the bridge cost? Who closed it in 2018?"
    assert parts(asked) == ["How much does the bridge cost?", "Who closed it in 2018?"]
    assert parts("Is it safe? I wonder.") == ["Is it safe? I wonder."]
