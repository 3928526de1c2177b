"""The routes of the list of documents, over a real Assistant with the letter embedder."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock

from assistant import sources
from assistant.assistant import Assistant
from assistant.errors import IndexBusy, IndexUnwritable
from assistant.library import intake, syncing, trash
from assistant.values import Progress, SyncReport
from assistant.web import guard, indexing, page, server
from assistant.web.access import granted
from tests.fakes import HOSTILE
from tests.test_web import Reader
from tests.test_web_access import basic

BODY = {"Content-Type": "application/octet-stream"}
PLACE = "http://127.0.0.1:7860"


@pytest.fixture(autouse=True)
def no_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave Gradio's part of the page out: nothing here asks it, and it takes long to build."""
    monkeypatch.setattr(page, "mount_conversation", lambda *given, **options: None)


def serving(assistant: Assistant, **options: Any) -> TestClient:
    app = server.build(assistant, **options)
    return TestClient(app, base_url=PLACE, raise_server_exceptions=False)


@pytest.fixture
def client(assistant: Assistant, put: Callable) -> TestClient:
    put("harbour.txt", "The harbour of Brindle was dredged in 1931.")
    assistant.sync()
    return serving(assistant)


def send(
    client: TestClient, name: str, data: Any = b"Apples fell.", **given: Any
) -> tuple[int, Any]:
    headers = {**BODY, **given.pop("headers", {})}
    reply = client.post(
        "/page/files", params={"name": name, **given}, content=data, headers=headers
    )
    return reply.status_code, reply.json()


def settled(client: TestClient) -> dict[str, Any]:
    """Wait until nothing is being indexed, and return what became of the files."""
    patience = time.monotonic() + 120
    while time.monotonic() < patience:
        state = client.get("/page/indexing").json()
        if not state["busy"]:
            return dict(state["outcomes"])
        time.sleep(0.02)
    raise AssertionError("indexing does not end")


def listed(client: TestClient, **parameters: str) -> Reader:
    return Reader(client.get("/page/documents", params=parameters).text)


def everything(root: Path) -> dict[str, bytes]:
    return {
        file.relative_to(root.parent).as_posix(): file.read_bytes()
        for file in root.parent.rglob("*")
        if file.is_file() and not file.is_relative_to(root / "index")
    }


# Adding


def test_a_file_is_added_indexed_and_answers(client: TestClient, assistant: Assistant):
    assert send(client, "apples.md", b"# Apples\n\nApples fell in 1920.") == (
        201,
        {"path": "apples.md"},
    )
    assert settled(client) == {"apples.md": {"state": "added", "reason": ""}}
    assert assistant.document("apples.md").title == "Apples"
    answer = client.post("/api/ask", json={"question": "When did apples fall?"}).json()
    assert answer["citations"][0]["document"] == "apples.md"


def test_a_file_may_be_larger_than_other_requests(client: TestClient, root: Path):
    words = b"<!-- not shown, so not indexed: it is there at once -->\n"
    chunks = (words * 1700 for _ in range(15))  # 1.4 MB whose length is not announced
    assert send(client, "large.md", itertools.chain([b"Apples fell.\n\n"], chunks))[0] == 201
    data = (root / "sources" / "large.md").read_bytes()
    assert data == b"Apples fell.\n\n" + words * 25_500
    assert len(data) > guard.LARGEST_BODY_BYTES
    assert settled(client)["large.md"]["state"] == "added"


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(
    client: TestClient, root: Path, monkeypatch: Any, announced: bool
):
    before = everything(root)
    monkeypatch.setattr(sources, "SIZE_LIMIT_BYTES", 1000)
    data = b"x" * 1001 if announced else iter([b"x" * 500, b"y" * 501])
    status, said = send(client, "large.txt", data)
    assert status == 413
    assert "larger than" in said["error"]
    assert everything(root) == before


def test_a_file_whose_length_is_announced_too_large_is_refused_before_it_is_sent(
    client: TestClient,
):
    def never() -> Iterator[bytes]:
        raise AssertionError("the body was asked for")
        yield b""

    reply = client.post(
        "/page/files?name=a.txt", content=never(), headers={**BODY, "Content-Length": "50000001"}
    )
    assert reply.status_code == 413


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("../../escape.txt", b"x", "another folder"),
        ("..%2f..%2fescape.txt", b"x", "begins with a dot"),
        ("/tmp/escape.txt", b"x", "another folder"),
        ("sub\\escape.txt", b"x", "another folder"),
        ("footnote.toml", b"x", "are not read"),
        (".htaccess.txt", b"x", "begins with a dot"),
        ("nul.txt", b"x", "Windows"),
        ("txt.\u202eexe.txt", b"x", "cannot be shown"),
        ("a\0.txt", b"x", "cannot be shown"),
        (f"{HOSTILE}.md".replace("/", ""), b"x", "holds <"),
        ("a.txt", b"", "no text"),
        ("a.txt", b"\x7fELF\0\0", "not text"),
        ("a.txt", "naïve".encode("latin-1"), "not UTF-8"),
        ("a.txt", b"x" * 1_000_001, "break it into lines"),
        ("a.txt", ("e" + "\u0301" * 200).encode(), "accents"),
        ("a.md", b"---\ntitle: [\n---\nWords.", "not YAML"),
    ],
)
def test_hostile_names_and_bodies_are_refused_with_the_reason_and_leave_nothing(
    client: TestClient, root: Path, name: str, data: bytes, reason: str
):
    before = everything(root)
    status, said = send(client, name, data)
    assert (status, list(said)) == (400, ["error"])
    assert reason in said["error"]
    assert everything(root) == before
    assert not client.get("/page/indexing").json()["busy"]


def test_where_too_many_files_arrive_at_once_one_more_is_told_to_come_again(
    client: TestClient, root: Path
):
    with contextlib.ExitStack() as arriving:
        for _ in range(intake.MOST_ARRIVING):
            arriving.enter_context(intake.receiving(root / "sources", "a.md"))
        status, said = send(client, "b.md")
    assert status == 503
    assert "10 files are arriving already" in said["error"]
    assert send(client, "b.md") == (201, {"path": "b.md"})


def test_where_the_trash_is_full_of_what_just_went_there_nothing_more_goes(
    client: TestClient, root: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(trash, "LARGEST_BYTES", 10)
    reply = client.delete("/page/files", params={"document": "harbour.txt"})
    assert reply.status_code == 400
    assert "empty it, or try again later" in reply.json()["error"]
    assert (root / "sources" / "harbour.txt").exists()


def test_an_index_that_is_gone_under_the_server_is_built_again(client: TestClient, root: Path):
    shutil.rmtree(root / "index")
    reply = client.post("/api/ask", json={"question": "When was the harbour dredged?"})
    assert reply.json()["citations"][0]["document"] == "harbour.txt"


def test_where_it_may_not_be_built_again_the_server_says_so(
    client: TestClient, assistant: Assistant, root: Path
):
    assistant.hold()
    (root / "index" / "live.json").unlink()
    reply = client.post("/api/ask", json={"question": "When was the harbour dredged?"})
    assert reply.status_code == 503
    assert "assistant index" in reply.json()["error"]


def test_a_documents_words_are_never_markup(client: TestClient):
    send(client, "hostile.md", f"---\ntitle: '{HOSTILE}'\n---\n{HOSTILE}".encode())
    settled(client)
    for path in ("/page/documents", "/page/passage?document=hostile.md&whole=1"):
        read = Reader(client.get(path).text)
        assert "alert(1)" in read.text
        assert not {"script", "img", "iframe"} & set(read.tags)
        assert not [name for name, _ in read.attributes if name.startswith("on")]


def test_an_existing_name_asks_before_it_is_replaced(client: TestClient, root: Path):
    status, said = send(client, "Harbour.TXT", b"Mud.")
    assert (status, said["error"]) == (409, "There is a document called harbour.txt already.")
    assert (root / "sources" / "harbour.txt").read_text().startswith("The harbour")
    assert send(client, "Harbour.TXT", b"Mud.", replace="true") == (201, {"path": "harbour.txt"})
    assert settled(client)["harbour.txt"]["state"] == "changed"
    [kept] = (root / "trash").rglob("harbour.txt")
    assert kept.read_text().startswith("The harbour")


def test_the_same_file_again_is_told_unchanged(client: TestClient):
    send(client, "a.txt")
    settled(client)
    send(client, "a.txt", replace="true")
    assert settled(client)["a.txt"]["state"] == "unchanged"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_what_a_form_can_send_is_no_file(client: TestClient, root: Path, headers: dict[str, str]):
    before = everything(root)
    assert send(client, "a.txt", headers=headers)[0] == 415
    assert everything(root) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
        {"Host": "evil.example"},
    ],
)
def test_another_page_can_neither_add_nor_remove(
    client: TestClient, root: Path, headers: dict[str, str]
):
    before = everything(root)
    assert send(client, "a.txt", headers=headers)[0] in {400, 403}
    reply = client.delete("/page/files?document=harbour.txt", headers=headers)
    assert reply.status_code in {400, 403}
    assert everything(root) == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "OPTIONS"])
def test_nothing_is_changed_by_other_methods(client: TestClient, root: Path, method: str):
    before = everything(root)
    given = {"name": "a.txt", "document": "harbour.txt"}
    reply = client.request(method, "/page/files", params=given, headers=BODY)
    assert reply.status_code in {404, 405}
    assert everything(root) == before


def test_nothing_is_changed_without_the_password(assistant: Assistant, put: Callable, root: Path):
    put("a.txt", "Apples.")
    assistant.sync()
    client = serving(assistant, access=granted("0.0.0.0", "correct horse"))
    before = everything(root)
    assert send(client, "b.txt")[0] == 401
    assert client.delete("/page/files?document=a.txt").status_code == 401
    assert everything(root) == before
    headers = basic("correct horse")
    assert send(client, "b.txt", headers=headers)[0] == 201


# Removing


def test_a_removed_document_goes_to_the_trash_and_answers_no_more(
    client: TestClient, assistant: Assistant, root: Path
):
    reply = client.delete("/page/files", params={"document": "harbour.txt"})
    assert (reply.status_code, reply.json()) == (202, {"path": "harbour.txt"})
    assert settled(client) == {"harbour.txt": {"state": "removed", "reason": ""}}
    assert assistant.records() == []
    [kept] = (root / "trash").rglob("*.txt")
    assert kept.read_text() == "The harbour of Brindle was dredged in 1931."
    assert assistant.sync() == SyncReport()  # the trash is not read


@pytest.mark.parametrize(
    "path", ["../footnote.toml", "/etc/passwd", "..%2ffootnote.toml", "no.txt", "", ".", "a\0b"]
)
def test_what_is_not_listed_cannot_be_removed(client: TestClient, root: Path, path: str):
    before = everything(root)
    reply = client.delete("/page/files", params={"document": path})
    assert reply.status_code == 404
    assert everything(root) == before


def test_a_refused_file_can_be_removed(client: TestClient, assistant: Assistant, put: Callable):
    put("locked.pdf", "x")
    assistant.refresh()
    assert "locked.pdf" in listed(client).values("data-remove")
    client.delete("/page/files", params={"document": "locked.pdf"})
    assert settled(client)["locked.pdf"]["state"] == "removed"
    assert "locked.pdf" not in listed(client).text


# While it is being indexed


@pytest.fixture
def paused(assistant: Assistant, monkeypatch: Any) -> Iterator[threading.Event]:
    """Indexing stops after its first word of progress until the event is set."""
    going_on = threading.Event()
    sync = assistant.sync

    def slowly(*, tell: Any = None, **given: Any) -> SyncReport:
        def told(progress: Progress) -> None:
            tell(progress)
            assert going_on.wait(20)

        return sync(tell=told if tell else None, **given)

    monkeypatch.setattr(assistant, "sync", slowly)
    yield going_on
    going_on.set()


def test_questions_are_answered_from_the_last_revision_while_a_file_is_indexed(
    client: TestClient, assistant: Assistant, paused: threading.Event
):
    send(client, "apples.txt", b"Apples fell.")
    for question in ("When was the harbour dredged?", "Did apples fall?"):
        answer = client.post("/api/ask", json={"question": question}).json()
        assert {hit["passage"]["document"] for hit in answer["hits"]} == {"harbour.txt"}
    state = client.get("/page/indexing").json()
    assert (state["busy"], state["document"], state["total"]) == (True, "apples.txt", 1)
    assert "Being indexed" in listed(client).text
    paused.set()
    settled(client)
    answer = client.post("/api/ask", json={"question": "Did apples fall?"}).json()
    assert answer["hits"][0]["passage"]["document"] == "apples.txt"


def test_what_was_not_indexed_before_the_page_opened_is_caught_up_with(
    client: TestClient, assistant: Assistant, put: Callable, paused: threading.Event
):
    put("apples.txt", "Apples fell.")
    client.app.state.indexing.catch_up()  # type: ignore[attr-defined]
    answer = client.post("/api/ask", json={"question": "When was the harbour dredged?"}).json()
    assert answer["kind"] == "answer"  # and it did not wait
    page = client.get("/page/documents").text
    assert "data-growing" in page
    assert "Being indexed" in page
    send(client, "plums.txt", b"Plums fell.")
    paused.set()
    assert settled(client) == {"plums.txt": {"state": "added", "reason": ""}}
    assert "data-growing" not in client.get("/page/documents").text
    assert [record.path for record in assistant.records()] == [
        "apples.txt",
        "harbour.txt",
        "plums.txt",
    ]


def test_a_first_index_is_told_of_while_it_grows(
    assistant: Assistant, put: Callable, monkeypatch: Any
):
    monkeypatch.setattr(syncing, "CHUNK", 1)
    one_stands, going_on = threading.Event(), threading.Event()
    sync = assistant.sync

    def slowly(*, tell: Any, **given: Any) -> SyncReport:
        def told(progress: Progress) -> None:
            tell(progress)
            if progress.done == 1:
                one_stands.set()
                assert going_on.wait(20)

        return sync(tell=told, **given)

    monkeypatch.setattr(assistant, "sync", slowly)
    for name in ("a.txt", "b.txt"):
        put(name, "Apples fell.")
    client = serving(assistant)
    client.app.state.indexing.catch_up()  # type: ignore[attr-defined]
    assert one_stands.wait(20)
    so_far = "Answers come from the 1 of 2 documents that are indexed so far."
    assert assistant.notice == so_far
    assert so_far in listed(client).text
    assert client.post("/api/ask", json={"question": "Apples?"}).json()["kind"] == "answer"
    going_on.set()
    settled(client)
    assert assistant.notice == ""
    assert "2 documents" in listed(client).text


def test_a_file_that_is_added_does_not_wait_for_all_that_is_caught_up_with(
    assistant: Assistant, put: Callable, monkeypatch: Any
):
    monkeypatch.setattr(syncing, "CHUNK", 1)
    one_stands, going_on = threading.Event(), threading.Event()
    order: list[str] = []
    sync = assistant.sync

    def slowly(*, tell: Any, **given: Any) -> SyncReport:
        def told(progress: Progress) -> None:
            order.append(progress.document)
            if progress.done == 1 and not one_stands.is_set():
                one_stands.set()
                assert going_on.wait(20)
            tell(progress)

        return sync(tell=told, **given)

    monkeypatch.setattr(assistant, "sync", slowly)
    for number in range(5):
        put(f"{number}.txt", "Apples fell in the orchard behind the mill.")
    client = serving(assistant)
    client.app.state.indexing.catch_up()  # type: ignore[attr-defined]
    assert one_stands.wait(20)
    assert send(client, "small.txt", b"Plums.")[0] == 201
    going_on.set()
    assert settled(client) == {"small.txt": {"state": "added", "reason": ""}}
    assert list(dict.fromkeys(order)).index("small.txt") == 1
    assert len(assistant.records()) == 6


def test_what_cannot_be_caught_up_with_is_told_where_footnote_runs(
    client: TestClient, assistant: Assistant, monkeypatch: Any, caplog: Any
):
    def full(**given: Any) -> SyncReport:
        raise IndexUnwritable("The disk is full.")

    monkeypatch.setattr(assistant, "sync", full)
    client.app.state.indexing.catch_up()  # type: ignore[attr-defined]
    assert settled(client) == {}
    assert "could not be indexed: The disk is full." in caplog.text
    assert "data-growing" not in client.get("/page/documents").text


def test_files_that_come_meanwhile_are_indexed_after_it(client: TestClient, paused: Any):
    for name in ("a.txt", "b.txt", "c.txt"):
        assert send(client, name)[0] == 201
    client.delete("/page/files", params={"document": "b.txt"})
    paused.set()
    assert {path: outcome["state"] for path, outcome in settled(client).items()} == {
        "a.txt": "added",
        "b.txt": "removed",
        "c.txt": "added",
    }


def test_what_is_put_into_the_folder_afterwards_is_noticed_again(
    client: TestClient, assistant: Assistant, put: Callable
):
    send(client, "a.txt")
    settled(client)
    put("b.txt", "Bananas.")
    report = assistant.refresh()
    assert report is not None
    assert report.added == ("b.txt",)


def test_an_index_that_another_process_writes_to_is_waited_for(
    assistant: Assistant, put: Callable, monkeypatch: Any
):
    monkeypatch.setattr(indexing, "_BETWEEN_TRIES_SECONDS", 0.01)
    tries = []
    sync = assistant.sync

    def busy_twice(**given: Any) -> SyncReport:
        tries.append(1)
        if len(tries) < 3:
            raise IndexBusy("Another process is writing.")
        return sync(**given)

    monkeypatch.setattr(assistant, "sync", busy_twice)
    background = indexing.Indexing(assistant)
    background.change(lambda: put("a.txt", "Apples.").name)
    while background.to_dict()["busy"]:
        time.sleep(0.01)
    assert background.to_dict()["outcomes"]["a.txt"]["state"] == "added"


def test_waiting_for_another_process_ends_when_the_assistant_is_interrupted(
    assistant: Assistant, put: Callable, root: Path, monkeypatch: Any
):
    monkeypatch.setattr(indexing, "_BETWEEN_TRIES_SECONDS", 0.01)
    background = indexing.Indexing(assistant)
    with FileLock(root / "index" / ".lock"):
        background.change(lambda: put("a.txt", "Apples.").name)
        assert background.to_dict()["busy"]
        assistant.interrupt()
        background.close()
    assert not background.to_dict()["busy"]
    assistant.resume()
    assert assistant.refresh().added == ("a.txt",)


def test_files_added_to_an_index_that_is_held_do_not_release_it(
    assistant: Assistant, put: Callable
):
    def added(name: str) -> str:
        return put(name, "Apples.").name

    assistant.hold()
    background = indexing.Indexing(assistant)
    for name in ("a.txt", "b.txt"):
        background.change(partial(added, name))
    background.close()
    put("c.txt", "Cherries.")
    assert assistant.refresh() is None


@pytest.mark.parametrize("error", [IndexUnwritable("The disk is full."), ValueError("a fault")])
def test_what_fails_is_told_and_the_next_change_is_tried(
    client: TestClient, assistant: Assistant, monkeypatch: Any, error: Exception
):
    def failing(**given: Any) -> SyncReport:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(assistant, "sync", failing)
        send(client, "a.txt")
        outcome = settled(client)["a.txt"]
    assert outcome["state"] == "failed"
    assert "a fault" not in outcome["reason"]
    send(client, "b.txt")
    assert settled(client)["b.txt"]["state"] == "added"
    assert {record.path for record in assistant.records()} == {"a.txt", "b.txt", "harbour.txt"}


# The list


def test_the_list_says_title_origin_length_and_state(
    client: TestClient, assistant: Assistant, put: Callable
):
    put("news.md", "---\ntitle: Harbour news\ndate: 2024-05-01\nauthor: Ida Moss\n---\nMud.\n")
    put("locked.pdf", "x")
    assistant.refresh()
    put("new.txt", "Not yet.")
    said = " ".join(listed(client).text.split())
    assert "New: read before the next question 1new.txt" in said
    assert "Not read 1locked.pdf" in said
    assert "Files of type .pdf are not read" in said
    assert "Harbour newsIda Moss · 1 May 2024 · 5 characters" in said
    assert "Indexed 2" in said
    assert listed(client).values("data-pick") == ["harbour.txt", "news.md"]


def test_the_list_is_narrowed_by_words_of_title_path_and_origin(
    client: TestClient, assistant: Assistant, put: Callable
):
    put("x.md", "---\ntitle: Harbour news\nauthor: Ida Moss\n---\nMud.")
    assistant.refresh()
    assert listed(client, words="news").values("data-document") == ["x.md"]
    assert listed(client, words="MOSS harbour").values("data-document") == ["x.md"]
    assert listed(client, words="x.md").values("data-document") == ["x.md"]
    nothing = listed(client, words="<b>no</b>")
    assert "holds “<b>no</b>”" in nothing.text
    assert "b" not in nothing.tags


def test_hundreds_of_documents_are_shown_in_part_and_found_by_name(
    client: TestClient, assistant: Assistant, put: Callable
):
    for number in range(250):
        put(f"{number:03}.txt", f"Document {number:03}")
    assistant.refresh()
    assert "And 51 more documents" in listed(client).text
    assert len(listed(client).values("data-document")) == 200
    assert listed(client, words="249").values("data-document") == ["249.txt"]


def test_a_file_name_that_cannot_be_shown_is_listed_and_not_removable(
    client: TestClient, assistant: Assistant, root: Path
):
    (root / "sources" / "a\u202e<b>.txt").write_text("x")
    (root / "sources" / b"\xff.txt".decode("utf-8", "surrogateescape")).write_text("x")
    assistant.refresh()
    read = listed(client)
    assert "cannot be shown" in read.text
    assert "b" not in read.tags
    assert read.values("data-remove") == ["harbour.txt"]


def test_an_empty_workspace_says_how_to_begin(assistant: Assistant):
    client = serving(assistant)
    text = client.get("/page/documents").text
    assert "0 documents" in text
    assert "Add a document" in text
    assert send(client, "a.txt")[0] == 201
    assert settled(client)["a.txt"]["state"] == "added"
    assert "1 document<" in client.get("/page/documents").text


# Read-only


def test_a_page_that_only_reads_has_no_controls_and_its_routes_refuse(
    assistant: Assistant, put: Callable, root: Path
):
    put("a.txt", "Apples.")
    assistant.sync()
    client = serving(assistant, read_only=True)
    before = everything(root)
    said = {"error": "This page only reads: documents cannot be added or removed here."}
    assert send(client, "b.txt") == (403, said)
    assert send(client, "a.txt", replace="true") == (403, said)
    reply = client.delete("/page/files", params={"document": "a.txt"})
    assert (reply.status_code, reply.json()) == (403, said)
    assert everything(root) == before
    html = client.get("/page/documents").text
    assert 'id="add"' not in html
    assert "data-remove" not in html
    assert "data-pick" in html  # what is asked can still be limited
