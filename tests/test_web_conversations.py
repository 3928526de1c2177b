"""What browsers keep of conversations and send back, over the fake Assistant of fakes.py."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any, cast

import pytest

from assistant import errors
from assistant.web import render, talking
from assistant.web.keeping import Unreadable, carried, returned
from assistant.web.turns import Turn, history, shown
from tests.fakes import (
    ARTICLE,
    HOSTILE,
    SAFE_CITY,
    FakeAssistant,
    answer_to,
    article,
    document,
    hits,
    turn,
)
from tests.test_web import OURS, Reader, steps


def record(question: str = "How many?") -> dict[str, Any]:
    """Return what the browser is given to keep of a turn."""
    [written] = re.findall(r'data-record="([^"]*)"', carried(turn(question)))
    return cast(dict[str, Any], json.loads(unescape(written)))


def sent(*records: dict[str, Any], pending: str | None = None) -> str:
    return json.dumps({"turns": list(records), "pending": pending})


def back(text: object, fake: FakeAssistant | None = None) -> list[Turn]:
    turns, _ = returned(fake or FakeAssistant(), text)
    return turns


@pytest.mark.parametrize(
    "question", ["How many?", "silence", "hello", "hostile", "arabic", "forty"]
)
def test_what_a_browser_kept_comes_back_as_it_was(question: str):
    [one] = back(sent(record(question)))
    offered = hits()[:3] if question == "silence" else []
    assert (one.number, one.question) == (1, question)
    assert one.answer.to_dict() == replace(answer_to(question), hits=offered).to_dict()


def test_a_record_shows_nothing_and_holds_no_markup():
    read = Reader(carried(turn("hostile")))
    assert read.tags == ["template"]
    assert read.text == ""
    assert carried(turn("hostile")).isascii()  # what the page's text may not hold is escaped


def test_turns_that_come_back_are_history_and_the_next_question_goes_on_from_them():
    fake = FakeAssistant()
    turns = back(sent(record("How many?"), record("silence")), fake)
    assert [one.number for one in turns] == [1, 2]
    *_, kept = steps(fake, "And in 2019?", turns)
    assert kept.number == 3
    assert fake.histories == [history([turn("How many?"), turn("silence", 2)])]


def test_a_citation_whose_document_changed_is_shown_as_such_and_is_no_proof():
    text = article().text.replace("over 100", "over 99").replace("critics argue", "many argue")
    changed = document(ARTICLE.name, text)
    html = shown(back(sent(record()), FakeAssistant([changed])), {})
    read = Reader(html)
    assert read.values("data-start") == []  # nothing that would mark other words
    assert read.text.count("The document has changed since: these words are not there") == 2
    assert "A document has changed since this was answered. Ask again." in read.text
    assert "Very likely right" not in read.text
    assert "quoted word for word" not in read.text
    labels = [label for label in read.values("aria-label") if label.startswith("Footnote")]
    assert labels[0].startswith("Footnote 1: The document has changed since")


def test_a_citation_whose_words_have_moved_or_were_mended_is_found_again():
    text = "A new line.\n" + article().text.replace("100 countries", "100\ncoun\u00adtries")
    [kept] = back(sent(record()), FakeAssistant([document(ARTICLE.name, text)]))
    for citation in kept.answer.citations:
        assert text[citation.start : citation.end] == citation.quote
    assert "coun\u00adtries" in kept.answer.citations[0].quote
    assert kept.answer.sentences[0].text == " ".join(kept.answer.citations[0].quote.split())
    assert kept.answer.citations[1].quote == record()["answer"]["citations"][1]["quote"]


def test_a_document_that_is_gone_or_an_index_that_is_gone_proves_nothing(monkeypatch: Any):
    def missing(self: FakeAssistant) -> None:
        raise errors.IndexMissing("Nothing was indexed yet. Run: assistant index")

    other = FakeAssistant([document("other.txt", article().text)])
    assert [c.start for c in back(sent(record()), other)[0].answer.citations] == [0, 0]
    monkeypatch.setattr(FakeAssistant, "records", missing)
    assert [c.end for c in back(sent(record()))[0].answer.citations] == [0, 0]


def test_a_citation_that_was_made_up_is_no_proof():
    forged = record()
    start = article().text.index(SAFE_CITY)
    for number, words in ((0, "Huawei pays."), (1, "")):
        cited = forged["answer"]["citations"][number]
        cited.update(quote=words, start=start, end=start + len(words))
    beyond = record()
    first, second = beyond["answer"]["citations"]
    first["start"] -= len(article().text)  # from the end, there are just these words
    first["end"] -= len(article().text)
    second["start"], second["end"] = 10**30, 10**31
    one, other = back(sent(forged, beyond))
    assert [(c.start, c.end) for c in one.answer.citations] == [(0, 0), (0, 0)]
    for citation in other.answer.citations:  # what was forged is but the place
        assert article().text[citation.start : citation.end] == citation.quote


def test_nearest_passages_that_changed_are_not_offered():
    kept = record("silence")
    kept["answer"]["hits"][0]["passage"]["text"] = "Something else."
    [one] = back(sent(kept))
    assert [hit.rank for hit in one.answer.hits] == [2, 3]


def spoilt(change: Callable[[dict[str, Any]], Any]) -> str:
    kept = record()
    change(kept)
    return sent(kept)


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        {"turns": []},
        "",
        "{",
        "null",
        "[]",
        sent(),
        '{"turns": [null], "pending": null}',
        '{"turns": [], "pending": "\\ud800"}',
        '{"turns": [], "pending": ["x"]}',
        sent(*[record("hello")] * 101),
        sent(*[record("forty")] * 51),  # 4,080 markers and footnotes
        spoilt(lambda kept: kept.pop("question")),
        spoilt(lambda kept: kept.update(question=None)),
        spoilt(lambda kept: kept.update(answer="yes")),
        spoilt(lambda kept: kept["answer"].update(kind="<script>")),
        spoilt(lambda kept: kept["answer"].update(confidence=float("nan"))),
        spoilt(lambda kept: kept["answer"].update(confidence=2)),
        spoilt(lambda kept: kept["answer"].update(text="x" * 800_000)),
        spoilt(lambda kept: kept["answer"]["citations"][0].update(start="0")),
        spoilt(lambda kept: kept["answer"]["sentences"][0].update(citations=[1] * 4_000)),
        spoilt(lambda kept: kept["answer"]["sentences"][0].update(verdict='"><img>')),
    ],
    ids=range(23),
)
def test_what_is_no_conversation_of_ours_is_refused(text: object):
    with pytest.raises(Unreadable):
        back(text)


def test_what_is_refused_is_told_and_leaves_nothing_behind():
    past, current, turns, newest = talking.reopened(FakeAssistant(), "{")
    assert (past, turns, newest) == ("", [], 0)
    assert "it cannot be shown" in current
    assert "data-unreadable" in current


def test_hostile_words_that_come_back_never_become_markup():
    kept = record("hostile")
    kept["question"] = HOSTILE
    kept["answer"].update(text=HOSTILE, short=HOSTILE, question=HOSTILE)
    for cited in kept["answer"]["citations"]:
        cited.update(document=HOSTILE, title=HOSTILE, section=HOSTILE)
    past, current, *_ = talking.reopened(FakeAssistant(), sent(kept, pending=HOSTILE))
    read = Reader(past + current)
    assert set(read.tags) <= OURS
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert read.values("src") == read.values("href") == []


def test_an_answer_that_came_back_has_no_thumbs():
    assert "data-thumb" in shown([turn()], {})
    assert "data-thumb" not in shown(back(sent(record())), {})


def test_the_last_turn_that_came_back_is_the_newest():
    past, current, turns, newest = talking.reopened(
        FakeAssistant(), sent(record("One?"), record("Two?"))
    )
    assert Reader(past).values("data-turn") == ["1"]
    assert Reader(current).values("data-turn") == ["2"]
    assert (len(turns), newest) == (2, 2)


def test_a_question_that_was_left_in_mid_answer_stands_there_to_be_asked_again():
    past, current, turns, newest = talking.reopened(
        FakeAssistant(), sent(record(), pending="And in 2019?")
    )
    assert Reader(past).values("data-turn") == ["1"]
    read = Reader(current)
    assert "And in 2019?" in read.text
    assert "The page was left before this was answered." in read.text
    assert read.values("data-do") == ["again"]
    assert (len(turns), newest) == (1, 2)


def test_what_is_stopped_can_be_asked_again():
    current, asked = talking.stopped([turn()], "And in 2019?")
    read = Reader(current)
    assert read.values("data-turn") == ["2"]
    assert "And in 2019?Stopped." in read.text
    assert read.values("data-do") == ["again"]
    assert asked == ""


def test_stopping_what_is_answered_already_changes_nothing():
    current, asked = talking.stopped([turn()], "")
    assert current == {"__type__": "update"}
    assert asked == ""


def test_an_answer_can_be_copied_linked_and_asked_again_and_small_talk_cannot():
    assert Reader(shown([turn()], {})).values("data-do") == ["copy", "link", "again"]
    assert Reader(shown([turn("silence")], {})).values("data-do") == ["copy", "link", "again"]
    assert Reader(shown([turn("hello")], {})).values("data-do") == []
    growing = render.answered(1, "?", answer_to("How many?"), done=False)
    assert Reader(growing).values("data-do") == []


def test_an_error_offers_to_ask_again_unless_the_question_itself_is_at_fault():
    for question in ("please stop", "break"):
        assert Reader(steps(FakeAssistant(), question)[-1]).values("data-do") == ["again"]
    *_, too_long, _ = steps(FakeAssistant(), "x" * 2001)
    assert Reader(too_long).values("data-do") == []
