"""The page in a real browser, over the fake Assistant of fakes.py."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from assistant import feedback, workspace
from assistant.values import SyncReport
from assistant.web import server
from tests.fakes import ARTICLE, CRITICS, HOSTILE, SAFE_CITY, FakeAssistant, answer_to

playwright = pytest.importorskip("playwright.sync_api")

# The same engine without the window starts pages in half the time.
HEADLESS_SHELL = "/usr/bin/chromium-headless-shell"
CHROMIUM = HEADLESS_SHELL if Path(HEADLESS_SHELL).exists() else "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]


@dataclass
class Visit:
    """One reader's page, and everything that must not have happened on it."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Ask by keyboard, from wherever the question box is."""
        self.box.fill(question)
        self.box.press("Enter")

    def reload(self) -> None:
        """Load the page again; what the old one says of its cut connections is no fault."""
        before = list(self.complaints)
        self.page.reload(wait_until="commit")
        self.complaints[:] = before
        self.box.wait_for()

    def wait_for_answer(self, question: str) -> None:
        self.page.locator("#current .turn[data-announce]", has_text=question).wait_for()

    @property
    def box(self) -> Any:
        return self.page.get_by_role("textbox", name="Your question")

    @property
    def marks(self) -> list[str]:
        return list(self.page.locator("#leaf mark").all_text_contents())

    def marked(self, quote: str) -> None:
        """Wait until the panel marks exactly `quote`."""
        self.page.wait_for_function(
            "quote => document.querySelector('#leaf mark')?.textContent === quote", arg=quote
        )

    def mark_is_in_sight(self) -> bool:
        mark = self.page.locator("#leaf mark").first.bounding_box()
        leaf = self.page.locator("#leaf").bounding_box()
        return bool(leaf["y"] <= mark["y"] < leaf["y"] + leaf["height"] - 40)

    def focused(self, script: str) -> Any:
        return self.page.evaluate(f"(() => document.activeElement{script})()")

    def come_to_rest(self) -> None:
        """Wait until the page has scrolled where it was going."""
        self.page.evaluate(
            """() => new Promise(done => {
                let last = scrollY, still = 0;
                const look = () => {
                    still = scrollY === last ? still + 1 : 0;
                    last = scrollY;
                    still < 20 ? requestAnimationFrame(look) : done();
                };
                look();
            })"""
        )

    def overflow(self) -> int:
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@contextlib.contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve `app` on a free port, and give its address."""
    listening = server.bind(0)
    serving = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=serving.run, args=([listening],))
    thread.start()
    while not serving.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    serving.force_exit = serving.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture(scope="module")
def address(fake: FakeAssistant) -> Iterator[str]:
    with served(server.build(fake)) as found:
        yield found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visits(browser: Any, address: str) -> Iterator[Any]:
    """Open the page as a new reader; in the end, nothing foreign was asked for or ran."""
    made: list[tuple[Any, Visit]] = []

    def visit(viewport: dict[str, int] = WIDE, **options: Any) -> Visit:
        context = browser.new_context(viewport=viewport, **options)
        visit = Visit(context.new_page())
        visit.page.set_default_timeout(15_000)
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.on("dialog", lambda dialog: visit.complaints.append(dialog.message))
        visit.page.on(
            "console",
            lambda message: (
                visit.complaints.append(message.text)
                if message.type in {"error", "warning"}
                else None
            ),
        )
        made.append((context, visit))
        visit.page.goto(address)
        visit.box.wait_for()
        return visit

    yield visit
    for context, visit_made in made:
        hosts = {urlsplit(url).hostname for url in visit_made.requests}
        complaints = list(visit_made.complaints)  # before its connections are cut
        context.close()
        assert hosts <= {"127.0.0.1", None}  # None: data:
        assert complaints == []


def test_a_question_asked_by_keyboard_is_answered_sentence_by_sentence(visits: Any):
    visit = visits()
    visit.ask("slow how many countries?")
    visit.page.locator("#current .growing", has_text="over 100 countries").wait_for()
    assert CRITICS not in visit.page.locator("#current").text_content()
    assert visit.page.locator("#current .turn").get_attribute("aria-busy") == "true"
    visit.wait_for_answer("slow how many countries?")
    assert CRITICS in visit.page.locator("#current .said").text_content()
    assert visit.page.locator("#current .turn").get_attribute("aria-busy") == "false"


def test_the_box_is_cleared_and_keeps_the_focus(visits: Any):
    visit = visits()
    assert visit.focused(".tagName") == "TEXTAREA"  # one can type at once
    visit.ask("How many?")
    visit.wait_for_answer("How many?")
    assert visit.box.input_value() == ""
    assert visit.focused(".tagName") == "TEXTAREA"


def test_what_is_typed_while_an_answer_grows_is_not_lost(visits: Any):
    visit = visits()
    visit.ask("slow how many?")
    visit.page.locator("#current .growing").wait_for()
    visit.box.type("And in 2019?")
    note = "() => getComputedStyle(document.querySelector('#composer'), '::after').content"
    assert visit.page.evaluate(note) == "none"
    visit.box.press("Enter")
    text = "One answer at a time. Wait, or stop this one."
    assert visit.page.evaluate(note) == f'"{text}"'
    assert visit.page.locator("#announcer").text_content() == text
    visit.wait_for_answer("slow how many?")
    assert visit.page.evaluate(note) == "none"
    visit.page.wait_for_timeout(300)
    assert visit.box.input_value() == "And in 2019?"


def test_a_blank_question_asks_nothing(visits: Any, fake: FakeAssistant):
    visit, asked = visits(), len(fake.histories)
    for blank in ("", "  \n "):
        visit.box.fill(blank)
        visit.box.press("Enter")
        visit.page.get_by_role("button", name="Ask", exact=True).click()
        assert visit.focused(".tagName") == "TEXTAREA"
    visit.ask("How many?")
    visit.wait_for_answer("How many?")
    assert len(fake.histories) == asked + 1
    assert visit.page.locator(".turn").count() == 1


def test_a_question_that_is_a_page_by_mistake_is_named_and_stays_to_be_cut(visits: Any):
    visit = visits()
    visit.ask("x" * 2500)
    visit.page.locator("#current .error").wait_for()
    assert len(visit.page.locator("#current .question").text_content()) <= 300
    visit.page.wait_for_function(
        "() => document.querySelector('#question textarea').value.length === 2500"
    )


def test_the_ask_button_and_the_examples_ask_too(visits: Any):
    visit = visits()
    visit.page.get_by_role("button", name="When was the Global Security Initiative").click()
    visit.wait_for_answer("When was the Global Security Initiative launched?")
    assert not visit.page.locator("#suggestions").is_visible()
    visit.box.fill("How many?")
    visit.page.get_by_role("button", name="Ask", exact=True).click()
    visit.wait_for_answer("How many?")
    assert visit.page.locator("#past .turn").count() == 1


def test_the_proof_of_the_first_sentence_lies_beside_the_answer(visits: Any):
    visit = visits()
    visit.ask("How many?")
    visit.marked(SAFE_CITY)
    assert visit.marks == [SAFE_CITY]
    assert visit.focused(".tagName") == "TEXTAREA"


def test_a_footnote_opens_by_click_at_exactly_its_words(visits: Any):
    visit = visits()
    visit.ask("How many?")
    visit.wait_for_answer("How many?")
    visit.page.get_by_role("button", name="Footnote 2").click()
    visit.marked(CRITICS)
    assert visit.marks == [CRITICS]
    assert visit.mark_is_in_sight()


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_a_footnote_opens_by_keyboard_and_escape_brings_the_focus_back(
    visits: Any, viewport: dict[str, int]
):
    visit = visits(viewport)
    visit.ask("How many?")
    visit.wait_for_answer("How many?")
    visit.page.get_by_role("button", name="Footnote 2").focus()
    visit.page.keyboard.press("Enter")
    visit.marked(CRITICS)
    visit.page.wait_for_function("document.activeElement.id === 'leaf'")
    visit.page.keyboard.press("Escape")
    assert visit.focused(".textContent") == "2"
    assert visit.focused(".className").startswith("marker")
    if viewport is PHONE:
        assert not visit.page.locator("#leaf").is_visible()


def test_focus_returns_to_a_footnote_that_was_written_anew(visits: Any):
    visit = visits()
    visit.ask("How many?")
    visit.wait_for_answer("How many?")
    visit.ask("slow and now?")
    visit.page.locator("#past .marker").nth(1).click()
    visit.marked(CRITICS)
    visit.wait_for_answer("slow and now?")
    visit.ask("How many more?")
    visit.wait_for_answer("How many more?")
    visit.page.locator("#leaf").focus()
    visit.page.keyboard.press("Escape")
    assert visit.focused(".tagName") in {"BUTTON", "TEXTAREA"}


def test_every_one_of_forty_footnotes_is_within_reach(visits: Any):
    visit = visits()
    visit.ask("forty footnotes")
    visit.wait_for_answer("forty footnotes")
    last = answer_to("forty").citations[-1]
    visit.page.get_by_role("button", name="Footnote 40").click()
    visit.marked(last.quote)
    visit.page.get_by_text("34 more footnotes").click()
    assert visit.page.locator("#current .note").last.is_visible()
    assert visit.box.is_visible()
    box = visit.box.bounding_box()
    assert box["y"] + box["height"] <= WIDE["height"]  # it stays in sight


def test_the_sections_around_a_passage_can_be_read(visits: Any):
    visit = visits()
    visit.ask("How many?")
    visit.marked(SAFE_CITY)
    visit.page.get_by_role("button", name="After").click()
    visit.page.locator("#leaf", has_text="In 2010, China hosted just 14").wait_for()
    visit.page.get_by_role("button", name="Whole document").click()
    visit.page.locator("#leaf", has_text="In 2010, China hosted just 14").wait_for()
    visit.page.get_by_role("button", name="Footnote 2").click()
    visit.marked(CRITICS)
    visit.page.get_by_role("button", name="Whole document").click()
    visit.page.locator("#leaf", has_text="In 2010, China hosted just 14").wait_for()
    assert visit.marks == [CRITICS]
    assert visit.mark_is_in_sight()
    visit.page.get_by_role("button", name="All documents").click()
    visit.page.get_by_role("heading", name="3 documents").wait_for()


def test_what_is_not_in_the_documents_offers_the_nearest_passages(visits: Any):
    visit = visits()
    visit.ask("silence")
    visit.wait_for_answer("silence")
    assert visit.page.locator("#current .absent").is_visible()
    assert visit.page.locator("#current .marker").count() == 0
    visit.page.locator("#current .note").first.click()
    visit.page.locator("#leaf mark").first.wait_for()
    assert "Under President Xi Jinping" in visit.marks[0]


def test_an_error_is_one_line_and_the_next_question_is_answered(visits: Any):
    visit = visits()
    visit.ask("please stop")
    visit.page.locator("#current .error", has_text="Nothing was indexed yet").wait_for()
    visit.ask("How many?")
    visit.wait_for_answer("How many?")
    assert visit.page.locator(".error").count() == 0


def test_a_question_that_is_too_long_comes_back_into_the_box(visits: Any):
    visit = visits()
    visit.ask("x" * 2001)
    visit.page.locator("#current .error", has_text="at most 2,000 are read").wait_for()
    visit.page.wait_for_function(
        "document.querySelector('#question textarea').value.length === 2001"
    )


def test_a_screen_reader_hears_the_state_and_the_finished_answer(visits: Any):
    visit = visits()
    live = visit.page.locator("#announcer")
    assert live.get_attribute("aria-live") == "polite"
    visit.ask("slow how many?")
    visit.page.wait_for_function(
        "document.getElementById('announcer').textContent.startsWith('Reading')"
    )
    visit.page.wait_for_function(
        "document.getElementById('announcer').textContent.startsWith('Answer: Telecom')"
    )
    visit.ask("silence")
    visit.page.wait_for_function(
        "document.getElementById('announcer').textContent.startsWith('Not answered.')"
    )


def test_new_documents_are_indexed_before_the_answer_and_listed(visits: Any, fake: FakeAssistant):
    visit = visits()
    fake.seconds, fake.pending = 1.0, SyncReport(added=("new.md",))
    visit.ask("How many?")
    visit.page.locator("#current").get_by_text("Indexing new documents…").wait_for()
    visit.wait_for_answer("How many?")
    assert "1 document added." in visit.page.locator("#current .notice").text_content()


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_hostile_words_stay_words(visits: Any, viewport: dict[str, int]):
    visit = visits(viewport)
    visit.ask(f"hostile {HOSTILE}")
    visit.page.locator("#current .turn[data-announce]").wait_for()
    assert visit.page.locator("#current .question").text_content() == f"hostile {HOSTILE}"
    assert "${alert(4)} {{constructor}}" in visit.page.locator("#current .short").text_content()
    visit.page.locator("#current .note").first.click()
    visit.page.locator("#leaf mark", has_text="${alert(4)}").wait_for()
    visit.page.wait_for_timeout(300)  # for what might run; `visits` then looks at what did
    assert visit.page.locator(".turn img, #leaf img, iframe, .turn script").count() == 0
    assert visit.overflow() == 0


def test_a_script_that_got_into_the_page_all_the_same_would_not_run(visits: Any):
    visit = visits()
    visit.page.evaluate(
        """() => {
            const image = '<img src="x" onerror="window.ran = true">';
            document.getElementById('leaf').innerHTML = image;
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.head.append(script);
        }"""
    )
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("window.ran") is None
    assert visit.complaints
    visit.complaints.clear()  # they are the browser's, about just this


@pytest.fixture
def kept(fake: FakeAssistant, root: Path) -> Path:
    """The workspace that feedback goes to, with the article among its sources."""
    shutil.copy(ARTICLE, root / "sources" / ARTICLE.name)
    fake.workspace = workspace.load(root)
    return root


def test_thumbs_down_and_a_remark_become_a_draft_by_one_command(visits: Any, kept: Path):
    visit = visits()
    visit.ask("How many?")
    visit.wait_for_answer("How many?")
    visit.page.get_by_role("button", name="Thumbs down").focus()
    visit.page.keyboard.press("Enter")
    visit.page.get_by_text("Thank you, kept in this workspace.").wait_for()
    assert visit.focused(".dataset.thumb") == "down"
    assert visit.focused(".ariaPressed") == "true"
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.type("It is more than 100,\nsays <b>Huawei</b>.")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.page.locator("#current p.remark", has_text="says <b>Huawei</b>.").wait_for()
    assert visit.focused(".dataset.thumb") == "down"
    assert visit.page.locator("form.remark").count() == 0
    assert visit.marks == [SAFE_CITY]  # what is read beside it stays
    assert visit.page.locator("#current .marker.shown").count() == 1
    command = [sys.executable, "-m", "assistant.cli", "evaluate", "--inbox", "-w", str(kept)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("1 draft was added to"), done.stderr
    [line] = (kept / "evals" / "inbox.jsonl").read_text(encoding="utf-8").splitlines()
    draft = json.loads(line)
    assert (draft["question"], draft["answers"], draft["kind"]) == ("How many?", [], "")
    said = draft["feedback"]
    assert said["remark"] == "It is more than 100,\nsays <b>Huawei</b>."
    assert said["answer"]["citations"][0]["quote"] == SAFE_CITY
    assert (said["thumbs"], said["changed"]) == ("down", [])
    assert said["removed"] == ['a"><b>.md', "arabic.txt"]  # the fake knew them, the folder not


def test_an_earlier_answer_is_judged_too_and_a_mind_may_change(visits: Any, kept: Path):
    visit = visits()
    for question in ("One?", "hello", "silence"):
        visit.ask(question)
        visit.wait_for_answer(question)
    assert visit.page.locator(".thumb").count() == 4
    first = visit.page.locator("#past .turn").first
    first.get_by_role("button", name="Thumbs down").click()
    first.locator(".kept", has_text="Thank you").wait_for()
    first.get_by_role("button", name="Thumbs up").click()
    first.locator('.up[aria-pressed="true"]').wait_for()
    visit.page.locator("#current").get_by_role("button", name="Thumbs up").click()
    visit.page.locator("#current .kept", has_text="Thank you").wait_for()
    visit.ask("Four?")
    visit.wait_for_answer("Four?")
    assert visit.page.locator('#past .up[aria-pressed="true"]').count() == 2
    assert visit.page.locator('[aria-pressed="true"]').count() == 2
    said = [(one.question, one.thumbs) for one in feedback.read(kept / "evals")]
    assert said == [("One?", "up"), ("silence", "up")]


def test_no_reader_sees_what_another_says(visits: Any, kept: Path):
    one, other = visits(), visits()
    for visit in (one, other):
        visit.ask("How many?")
        visit.wait_for_answer("How many?")
    one.page.get_by_role("button", name="Thumbs down").click()
    one.page.locator("#current .kept", has_text="Thank you").wait_for()
    other.ask("And now?")
    other.wait_for_answer("And now?")
    assert other.page.locator('[aria-pressed="true"], form.remark').count() == 0
    assert len(feedback.read(kept / "evals")) == 1


def test_feedback_that_cannot_be_kept_is_told_and_the_conversation_goes_on(visits: Any, kept: Path):
    (kept / "evals" / feedback.FILE).mkdir()
    visit = visits(PHONE)
    visit.ask("How many?")
    visit.wait_for_answer("How many?")
    visit.page.get_by_role("button", name="Thumbs down").click()
    error = visit.page.get_by_role("alert")
    error.wait_for()
    assert "Your feedback was not kept." in error.text_content()
    visit.page.wait_for_timeout(300)
    bottom = error.bounding_box()["y"] + error.bounding_box()["height"]
    assert bottom <= visit.box.bounding_box()["y"]  # not under the question box
    assert visit.overflow() == 0
    visit.ask("And now?")
    visit.wait_for_answer("And now?")
    assert visit.page.locator(".error").count() == 0


def test_two_readers_do_not_see_each_others_conversation(visits: Any, fake: FakeAssistant):
    one, other = visits(), visits()
    fake.released.clear()
    one.ask("wait: one?")
    other.ask("other?")
    other.wait_for_answer("other?")  # nobody waits for another reader's answer
    assert one.page.locator("#current .working").is_visible()
    fake.released.set()
    one.wait_for_answer("wait: one?")
    assert "other?" not in one.page.locator("gradio-app").text_content()
    assert "one?" not in other.page.locator("gradio-app").text_content()
    one.ask("And in 2019?")
    one.wait_for_answer("And in 2019?")
    assert [said["content"] for said in fake.histories[-1]][::2] == ["wait: one?"]


def test_a_conversation_keeps_what_was_said_in_order(visits: Any):
    visit = visits()
    for question in ("One?", "Two?", "silence", "Four?"):
        visit.ask(question)
        visit.wait_for_answer(question)
    questions = visit.page.locator(".question").all_text_contents()
    assert questions == ["One?", "Two?", "silence", "Four?"]


def test_a_new_conversation_forgets_the_old_one(visits: Any, fake: FakeAssistant):
    visit = visits()
    visit.ask("How many?")
    visit.wait_for_answer("How many?")
    visit.page.get_by_role("button", name="New conversation").click()
    visit.page.locator(".intro").wait_for()
    assert visit.page.locator(".turn").count() == 0
    visit.ask("And now?")
    visit.wait_for_answer("And now?")
    assert fake.histories[-1] == []


@pytest.mark.parametrize("width", [320, 360, 768, 1024, 1280, 1920])
def test_nothing_has_to_be_scrolled_sideways(visits: Any, width: int):
    visit = visits({"width": width, "height": 800})
    assert visit.overflow() == 0
    for question in ("forty footnotes", "silence", "arabic", "please stop", "How" * 300):
        visit.ask(question)
        visit.wait_for_answer(question)
        assert visit.overflow() == 0


def test_a_page_that_fits_does_not_scroll(visits: Any):
    visit = visits(PHONE)
    visit.page.locator("#suggestions [data-offer]").nth(3).wait_for()
    assert visit.page.evaluate("document.documentElement.scrollHeight") == PHONE["height"]


def test_on_a_phone_the_document_covers_the_page_and_back_closes_it(visits: Any):
    visit = visits(PHONE)
    visit.ask("How many?")
    visit.wait_for_answer("How many?")
    assert not visit.page.locator("#leaf").is_visible()
    visit.page.get_by_role("button", name="Footnote 1").click()
    visit.marked(SAFE_CITY)
    assert visit.page.get_by_role("dialog", name="Document").is_visible()
    visit.page.go_back()
    visit.page.wait_for_function("!document.body.classList.contains('reading')")
    assert visit.page.locator("#current .turn").is_visible()
    visit.page.get_by_role("button", name="Footnote 1").click()
    visit.page.get_by_role("button", name="Close the document").click()
    visit.page.wait_for_function("!document.body.classList.contains('reading')")


def test_the_page_has_its_landmarks_name_and_icon(visits: Any, address: str):
    visit = visits()
    for role in ("banner", "main", "complementary"):
        assert visit.page.get_by_role(role).count() == 1
    assert visit.page.title() == "Footnote"
    assert visit.page.locator("link[rel=icon]").get_attribute("href") == "./page/icon.svg"
    assert visit.page.locator("footer").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_as_wcag_aa_asks(visits: Any, scheme: str):
    visit = visits(color_scheme=scheme)
    colours = visit.page.evaluate(
        """names => Object.fromEntries(names.map(name => {
            const canvas = document.createElement('canvas').getContext('2d');
            canvas.fillStyle = getComputedStyle(document.documentElement)
                .getPropertyValue('--' + name).trim();
            return [name, canvas.fillStyle];
        }))""",
        ["ink", "soft", "accent", "warn", "edge", "paper", "leaf", "wash", "mark", "on-accent"],
    )
    for text, ground in [
        *(
            (text, ground)
            for text in ("ink", "soft", "accent", "warn")
            for ground in ("paper", "leaf")
        ),
        ("ink", "mark"),
        ("ink", "wash"),
        ("soft", "wash"),
        ("accent", "wash"),
        ("on-accent", "accent"),
    ]:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["edge"], colours["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours' luminances, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_description_of_the_api_opens_without_a_network(browser: Any, address: str):
    context = browser.new_context()
    seen: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: seen.append(request.url))
    page.goto(f"{address}/docs")
    page.get_by_text("/api/retrieve").first.wait_for()
    assert {urlsplit(url).hostname for url in seen if not url.startswith("data:")} == {"127.0.0.1"}
    context.close()
