"""Questions that are offered, and footnotes that are previewed, in a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.fakes import CRITICS, SAFE_CITY, FakeAssistant
from tests.test_browser import PHONE, WIDE, address, browser, fake, pytestmark, visits
from tests.test_browser_accessibility import faults
from tests.test_browser_conversations import reload

__all__ = ["address", "browser", "fake", "pytestmark", "visits"]


def offers(visit: Any) -> Any:
    return visit.page.locator("#following [data-offer]")


def previewed(visit: Any, words: str) -> None:
    visit.page.locator("#preview:not([hidden])", has_text=words).wait_for()


def gone(visit: Any) -> None:
    visit.page.locator("#preview").wait_for(state="hidden")


def answered(visit: Any, question: str = "How many?") -> None:
    visit.ask(question)
    visit.wait_for_answer(question)


def test_a_question_to_go_on_with_is_asked_by_a_click(visits: Any):
    visit = visits()
    answered(visit)
    offers(visit).nth(1).wait_for()
    assert faults(visit.page) == ""
    offers(visit).first.click()
    visit.wait_for_answer("What follows How many?")
    visit.page.get_by_role("button", name="What follows 1 answers before?").wait_for()
    assert visit.page.locator("#past .turn").count() == 1


def test_what_is_asked_next_does_not_wait_for_what_is_offered(visits: Any, fake: FakeAssistant):
    visit = visits()
    fake.released.clear()
    answered(visit, "linger here?")
    offers(visit).first.wait_for()
    answered(visit, "How many?")
    fake.released.set()  # what was left behind comes to an end, and shows nothing
    offers(visit).nth(1).wait_for()
    visit.page.wait_for_timeout(500)
    assert offers(visit).all_text_contents() == [
        "What follows How many?",
        "What follows 1 answers before?",
    ]


def test_nothing_moves_when_questions_are_offered(visits: Any, fake: FakeAssistant):
    visit = visits(PHONE)
    places = """() => [...document.querySelectorAll('#composer, .said, .feedback')]
        .map(one => one.getBoundingClientRect().top)"""
    for question in ("linger here?", "linger once more?"):  # the second scrolls to the top
        fake.released.clear()
        answered(visit, question)
        visit.come_to_rest()
        before = visit.page.evaluate(places)
        assert offers(visit).count() < 2
        fake.released.set()
        offers(visit).nth(1).wait_for()
        visit.come_to_rest()
        assert visit.page.evaluate(places) == before
        assert visit.overflow() == 0


def test_a_new_conversation_begins_with_the_questions_to_begin_with(visits: Any):
    visit = visits()
    visit.page.locator("#suggestions [data-offer]").nth(3).wait_for()
    answered(visit)
    offers(visit).nth(1).wait_for()
    assert not visit.page.locator("#suggestions").is_visible()
    visit.page.get_by_role("button", name="New conversation").click()
    visit.page.locator("#suggestions [data-offer]").nth(3).wait_for()
    assert offers(visit).count() == 0


def test_a_conversation_that_is_open_again_goes_on(visits: Any):
    visit = visits()
    answered(visit)
    reload(visit)
    visit.wait_for_answer("How many?")
    offers(visit).filter(has_text="What follows How many?").wait_for()


# The preview of a footnote


def test_a_pointer_on_a_marker_shows_the_words_and_their_place(visits: Any):
    visit = visits()
    answered(visit)
    visit.page.locator(".marker").nth(1).hover()
    previewed(visit, CRITICS[:80])
    previewed(visit, "The Surveillance Industry Goes Global")
    visit.page.locator("#preview").hover()  # it stays while it is read
    visit.page.wait_for_timeout(400)
    previewed(visit, CRITICS[:80])
    visit.page.mouse.move(5, 5)
    gone(visit)


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_the_keyboards_focus_shows_it_and_escape_closes_only_the_preview(
    visits: Any, viewport: dict[str, int]
):
    visit = visits(viewport)
    answered(visit)
    visit.page.locator(".marker").first.focus()
    visit.page.keyboard.press("Tab")
    previewed(visit, CRITICS[:80])
    box = visit.page.locator("#preview").bounding_box()
    marker = visit.page.locator(".marker").nth(1).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= viewport["width"]
    below = box["y"] - marker["y"] - marker["height"]
    above = marker["y"] - box["y"] - box["height"]
    assert 0 < max(below, above) < 24
    visit.page.keyboard.press("Escape")
    gone(visit)
    assert visit.focused(".className").startswith("marker")
    visit.page.keyboard.press("Tab")
    gone(visit)


def test_a_click_opens_the_document_and_not_the_preview(visits: Any):
    visit = visits()
    answered(visit)
    visit.page.locator(".marker").nth(1).click()
    visit.marked(CRITICS)
    visit.page.wait_for_timeout(300)
    assert visit.page.locator("#preview").is_hidden()


def test_the_focus_that_escape_brings_back_previews_nothing(visits: Any):
    visit = visits(PHONE)
    answered(visit)
    visit.page.locator(".marker").first.focus()
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.marked(CRITICS)
    visit.page.wait_for_function("document.activeElement.id === 'leaf'")
    visit.page.keyboard.press("Escape")
    assert visit.focused(".className").startswith("marker")
    visit.page.wait_for_timeout(300)
    assert visit.page.locator("#preview").is_hidden()


def test_the_preview_goes_with_its_marker(visits: Any):
    visit = visits()
    answered(visit)
    visit.page.locator(".marker").first.hover()
    previewed(visit, SAFE_CITY[:80])
    visit.page.keyboard.press("Tab")
    visit.ask("silence")
    visit.wait_for_answer("silence")
    gone(visit)


def test_the_preview_of_hostile_words_is_text(visits: Any):
    visit = visits()
    answered(visit, "hostile")
    visit.page.locator(".marker").first.hover()
    previewed(visit, "<script>alert(1)</script>")
    assert visit.page.locator("#preview :is(script, img, iframe, a)").count() == 0


def test_no_marker_stands_alone_on_a_line(visits: Any):
    visit = visits(PHONE)
    answered(visit)
    for width in range(320, 420, 7):
        visit.page.set_viewport_size({"width": width, "height": 740})
        apart = visit.page.evaluate(
            """() => [...document.querySelectorAll('.said .bound')].map(bound => {
                const letters = document.createRange();
                letters.selectNodeContents(bound.firstChild);
                const rects = [...letters.getClientRects()];
                const marker = bound.querySelector('.marker').getBoundingClientRect();
                return marker.left - rects.at(-1).right;
            })"""
        )
        assert len(apart) == 2
        assert all(0 <= gap < 10 for gap in apart), (width, apart)


def test_the_marker_names_its_words_for_a_screen_reader(visits: Any):
    visit = visits()
    answered(visit)
    label = visit.page.locator(".marker").first.get_attribute("aria-label")
    assert re.match("Footnote 1: Telecommunications giant Huawei", label)
    assert visit.page.locator("#preview").get_attribute("aria-hidden") == "true"
