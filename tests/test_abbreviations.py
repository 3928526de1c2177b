import pytest

from assistant.abbreviations import abbreviations, missed, with_both
from assistant.reading.matching import coverage, word_weights

TEXT = "The Nuclear Magnet Facility (NMF) opens in June. An NMF visit takes two hours."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TEXT, {"NMF": "Nuclear Magnet Facility"}),
        ("PCR (polymerase chain reaction) runs.", {"PCR": "polymerase chain reaction"}),
        ("Many non-profit organisations (NPOs) came.", {"NPO": "non-profit organisations"}),
        ("the Department of Motor Vehicles (DMV)", {"DMV": "Department of Motor Vehicles"}),
        ("It treats tuberculosis (TB).", {"TB": "tuberculosis"}),
        ("It costs five crowns (CZK).", {}),
        ("It rose (see above) by half (about 30).", {}),
        ("The fair ended. (FE)", {}),
        ("", {}),
    ],
)
def test_what_brackets_explain_is_found_in_either_order(text, found):
    assert abbreviations([text]) == found


def test_the_first_expansion_counts():
    texts = ["Town Hall (TH)", "Tree House (TH)"]
    assert abbreviations(texts) == {"TH": "Town Hall"}


@pytest.mark.parametrize(
    ("question", "both"),
    [
        ("When does the NMF open?", "When does the NMF (Nuclear Magnet Facility) open?"),
        ("Is nuclear magnet facility open?", "Is nuclear magnet facility (NMF) open?"),
        (
            "Is the Nuclear Magnet Facility (NMF) open?",
            "Is the Nuclear Magnet Facility (NMF) open?",
        ),
        ("Is the NMFX open?", "Is the NMFX open?"),
    ],
)
def test_a_question_by_one_form_gets_the_other(question, both):
    assert with_both(question, abbreviations([TEXT])) == both


def test_a_form_is_missed_where_a_text_has_only_that_one():
    explained = abbreviations([TEXT])
    assert missed("Is the NMF open?", explained, [TEXT, "NMF tour"]) == {}
    assert missed("Is the Nuclear Magnet Facility open?", explained, [TEXT, "NMF tour"])
    assert missed("Is the NMF open?", explained, ["the nuclear magnet facility"])


def test_either_form_covers_an_abbreviation_that_the_question_explains():
    weights = word_weights("Is the NMF (Nuclear Magnet Facility) open?", ["a", "b"])
    assert coverage(weights, "An NMF is open.") == 1
    assert coverage(weights, "Open is the nuclear magnet facility.") == 1
    assert coverage(weights, "A nuclear facility is open.") < 1
