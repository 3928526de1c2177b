import pytest

from assistant.answer_types import expected, short_answer


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many ships sank?", "number"),
        ("What share of voters stayed at home?", "number"),
        ("In what year did it open?", "date"),
        ("When did it open?", "date"),
        ("Who opened it?", "name"),
        ("Why did it open?", None),
        ("What happened when it rained?", None),
    ],
)
def test_the_words_of_a_question_tell_what_is_asked_for(question, kind):
    assert expected(question) == kind


@pytest.mark.parametrize(
    ("question", "sentence", "short"),
    [
        ("How many ships sank?", "In 1912 they lost over 40 ships and 3 tugs.", "over 40 ships"),
        ("How many ships sank?", "Twenty-two large ships sank.", "Twenty-two large ships"),
        (
            "How many police programs ran?",
            "Since 2000, nearly 900 police and security programs were held.",
            "nearly 900 police and security programs",
        ),
        ("What share stayed?", "Of 900 people, nearly 40 percent stayed.", "nearly 40 percent"),
        ("How much did it cost?", "It cost $3.5 million in all.", "$3.5 million"),
        ("When did it open?", "It opened on 3 May 1921 with a parade.", "3 May 1921"),
        ("When did it open?", "The hall, opened in 1921, has a dome.", "1921"),
    ],
)
def test_a_span_that_plainly_answers_is_found(question, sentence, short):
    place = short_answer(question, sentence)
    assert place is not None
    assert sentence[slice(*place)] == short


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How many ships sank?", "They lost 40 tugs and 3 barges."),  # which of the two?
        ("When did it open?", "It was planned in 1910 and opened in 1921."),
        ("Who opened Grand Central Station?", "Grand Central Station was opened at noon."),
        ("How many ships sank in 1912?", "In 1912 some sank."),  # the question's own year
        ("How many countries signed?", "Only 3 of 12 countries signed."),
        ("How many people died?", "About 40 of the 300 people on board died."),
        ("How many members does it have?", "It has between 12 and 15 members."),
        ("How many ships sank?", "It sank 12-15 ships."),
        ("How many ships sank?", "It sank 40 000 ships."),
        ("How many ships sank?", "No one knows how many ships sank."),
        ("How old is Ada?", "Ada has 3 cats."),
        ("How long is the bridge?", "The bridge has 6 lanes."),
        ("How much did the bridge cost?", "The bridge took three years to build, at a fortune."),
        ("When was the fleet lost?", "The fleet of 1200 ships was lost in a storm."),
        ("Who opened the hall?", "The hall was opened by Ada Byron King."),
        ("How many ships sank in 1913?", "In 1912 over 40 ships sank."),  # of another year
        ("How many ships did Spain lose?", "France lost 40 ships."),
        ("When did the hall close?", "The hall opened in 1921."),
        ("Why did it open?", "It opened in 1921."),
        ("What share stayed?", "Of 900 people, most stayed."),
    ],
)
def test_nothing_is_given_where_it_is_not_plain(question, sentence):
    assert short_answer(question, sentence) is None
