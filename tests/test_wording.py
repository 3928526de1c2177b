import pytest

from assistant.questions.wording import as_written


@pytest.mark.parametrize(
    ("question", "text", "meant"),
    [
        ("Who has 1250000 cows?", "1,250,000 cows", "Who has 1,250,000 cows?"),
        ("Who has 18,500 cows?", "18\u202f500 cows", "Who has 18\u202f500 cows?"),
        ("What fell on 17 May 2011?", "On 2011-05-17 it fell", "What fell on 2011-05-17?"),
        ("Who came on April 3rd?", "3 April 2023: Ada came", "Who came on 3 April 2023?"),
        ("Who came on 09/04/2023?", "9 April 2023: Bo came", "Who came on 9 April 2023?"),
        ("Who came on 9 April 2023?", "09/04/2023: Bo came", "Who came on 09/04/2023?"),
    ],
)
def test_a_figure_is_asked_for_as_the_text_writes_it(question, text, meant):
    assert as_written(question, [text]) == meant


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("Who came on April 3rd?", ["3 April 2022", "3 April 2023"]),  # which year is not said
        ("Who came on 3 April 2023?", ["3 April"]),  # of whatever year
        ("Who came on 3 April 2023?", ["4 April 2023"]),
        ("Who was the 3rd mayor?", ["He had 3 dogs"]),
        ("Who has 18500 cows?", ["18500 cows and 18,500 hens"]),
        ("Who came in April 2023?", ["3 April 2023"]),
        ("Who came?", ["3 April 2023"]),
    ],
)
def test_a_figure_that_is_there_or_is_another_stays(question, texts):
    assert as_written(question, texts) == question
