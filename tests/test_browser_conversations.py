"""Conversations in a browser: kept, reopened, deleted, taken elsewhere, stopped, asked again."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
import uvicorn

from assistant.web import server
from tests.fakes import (
    ARTICLE,
    CRITICS,
    HOSTILE,
    SAFE_CITY,
    FakeAssistant,
    answer_to,
    article,
    document,
)
from tests.test_browser import PHONE, WIDE, address, browser, fake, pytestmark, visits
from tests.test_browser_accessibility import faults

__all__ = ["address", "browser", "fake", "pytestmark", "visits"]

PATH = "china-global-security-ties.txt"
TITLE = "China Boosts Global Security Ties with Surveillance Tech and Training Exports"
CUT_OFF = re.compile("AbortError|Connection errored out")  # Gradio's, of what was under way
SECTION = "The Surveillance Industry Goes Global"


def ask(visit: Any, *questions: str) -> None:
    for question in questions:
        visit.ask(question)
        visit.wait_for_answer(question)


def reload(visit: Any) -> None:
    go(visit, visit.page.url)


def go(visit: Any, url: str) -> None:
    """Open another address in the same tab."""
    visit.page.goto(url)
    visit.box.wait_for()
    visit.complaints[:] = [said for said in visit.complaints if not CUT_OFF.search(said)]


def kept(visit: Any) -> list[dict[str, Any]]:
    """Return what the browser keeps, the last one first."""
    text = visit.page.evaluate(
        "Object.entries(localStorage).find(([key]) => key.startsWith('footnote.conversations'))[1]"
    )
    return cast(list[dict[str, Any]], json.loads(text)["conversations"])


def press(visit: Any, name: str, last: bool = False) -> None:
    found = visit.page.get_by_role("button", name=name, exact=True)
    (found.last if last else found).click()


def heard(visit: Any, words: str) -> None:
    visit.page.wait_for_function(
        "words => document.getElementById('announcer').textContent.includes(words)", arg=words
    )


def questions(visit: Any) -> list[str]:
    return list(visit.page.locator(".question").all_text_contents())


def new_conversation(visit: Any) -> None:
    press(visit, "New conversation")
    visit.page.locator(".intro").wait_for()


# Kept and brought back


def test_a_reload_brings_the_conversation_back_and_the_next_question_goes_on_from_it(
    visits: Any, fake: FakeAssistant
):
    visit = visits()
    ask(visit, "One?", "silence")
    reload(visit)
    visit.wait_for_answer("silence")
    assert questions(visit) == ["One?", "silence"]
    heard(visit, "The conversation is open again.")
    visit.page.locator("#past .marker").first.click()
    visit.marked(SAFE_CITY)
    ask(visit, "And in 2019?")
    assert [said["content"] for said in fake.histories[-1]][::2] == ["One?", "silence"]
    assert questions(visit) == ["One?", "silence", "And in 2019?"]
    reload(visit)
    visit.wait_for_answer("And in 2019?")
    assert [len(one["turns"]) for one in kept(visit)] == [3]


def test_a_question_that_a_reload_cut_off_stands_there_and_is_asked_again(visits: Any):
    visit = visits()
    ask(visit, "One?")
    visit.ask("slow how many?")
    visit.page.locator("#current .growing").wait_for()
    reload(visit)
    visit.page.get_by_text("The page was left before this was answered.").wait_for()
    assert questions(visit) == ["One?", "slow how many?"]
    visit.page.locator("#current").get_by_role("button", name="Ask again").click()
    visit.page.locator("#current .said", has_text=CRITICS).wait_for()
    assert questions(visit) == ["One?", "slow how many?"]
    visit.page.wait_for_timeout(300)
    [one] = kept(visit)
    assert ([turn["question"] for turn in one["turns"]], one["pending"]) == (questions(visit), None)


def test_a_server_that_ends_while_it_answers_is_told_and_the_page_goes_on(browser: Any):
    first, port = serving(0)
    page, box = opened(browser, port, "slow how many?")
    page.locator('#current .turn[aria-busy="true"]').wait_for()
    page.evaluate("window.earlier = true")
    first()
    said = "document.getElementById('announcer').textContent.includes('has stopped')"
    page.wait_for_function(said)
    second, _ = serving(port)
    try:
        page.wait_for_function("!window.earlier")
        box.fill("How many?")
        box.press("Enter")
        page.locator("#current .said", has_text=SAFE_CITY).wait_for()
    finally:
        page.context.close()
        second()


def test_answers_are_there_again_after_the_server_was_restarted(browser: Any):
    first, port = serving(0)
    page, box = opened(browser, port, "How many?")
    page.locator("#current .turn[data-announce]").wait_for()
    page.evaluate("window.earlier = true")
    first()
    box.fill("And now?")
    box.press("Enter")
    page.get_by_text("Connection to the server was lost").wait_for()
    second, _ = serving(port)
    try:
        page.wait_for_function("!window.earlier")  # the page comes back by itself
        page.locator("#current .said", has_text=SAFE_CITY).wait_for()
    finally:
        page.context.close()
        second()


def opened(browser: Any, port: int, question: str) -> tuple[Any, Any]:
    """Open a page and ask; return it and its question box."""
    page = browser.new_context(viewport=WIDE).new_page()
    page.goto(f"http://127.0.0.1:{port}")
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")
    return page, box


def serving(port: int) -> tuple[Any, int]:
    """Serve a fake of its own; return what ends it, and the port."""
    listening = server.bind(port)
    config = uvicorn.Config(server.build(FakeAssistant()), log_level="error")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, args=([listening],))
    thread.start()
    while not running.started:
        time.sleep(0.05)

    def end() -> None:
        running.force_exit = running.should_exit = True
        thread.join()
        listening.close()

    return end, listening.getsockname()[1]


def test_no_reader_finds_what_another_asked(visits: Any):
    one, other = visits(), visits()
    ask(one, "How many?")
    reload(other)
    other.page.locator(".intro").wait_for()
    assert other.page.locator(".turn").count() == 0
    assert not other.page.locator("#earlier").is_visible()


def test_a_new_tab_begins_anew_and_finds_the_conversation_in_the_list(visits: Any, address: str):
    visit = visits()
    ask(visit, "How many?")
    tab = visit.page.context.new_page()
    tab.goto(address)
    tab.locator(".intro").wait_for()
    tab.get_by_role("button", name="Conversations").click()
    tab.locator(".reopen").click()
    tab.locator("#current .said", has_text=SAFE_CITY).wait_for()


FORBIDDEN = """
    for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, name, { get() { throw new DOMException('no'); } });
    }
"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"


@pytest.mark.parametrize("script", [FORBIDDEN, FULL], ids=["forbidden", "full"])
def test_without_storage_conversations_last_until_the_page_is_left(visits: Any, script: str):
    visit = visits()
    visit.page.add_init_script(script)
    reload(visit)
    ask(visit, "One?")
    new_conversation(visit)
    ask(visit, "Two?")
    press(visit, "Conversations")
    visit.page.locator(".reopen", has_text="One?").click()
    visit.wait_for_answer("One?")
    reload(visit)
    visit.page.locator(".intro").wait_for()
    ask(visit, "Three?")


@pytest.mark.parametrize(
    "text",
    ["{", '{"version": 0, "conversations": [{}]}', '{"version": 1}',
     '{"version": 1, "conversations": [null, {"id": "a"}, {"id": 7, "turns": "x"}]}'],
)  # fmt: skip
def test_what_is_kept_in_no_shape_of_ours_is_begun_anew(visits: Any, text: str):
    visit = visits()
    ask(visit, "One?")
    visit.page.evaluate(
        "text => { for (const key of Object.keys(localStorage)) localStorage[key] = text; }", text
    )
    reload(visit)
    visit.page.locator(".intro").wait_for()
    assert not visit.page.locator("#earlier").is_visible()
    ask(visit, "Two?")
    assert [one["title"] for one in kept(visit)] == ["Two?"]


def test_a_conversation_that_the_server_refuses_is_told_and_leaves_the_list(visits: Any):
    visit = visits()
    ask(visit, "One?")
    spoil(visit, "conversation.turns[0].answer.kind = 'rumour'")
    reload(visit)
    visit.page.locator("#current .error", has_text="it cannot be shown").wait_for()
    visit.page.wait_for_function("!document.body.classList.contains('talked')")
    ask(visit, "Two?")
    assert questions(visit) == ["Two?"]


def spoil(visit: Any, change: str) -> None:
    """Change the newest of what the browser keeps, as anyone at the browser could."""
    visit.page.evaluate(
        """change => {
            const key = Object.keys(localStorage).find((name) => name.startsWith('footnote.'));
            const kept = JSON.parse(localStorage[key]);
            new Function('conversation', change)(kept.conversations[0]);
            localStorage[key] = JSON.stringify(kept);
        }""",
        change,
    )


def test_hostile_words_that_come_back_stay_words(visits: Any):
    visit = visits()
    ask(visit, "hostile one")
    words = json.dumps(HOSTILE)
    spoil(
        visit,
        f"const {{ answer }} = conversation.turns[0]; answer.text = answer.short = {words};"
        f"answer.citations[0].title = conversation.title = conversation.pending = {words}",
    )
    reload(visit)
    visit.page.locator("#current .unanswered").wait_for()
    assert visit.page.locator("#current .question").text_content() == HOSTILE
    press(visit, "Conversations")
    visit.page.wait_for_timeout(300)  # for what might run; `visits` then looks at what did
    assert visit.page.locator(".reopen .words").text_content() == HOSTILE
    assert visit.page.locator(".turn img, dialog img, iframe, .turn script").count() == 0


def test_old_conversations_make_room_for_new_ones(visits: Any):
    visit = visits()
    ask(visit, "One?")
    visit.page.evaluate(
        """async () => {
            const store = await import('./page/store.js');
            const [{ turns }] = store.all();
            for (let number = 0; number < 60; number++) {
                const at = new Date(2020, 0, 1, 0, number).toISOString();
                store.put({ id: `${number}`, title: `${number}`, at, turns, pending: null });
            }
            const long = { ...turns[0], question: 'é'.repeat(20_000) };
            const many = Array.from({ length: 90 }, (_, id) => ({ ...long, id: `${id}` }));
            const at = new Date().toISOString();
            store.put({ id: 'long', title: 'long', at, turns: many, pending: null });
        }"""
    )
    titles = [one["title"] for one in kept(visit)]
    assert titles[:3] == ["long", "One?", "59"]
    assert len(titles) == 50
    long = kept(visit)[0]["turns"]
    assert 15 < len(long) < 20  # 800,000 bytes at 40,000 and some each
    assert long[-1]["id"] == "89"  # the oldest went
    visit.page.evaluate(
        """async () => {
            const store = await import('./page/store.js');
            const write = Storage.prototype.setItem;
            Storage.prototype.setItem = function (key, text) {
                if (text.length > 60_000) throw new DOMException('full', 'QuotaExceededError');
                write.call(this, key, text);
            };
            const { turns } = store.all()[2];
            const at = new Date().toISOString();
            store.put({ id: 'last', title: 'last', at, turns, pending: null });
        }"""
    )
    assert [one["title"] for one in kept(visit)] == ["last"]  # the others made room


# The list


def test_conversations_are_listed_reopened_and_deleted_by_keyboard(visits: Any):
    visit = visits()
    ask(visit, "One?", "Two?")
    new_conversation(visit)
    ask(visit, "Three?")
    visit.page.locator("#earlier").focus()
    visit.page.keyboard.press("Enter")
    assert visit.page.get_by_role("dialog", name="Conversations").is_visible()
    rows = visit.page.locator("#conversations li")
    assert rows.locator(".words").all_text_contents() == ["Three?", "One?"]
    assert [row.endswith(" · open") for row in rows.locator(".where").all_text_contents()] == [
        True,
        False,
    ]
    for key in ("Tab", "Tab", "Enter"):  # past "Delete" of the first
        visit.page.keyboard.press(key)
    visit.wait_for_answer("Two?")
    assert questions(visit) == ["One?", "Two?"]
    assert visit.focused(".tagName") == "TEXTAREA"
    press(visit, "Conversations")
    visit.page.keyboard.press("Escape")
    assert visit.focused(".id") == "earlier"


def test_a_deleted_conversation_can_be_had_back_and_the_focus_stays_near(visits: Any):
    visit = visits()
    ask(visit, "One?")
    new_conversation(visit)
    ask(visit, "Two?")
    press(visit, "Conversations")
    press(visit, "Delete “One?”")
    assert visit.focused(".ariaLabel") == "Undo. Deleted: One?"
    assert [one["title"] for one in kept(visit)] == ["Two?"]
    visit.page.keyboard.press("Enter")
    assert [one["title"] for one in kept(visit)] == ["Two?", "One?"]
    assert visit.focused(".ariaLabel") == "Delete “One?”"
    press(visit, "Delete “One?”")
    press(visit, "Close")
    press(visit, "Conversations")
    assert visit.page.locator("#conversations li").count() == 1
    assert questions(visit) == ["Two?"]  # the one on the page is another


def test_deleting_the_conversation_on_the_page_begins_a_new_one(visits: Any, fake: FakeAssistant):
    visit = visits()
    ask(visit, "One?")
    press(visit, "Conversations")
    press(visit, "Delete “One?”")
    visit.page.locator(".turn").wait_for(state="detached")
    press(visit, "Close")
    visit.page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    assert not visit.page.locator("#earlier").is_visible()
    ask(visit, "Two?")
    assert fake.histories[-1] == []
    assert [one["title"] for one in kept(visit)] == ["Two?"]


def test_all_conversations_are_deleted_at_once_and_can_be_had_back(visits: Any):
    visit = visits()
    ask(visit, "One?")
    new_conversation(visit)
    ask(visit, "Two?")
    press(visit, "Conversations")
    press(visit, "Delete all")
    assert visit.focused(".ariaLabel") == "Undo. All 2 conversations deleted."
    assert kept(visit) == []
    visit.page.keyboard.press("Enter")
    assert [one["title"] for one in kept(visit)] == ["Two?", "One?"]
    press(visit, "Delete all")
    press(visit, "Close")
    reload(visit)
    visit.page.locator(".intro").wait_for()
    assert kept(visit) == []


# Documents that changed since


@pytest.fixture
def changing(fake: FakeAssistant) -> Iterator[FakeAssistant]:
    before = dict(fake.known)
    yield fake
    fake.known = before


def test_a_citation_whose_document_changed_is_marked_and_proves_nothing(
    visits: Any, changing: FakeAssistant
):
    visit = visits()
    ask(visit, "How many?")
    changing.known[PATH] = document(ARTICLE.name, "Another text altogether.\n")
    reload(visit)
    visit.page.get_by_text("A document has changed since this was answered.").wait_for()
    assert visit.page.locator("#current .note.changed").count() == 2
    visit.page.get_by_role("button", name="Footnote 2: The document has changed since").click()
    visit.page.locator("#leaf .document").wait_for()
    assert visit.marks == []
    text = exported(visit)
    assert text.count("*The document has changed since: these words are not there any more.*") == 2
    changing.known[PATH] = article()  # what the answer that comes now cites
    press(visit, "Ask again")
    visit.page.locator("#current .marker:not(.changed)").first.wait_for()


def test_a_citation_whose_words_moved_in_their_document_still_proves(
    visits: Any, changing: FakeAssistant
):
    visit = visits()
    ask(visit, "How many?")
    changing.known[PATH] = document(ARTICLE.name, "A new line.\n" + article().text)
    reload(visit)
    visit.page.locator("#current .marker").first.wait_for()
    assert visit.page.locator("#current .note.changed").count() == 0
    visit.page.get_by_role("button", name="Footnote 2").first.click()
    visit.page.locator("#leaf .document").wait_for()
    assert len(visit.marks) == 1


# Taken elsewhere


def exported(visit: Any) -> str:
    with visit.page.expect_download() as download:
        press(visit, "Export")
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_a_conversation_is_exported_as_markdown_with_footnotes(visits: Any):
    visit = visits()
    ask(visit, "How many?", "silence", "across two")
    visit.ask("please stop")
    visit.page.locator("#current .error").wait_for()
    with visit.page.expect_download() as download:
        press(visit, "Export")
    assert download.value.suggested_filename == "How-many.md"
    heard(visit, "The conversation is saved as How-many.md.")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    first, second = answer_to("How many?").citations
    across = answer_to("across").citations[0]
    assert text.startswith("# How many?\n\n*Footnote, ")
    assert f"## How many?\n\n**over 100 countries**\n\n{SAFE_CITY}[^1] {CRITICS}[^2]" in text
    assert "## silence\n\nThe documents do not say who paid for the courses.\n\n" in text
    assert f"{' '.join(across.quote.split())}[^3]\n\n## please stop\n\n*Not answered.*\n" in text
    for number, cited in ((1, first), (2, second), (3, across)):
        where = f"({PATH}, characters {cited.start} to {cited.end})"
        quoted = "\n".join(f"    > {line}" for line in cited.quote.split("\n"))
        assert f"[^{number}]: {TITLE} › {cited.section} {where}\n\n{quoted}\n" in text
    assert first.section == SECTION


def test_a_table_is_exported_without_its_marks_and_proved_with_them(visits: Any):
    visit = visits()
    ask(visit, "which table?")
    text = exported(visit)
    assert (
        "## which table?\n\n"
        "Ship; Built; Tonnage; Captain; Home port; What became of her[^1]\\\n"
        "Ship: Kestrel; Built: 1904; Tonnage: 980; Captain: M. Dunn; Home port: Stavanger; "
        "What became of her: rebuilt after the great storm[^2]\n\n"
    ) in text
    assert "    > \\| Kestrel \\| 1904 \\|" in text


def test_hostile_words_make_no_markup_in_an_export(visits: Any):
    visit = visits()
    ask(visit, "hostile # one")
    text = exported(visit)
    for markup in ("<script", "<img", "![m]", "[l](", "${", "`"):
        assert markup not in text.replace(f"\\{markup[0]}", "")


def test_an_answer_is_copied_with_its_citations_and_says_so(visits: Any):
    visit = visits(permissions=["clipboard-read", "clipboard-write"])
    ask(visit, "How many?")
    first, second = answer_to("How many?").citations
    button = visit.page.locator('[data-do="copy"]')
    before = button.bounding_box()
    button.click()
    visit.page.locator('[data-do="copy"]', has_text="Copied").wait_for()
    assert button.bounding_box() == before  # nothing moved
    heard(visit, "The answer is copied.")
    assert visit.page.evaluate("navigator.clipboard.readText()") == (
        f"How many?\n\nover 100 countries\n\n{SAFE_CITY} [1] {CRITICS} [2]\n\n"
        f"[1] “{SAFE_CITY}”\n    {TITLE} › {SECTION} ({PATH}, characters {first.start} to "
        f"{first.end})\n\n"
        f"[2] “{CRITICS}”\n    {TITLE} › {SECTION} ({PATH}, characters {second.start} to "
        f"{second.end})\n"
    )
    visit.page.locator('[data-do="copy"]', has_text="Copy answer").wait_for()


def test_where_the_clipboard_is_not_allowed_the_text_is_there_to_copy_by_hand(visits: Any):
    visit = visits()
    visit.page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(Error('no'))")
    reload(visit)
    ask(visit, "How many?")
    press(visit, "Copy answer")
    sheet = visit.page.get_by_role("dialog", name="Copy it by hand")
    sheet.wait_for()
    assert visit.focused(".value.slice(0, 9)") == "How many?"
    assert visit.page.evaluate("getSelection().toString()").startswith("How many?")
    visit.page.keyboard.press("Escape")
    assert visit.focused(".textContent") == "Copy answer"


def test_a_copied_link_asks_its_question_once_for_whoever_opens_it(visits: Any):
    visit = visits(permissions=["clipboard-read", "clipboard-write"])
    ask(visit, "How many & “why”?")
    press(visit, "Copy link")
    heard(visit, "The link is copied.")
    link = visit.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("/?q=How%20many%20%26%20%E2%80%9Cwhy%E2%80%9D%3F")
    other = visits()
    go(other, link)
    other.wait_for_answer("How many & “why”?")
    assert other.page.url.endswith("/")


def test_a_link_begins_a_new_conversation_and_a_reload_does_not_ask_again(
    visits: Any, fake: FakeAssistant, address: str
):
    visit = visits()
    ask(visit, "One?")
    asked = len(fake.histories)
    go(visit, f"{address}/?q={quote('Two?')}")
    visit.wait_for_answer("Two?")
    assert questions(visit) == ["Two?"]
    reload(visit)
    visit.wait_for_answer("Two?")
    visit.page.wait_for_timeout(500)
    assert len(fake.histories) == asked + 1
    assert [one["title"] for one in kept(visit)] == ["Two?", "One?"]


def test_a_link_with_a_question_that_is_too_long_puts_it_into_the_box(visits: Any, address: str):
    visit = visits()
    go(visit, f"{address}/?q={'x' * 2001}")
    visit.page.locator("#current .error", has_text="at most 2,000 are read").wait_for()
    visit.page.wait_for_function(
        "document.querySelector('#question textarea').value.length === 2001"
        " && !document.body.classList.contains('talked')"  # it is not kept as waiting any more
    )
    assert visit.page.locator('[data-do="again"]').count() == 0
    reload(visit)
    visit.page.locator(".intro").wait_for()


@pytest.mark.parametrize("query", ["?q=", "?q=%20"])
def test_a_link_without_a_question_is_the_empty_page(visits: Any, address: str, query: str):
    visit = visits()
    go(visit, f"{address}/{query}")
    visit.page.locator(".intro").wait_for()
    assert visit.page.locator(".turn").count() == 0


# Stopped and asked again


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_running_answer_is_stopped_and_asked_again(visits: Any, viewport: dict[str, int]):
    visit = visits(viewport)
    ask(visit, "One?")
    place = visit.page.locator("#ask").bounding_box()
    visit.box.fill("slow how many?")
    press(visit, "Ask")
    visit.page.locator("#current .growing").wait_for()
    assert visit.page.locator("#stop").bounding_box() == place  # in the place of Ask
    if viewport is PHONE:
        assert visit.focused(".id") == "stop"  # what was pressed made room for it
    press(visit, "Stop")
    visit.page.locator("#current .unanswered", has_text="Stopped.").wait_for()
    heard(visit, "Stopped.")
    assert visit.focused(".id") == ("ask" if viewport is PHONE else "")
    visit.page.wait_for_timeout(2000)  # for the answer that must not come
    assert visit.page.locator("#current .said").count() == 0
    press(visit, "Ask again", last=True)
    visit.page.locator("#current .said", has_text=CRITICS).wait_for()
    assert questions(visit) == ["One?", "slow how many?"]


def test_what_is_being_written_is_not_lost_when_a_question_is_asked_again(
    visits: Any, fake: FakeAssistant
):
    visit = visits()
    ask(visit, "One?")
    visit.box.fill("Two, in part")
    press(visit, "Ask again")
    visit.page.locator("#past .turn").wait_for()
    visit.wait_for_answer("One?")
    assert questions(visit) == ["One?", "One?"]
    assert visit.box.input_value() == "Two, in part"


def test_only_one_answer_runs_at_a_time(visits: Any, fake: FakeAssistant):
    visit = visits()
    ask(visit, "One?")
    asked = len(fake.histories)
    visit.ask("slow two?")
    visit.page.locator("#current .growing").wait_for()
    assert not visit.page.locator('#past [data-do="again"]').is_visible()
    visit.box.fill("Three?")
    visit.box.press("Enter")
    visit.wait_for_answer("slow two?")
    assert len(fake.histories) == asked + 1
    assert visit.box.input_value() == "Three?"


def test_after_an_error_the_question_can_be_asked_again(visits: Any, monkeypatch: Any):
    visit = visits()
    visit.ask("please stop")
    visit.page.locator("#current .error").wait_for()
    monkeypatch.setattr(
        FakeAssistant, "stream", lambda *_, **__: iter([answer_to("How many?")])
    )  # it was mended
    press(visit, "Ask again")
    visit.page.locator("#current .said", has_text=SAFE_CITY).wait_for()
    assert questions(visit) == ["please stop"]


# For everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_no_fault_in_lists_sheets_and_stopped_turns(
    visits: Any, viewport: dict[str, int], scheme: str, changing: FakeAssistant
):
    visit = visits(viewport, color_scheme=scheme, reduced_motion="reduce")
    ask(visit, "One?")
    visit.ask("slow two?")
    visit.page.locator("#current .growing").wait_for()
    press(visit, "Stop")
    visit.page.locator("#current .unanswered").wait_for()
    assert faults(visit.page) == ""
    changing.known[PATH] = document(ARTICLE.name, "Another text altogether.\n")
    reload(visit)
    visit.page.locator(".note.changed").first.wait_for()
    assert faults(visit.page) == ""
    press(visit, "Conversations")
    assert faults(visit.page) == ""
    press(visit, "Delete “One?”")
    assert faults(visit.page) == ""
    press(visit, "Close")
    visit.page.evaluate("document.getElementById('by-hand').showModal()")
    assert faults(visit.page) == ""


@pytest.mark.parametrize("width", [320, 360, 768, 1800])
def test_nothing_of_it_has_to_be_scrolled_sideways(visits: Any, width: int):
    visit = visits({"width": width, "height": 800})
    ask(visit, "How" * 300)
    assert visit.overflow() == 0
    press(visit, "Conversations")
    sheet = visit.page.locator("#conversations")
    assert sheet.evaluate("sheet => sheet.scrollWidth - sheet.clientWidth") == 0
    box = sheet.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
