"""The page and the API over a fake Assistant whose answers anyone can check by eye."""

from __future__ import annotations

import ast
import asyncio
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers
from starlette.websockets import WebSocketDisconnect

import assistant
from assistant import errors
from assistant.values import (
    Answer,
    Decoded,
    Document,
    Refusal,
    SyncReport,
)
from assistant.web import page, render, server
from assistant.web.access import THIS_COMPUTER
from assistant.web.admission import Admission
from assistant.web.freshness import Freshness
from assistant.web.guard import refused
from assistant.web.render import Entry
from assistant.web.turns import Turn, shown
from tests.fakes import (
    ARTICLE,
    HOSTILE,
    SAFE_CITY,
    FakeAssistant,
    answer_to,
    arabic,
    article,
    cite,
    document,
    hits,
    hostile,
    sections,
    turn,
)

WEB = Path(page.__file__).parent


# Rendering


class Reader(HTMLParser):
    """Reads HTML as a browser would: the elements, and the text of some of them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.marks: list[str] = []
        self._marking = False
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "mark":
            self._marking = True
            self.marks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._marking = self._marking and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._marking:
            self.marks[-1] += data

    def values(self, name: str) -> list[str]:
        return [value or "" for given, value in self.attributes if given == name]


OURS = {
    "article", "bdi", "button", "details", "div", "form", "h2", "h3", "header", "input", "label",
    "li", "mark", "nav", "ol", "p", "path", "q", "section", "span", "summary", "sup", "svg", "ul",
}  # fmt: skip


def panel(document: Document, cited: tuple[int, int] | None = None, **options: Any) -> Reader:
    return Reader(render.passage(document, sections(document.text), cited, **options))


@pytest.mark.parametrize(
    "html",
    [
        render.working(1, HOSTILE, HOSTILE),
        render.failed(1, HOSTILE, HOSTILE),
        render.answered(1, HOSTILE, answer_to("hostile")),
        render.answered(1, HOSTILE, answer_to("hostile"), done=False, notice=HOSTILE),
        render.answered(1, HOSTILE, replace(answer_to("silence"), text=HOSTILE, question=HOSTILE)),
        render.answered(1, HOSTILE, Answer("reply", HOSTILE, HOSTILE), notice=HOSTILE),
        render.thumbs(None, HOSTILE),
        render.thumbs(cast(Any, SimpleNamespace(thumbs="up", remark=HOSTILE))),
        render.contents([Entry(record.path, record) for record in FakeAssistant().records()]),
        render.contents([Entry(HOSTILE, None, refused=HOSTILE), Entry(HOSTILE, None)]),
        render.contents([Entry("a.md", None)], HOSTILE),
        render.passage(hostile(), sections(hostile().text), (60, 90)),
        render.passage(hostile(), sections(hostile().text), whole=True),
    ],
)
def test_what_documents_and_readers_write_never_becomes_markup(html: str):
    read = Reader(html)
    assert set(read.tags) <= OURS
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert not read.values("src")
    assert not read.values("href")
    assert "alert(1)" in read.text


def test_a_document_links_to_its_original_over_http_only():
    assert panel(arabic()).values("href") == ["https://example.org/arabic"]
    assert panel(hostile()).values("href") == []


@pytest.mark.parametrize("control", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_characters_that_turn_the_direction_are_kept_in_text_but_not_laid_out(control: str):
    assert render.text(f"a{control}b") == f'a<span class="control">{control}</span>b'
    assert render.attribute(f"a{control}b") == "ab"
    assert ".control {\n  display: none;" in (WEB / "static" / "page.css").read_text()


def test_control_characters_that_a_parser_would_drop_are_shown():
    assert render.text("a\x00b\x1bc") == "a\ufffdb\ufffdc"


def test_the_section_before_is_named_by_its_first_words_where_it_has_no_title():
    shown = panel(document("a.txt", "It began here.\nPart one\n\nIt went on."), section=1)
    assert "Before It began here." in " ".join(shown.text.split())


def test_the_mark_holds_exactly_the_quote_and_the_section_around_it():
    source = article()
    citation = cite(1, source, SAFE_CITY)
    read = panel(source, (citation.start, citation.end))
    assert read.marks == [SAFE_CITY]
    assert "Chinese technology companies have become" in read.text  # the paragraph before
    assert "under the guise of modernization." in read.text  # the section's last words
    assert "Exporting Law Enforcement Training" in read.text  # only as the way to the next one
    assert "In 2010, China hosted" not in read.text


def test_a_hostile_quote_is_marked_character_by_character():
    text = document("a.txt", hostile().text)
    start = text.text.index("Second")
    assert panel(text, (start, len(text.text))).marks == [text.text[start:]]


def test_a_citation_across_paragraphs_is_marked_in_each():
    citation = answer_to("across").citations[0]
    marks = panel(article(), (citation.start, citation.end)).marks
    assert marks == citation.quote.split("\n")
    assert len(marks) == 2


def test_every_sentence_of_the_article_is_marked_as_it_is_quoted():
    source = article()
    for citation in answer_to("forty").citations:
        assert panel(source, (citation.start, citation.end)).marks == [citation.quote]
        assert panel(source, (citation.start, citation.end), whole=True).marks == [citation.quote]


def test_words_outside_of_every_section_are_marked_in_the_whole_text():
    source = document("one-line.txt", "Only a title")
    read = Reader(render.passage(source, [], (5, 12)))
    assert read.marks == ["a title"]


def test_the_sections_before_and_after_and_the_whole_document_are_within_reach():
    source = article()
    citation = cite(1, source, SAFE_CITY)
    read = panel(source, (citation.start, citation.end))
    assert read.values("data-section") == ["1", "3"]
    assert read.values("data-whole") == ["1"]
    assert "In 2010, China hosted" in panel(source, section=3).text
    assert panel(source, (citation.start, citation.end), whole=True).values("data-whole") == []
    assert "In 2010, China hosted" in panel(source, whole=True).text


def test_a_very_long_section_is_cut_around_what_is_cited():
    text = "Title\n" + "\n\n".join(f"Paragraph {number} says so." for number in range(20_000))
    source = document("long.txt", text)
    quote = "Paragraph 10000 says so."
    start = text.index(quote)
    html = render.passage(source, [], (start, start + len(quote)))
    assert Reader(html).marks == [quote]
    assert len(html) < 200_000
    assert html.count("was cut here") == 2


def test_footnote_markers_are_buttons_that_say_what_they_prove():
    html = render.answered(1, "How many?", answer_to("How many?"))
    read = Reader(html)
    labels = read.values("aria-label")
    assert labels[0].startswith("Footnote 1: Telecommunications giant Huawei")
    assert labels[1].startswith("Footnote 2: While marketed")
    assert read.values("data-start")[0] == str(article().text.index(SAFE_CITY))
    assert html.count('<button type="button" class="marker"') == 2


def test_the_short_answer_stands_above_the_sentences():
    html = render.answered(1, "How many?", answer_to("How many?"))
    assert html.index(">over 100 countries<") < html.index(">Telecommunications giant")
    assert "Very likely right" in html


def test_an_answer_that_is_likelier_wrong_puts_nothing_forward_and_says_so_first():
    doubtful = replace(answer_to("How many?"), confidence=0.4)
    html = render.answered(1, "How many?", doubtful)
    assert ">over 100 countries<" not in html
    assert html.index("Not certain") < html.index(">Telecommunications giant")
    announced = Reader(html).values("data-announce")[0]
    assert announced.startswith("Not certain. Answer: Telecommunications")


@pytest.mark.parametrize("said", ["It rose to 138.", "x", "…" * 40, "", "上海で開かれた。"])
def test_a_marker_is_bound_to_the_last_letters_and_the_words_stay_as_they_are(said: str):
    answer = answer_to("How many?")
    html = render.answered(
        1, "?", replace(answer, sentences=[replace(answer.sentences[0], text=said)])
    )
    bound = html.split('<span class="bound">')[1]
    assert len(bound.split("<sup>")[0]) <= 8
    assert "<sup>" in bound.split("</span>")[0]
    assert said in Reader(html).text


def test_the_sentence_that_holds_the_short_answer_is_the_best_one():
    said = answer_to("How many?").sentences[0]
    texts = ("One.", "It weighs 7 kg.", "It weighs 7 kg too.")
    sentences = [replace(said, text=text) for text in texts]
    answer = replace(answer_to("How many?"), sentences=sentences, short="7 kg")
    html = render.answered(1, "?", answer)
    assert html.count(" best") == 1
    assert html.index(" best") > html.index("One.")
    assert " best" not in render.answered(1, "?", replace(answer, short=None))


def test_an_unknown_footnote_number_is_not_shown():
    answer = answer_to("How many?")
    stray = replace(answer, sentences=[replace(answer.sentences[0], citations=[1, 7])])
    assert Reader(render.answered(1, "?", stray)).values("data-number") == ["1", "1", "2"]


def test_not_found_offers_the_nearest_passages_and_no_footnotes():
    read = Reader(render.answered(1, "silence", answer_to("silence")))
    assert "absent" in read.values("class")
    assert "answer" not in read.values("class")
    assert read.values("class").count("note") == 3
    assert read.values("data-number") == []


def test_a_weak_or_unsupported_sentence_says_so():
    answer = answer_to("How many?")
    doubtful = [replace(answer.sentences[0], verdict=v) for v in ("weak", "unsupported")]
    text = Reader(render.answered(1, "?", replace(answer, sentences=doubtful))).text
    assert "only partly supported by its footnote" in text
    assert "not supported by its footnote" in text


def test_an_answer_and_a_not_found_have_thumbs_and_small_talk_has_none():
    for question, thumbs in (("How many?", 2), ("silence", 2), ("hello", 0)):
        read = Reader(shown([turn(question)], {}))
        assert read.values("data-thumb") == ["up", "down"][:thumbs]
        assert read.values("aria-pressed") == ["false"] * thumbs
        assert "form" not in read.tags


def test_a_growing_answer_has_no_thumbs():
    growing = steps(FakeAssistant(), "How many?")[-2]
    assert "data-thumb" not in growing


def test_forty_footnotes_fold_away_after_the_first():
    html = render.answered(1, "forty", answer_to("forty"))
    assert "34 more footnotes" in html
    assert Reader(html).values("class").count("note") == 40


def test_a_growing_answer_is_not_announced():
    answer = answer_to("How many?")
    assert Reader(render.answered(1, "?", answer, done=False)).values("data-announce") == []
    announced = Reader(render.answered(1, "?", answer)).values("data-announce")[0]
    assert announced.startswith("Answer: Telecommunications")
    assert announced.endswith("2 footnotes.")


def test_a_question_that_was_completed_is_shown_as_it_was_understood():
    assert "Understood as" in render.answered(1, "And in 2019?", answer_to("And in 2019?"))
    assert "Understood as" not in render.answered(1, "how many", answer_to("How many?"))


def test_what_indexing_changed_and_refused_is_told_in_one_line():
    report = SyncReport(added=("a.md", "b.md"), refused=(Refusal("c.pdf", "It is locked."),))
    assert render.report_notice(report) == "2 documents added. Could not read c.pdf: It is locked."
    decoded = SyncReport(added=("a.md",), decoded=(Decoded("a.md", "Big5"),))
    assert render.report_notice(decoded) == "1 document added. a.md was read as Big5."
    assert render.report_notice(SyncReport(unchanged=("a.md",))) == ""
    assert render.report_notice(None) == ""


# Answering


def steps(
    fake: FakeAssistant,
    question: str,
    turns: Sequence[Turn] = (),
    line: Admission | None = None,
) -> list[Any]:
    freshness = Freshness(fake)
    said = page.answer(fake, line or Admission(), freshness, question, list(turns))
    return collected(said)


def collected(steps: AsyncIterator[Any]) -> list[Any]:
    async def collect() -> list[Any]:
        return [step async for step in steps]

    return asyncio.run(collect())


def test_an_answer_grows_and_ends_with_the_turn_to_keep():
    first, *_, growing, kept = steps(FakeAssistant(), "How many?")
    assert "Reading 3 documents…" in first
    assert SAFE_CITY in Reader(growing).text
    assert 'aria-busy="true"' in growing
    assert kept == turn()


def test_an_answer_from_an_earlier_state_of_the_documents_says_so():
    fake = FakeAssistant()
    fake.notice = "sources is empty, and the index holds 3 documents."
    *_, kept = steps(fake, "How many?")
    assert kept.notice == fake.notice


def test_what_was_said_before_is_handed_on_oldest_first():
    fake = FakeAssistant()
    *_, kept = steps(fake, "And in 2019?", [turn()])
    assert kept.number == 2
    assert fake.histories == [
        [
            {"role": "user", "content": "How many?"},
            {"role": "assistant", "content": answer_to("How many?").text},
        ]
    ]


def test_a_reader_is_told_when_new_documents_are_indexed_first():
    fake = FakeAssistant()
    fake.pending, fake.seconds = SyncReport(added=("new.md",)), page._PATIENCE_SECONDS + 0.2
    said = steps(fake, "How many?")
    assert "Indexing new documents…" in said[0]
    assert "1 document added." in shown([said[-1]], {})


def test_nothing_is_said_of_indexing_when_nothing_changed():
    assert not any("Indexing" in str(step) for step in steps(FakeAssistant(), "How many?"))


def test_an_error_that_can_be_mended_is_one_line_and_keeps_no_turn():
    *_, last = steps(FakeAssistant(), "please stop")
    assert "Nothing was indexed yet. Run: assistant index" in last


def test_a_question_that_is_too_long_comes_back_to_be_shortened():
    *_, shown, refused = steps(FakeAssistant(), "x" * 2001)
    assert "at most 2,000 are read" in shown
    assert refused is page.REFUSED


def test_a_fault_of_ours_is_logged_and_tells_the_reader_nothing_of_its_insides(caplog: Any):
    *_, last = steps(FakeAssistant(), "break")
    assert "Something went wrong" in last
    assert "a fault of ours" not in last
    assert "a fault of ours" in caplog.text


# The server


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def client(fake: FakeAssistant) -> Iterator[TestClient]:
    app = server.build(fake)
    with TestClient(app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False) as client:
        yield client


def test_ask_returns_the_answer_as_the_command_line_does(client: TestClient):
    reply = client.post("/api/ask", json={"question": "How many?"})
    assert reply.status_code == 200
    assert reply.json() == answer_to("How many?").to_dict()


def test_ask_hands_on_the_history(client: TestClient, fake: FakeAssistant):
    history = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    client.post("/api/ask", json={"question": "How many?", "history": history})
    assert fake.histories[-1] == history


def test_retrieve_returns_hits_best_first(client: TestClient):
    reply = client.post("/api/retrieve", json={"question": "Safe City", "limit": 2})
    assert reply.json() == [hit.to_dict() for hit in hits()[:2]]


def test_documents_are_listed_and_read(client: TestClient):
    listed = client.get("/api/documents").json()
    assert listed == [d.to_dict() for d in (article(), hostile(), arabic())]
    whole = client.get(f"/api/documents/{article().path}").json()
    assert whole == {**article().to_dict(), "text": article().text}


def test_only_a_page_that_may_change_documents_has_what_files_are_chosen_with(client: TestClient):
    assert 'id="choose" accept=".txt,.text,.md,.markdown,.csv,.tsv"' in client.get("/").text
    reading = TestClient(
        server.build(FakeAssistant(), read_only=True), base_url=str(client.base_url)
    )
    assert 'type="file"' not in reading.get("/").text


def test_health_says_how_many_documents_there_are(client: TestClient):
    expected = {"status": "ok", "version": assistant.__version__, "documents": 3}
    assert client.get("/api/health").json() == expected


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"question": " "}, 400, "The question is empty"),
        ({"question": "x" * 2001}, 400, "at most 2,000 are read"),
        ({"question": "?", "documents": ["no.md"]}, 404, "no.md is not among the documents"),
        ({"question": "break"}, 500, "Something went wrong"),
        ({}, 422, "question: Field required"),
        ({"question": 7}, 422, "question"),
        ({"question": "?", "histroy": []}, 422, "histroy"),
        ({"question": "?", "history": [{"role": "system", "content": ""}]}, 422, "history.0.role"),
    ],
)
def test_errors_are_one_message(
    client: TestClient, body: dict[str, Any], status: int, message: str
):
    reply = client.post("/api/ask", json=body)
    assert reply.status_code == status
    assert list(reply.json()) == ["error"]
    assert message in reply.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/api/documents/no.md", b"", 404),
        ("GET", "/api/documents/../pyproject.toml", b"", 404),
        ("GET", "/api/documents/..%2f..%2fpyproject.toml", b"", 404),
        ("GET", "/page/..%2f..%2fpyproject.toml", b"", 404),
        ("GET", "/page/render.py", b"", 404),
        ("GET", "/api/nothing", b"", 404),
        ("POST", "/api/ask", b'{"question": "\\ud800"}', 422),
        ("POST", "/api/ask", b"{", 422),
        ("POST", "/api/ask", b'{"question": "' + b"x" * 1_000_000 + b'"}', 413),
    ],
)
def test_what_does_not_fit_is_refused(
    client: TestClient, method: str, path: str, content: bytes, status: int
):
    reply = client.request(
        method, path, content=content, headers={"Content-Type": "application/json"}
    )
    assert reply.status_code == status
    assert isinstance(reply.json()["error"], str)


def test_a_large_body_whose_length_is_not_announced_is_refused(client: TestClient):
    def body() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    assert client.post("/api/ask", content=body()).status_code == 413


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:7860", "[::1]:7860", "LOCALHOST"])
def test_this_computer_is_answered_by_its_names(client: TestClient, host: str):
    assert client.get("/api/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "127.0.0.1:80@evil.example",
     "0.0.0.0", "localhost.", ""],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/health", "/config", "/docs"])
def test_a_foreign_host_name_is_refused(client: TestClient, host: str, path: str):
    assert client.get(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    "hosts", [(), ("127.0.0.1", "evil.example"), ("evil.example", "127.0.0.1")]
)
def test_a_request_without_a_host_or_with_two_is_refused(hosts: tuple[str, ...]):
    headers = Headers(raw=[(b"host", host.encode()) for host in hosts])
    assert refused("GET", "/", Headers(raw=[(b"host", b"127.0.0.1")]), THIS_COMPUTER) is None
    status, _ = refused("GET", "/", headers, THIS_COMPUTER) or (200, "")
    assert status == 400


def test_nothing_is_reached_by_websocket(client: TestClient):
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client.websocket_connect("/gradio_api/queue/join"),
    ):
        raise AssertionError("it was let in")
    assert closed.value.code == 1008


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:7860"},  # not the name that this page was opened by
        {"Origin": "http://127.0.0.1:7861"},
        {"Origin": "https://127.0.0.1:7860"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/gradio_api/queue/join"])
def test_another_page_cannot_ask(client: TestClient, headers: dict[str, str], path: str):
    reply = client.post(path, json={"question": "How many?"}, headers=headers)
    assert reply.status_code == 403


def test_the_page_itself_can_ask(client: TestClient):
    headers = {"Origin": "http://127.0.0.1:7860", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/ask", json={"question": "?"}, headers=headers).status_code == 200


def test_a_link_from_another_page_may_open_this_one(client: TestClient):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/gradio_api/proxy=http://evil.example",
     "/gradio_api/vibe-code", "/monitoring", "/gradio_api/runs", "/manifest.json", "/login",
     "/gradio_api/token", "/gradio_api/api/answering", "/gradio_api/call/answering"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_gradio_serves_and_the_page_does_not_need_is_closed(
    client: TestClient, path: str, method: str
):
    reply = client.request(method, path)
    assert reply.status_code == 404
    assert reply.json() == {"error": "There is nothing here."}


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/ask"), ("DELETE", "/api/documents")])
def test_an_endpoint_that_is_asked_in_another_way_says_so(
    client: TestClient, method: str, path: str
):
    reply = client.request(method, path)
    assert reply.status_code == 405
    assert "see /docs" in reply.json()["error"]


def test_titles_are_listed_by_their_numbers():
    entries = [Entry(f"part {number}.md", None) for number in (10, 2, 1)]
    shown = Reader(render.contents(entries)).text
    assert shown.index("part 1.md") < shown.index("part 2.md") < shown.index("part 10.md")


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_refer_to_nothing_elsewhere(client: TestClient, path: str):
    html = client.get(path, headers={"Accept-Encoding": "br, gzip"}).text
    assert not re.findall(r"(?:https?:)?//(?!127\.0\.0\.1)[\w.-]+\.\w+", html)
    local = [*Reader(html).values("src"), *Reader(html).values("href")]
    assert local
    for address in local:
        found = client.get(address.removeprefix("."))
        assert found.status_code == 200, address


def test_the_page_is_ours_around_gradios_program(client: TestClient):
    html = client.get("/").text
    read = Reader(html)
    assert {"header", "h1", "gradio-app"} <= set(read.tags)
    assert "<title>Footnote</title>" in html
    assert "window.gradio_config = " in html
    assert "iframe" not in html.lower().replace("data-iframe-height", "")
    assert len(read.values("src")) == 2


def test_a_proxys_headers_do_not_move_the_page_elsewhere(client: TestClient):
    html = client.get("/", headers={"X-Forwarded-Host": "evil.example"}).text
    assert "evil.example" not in html


def test_the_title_of_a_workspace_is_text(client: TestClient, monkeypatch: Any):
    monkeypatch.setattr(FakeAssistant, "title", HOSTILE)
    assert "<script>alert" not in client.get("/").text


def test_gradio_lists_none_of_the_pages_events(client: TestClient):
    listed = client.get("/gradio_api/info").json()
    assert listed == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_scripts_run_from_here_or_with_this_answers_nonce_only(client: TestClient):
    first, second = client.get("/"), client.get("/")
    policies = [reply.headers["content-security-policy"] for reply in (first, second)]
    assert policies[0] != policies[1]
    nonce = re.findall(r"'nonce-([\w-]+)'", policies[0])[0]
    assert first.text.count("<script") == first.text.count(f'<script nonce="{nonce}"') > 0
    scripts = next(part for part in policies[0].split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    assert "*" not in policies[0]
    assert "http" not in policies[0]
    assert "connect-src 'self'" in policies[0]


@pytest.mark.parametrize("path", ["/", "/api/health", "/page/page.js", "/docs", "/nothing"])
def test_every_answer_carries_the_protective_headers(client: TestClient, path: str):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_passage_is_served_with_its_mark(client: TestClient):
    citation = answer_to("How many?").citations[0]
    place: Any = {"document": citation.document, "start": citation.start, "end": citation.end}
    assert Reader(client.get("/page/passage", params=place).text).marks == [SAFE_CITY]


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ({"document": "no.md"}, 404),
        ({"document": ARTICLE.name, "start": 5, "end": 5}, 404),
        ({"document": ARTICLE.name, "start": 0, "end": 10**9}, 404),
        ({"document": ARTICLE.name, "start": -1, "end": 5}, 422),
        ({"document": ARTICLE.name, "section": "x"}, 422),
        ({}, 422),
    ],
)
def test_a_passage_that_is_not_there_is_an_error(
    client: TestClient, place: dict[str, Any], status: int
):
    assert client.get("/page/passage", params=place).status_code == status


def test_a_section_past_the_last_is_the_last(client: TestClient):
    html = client.get("/page/passage", params={"document": ARTICLE.name, "section": 999}).text
    assert Reader(html).marks == []


def test_the_api_is_described(client: TestClient):
    described = client.get("/openapi.json").json()
    assert sorted(described["paths"]) == [
        "/api/ask",
        "/api/documents",
        "/api/documents/{path}",
        "/api/health",
        "/api/retrieve",
    ]


def test_a_port_in_use_is_told_with_another_to_choose():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(errors.PortTaken) as told:
            server.serve(FakeAssistant(), port)
    assert str(told.value) == (
        f"Port {port} is in use. Stop the other program or choose another port: "
        f"assistant chat --port {port + 1}"
    )


def test_a_port_that_does_not_exist_is_told():
    with pytest.raises(errors.PortTaken, match="Port 70000 cannot be used"):
        server.bind(70000)


def test_a_port_is_free_again_after_its_socket_is_closed():
    held = server.bind(0)
    port = held.getsockname()[1]
    held.close()
    server.bind(port).close()


@pytest.mark.slow
def test_the_server_says_when_it_is_ready_calls_nobody_and_ends_quietly():
    program = (
        "import sys\n"
        "def heard(event, details):\n"
        "    if event in {'socket.connect', 'socket.getaddrinfo', 'webbrowser.open'}:\n"
        "        print(event, details, file=sys.stderr)\n"
        "sys.addaudithook(heard)\n"
        "from tests.fakes import FakeAssistant\n"
        "from assistant.web.server import serve\n"
        "serve(FakeAssistant(), 0)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        address = re.findall(r"http://127\.0\.0\.1:\d+", line)[0]
        assert line == f"Footnote is ready: {address} (stop with Ctrl+C)\n"
        with urllib.request.urlopen(f"{address}/api/health") as reply:
            assert reply.status == 200
        running.send_signal(signal.SIGINT)
        rest, complaints = running.communicate(timeout=20)
    assert (running.returncode, rest, complaints) == (0, "", "")


def test_text_that_is_put_into_html_by_itself_is_escaped():
    assert render.html("<p>{}</p>", '<b>"\x00') == "<p>&lt;b&gt;&#34;\ufffd</p>"
    assert render.html("<p>{}</p>", render.html("<b>{}</b>", 7)) == "<p><b>7</b></p>"


def html_made_otherwise(tree: ast.AST) -> list[int]:
    """Return the lines of a module on which a text that holds tags is no argument of `html` or
    `Markup`, or one of theirs does not stand in the program word for word."""
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    makers = [call for call in calls if ast.unparse(call.func).split(".")[-1] in MAKERS]
    templates = {call.args[0] for call in makers if call.args}
    patterns = {call.args[0] for call in calls if ast.unparse(call.func).startswith("re.")}
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, str))
        and re.search(r"<[a-z/!]", node.value)
        and node not in docstrings | templates | patterns
    ] + [node.lineno for node in templates if isinstance(node, ast.JoinedStr | ast.BinOp)]


MAKERS = {"html", "Markup", "_each"}


@pytest.mark.parametrize("module", sorted(WEB.rglob("*.py")), ids=lambda file: file.stem)
def test_html_is_made_of_what_stands_in_the_program_and_of_escaped_text(module: Path):
    assert html_made_otherwise(ast.parse(module.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "line", ["x = f'<p>{y}</p>'", "x = '<p>' + y", "x = Markup(f'<p>{y}')", "html('<p>' + y)"]
)
def test_html_that_is_made_otherwise_is_found(line: str):
    assert html_made_otherwise(ast.parse(line))
