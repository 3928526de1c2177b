"""Behind nginx and Caddy, configured as the README says: page and API, answers and uploads."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from assistant import workspace
from assistant.web import server
from assistant.web.access import granted
from tests.fakes import SAFE_CITY, FakeAssistant
from tests.test_browser import ARGUMENTS, CHROMIUM, Visit, served

pytestmark = pytest.mark.proxy

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
NAME = "docs.example.org"
PASSWORD = "correct horse battery"
PROGRAMS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])  # nginx is not on every path


@dataclass(frozen=True)
class Proxied:
    """A server behind a proxy, and a client that calls it by its public name."""

    address: str
    client: httpx.Client
    fake: FakeAssistant


def written(kind: str) -> str:
    """The README's configuration for nginx or Caddy, which is one block."""
    blocks = re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 1, kind
    return cast(str, blocks[0])


def changed(text: str, old: str, new: str) -> str:
    """`text` with the one `old` in it replaced, which must be there."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def nginx(folder: Path, port: int, backend: str) -> list[str]:
    """Write the README's configuration, for ports and a certificate of our own."""
    certificate, key = folder / "own.pem", folder / "own.key"
    signing = f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN={NAME}".split()
    subprocess.run([*signing, "-out", certificate, "-keyout", key], check=True, capture_output=True)
    site = changed(written("nginx"), "listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    site = changed(site, "/etc/ssl/certs/docs.example.org.pem", str(certificate))
    site = changed(site, "/etc/ssl/private/docs.example.org.key", str(key))
    site = changed(site, "127.0.0.1:7860", backend)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path {folder / kind};" for kind in kinds)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; master_process off; pid {folder / 'pid'}; events {{}}\n"
        f"http {{ access_log off; {places}\n{site}}}\n"
    )
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(configuration)]


def caddy(folder: Path, port: int, backend: str) -> list[str]:
    """Write the README's configuration; Caddy signs the certificate itself."""
    configuration = folder / "Caddyfile"
    configuration.write_text(
        f"{{\nadmin off\nlocal_certs\nskip_install_trust\nauto_https disable_redirects\n"
        f"default_bind 127.0.0.1\nhttps_port {port}\nstorage file_system {folder}\n}}\n"
        + changed(written("caddy"), "127.0.0.1:7860", backend)
    )
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(configuration)]


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, FakeAssistant]]:
    """The server that both proxies are put in front of, as `assistant chat` is told in the README:
    its address."""
    fake = FakeAssistant()
    root = workspace.create(tmp_path_factory.mktemp("served"))
    fake.workspace = workspace.load(root)
    fake.sources = fake.workspace.sources
    options = re.findall(r"--(public-name|trusted-proxy) (\S+)", README)
    assert [option for option, _ in options] == ["public-name", "trusted-proxy"]
    access = granted(
        "127.0.0.1", PASSWORD, public_names=[options[0][1]], trusted_proxies=[options[1][1]]
    )
    with served(server.build(fake, access)) as address:
        yield address.removeprefix("http://"), fake


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def proxied(
    request: Any, behind: tuple[str, FakeAssistant], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxied]:
    kind = request.param
    if shutil.which(kind.__name__, path=PROGRAMS) is None:
        pytest.skip(f"{kind.__name__} is not installed")
    backend, fake = behind
    folder = tmp_path_factory.mktemp(kind.__name__)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"PATH": PROGRAMS, "HOME": str(folder)}
    log = folder / "log"
    with log.open("w") as out:
        running = subprocess.Popen(
            kind(folder, port, backend), env=environment, stdout=out, stderr=out
        )
    address = f"https://{NAME}:{port}"
    client = httpx.Client(
        base_url=f"https://127.0.0.1:{port}",
        headers={"Host": f"{NAME}:{port}", "Origin": address},
        auth=("anyone", PASSWORD),
        verify=False,
        timeout=20,
        event_hooks={"request": [_by_name]},
    )
    try:
        _wait(client, running, log)
        yield Proxied(address, client, fake)
    finally:
        client.close()
        running.terminate()
        running.wait(timeout=10)


def _by_name(request: httpx.Request) -> None:
    request.extensions = {**request.extensions, "sni_hostname": NAME}


def _wait(client: httpx.Client, running: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the proxy takes connections; one that ends says why."""
    until = time.monotonic() + 30
    while True:
        try:
            client.get("/")
            return
        except httpx.TransportError:
            if running.poll() is not None or time.monotonic() > until:
                raise AssertionError(log.read_text()) from None
            time.sleep(0.05)


def test_the_page_is_told_its_address_as_the_reader_knows_it(proxied: Proxied):
    moved = proxied.client.get("/footnote")
    assert moved.status_code in {301, 302}
    where = httpx.URL(proxied.address).join(moved.headers["location"])
    assert str(where) == f"{proxied.address}/footnote/"
    page = proxied.client.get("/footnote/")
    assert page.status_code == 200
    roots = set(re.findall(r'"root":\s*"([^"]*)"', page.text))
    assert roots == {f"{proxied.address}/footnote"}
    for address in re.findall(r'(?:src|href)="(\./[^"]+)"', page.text):
        assert proxied.client.get(f"/footnote/{address}").status_code == 200, address
    assert proxied.client.get("/").status_code in {200, 404}  # what the proxy has there
    assert "footnote" not in proxied.client.get("/").text.lower()


def test_the_api_asks_for_the_password_and_answers(proxied: Proxied):
    health = "/footnote/api/health"
    without = proxied.client.get(health, auth=("anyone", "wrong password"))
    assert (without.status_code, without.headers["www-authenticate"][:5]) == (401, "Basic")
    assert proxied.client.get(health).json()["status"] == "ok"
    answer = proxied.client.post("/footnote/api/ask", json={"question": "How many?"})
    assert answer.json()["text"].startswith(SAFE_CITY)
    description = proxied.client.get("/footnote/openapi.json").json()
    assert description["servers"] == [{"url": "/footnote"}]


def test_another_page_is_refused(proxied: Proxied):
    for origin in ("https://evil.example", "null", f"https://{NAME}.evil.example"):
        asked = proxied.client.post(
            "/footnote/api/ask", json={"question": "?"}, headers={"Origin": origin}
        )
        assert asked.status_code == 403, origin


def test_an_answer_is_passed_on_as_it_grows(proxied: Proxied):
    """What the page does to ask, without a browser: the first step arrives before the last."""
    fake, client = proxied.fake, proxied.client
    fake.released.clear()
    config = client.get("/footnote/config").json()
    [box] = [
        component["id"]
        for component in config["components"]
        if component["props"].get("elem_id") == "question"
    ]
    [asking] = [event for event in config["dependencies"] if [box, "submit"] in event["targets"]]
    call = {
        "fn_index": asking["id"],
        "session_hash": "here",
        "data": ["wait a moment", None, None, None, ""],
    }
    assert client.post("/footnote/gradio_api/queue/join", json=call).status_code == 200
    told: list[str] = []
    with client.stream("GET", "/footnote/gradio_api/queue/data?session_hash=here") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        try:
            for line in events.iter_lines():
                if not line.startswith("data: "):
                    continue
                event = json.loads(line.removeprefix("data: "))
                told.append(event["msg"])
                if event["msg"] == "process_generating" and not fake.released.is_set():
                    assert "wait a moment" in line  # nothing more comes until then
                    fake.released.set()
                if event["msg"] == "process_completed":
                    break
        finally:
            fake.released.set()
    assert told.count("process_generating") >= 2
    assert told[-1] == "process_completed"


def test_a_document_of_the_largest_size_arrives(proxied: Proxied):
    """It arrives whole, so that the server itself says what is wrong with it: it is no text."""
    sent = proxied.client.post(
        "/footnote/page/files",
        params={"name": "large.txt"},
        content=bytes(50_000_000),
        headers={"Content-Type": "application/octet-stream"},
    )
    assert sent.status_code == 400
    assert "a NUL byte at offset 0" in sent.json()["error"]


@pytest.mark.browser
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed")
def test_a_reader_asks_through_the_proxy_and_opens_a_footnote(proxied: Proxied):
    playwright = pytest.importorskip("playwright.sync_api")
    arguments = [*ARGUMENTS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(
            ignore_https_errors=True,
            http_credentials={"username": "anyone", "password": PASSWORD},
        )
        visit = Visit(page)
        page.on("request", lambda request: visit.requests.append(request.url))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.goto(f"{proxied.address}/footnote/?q=How+many+countries%3F")
        visit.wait_for_answer("How many countries?")
        visit.marked(SAFE_CITY)
        page.get_by_role("button", name="All documents").click()
        page.get_by_text("1 document").or_(page.locator("#leaf li")).first.wait_for()
        browser.close()
    outside = [
        url
        for url in visit.requests
        if not url.startswith((f"{proxied.address}/footnote/", "data:"))
    ]
    assert outside == []
    assert visit.complaints == []
