"""Who is let in: names of the server, and the password, over page and API alike."""

from __future__ import annotations

import base64
import socket
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.errors import BadAddress, PasswordMissing, PortTaken
from assistant.web import guesses, server
from assistant.web.access import Access, granted
from tests.fakes import FakeAssistant

PASSWORD = "correct horse: battery"
PATHS = [
    "/",
    "/api/health",
    "/api/documents",
    "/page/documents",
    "/page/page.js",
    "/config",
    "/docs",
]


def basic(password: str, user: str = "anyone") -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


@pytest.fixture
def client(monkeypatch: Any) -> TestClient:
    monkeypatch.setattr(guesses, "SECONDS_A_GUESS", 0)
    access = granted("0.0.0.0", PASSWORD)
    app = server.build(FakeAssistant(), access)
    return TestClient(app, base_url="http://192.0.2.7:7860")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_answered_without_the_password(client: TestClient, path: str):
    reply = client.get(path)
    assert reply.status_code == 401
    assert reply.json() == {"error": "This server asks for a password."}
    assert reply.headers["www-authenticate"].startswith("Basic ")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert client.get(path, headers=basic(PASSWORD)).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        basic("wrong password")["Authorization"],
        basic("")["Authorization"],
        basic(PASSWORD + " ")["Authorization"],
        "Basic " + base64.b64encode(PASSWORD.encode()).decode(),  # the colon is the password's own
        "Basic no-base64!",
        "Basic ",
        "Bearer " + PASSWORD,
        PASSWORD,
    ],
)
def test_a_wrong_password_is_none(client: TestClient, header: str):
    reply = client.post("/api/ask", json={"question": "?"}, headers={"Authorization": header})
    assert reply.status_code == 401


def test_a_password_may_hold_colons_and_any_letters(monkeypatch: Any):
    access = Access("0.0.0.0", "pass:wörd:漢字")
    assert access.opens(basic("pass:wörd:漢字")["Authorization"])
    assert not access.opens(basic("pass:word:漢字")["Authorization"])


@pytest.mark.parametrize("host", ["docs.example.org", "192.0.2.7:7860", "[2001:db8::1]:7860"])
def test_with_a_password_the_server_may_have_any_name(client: TestClient, host: str):
    headers = {**basic(PASSWORD), "Host": host}
    assert client.get("/api/health", headers=headers).status_code == 200


def test_a_proxy_may_speak_tls_for_it_and_other_origins_are_refused(client: TestClient):
    body = {"question": "How many?"}
    for origin, status in (("https://docs.example.org", 200), ("https://evil.example", 403)):
        headers = {**basic(PASSWORD), "Host": "docs.example.org", "Origin": origin}
        assert client.post("/api/ask", json=body, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("192.0.2.7:7860", 200),
        ("[::1]", 200),
        ("localhost", 200),
        (socket.gethostname(), 200),
        ("evil.example", 400),  # resolves to this computer, as far as anyone knows
        ("192.0.2.7.evil.example", 400),
        ("", 400),
    ],
)
def test_without_a_password_a_name_that_anyone_can_own_is_refused(host: str, status: int):
    access = granted("0.0.0.0", None, open_to_all=True)
    client = TestClient(server.build(FakeAssistant(), access))
    assert client.get("/api/health", headers={"Host": host}).status_code == status


def test_where_others_reach_the_server_a_password_or_its_absence_is_said():
    with pytest.raises(PasswordMissing, match="FOOTNOTE_PASSWORD"):
        granted("0.0.0.0", None)
    with pytest.raises(PasswordMissing, match="FOOTNOTE_PASSWORD"):
        granted("192.0.2.7", "")
    with pytest.raises(PasswordMissing, match="Use 8 or more"):
        granted("0.0.0.0", "short")
    with pytest.raises(PasswordMissing, match="nothing but spaces"):
        granted("0.0.0.0", " " * 12)
    with pytest.raises(PasswordMissing, match="leave one of them"):
        granted("0.0.0.0", PASSWORD, open_to_all=True)
    assert granted("0.0.0.0", None, open_to_all=True).password is None
    assert granted("127.0.0.1", None).local
    assert granted("::1", None).local
    assert not granted("0.0.0.0", PASSWORD).local


def test_behind_a_proxy_on_this_computer_a_password_or_its_absence_is_said_too():
    with pytest.raises(PasswordMissing, match=r"through the proxy .*FOOTNOTE_PASSWORD"):
        granted("127.0.0.1", None, public_names=["docs.example.org"])
    with pytest.raises(PasswordMissing, match="FOOTNOTE_PASSWORD"):
        granted("127.0.0.1", None, trusted_proxies=["127.0.0.1"])
    assert not granted("::1", None, open_to_all=True, public_names=["docs.example.org"]).local
    assert not granted("127.0.0.1", PASSWORD, public_names=["docs.example.org"]).local


@pytest.mark.parametrize("listening", ["127.0.0.1", "::1", "0.0.0.0"])
@pytest.mark.parametrize("password", [None, PASSWORD])
@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("docs.example.org", True),
        ("docs.example.org:7860", True),  # the name counts, not the port
        ("DOCS.example.org", True),
        ("xn--bcher-kva.example", True),
        ("127.0.0.1:7860", True),
        ("localhost:7860", True),
        ("example.org", False),
        ("evil.docs.example.org", False),
        ("docs.example.org.evil.example", False),
        ("docs.example.org@evil.example", False),
        ("docs.example.org:7860:1", False),
    ],
)
def test_a_named_server_answers_by_its_names_and_no_other(
    listening: str, password: str | None, host: str, known: bool
):
    names = ["Docs.example.org:8443", "bücher.example"]
    access = granted(listening, password, open_to_all=password is None, public_names=names)
    assert access.knows(host) is known


def test_pages_under_a_public_name_may_ask_and_others_may_not(monkeypatch: Any):
    names = ["docs.example.org", "wiki.example:8443"]
    access = granted("127.0.0.1", None, open_to_all=True, public_names=names)
    client = TestClient(server.build(FakeAssistant(), access))
    own = (
        "https://docs.example.org",
        "http://docs.example.org",
        "https://wiki.example:8443",
        "http://127.0.0.1:7860",
    )
    others = (
        "https://docs.example.org:9000",  # another program's page
        "https://wiki.example",
        "https://evil.example",
        "https://docs.example.org.evil.example",
        "null",
    )
    for host in ("127.0.0.1:7860", "docs.example.org", "wiki.example:8443"):
        asked = {
            origin: client.post(
                "/api/ask", json={"question": "?"}, headers={"Host": host, "Origin": origin}
            ).status_code
            for origin in (*own[:3], f"http://{host}", *others)
        }
        assert asked == {
            **dict.fromkeys((*own[:3], f"http://{host}"), 200),
            **dict.fromkeys(others, 403),
        }


@pytest.mark.parametrize(
    "name",
    [
        "",
        "https://docs.example.org",
        "docs.example.org/footnote",
        "docs.example.org:",
        "docs.example.org:port",
        "me@docs.example.org",
        "*.example.org",
        "a b",
        "a..b",
        "2001:db8::1",
        '"',
    ],
)
def test_a_public_name_that_is_none_is_a_clear_error(name: str):
    with pytest.raises(BadAddress, match=r"--public-name docs\.example\.org"):
        granted("127.0.0.1", PASSWORD, public_names=[name])


@pytest.mark.parametrize("address", ["", "localhost", "*", "127.0.0.1:7860", "10.0.0.0/33"])
def test_a_proxy_address_that_is_none_is_a_clear_error(address: str):
    with pytest.raises(BadAddress, match=r"--trusted-proxy 127\.0\.0\.1"):
        granted("127.0.0.1", PASSWORD, trusted_proxies=[address])


def test_the_password_is_not_shown_with_the_rest():
    assert PASSWORD not in repr(granted("0.0.0.0", PASSWORD))
    with pytest.raises(PasswordMissing) as raised:
        granted("0.0.0.0", "horse")
    assert "horse" not in str(raised.value)


def test_an_address_that_this_computer_has_not_is_a_clear_error():
    for host in ("192.0.2.7", "no such host"):
        with pytest.raises(PortTaken, match="has no address"):
            server.bind(0, host)


def test_a_flood_of_wrong_passwords_is_refused_and_a_right_one_let_in(
    client: TestClient, monkeypatch: Any
):
    monkeypatch.setattr(guesses, "MOST_WAITING", 0)
    reply = client.get("/api/health", headers=basic("wrong password"))
    assert reply.status_code == 429
    assert reply.json() == {"error": "Too many wrong passwords came from here."}
    assert int(reply.headers["retry-after"]) > 0
    assert client.get("/api/health", headers=basic(PASSWORD)).status_code == 200
