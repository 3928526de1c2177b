import sqlite3
from pathlib import Path

import pytest

from assistant.index.faults import WordsDamaged
from assistant.index.lexical import LexicalIndex
from assistant.values import Passage


def passage(text: str, document: str = "a.md", section: str | None = None) -> Passage:
    return Passage(document, 0, len(text), text, section, None, 0)


@pytest.fixture
def words(tmp_path: Path) -> LexicalIndex:
    index = LexicalIndex(tmp_path / "words.sqlite3")
    index.add(
        [
            ("1", passage("The cameras watch the harbour.")),
            ("2", passage("Bread is baked at dawn.", "b.md")),
            ("3", passage("Nothing of note.", section="Cameras")),
        ]
    )
    return index


def test_inflected_words_match_and_text_counts_more_than_a_heading(words):
    found = words.search("Which camera is it?", 10)
    assert [id for id, _ in found] == ["1", "3"]
    assert found[0][1] > found[1][1] > 0


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("cameras", 1),
        ("Which cameras watch the harbour?", 1),
        ("Do cameras prevent burglary?", 1 / 3),  # camera; not prevent, burglari
        ("cameras, cameras and bread", 1 / 2),  # each stem once
        ("What is bread made of at dawn, and who bakes it?", 3 / 4),  # not made
        ("burglary", None),
    ],
)
def test_the_best_scores_the_square_of_the_share_of_the_asked_stems_that_it_holds(
    words, question, share
):
    found = words.search(question, 10)
    assert (found[0][1] if found else None) == (share and pytest.approx(share**2))


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("The max_length is 4", "max length"),
        ("Version 2.3.1 came", "2.3.1"),
        ("The WHO came", "WHO"),
        ("Opened 3 Sept. 2012", "3 September 2012"),
        ("Café", "cafe"),
    ],
)
def test_stems_are_held_as_they_are_found(words, written, asked):
    words.add([("4", passage(written))])
    assert words.search(asked, 1) == [("4", 1.0)]


def test_a_stem_in_a_title_is_held(words):
    words.add([("4", Passage("d.md", 0, 5, "Ships", "Sails", None, 0, "Sloops"))])
    assert words.search("ships, sails, sloops", 10) == [("4", 1.0)]


def test_accents_are_folded(words):
    words.add([("4", passage("The café in Málaga."))])
    assert [id for id, _ in words.search("cafe malaga", 10)] == ["4"]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("18,500 seats", "18500"),
        ("Opened 3 Sept. 2012", "2012-09-03"),
        ("Opened 2012-09-03", "3rd of September"),
        ("The IT desk", "Where is IT?"),
        ("Version 2.3.1 came", "2.3.1"),
        ("The max_length is 4", "max length"),
    ],
)
def test_words_are_found_in_any_form(words, written, asked):
    words.add([("4", passage(written)), ("5", passage("It is where 2 of 3 were in 1 of 31."))])
    assert words.search(asked, 10)[0][0] == "4"


def test_an_acronym_is_not_found_in_a_common_word(words):
    words.add([("4", passage("Who came to us?")), ("5", passage("The WHO came."))])
    assert [id for id, _ in words.search("Where is WHO?", 10)] == ["5"]


def test_a_file_of_another_version_is_an_error(tmp_path):
    file = tmp_path / "words.sqlite3"
    LexicalIndex(file).close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 0")
    connection.close()
    with pytest.raises(WordsDamaged):
        LexicalIndex(file)


@pytest.mark.parametrize(
    "question",
    ['"', "camera AND", "text:camera", "NEAR(camera)", "camera*", "(", "^camera", "'; --", "-"],
)
def test_a_question_is_never_read_as_query_syntax(words, question):
    words.search(question, 10)  # no error is the claim


def test_stop_words_alone_still_search(words):
    assert [id for id, _ in words.search("is at", 10)] == ["2"]


def test_documents_limit_the_search(words):
    assert words.search("camera bread", 10, ["b.md"])[0][0] == "2"
    assert words.search("camera", 10, ["b.md"]) == []


def test_what_is_removed_is_no_longer_found(words):
    words.remove(["1"])
    assert [id for id, _ in words.search("harbour", 10)] == []


def test_an_id_that_is_there_keeps_its_passage(words):
    words.add([("1", passage("Other words."))])
    assert [id for id, _ in words.search("harbour", 10)] == ["1"]


def test_the_revision_is_kept(words, tmp_path):
    assert words.revision == -1
    words.level(3)
    words.close()
    assert LexicalIndex(tmp_path / "words.sqlite3").revision == 3


def test_another_file_is_an_error(tmp_path):
    (tmp_path / "words.sqlite3").write_text("not a database, but text of some length" * 10)
    with pytest.raises(WordsDamaged):
        LexicalIndex(tmp_path / "words.sqlite3")
