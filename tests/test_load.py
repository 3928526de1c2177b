"""The script that measures the server under many clients, against a server of a few lines."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "load.py"


class Handler(BaseHTTPRequestHandler):
    """Answers two questions in three, and tells the third client to come again."""

    asked = 0

    def reply(self, status: int) -> None:
        self.rfile.read(int(self.headers.get("content-length", "0")))
        body = json.dumps({}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.reply(200 if self.path == "/api/health" else 404)

    def do_POST(self) -> None:
        Handler.asked += 1
        self.reply(503 if Handler.asked > 8 and Handler.asked % 3 == 0 else 200)

    def log_message(self, *said: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Handler.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=60
    )


def test_it_runs_against_a_server_and_prints_its_figures(address: str):
    done = run("--clients", "3", "--seconds", "0.3", "--address", address)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("3 clients for 0.3 s: ")
    assert " 0 failures\n" in done.stdout
    assert " 0 times 503" not in done.stdout
    assert "times the answers that one client gets" in done.stdout
    assert "seconds that health took" in done.stdout


@pytest.mark.model
def test_a_document_is_added_meanwhile_to_a_copy(tmp_path: Path):
    program = Path(sys.executable).parent / "assistant"
    subprocess.run([program, "init", tmp_path], check=True, capture_output=True)
    (tmp_path / "sources" / "shop.txt").write_text("The shop opened in 1987. Critics like it.")
    before = sorted(tmp_path.rglob("*"))
    done = subprocess.run(
        [sys.executable, SCRIPT, "--clients", "2", "--seconds", "3", "--upload", "0.02", tmp_path],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert " 0 failures\n" in done.stdout
    assert sorted(tmp_path.rglob("*")) == before


def test_it_is_bounded_and_asks_one_server():
    assert "at most 400 clients and 600 seconds" in run("--clients", "401", ".").stderr
    assert "at most 400 clients and 600 seconds" in run("--seconds", "601", ".").stderr
    assert "give a workspace, or the --address" in run().stderr


def test_figures_are_rates_and_ranks():
    load = runpy.run_path(str(SCRIPT))
    seen = load["Seen"](alone=[0.4, 0.5, 9.0], answers=[1.0, 3.0, 2.0, 4.0], health=[0.01, 0.02])
    seen.refused = 7
    seen.failures["ReadTimeout"] += 2
    assert load["told"](seen, 50, 2) == (
        "50 clients for 2 s: 4 answers, 7 times 503, 2 failures\n"
        "  2 ReadTimeout\n"
        "2.00 answers a second; seconds an answer took: p50 3.000, p95 4.000, p99 4.000, "
        "worst 4.000\n"
        "alone, 0.500 s: 1.00 times the answers that one client gets\n"
        "seconds that health took, 2 times: p50 0.020, p95 0.020, p99 0.020, worst 0.020"
    )
