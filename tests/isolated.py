"""Run in a network namespace with loopback alone: `unshare -rn python tests/isolated.py WORKSPACE`.

Asks on the command line and in a browser, and prints what came of it as JSON.
"""

from __future__ import annotations

import fcntl
import json
import re
import socket
import struct
import subprocess
import sys
from urllib.parse import urlsplit

QUESTION = "How many countries run Safe City?"
SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x41


def main(workspace: str) -> None:
    with socket.socket() as any_socket:
        request = struct.pack("16sh", b"lo", UP_AND_RUNNING)
        fcntl.ioctl(any_socket, SET_FLAGS, request)
    command = [sys.executable, "-m", "assistant.cli"]
    asked = subprocess.run(
        [*command, "ask", QUESTION, "--json", "-w", workspace], capture_output=True, text=True
    )
    serving = subprocess.Popen(
        [*command, "chat", "--port", "7899", "-w", workspace],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert serving.stdout is not None
    try:
        ready = serving.stdout.readline()
        address = re.search(r"http://[\d.:]+", ready)
        page = browse(address[0]) if address else {"error": ready + serving.stdout.read()}
    except AssertionError:
        serving.terminate()
        print(serving.stdout.read(), file=sys.stderr)  # what went wrong in the server
        raise
    finally:
        serving.terminate()
    print(json.dumps({"reached": reached(), "ask": json.loads(asked.stdout), "page": page}))


def reached() -> bool:
    """Whether anything outside can be reached from here; it must not."""
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=2).close()  # kept for documentation
    except OSError:
        return False
    return True


def browse(address: str) -> dict[str, object]:
    from playwright.sync_api import TimeoutError, sync_playwright

    from tests.test_browser import ARGUMENTS, CHROMIUM

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.set_default_timeout(120_000)  # a busy machine starts models slowly
        hosts: set[str | None] = set()
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        page.goto(address)
        box = page.get_by_role("textbox", name="Your question")
        box.fill(QUESTION)
        box.press("Enter")
        page.locator("#current .turn[data-announce]", has_text=QUESTION).wait_for()
        try:
            page.locator("#leaf mark").first.wait_for(timeout=60_000)
        except TimeoutError as error:
            raise AssertionError(page.locator("body").inner_text()) from error
        marked = "".join(page.locator("#leaf mark").all_text_contents())
        browser.close()
    return {"hosts": sorted(host for host in hosts if host), "marked": marked}


if __name__ == "__main__":
    main(sys.argv[1])
