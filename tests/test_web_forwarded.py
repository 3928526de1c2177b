"""What a proxy says of a request is believed of those that were named, and of nobody else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from assistant.web import server
from assistant.web.access import granted
from assistant.web.forwarded import Forwarded
from tests.fakes import FakeAssistant

PROXY, READER, OTHER = "192.0.2.1", "203.0.113.9", "192.0.2.66"
SAID = {
    "X-Forwarded-For": READER,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "docs.example.org",
    "X-Forwarded-Prefix": "/footnote",
}


def seen(client: tuple[str, int], headers: Any, proxies: list[str]) -> dict[str, Any]:
    """What an application behind `Forwarded` sees of a request for /a%20b."""

    def tell(request: Request) -> JSONResponse:
        forwarded = [name for name in request.headers if name.startswith("x-")]
        return JSONResponse(
            {
                "url": str(request.url),
                "client": request.client and request.client.host,
                "forwarded": forwarded,
                "raw": request.scope["raw_path"].decode(),
            }
        )

    app = Forwarded(Starlette(routes=[Route("/a b", tell)]), proxies)
    calling = TestClient(app, base_url="http://127.0.0.1:7860", client=client)
    reply = calling.get("/a%20b", headers=headers)
    return {"status": reply.status_code, **reply.json()}


def test_a_named_proxy_says_who_asked_and_by_which_address():
    assert seen((PROXY, 5000), SAID, [PROXY]) == {
        "status": 200,
        "url": "https://docs.example.org/footnote/a b",
        "client": READER,
        "forwarded": [],
        "raw": "/footnote/a%20b",
    }


@pytest.mark.parametrize("proxies", [[], ["192.0.2.2"], ["192.0.2.64/28"], ["2001:db8::/32"]])
def test_nobody_else_is_believed(proxies: list[str]):
    headers = {**SAID, "X-Gradio-Server": "http://evil.example"}
    assert seen((PROXY, 5000), headers, proxies) == {
        "status": 200,
        "url": "http://127.0.0.1:7860/a b",
        "client": PROXY,
        "forwarded": [],
        "raw": "/a%20b",
    }


@pytest.mark.parametrize(
    ("address", "proxies"),
    [
        (PROXY, ["192.0.2.0/28"]),
        (f"::ffff:{PROXY}", [PROXY]),  # as a server sees it that listens on ::
        ("2001:db8::1", ["2001:db8::/32"]),
    ],
)
def test_a_proxy_is_known_by_its_network_too(address: str, proxies: list[str]):
    assert seen((address, 5000), SAID, proxies)["client"] == READER


def test_what_a_reader_added_himself_is_not_taken_for_the_proxys():
    headers = [
        ("X-Forwarded-For", f"198.51.100.1, {READER}"),  # the last is what the proxy saw
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Host", "docs.example.org"),
        ("X-Forwarded-Prefix", "/evil, /footnote/"),
    ]
    found = seen((PROXY, 5000), headers, [PROXY])
    assert found["client"] == READER
    assert found["url"] == "http://docs.example.org/footnote/a b"


@pytest.mark.parametrize(
    "prefix",
    ["footnote", "//evil.example", "/a/../b", "/.", "/a b", '/"><script>', "/a?b", "/a%2f"],
)
def test_a_prefix_that_is_no_path_is_refused(prefix: str):
    found = seen((PROXY, 5000), {"X-Forwarded-Prefix": prefix}, [PROXY])
    assert found == {"status": 400, "error": "The proxy's X-Forwarded-Prefix is no path."}


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The server behind a proxy, as the proxy calls it."""
    access = granted(
        "127.0.0.1",
        None,
        open_to_all=True,
        public_names=["docs.example.org"],
        trusted_proxies=[PROXY],
    )
    app = server.build(FakeAssistant(), access)
    return TestClient(app, base_url="http://127.0.0.1:7860", client=(PROXY, 5000))


def test_under_a_prefix_the_page_calls_its_program_there(client: TestClient):
    for path in ("/", "/config"):
        reply = client.get(path, headers=SAID)
        assert reply.status_code == 200
        roots = set(re.findall(r'"root":\s*"([^"]*)"', reply.text))
        assert roots == {"https://docs.example.org/footnote"}, path
    page = client.get("/", headers=SAID)
    assert "unsafe-eval" in page.headers["content-security-policy"]  # the page's own policy
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert [address for address in loaded if not address.startswith("./")] == []


def test_under_a_prefix_the_api_is_described_there(client: TestClient):
    docs = client.get("/docs", headers=SAID).text
    addresses = re.findall(r"""(?:src|href|url)(?:=|: )["'](/?[^"'#]+)["']""", docs)
    assert "/footnote/openapi.json" in addresses
    assert [a for a in addresses if not a.startswith(("/footnote/", "./"))] == []
    assert client.get("/openapi.json", headers=SAID).json()["servers"] == [{"url": "/footnote"}]
    assert "servers" not in client.get("/openapi.json").json()


def test_under_a_prefix_every_route_is_guarded_as_without(client: TestClient):
    assert client.get("/api/health", headers=SAID).status_code == 200
    assert client.get("/page/page.js", headers=SAID).status_code == 200
    assert client.get("/nothing", headers=SAID).status_code == 404
    assert client.get("/footnote/api/health", headers=SAID).status_code == 404
    assert client.get("/api/health", headers={**SAID, "X-Forwarded-Prefix": "/api"}).is_success
    asked = client.post("/api/ask", json={"question": "x" * 2_000_000}, headers=SAID)
    assert asked.status_code == 413
    wrong = client.get("/api/health", headers={**SAID, "X-Forwarded-Host": "evil.example"})
    assert wrong.status_code == 400


def test_another_reader_is_not_led_to_a_prefix_that_someone_sent():
    access = granted("127.0.0.1", None, open_to_all=True, trusted_proxies=[PROXY])
    app = server.build(FakeAssistant(), access)
    stranger = TestClient(app, base_url="http://127.0.0.1:7860", client=(OTHER, 5000))
    reply = stranger.get("/config", headers=SAID)
    assert json.loads(reply.text)["root"] == "http://127.0.0.1:7860"
