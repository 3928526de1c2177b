"""The questions that the page offers: to begin with, and to go on with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant import errors
from assistant.web import render
from assistant.web.admission import Admission
from assistant.web.offering import Offering, Progress
from tests.fakes import HOSTILE, FakeAssistant, article, turn
from tests.test_web import Reader, collected


def offering(fake: FakeAssistant) -> Offering:
    return Offering(fake, Admission())


def offered(html: str) -> int:
    return Reader(html).tags.count("button")


def test_questions_to_begin_with_come_one_by_one_below_the_introduction():
    steps = collected(offering(FakeAssistant()).suggesting(""))
    assert [offered(suggestions) for _, suggestions in steps] == [0, 1, 2, 3, 4]
    assert all("answers from 3 documents" in intro for intro, _ in steps)


def test_they_are_kept_until_the_documents_change():
    fake = FakeAssistant()
    over = offering(fake)
    for _ in range(3):
        *_, (_, html) = collected(over.suggesting(""))
        assert offered(html) == 4
    assert fake.suggested == 1
    collected(over.suggesting(f'["{article().path}"]'))  # others belong to other documents
    assert fake.suggested == 2
    fake.known.popitem()
    collected(over.suggesting(""))
    assert fake.suggested == 3


def test_what_was_left_in_the_middle_is_not_kept_for_all():
    fake = FakeAssistant()
    over = offering(fake)

    async def leave_early() -> None:
        steps: Any = over.suggesting("")
        await anext(steps), await anext(steps)
        await steps.aclose()

    asyncio.run(leave_early())
    *_, (_, html) = collected(over.suggesting(""))
    assert offered(html) == 4


def test_after_an_answer_there_are_questions_to_go_on_with():
    steps = collected(offering(FakeAssistant()).following([turn()], 1, Progress(), ""))
    assert steps[0] == ""  # what was offered before goes at once
    assert [offered(html) for html in steps[1:]] == [1, 2]
    assert "What follows How many?" in steps[-1]


def test_after_an_error_there_are_none():
    assert collected(offering(FakeAssistant()).following([turn()], 2, Progress(), "")) == [""]
    assert collected(offering(FakeAssistant()).following([], 1, Progress(), "")) == [""]


def test_it_ends_when_the_conversation_has_gone_on():
    progress = Progress()

    async def go_on() -> list[Any]:
        steps = offering(FakeAssistant()).following([turn()], 1, progress, "")
        assert [offered(await anext(steps)), offered(await anext(steps))] == [0, 1]
        progress.step()
        return [step async for step in steps]

    assert [step for step in asyncio.run(go_on()) if isinstance(step, str)] == []


def test_after_small_talk_there_are_those_to_begin_with():
    *_, html = collected(offering(FakeAssistant()).following([turn("hello")], 1, Progress(), ""))
    assert offered(html) == 4
    assert "Safe City" in html


def test_after_small_talk_nothing_is_offered_that_was_asked_before():
    [first, *_] = FakeAssistant().suggestions()
    earlier = replace(turn(), answer=replace(turn().answer, question=first))
    turns = [earlier, replace(turn("hello"), number=2)]
    *_, html = collected(offering(FakeAssistant()).following(turns, 2, Progress(), ""))
    assert offered(html) == 3
    assert first not in html


def test_a_page_without_an_index_offers_nothing_and_breaks_nothing():
    class Empty(FakeAssistant):
        def records(self) -> Any:
            raise errors.IndexMissing("Nothing was indexed yet. Run: assistant index")

        def follow_ups(self, *_: Any, **__: Any) -> Iterator[str]:
            raise errors.IndexMissing("Nothing was indexed yet. Run: assistant index")

    over = offering(Empty())
    steps = collected(over.suggesting(""))
    assert [offered(suggestions) for _, suggestions in steps] == [0]
    assert "nothing to read yet" in steps[0][0]
    assert collected(over.following([turn()], 1, Progress(), "")) == [""]
    assert collected(over.following([turn()], 1, Progress(), '["gone.txt"]')) == [""]


def test_what_is_offered_is_text():
    for html in (render.suggestions([HOSTILE]), render.follow_ups([HOSTILE])):
        read = Reader(html)
        assert set(read.tags) <= {"div", "p", "ul", "li", "button"}
        assert HOSTILE in read.text
    assert render.follow_ups([]) == ""
