"""Requests that no page makes: each route that the guard lets through refuses them in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from assistant.questions import check_question
from assistant.web import server
from tests.fakes import FakeAssistant

pytestmark = pytest.mark.slow

PATHS = (
    *("/", "/config", "/theme.css", "/assets/a.js", "/static/img/a.png", "/svelte/svelte.js"),
    *("/docs", "/openapi.json", "/static-offline-docs/a.js", "/page/page.js", "/page/files"),
    *("/page/documents", "/page/indexing", "/page/passage", "/api/ask", "/api/retrieve"),
    *("/api/health", "/api/documents", "/api/documents/a.md", "/gradio_api/info"),
    *("/gradio_api/startup-events", "/gradio_api/queue/join", "/gradio_api/queue/data"),
    *("/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/app_id"),
)
TAILS = ("/%00", "/%2e%2e/%2e%2e/etc/passwd", "/%ff%fe", "/" + "x" * 5_000, "/%0a", "/a/", "/.env")
UNDER = ("/assets", "/static", "/svelte", "/static-offline-docs", "/page", "/api/documents",
         "/gradio_api/heartbeat", "/gradio_api/queue", "/gradio_api", "/docs")  # fmt: skip
QUERIES = (
    *("deep_link=../../etc/passwd", "page=%00", "session_hash=" + "x" * 5_000, "session_hash=%00"),
    *("session_hash=unknown", "session_hash[]=a", "name=%ED%A0%80.md", "name=%00.md&replace=maybe"),
    *(
        "document=%ED%A0%80&start=1e9",
        "document=a&start=-1&end=99999999999999999999999",
        "%",
        "&&=",
    ),
    *("words=%00%ff", "q=%ED%A0%80", "document=a&section=NaN", "name=" + "x" * 5_000 + ".md"),
)
DEEP = "[" * 100_000
JOIN: dict[str, Any] = {"data": [""], "fn_index": 12, "trigger_id": 0, "session_hash": "nobody"}
WRONG: dict[str, list[Any]] = {
    "fn_index": [-1, 999, 10**30, "0", 1.5, None, True, [0], {}, 3],
    "session_hash": [None, "", "x" * 5_000, ["a"], {}, 7, "\ud800"],
    "data": [None, {}, [], ["", ""], [7], [["a"]], [{}], "text"],
    "trigger_id": ["0", -1, 10**30, 999, [0], {"a": 1}],
    "event_data": [7, "text", ["a"], {"index": "1"}, {"value": 7}],
}
RESET: dict[str, Any] = {"session_hash": "a", "fn_index": 0, "event_id": "b"}
BODIES = (
    *(b"", b"{", b"null", b"[]", b'"text"', b"7", b"\xff\xfe\x00", b"\x00", b'{"a": NaN}'),
    *(DEEP.encode(), ('{"data":' * 50_000).encode(), b'{"question": ' + b"9" * 6_000 + b"}"),
    b'{"question": "\\ud800"}',
    b'{"\\ud800": 1, "question": "\\udfff", "history": [{"\\ud800": "\\ud800"}]}',
    b'{"question": "?", "documents": ["\\ud800", "\\u0000"]}',
    b'{"question": "?", "limit": 1e999}',
    b'{"question": Infinity, "limit": -Infinity}',
    *(json.dumps(JOIN | {key: it}).encode() for key, wrong in WRONG.items() for it in wrong),
    json.dumps({k: v for k, v in JOIN.items() if k != "session_hash"}).encode(),
    *(
        json.dumps(RESET | {key: it}).encode()
        for key, it in {"fn_index": "0", "event_id": ["b"], "session_hash": {}}.items()
    ),
)
TYPES = ("application/json", "text/plain", "multipart/form-data; boundary=x", "", "a/b; \xff")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Careful(FakeAssistant):
    """Takes a question as the real one does."""

    def stream(self, question: str, history: Any = (), documents: Any = None) -> Iterator[Any]:
        return super().stream(check_question(question, history), history, documents)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = server.build(cast(Any, Careful()), read_only=True)
    with TestClient(app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def quiet(caplog: Any, capfd: Any) -> Iterator[None]:
    """Nothing is printed, and no line of the log has a traceback or a request's content."""
    yield
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    assert all(len(record.getMessage()) < 300 for record in caplog.records)
    printed = capfd.readouterr()
    assert "Traceback" not in printed.out + printed.err


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("path", PATHS)
def test_no_method_and_no_query_makes_a_route_fail(client: TestClient, path: str):
    for method in METHODS:
        for query in ("", *QUERIES):
            if query and method not in {"GET", "POST"}:
                continue
            reply = client.request(method, f"{path}?{query}", content=b"{}")
            assert reply.status_code < 500, (method, query)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("under", UNDER)
def test_no_path_makes_a_route_fail(client: TestClient, under: str):
    for method in METHODS:
        for tail in TAILS if method in {"GET", "POST"} else TAILS[:1]:
            if (under, tail) == ("/gradio_api/heartbeat", "/a/"):
                continue  # what a page listens to as long as it is open
            reply = client.request(method, under + tail, content=b"{}")
            assert reply.status_code < 500, (method, tail)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    "path",
    ["/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/reset", "/api/ask",
     "/api/retrieve", "/page/files"],
)  # fmt: skip
@pytest.mark.parametrize("kind", TYPES)
def test_no_body_makes_a_route_fail(client: TestClient, path: str, kind: str):
    for number, body in enumerate(BODIES if kind == "application/json" else BODIES[:14]):
        headers = {"Content-Type": kind.encode("latin-1")} if kind else {}
        reply = client.post(path, content=body, headers=cast(Any, headers))
        taken = path == "/gradio_api/reset" and b'"event_id": "b"' in body  # that is all it takes
        assert reply.status_code == 200 if taken else 400 <= reply.status_code < 500, number
        assert taken or list(reply.json()) == ["error"]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/cancel", "/api/ask"])
def test_a_body_that_is_too_large_is_refused_also_where_its_length_is_not_announced(
    client: TestClient, path: str
):
    def body() -> Iterator[bytes]:
        for _ in range(12):
            yield b"[" * 100_000

    assert client.post(path, content=body()).status_code == 413


def raised(client: TestClient, event: int, session: str, data: list[Any], **more: Any) -> str:
    """Raise an event of the page and return what the page is told."""
    body = {"fn_index": event, "session_hash": session, "data": data, **more}
    headers = {"Content-Type": "application/json"}
    content = json.dumps(body).encode()
    reply = client.post("/gradio_api/queue/join", content=content, headers=headers)
    if reply.status_code != 200:
        return f"refused {reply.status_code}"
    return client.get(f"/gradio_api/queue/data?session_hash={session}").text


def events(client: TestClient) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], client.get("/config").json()["dependencies"])


HALF = "What \ud800 is it?"
SAID: tuple[Any, ...] = (
    *(None, {}, {"value": None}, {"value": HALF, "name": HALF}, {"value": '{"turns": 7}'}),
    *(
        {"index": 1, "liked": True, "value": HALF},
        {"index": 0},
        {"value": '{"pending": "\\ud800"}'},
    ),
    {"value": json.dumps({"turns": [], "pending": HALF})},
    {"value": DEEP},
)
GIVEN = (None, "", HALF, "[]", '["\\ud800"]', '{"a": 1}', DEEP, '["no.md"]', "x" * 5_000, "\x00")


@pytest.mark.usefixtures("quiet")
def test_an_event_with_any_text_ends_in_a_message_to_the_page(client: TestClient):
    for event in events(client):
        inputs = len(event["inputs"])
        for said in SAID:
            trigger = event["targets"][-1][0]
            told = raised(
                client, event["id"], "a", [""] * inputs, event_data=said, trigger_id=trigger
            )
            assert '"success":false' not in told
            assert '"msg":"process_completed"' in told or told == "refused 422"
        for given in GIVEN if event["id"] in {0, 1, 9} else ():  # those that take text
            told = raised(client, event["id"], "b", [given] * inputs)
            assert '"success":false' not in told


@pytest.mark.usefixtures("quiet")
def test_half_a_character_in_a_question_is_refused_on_the_page_as_over_http(client: TestClient):
    told = raised(client, 0, "half", [HALF, None, None, None, "[]"], trigger_id=None)
    # Escaped once, as JSON.
    assert "The question holds bytes that are not UTF-8. Type it again." in told
    assert "What \ufffd is it?" in told  # it comes back to be typed again
    reply = client.post("/api/ask", content=json.dumps({"question": HALF}).encode())
    assert reply.status_code == 422


def test_what_waits_for_one_page_is_limited(client: TestClient):
    body = {"fn_index": 12, "session_hash": "greedy", "data": ["[]"]}
    statuses = [client.post("/gradio_api/queue/join", json=body).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


def test_a_stream_of_a_page_that_is_not_known_says_so(client: TestClient):
    told = client.get("/gradio_api/queue/data?session_hash=unheardof").text
    assert '"session_not_found":true' in told
