"""Documents on the page in a real browser: adding, removing, choosing and reading them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import workspace
from assistant.assistant import Assistant
from assistant.web import server
from tests.conftest import FirstSentences, LetterEmbedder
from tests.fakes import HOSTILE
from tests.test_browser import PHONE, WIDE, Visit, browser, pytestmark, served, visits
from tests.test_browser_accessibility import faults

__all__ = ["browser", "pytestmark", "visits"]

HARBOUR = "The harbour of Brindle was dredged in 1931.\n"
CHAPEL = "The chapel ceiling was painted by Ida Moss in 1902.\n"


class Library:
    """A workspace that is served, and what lies in it."""

    def __init__(self, root: Path) -> None:
        self.root = workspace.create(root)
        self.sources = self.root / "sources"
        (self.sources / "harbour.txt").write_text(HARBOUR)
        (self.sources / "chapel.md").write_text(f"---\ntitle: Chapel news\n---\n{CHAPEL}")
        (self.sources / "scan.pdf").write_text("x")
        self.assistant = Assistant(
            workspace.load(self.root), LetterEmbedder(), FirstSentences(count=1)
        )
        self.assistant.sync()

    def serve(self, *, read_only: bool = False) -> Iterator[str]:
        with served(server.build(self.assistant, read_only=read_only)) as address:
            yield address
        self.assistant.close()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def address(library: Library) -> Iterator[str]:
    yield from library.serve()


@pytest.fixture
def listing(visits: Callable[..., Visit]) -> Callable[..., Visit]:
    """Open the page with the list of documents in sight."""

    def visit(viewport: dict[str, int] = WIDE, **options: Any) -> Visit:
        visit = visits(viewport, **options)
        if viewport is PHONE:
            visit.page.get_by_role("button", name="Documents").click()
        visit.page.locator("#listing").wait_for()
        return visit

    return visit


def file(name: str, data: bytes = b"Apples fell in 1920.\n") -> dict[str, Any]:
    return {"name": name, "mimeType": "text/plain", "buffer": data}


def add(visit: Visit, *files: dict[str, Any]) -> None:
    with visit.page.expect_file_chooser() as choosing:
        visit.page.get_by_role("button", name="Add documents").click()
    choosing.value.set_files(list(files))


def said(visit: Visit, words: str) -> None:
    """Wait until a screen reader hears `words`."""
    visit.page.wait_for_function(
        "words => document.getElementById('announcer').textContent.includes(words)", arg=words
    )


def counted(visit: Visit, place: str) -> None:
    """Wait until the search in the document says so."""
    visit.page.locator(".find .count", has_text=place).wait_for()


def drop(visit: Visit, name: str, data: str) -> None:
    visit.page.evaluate(
        """([name, data]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([data], name));
            const given = { dataTransfer, bubbles: true, cancelable: true };
            const over = document.querySelector('#question textarea');
            over.dispatchEvent(new DragEvent('dragover', given));
            window.wasOver = document.body.classList.contains('dropping');
            over.dispatchEvent(new DragEvent('drop', given));
        }""",
        [name, data],
    )


def refusals_are_expected(visit: Visit) -> None:
    """The browser itself notes each answer that is an error."""
    visit.complaints[:] = [said for said in visit.complaints if "status of 4" not in said]


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_files_are_chosen_indexed_reported_and_answer(
    listing: Any, library: Library, viewport: dict[str, int]
):
    visit = listing(viewport)
    add(visit, file("apples.txt"), file("pears.md", b"# Pears\n\nPears fell in 1921.\n"))
    said(visit, "2 added.")
    visit.page.get_by_role("heading", name="4 documents").wait_for()
    visit.page.get_by_role("button", name="Pears", exact=False).first.wait_for()
    assert (library.sources / "apples.txt").read_bytes() == b"Apples fell in 1920.\n"
    visit.page.locator("#intake").get_by_role("button", name="Close").click()
    assert not visit.page.locator("#intake").is_visible()
    assert visit.focused(".id") == "leaf"
    assert visit.overflow() == 0
    if viewport is PHONE:
        visit.page.get_by_role("button", name="Close the document").click()
    visit.ask("When did apples fall?")
    visit.wait_for_answer("When did apples fall?")
    assert "Apples fell in 1920." in visit.page.locator("#current .said").text_content()


def test_a_file_that_is_dropped_anywhere_on_the_page_is_added(listing: Any, library: Library):
    visit = listing()
    drop(visit, "apples.txt", "Apples fell.")
    assert visit.page.evaluate("window.wasOver")
    said(visit, "1 added.")
    assert (library.sources / "apples.txt").read_text() == "Apples fell."
    assert not visit.page.evaluate("document.body.classList.contains('dropping')")
    assert visit.box.input_value() == ""


def test_each_refused_file_says_why_and_the_others_are_added(listing: Any, library: Library):
    visit = listing()
    add(
        visit,
        file("photo.png"),
        file("empty.txt", b""),
        file("latin.txt", "naïve".encode("latin-1")),
        file("con.txt"),
        file("apples.txt"),
    )
    said(visit, "1 added, 4 not added.")
    lines = dict(
        zip(
            visit.page.locator("#intake bdi").all_text_contents(),
            visit.page.locator("#intake .state").all_text_contents(),
            strict=True,
        )
    )
    assert lines == {
        "photo.png": "Files of this type are not read, only "
        ".txt, .text, .md, .markdown, .csv, .tsv.",
        "empty.txt": "It is empty.",
        "latin.txt": "It is not UTF-8 (byte 0xef at offset 2), and which encoding it is in "
        "cannot be told for certain: save it as UTF-8.",
        "con.txt": "Its name is one that Windows keeps for itself: rename the file.",
        "apples.txt": "Added",
    }
    assert {entry.name for entry in library.sources.iterdir()} == {
        "apples.txt", "chapel.md", "harbour.txt", "scan.pdf",
    }  # fmt: skip
    refusals_are_expected(visit)


def test_an_existing_document_is_replaced_only_when_asked_to(listing: Any, library: Library):
    visit = listing()
    add(visit, file("harbour.txt", b"Mud was dug up.\n"))
    said(visit, "There is a document called harbour.txt already.")
    assert (library.sources / "harbour.txt").read_text() == HARBOUR
    visit.page.get_by_role("button", name="Replace harbour.txt").press("Enter")
    said(visit, "1 replaced.")
    assert (library.sources / "harbour.txt").read_text() == "Mud was dug up.\n"
    [kept] = (library.root / "trash").rglob("harbour.txt")
    assert kept.read_text() == HARBOUR
    refusals_are_expected(visit)


def test_hostile_names_and_words_of_files_stay_words(listing: Any, library: Library):
    visit = listing()
    name = "<img src=x onerror=alert(1)>\u202etxt.md"
    add(visit, file(name), file("hostile.txt", f"---\ntitle: '{HOSTILE}'\n---\n{HOSTILE}".encode()))
    said(visit, "1 added, 1 not added.")
    shown = visit.page.locator("#intake bdi").first.text_content()
    assert shown == "<img src=x onerror=alert(1)>\ufffdtxt.md"
    visit.page.get_by_role("checkbox", name=f"Ask only {HOSTILE[:30]}").check()
    assert HOSTILE[:40] in visit.page.locator("#scope").text_content()
    visit.page.get_by_role("button", name=f"Remove {HOSTILE[:30]}").click()
    visit.page.get_by_role("heading", name=f"Remove {HOSTILE[:30]}").wait_for()
    visit.page.get_by_role("button", name="Keep it").click()
    visit.page.locator(".about", has_text="alert(1)").click()
    visit.page.locator(".find").wait_for()
    visit.page.wait_for_timeout(300)  # for what might run; `visits` then looks at what did
    assert visit.page.locator("#panel img, #scope img, dialog img, iframe").count() == 0
    assert visit.overflow() == 0
    refusals_are_expected(visit)


def test_a_document_is_removed_after_a_word_about_it_and_lies_in_the_trash(
    listing: Any, library: Library
):
    visit = listing()
    visit.page.get_by_role("button", name="Remove Chapel news").press("Enter")
    dialog = visit.page.get_by_role("dialog", name="Remove Chapel news?")
    assert "moves from sources/ to trash/" in dialog.text_content()
    assert visit.focused(".textContent") == "Keep it"
    visit.page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert visit.focused(".ariaLabel") == "Remove Chapel news"
    assert (library.sources / "chapel.md").exists()
    visit.page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Remove").click()
    said(visit, "Chapel news was removed")
    visit.page.get_by_role("heading", name="1 document", exact=True).wait_for()
    assert visit.focused(".ariaLabel") == "Remove harbour"
    [kept] = (library.root / "trash").rglob("chapel.md")
    assert CHAPEL in kept.read_text()


def test_a_file_that_cannot_be_read_is_listed_with_its_reason_and_can_be_removed(listing: Any):
    visit = listing()
    entry = visit.page.locator(".group.refused .entry")
    assert "Files of type .pdf are not read" in entry.text_content()
    entry.get_by_role("button", name="Remove scan.pdf").click()
    visit.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    entry.wait_for(state="detached")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_questions_go_to_the_documents_that_are_ticked_until_all_are_asked(
    listing: Any, viewport: dict[str, int]
):
    visit = listing(viewport)
    box = visit.page.get_by_role("checkbox", name="Ask only Chapel news")
    box.focus()
    visit.page.keyboard.press("Space")
    said(visit, "Questions go to 1 document only.")
    if viewport is PHONE:
        visit.page.get_by_role("button", name="Close the document").click()
    group = visit.page.get_by_role("group", name="Documents that are asked")
    assert "Chapel news" in group.text_content()
    visit.ask("When was the harbour dredged?")
    visit.wait_for_answer("When was the harbour dredged?")
    assert "Only “Chapel news” was asked." in visit.page.locator("#current .notice").text_content()
    assert "Ida Moss" in visit.page.locator("#current .said").text_content()
    assert group.is_visible()  # it stays until it is cleared
    assert visit.overflow() == 0
    group.get_by_role("button", name="Ask all documents").click()
    said(visit, "Questions go to all documents.")
    assert visit.focused(".tagName") == "TEXTAREA"
    visit.ask("When was the harbour of Brindle dredged?")
    visit.wait_for_answer("When was the harbour of Brindle dredged?")
    assert visit.page.locator("#current .notice").count() == 0
    assert "1931" in visit.page.locator("#current .said").text_content()


def test_a_document_is_asked_alone_from_its_text_and_its_box_is_ticked(listing: Any):
    visit = listing()
    visit.page.locator(".about", has_text="Chapel news").click()
    only = visit.page.get_by_role("button", name="Ask only this document")
    only.press("Enter")
    assert only.get_attribute("aria-pressed") == "true"
    visit.page.get_by_role("button", name="All documents", exact=True).click()
    box = visit.page.get_by_role("checkbox", name="Ask only Chapel news")
    assert box.is_checked()
    visit.page.get_by_role("button", name="Leave out Chapel news").click()
    assert not box.is_checked()


def test_a_document_that_is_asked_beside_another_is_not_asked_alone(listing: Any):
    visit = listing()
    for box in visit.page.locator("[data-pick]").all():
        box.check()
    visit.page.locator(".about", has_text="Chapel news").click()
    only = visit.page.get_by_role("button", name="Ask only this document")
    assert only.get_attribute("aria-pressed") == "false"
    only.click()
    said(visit, "Questions go to 1 document only.")
    assert only.get_attribute("aria-pressed") == "true"
    only.click()
    said(visit, "Questions go to all documents.")


def test_a_reload_asks_the_same_documents(listing: Any):
    visit = listing()
    visit.page.get_by_role("checkbox", name="Ask only Chapel news").check()
    visit.page.locator("#intro", has_text="from one document").wait_for()
    visit.reload()
    group = visit.page.get_by_role("group", name="Documents that are asked")
    group.get_by_text("Chapel news").wait_for()
    assert visit.page.get_by_role("checkbox", name="Ask only Chapel news").is_checked()
    visit.page.locator("#intro", has_text="from one document").wait_for()
    visit.ask("When was the harbour dredged?")
    visit.page.locator("#current .notice", has_text="Only “Chapel news” was asked.").wait_for()
    group.get_by_role("button", name="Ask all documents").click()
    visit.reload()
    visit.marked("The chapel ceiling was painted by Ida Moss in 1902.")  # over the list
    visit.page.get_by_role("button", name="Documents").click()
    assert not visit.page.get_by_role("checkbox", name="Ask only Chapel news").is_checked()


def test_what_can_be_asked_first_follows_what_is_added_ticked_and_removed(listing: Any):
    visit = listing()
    offers = visit.page.locator("#suggestions [data-offer]")
    chapel = offers.filter(has_text="When was the chapel ceiling painted")
    mill = offers.filter(has_text="When was the old mill built?")
    chapel.wait_for()
    assert "from 2 documents" in visit.page.locator("#intro").inner_text()
    add(visit, file("mill.txt", b"The old mill was built in 1850.\n"))
    mill.wait_for()
    assert "from 3 documents" in visit.page.locator("#intro").inner_text()
    visit.page.get_by_role("checkbox", name="Ask only Chapel news").check()
    mill.wait_for(state="detached")
    chapel.wait_for()
    visit.page.get_by_role("checkbox", name="Ask only Chapel news").uncheck()
    mill.wait_for()
    visit.page.get_by_role("button", name="Remove mill").click()
    visit.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    mill.wait_for(state="detached")
    assert "from 2 documents" in visit.page.locator("#intro").inner_text()


def test_an_example_question_goes_to_the_ticked_documents_too(listing: Any):
    visit = listing()
    visit.page.get_by_role("checkbox", name="Ask only Chapel news").check()
    visit.page.locator("#suggestions [data-offer]").first.click()
    visit.page.locator("#current .notice", has_text="Only “Chapel news” was asked.").wait_for()


def test_a_ticked_document_that_is_gone_is_a_clear_error_and_the_question_comes_back(
    listing: Any, library: Library
):
    visit = listing()
    visit.page.get_by_role("checkbox", name="Ask only Chapel news").check()
    (library.sources / "chapel.md").unlink()
    visit.ask("Who painted the ceiling?")
    visit.page.locator("#current .error", has_text="is not there any more").wait_for()
    visit.page.wait_for_function(
        "document.querySelector('#question textarea').value === 'Who painted the ceiling?'"
    )


def test_what_narrows_the_list_is_there_once_there_are_many(listing: Any):
    visit = listing()
    assert visit.page.locator("#narrow").count() == 0
    add(visit, *(file(f"n{n}.txt", f"Note {n}.\n".encode()) for n in range(8)))
    visit.page.locator("#narrow").wait_for()


def test_a_file_that_is_removed_while_it_is_indexed_is_told_where_it_was_added(
    listing: Any, library: Library, monkeypatch: Any
):
    going = threading.Event()
    count = library.assistant.embedder.count_tokens

    def slow(texts: Any) -> Any:
        going.wait(timeout=30)
        return count(texts)

    monkeypatch.setattr(library.assistant.embedder, "count_tokens", slow)
    visit = listing()
    add(visit, file("mill.txt", b"The old mill was built in 1850.\n"))
    visit.page.get_by_role("button", name="Remove mill").click()
    visit.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    visit.page.get_by_role("dialog").wait_for(state="hidden")
    going.set()
    visit.page.locator("#intake", has_text="Removed meanwhile").wait_for()


def test_hundreds_of_documents_are_narrowed_by_typing(listing: Any, library: Library):
    for number in range(250):
        (library.sources / f"report-{number:03}.txt").write_text(f"Report {number:03}\n\nWords.\n")
    library.assistant.sync()
    visit = listing()
    visit.page.get_by_text("more documents: type a part of a title").wait_for()
    field = visit.page.get_by_role("searchbox", name="Find a document")
    field.fill("report 249")
    visit.page.locator("#listing", has_text="report-249.txt").wait_for()
    said(visit, "1 document")
    assert visit.page.locator(".entry").count() == 1
    assert visit.focused(".id") == "narrow"
    visit.page.locator(".pick input").check()
    field.fill("nothing of the kind")
    visit.page.get_by_text("No document’s title").wait_for()
    field.fill("")
    visit.page.get_by_role("heading", name="252 documents").wait_for()
    assert "Report 249" in visit.page.locator("#scope").text_content()


def test_an_empty_workspace_says_how_to_begin_and_begins(listing: Any, library: Library):
    for entry in list(library.sources.iterdir()):
        entry.unlink()
    library.assistant.sync(removed=None)
    visit = listing()
    visit.page.get_by_text("Add a document, and ask it something.").wait_for()
    add(visit, file("apples.txt"))
    said(visit, "1 added.")
    visit.page.get_by_text("Footnote answers from one document").wait_for()


def long_text() -> str:
    """720,000 characters in 150 chapters; "needle" in the first, the 75th and the last."""
    chapters = []
    for number in range(1, 151):
        needle = "A needle\nlay there.\n\n" if number in {1, 75, 150} else ""
        paragraph = f"{needle}Of barges and of mud was chapter {number} full. " + "word " * 70
        chapters.append(f"# Chapter {number}\n\n" + "\n\n".join([paragraph] * 12))
    return "\n\n".join(chapters)


@pytest.fixture
def long_document(library: Library) -> str:
    (library.sources / "long.md").write_text(text := long_text())
    library.assistant.sync()
    return text


FROZEN = """() => {
    window.longest = 0;
    let last = performance.now();
    const look = () => {
        const now = performance.now();
        window.longest = Math.max(window.longest, now - last);
        last = now;
        setTimeout(look, 10);
    };
    look();
}"""


def test_a_document_of_three_hundred_pages_opens_and_is_searched_without_freezing(
    listing: Any, long_document: str
):
    visit = listing()
    assert len(long_document) > 700_000
    visit.page.evaluate(FROZEN)
    visit.page.locator(".about", has_text="long").click()
    visit.page.locator("#place-149").wait_for(state="attached")
    visit.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    find = visit.page.get_by_role("searchbox", name="Find in this document")
    find.fill("needle lay")
    counted(visit, "1 of 36")
    for place in ("2 of 36", "3 of 36"):
        find.press("Enter")
        counted(visit, place)
    assert visit.page.evaluate("window.longest") < 3000  # a third of that on an idle machine


def test_the_search_counts_marks_and_walks_in_both_directions(listing: Any, long_document: str):
    visit = listing()
    visit.page.locator(".about", has_text="long").click()
    find = visit.page.get_by_role("searchbox", name="Find in this document")
    find.fill("A NEEDLE  lay")
    count = visit.page.locator(".find .count")
    counted(visit, "1 of 36")
    said(visit, "Match 1 of 36")
    find.press("Shift+Enter")
    assert count.text_content() == "36 of 36"
    visit.page.get_by_role("button", name="Next match").click()
    assert count.text_content() == "1 of 36"
    visit.page.get_by_role("button", name="Previous match").click()
    assert count.text_content() == "36 of 36"
    found, here, inside = visit.page.evaluate(
        """() => {
            const here = [...CSS.highlights.get('here')][0];
            const place = here.getBoundingClientRect();
            const leaf = document.getElementById('leaf').getBoundingClientRect();
            const tools = document.querySelector('.tools').getBoundingClientRect();
            return [CSS.highlights.get('found').size, here.toString().replace(/\\s+/g, ' '),
                place.top > tools.bottom && place.bottom < leaf.bottom];
        }"""
    )
    assert (found, here, inside) == (36, "A needle lay", True)
    find.fill("no such words")
    said(visit, "No match")
    assert count.text_content() == "none"
    assert visit.page.evaluate("CSS.highlights.get('found')?.size ?? 0") == 0
    find.fill("full. word")  # not across paragraphs, and a full stop is no pattern
    visit.page.wait_for_function(
        "document.querySelector('.find .count').textContent.endsWith('of 1800')"
    )
    find.press("Escape")
    assert (find.input_value(), count.text_content()) == ("", "")


def test_the_contents_lead_to_a_section_by_keyboard(listing: Any, long_document: str):
    visit = listing()
    visit.page.locator(".about", has_text="long").click()
    summary = visit.page.locator(".table summary")
    summary.press("Enter")
    chapter = visit.page.get_by_role("button", name="Chapter 75", exact=True)
    chapter.press("Enter")
    assert visit.focused(".id") == "place-74"
    heading = visit.page.locator("#place-74 h3").bounding_box()
    tools = visit.page.locator(".tools").bounding_box()
    assert abs(heading["y"] - tools["y"] - tools["height"]) < 30
    summary.press("Enter")
    visit.page.keyboard.press("Escape")
    assert not chapter.is_visible()
    assert visit.page.locator(".document").count() == 1  # the document stays open


def test_the_cited_words_are_marked_in_sight_in_the_whole_of_a_long_document(
    listing: Any, long_document: str
):
    visit = listing()
    visit.ask("chapter 149")
    visit.wait_for_answer("chapter 149")
    mark = visit.page.locator("#leaf mark").first
    mark.wait_for()
    marked = visit.marks
    visit.page.get_by_role("button", name="Whole document").click()
    visit.page.locator(".tools").wait_for()
    assert visit.marks == marked
    assert visit.mark_is_in_sight()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_no_fault_in_the_list_the_report_the_question_and_the_text(
    listing: Any, viewport: dict[str, int], scheme: str
):
    visit = listing(viewport, color_scheme=scheme, reduced_motion="reduce")
    add(visit, file("apples.txt"), file("photo.png"), file("harbour.txt"))
    said(visit, "1 added, 1 already there, 1 not added.")
    visit.page.get_by_role("checkbox", name="Ask only Chapel news").check()
    assert faults(visit.page) == ""
    visit.page.get_by_role("button", name="Remove apples").click()
    assert faults(visit.page) == ""
    visit.page.get_by_role("button", name="Keep it").click()
    visit.page.locator(".about", has_text="Chapel news").click()
    visit.page.get_by_role("searchbox", name="Find in this document").fill("ceiling")
    counted(visit, "1 of 1")
    assert faults(visit.page) == ""
    refusals_are_expected(visit)


class TestReadOnly:
    @pytest.fixture
    def address(self, library: Library) -> Iterator[str]:
        yield from library.serve(read_only=True)

    def test_a_page_that_only_reads_offers_no_change_and_takes_no_file(
        self, listing: Any, library: Library
    ):
        visit = listing()
        assert visit.page.locator("#add, #choose, [data-remove]").count() == 0
        assert visit.page.get_by_role("checkbox", name="Ask only Chapel news").is_visible()
        drop(visit, "apples.txt", "Apples fell.")
        visit.page.wait_for_timeout(300)
        assert not visit.page.evaluate("window.wasOver")
        assert not (library.sources / "apples.txt").exists()
