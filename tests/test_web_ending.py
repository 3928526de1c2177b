"""Ctrl+C, to a server in a process of its own."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

pytestmark = pytest.mark.slow

SOON_SECONDS = 10  # seconds on an idle machine; nothing waited for here ends by itself before 30

REAL = """
from assistant import workspace
from assistant.assistant import Assistant
from assistant.web.server import serve
from pathlib import Path
from tests.conftest import FirstSentences, LetterEmbedder
with Assistant(workspace.load(Path(sys.argv[1])), LetterEmbedder(), FirstSentences()) as assistant:
    assistant.sync()
    serve(assistant, 0)
"""
WAITING = """
import time
from tests.test_web import FakeAssistant
from assistant.web.server import serve
class Slow(FakeAssistant):
    def ask(self, *given, **named):
        time.sleep(1)
        return super().ask("How many?")
serve(Slow(), 0)
"""


@contextmanager
def server(program: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Give a process that serves, and its address."""
    with subprocess.Popen(
        [sys.executable, "-c", f"import sys\n{program}", *arguments],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert running.stdout is not None
            address = re.findall(r"http://127\.0\.0\.1:\d+", running.stdout.readline())[0]
            yield running, address
        finally:
            running.kill()


def ended(running: subprocess.Popen[str]) -> tuple[int, str]:
    """Press Ctrl+C, and return the exit code and what was said on standard error."""
    running.send_signal(signal.SIGINT)
    _, complaints = running.communicate(timeout=SOON_SECONDS)
    return running.returncode, complaints


def test_a_server_whose_added_file_waits_for_another_process_ends_soon(root: Path):
    with server(REAL, str(root)) as (running, address), FileLock(root / "index" / ".lock"):
        sent = httpx.post(
            f"{address}/page/files",
            params={"name": "apples.txt"},
            content=b"Apples fell.",
            headers={"Content-Type": "application/octet-stream"},
        )
        assert sent.status_code == 201
        assert httpx.get(f"{address}/page/indexing").json()["busy"]
        assert ended(running) == (0, "assistant: stopping; what is indexed by now is kept.\n")


def test_a_server_on_which_questions_wait_ends_soon_and_tells_who_waits():
    replies: list[httpx.Response] = []
    with server(WAITING) as (running, address):

        def ask() -> None:
            with contextlib.suppress(httpx.HTTPError):
                replies.append(
                    httpx.post(f"{address}/api/ask", json={"question": "How many?"}, timeout=60)
                )

        asking = [threading.Thread(target=ask) for _ in range(30)]
        for thread in asking:
            thread.start()
        time.sleep(1.5)  # of the fifteen that answering all would take
        assert httpx.get(f"{address}/api/health").status_code == 200
        assert ended(running) == (0, "")
        for thread in asking:
            thread.join()
    assert {reply.status_code for reply in replies} == {200, 503}
    for reply in replies:
        if reply.status_code == 503:
            assert reply.headers["retry-after"] == "10"
            assert "stopping" in reply.json()["error"]
