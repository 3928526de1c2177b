"""Many clients at once: how many answers come, how long they take, and whether health still does.

    python benchmarks/load.py --clients 50 --seconds 60 WORKSPACE
    python benchmarks/load.py --clients 50 --seconds 120 --upload 20 WORKSPACE
    python benchmarks/load.py --clients 80 --seconds 60 --address http://127.0.0.1:7860

Over a workspace it serves a server of its own, over a copy where something is added; with an
address it asks one that runs. Each client asks a question over and over, as soon as the one before
is answered; one told 503 waits a second.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

MOST_CLIENTS = 400
MOST_SECONDS = 600
MOST_MEGABYTES = 50
HEALTH_SECONDS = 0.25  # between two looks at it
PATIENCE_SECONDS = 120.0
QUESTIONS = (
    "How many countries are named?",
    "Who is quoted, and on what?",
    "When did it begin?",
    "What do critics say about it?",
)


@dataclass
class Seen:
    """What the clients met: seconds that each answer and each look at health took."""

    alone: list[float] = field(default_factory=list)  # answers before the others came
    answers: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    refused: int = 0  # told 503
    failures: Counter[str] = field(default_factory=Counter)


async def ask(client: httpx.AsyncClient, question: str, seen: Seen, answers: list[float]) -> None:
    start = time.perf_counter()
    try:
        reply = await client.post("/api/ask", json={"question": question})
    except httpx.HTTPError as error:
        seen.failures[type(error).__name__] += 1
        return
    if reply.status_code == 503:
        seen.refused += 1
        await asyncio.sleep(1)
    elif reply.status_code != 200:
        seen.failures[str(reply.status_code)] += 1
    else:
        answers.append(time.perf_counter() - start)


async def keep_asking(client: httpx.AsyncClient, number: int, until: float, seen: Seen) -> None:
    while time.perf_counter() < until:
        await ask(client, QUESTIONS[number % len(QUESTIONS)], seen, seen.answers)
        number += 1


async def watch_health(client: httpx.AsyncClient, until: float, seen: Seen) -> None:
    while time.perf_counter() < until:
        start = time.perf_counter()
        try:
            (await client.get("/api/health")).raise_for_status()
            seen.health.append(time.perf_counter() - start)
        except httpx.HTTPError as error:
            seen.failures[f"health: {type(error).__name__}"] += 1
        await asyncio.sleep(HEALTH_SECONDS)


def invented(megabytes: float) -> bytes:
    """Return a text of so many million bytes, of sentences in no language."""
    drawn = random.Random(0)
    sentences = []
    size = 0
    while size < megabytes * 1_000_000:
        words = ("".join(drawn.choices("aeioulmnrst", k=drawn.randint(2, 9))) for _ in range(12))
        sentences.append(" ".join(words).capitalize() + ".")
        size += len(sentences[-1]) + 1
    return "\n".join(sentences).encode()[: round(megabytes * 1_000_000)]


async def add(client: httpx.AsyncClient, text: bytes, seen: Seen) -> None:
    reply = await client.post(
        "/page/files",
        params={"name": "invented.txt"},
        headers={"content-type": "application/octet-stream"},
        content=text,
    )
    if reply.status_code != 201:
        seen.failures[f"upload: {reply.status_code}"] += 1


async def load(address: str, clients: int, seconds: float, megabytes: float = 0) -> Seen:
    """Ask each question twice alone, then with all clients for so many seconds.

    With `megabytes`, a document of that size is added as they begin.
    """
    seen = Seen()
    text = invented(megabytes)
    limits = httpx.Limits(max_connections=clients + 2, max_keepalive_connections=clients + 2)
    async with httpx.AsyncClient(
        base_url=address, limits=limits, timeout=PATIENCE_SECONDS, trust_env=False
    ) as client:
        for question in QUESTIONS:  # the first round loads the models
            await ask(client, question, seen, [])
        for question in QUESTIONS:
            await ask(client, question, seen, seen.alone)
        until = time.perf_counter() + seconds
        asking = [keep_asking(client, number, until, seen) for number in range(clients)]
        adding = [add(client, text, seen)] if text else []
        await asyncio.gather(watch_health(client, until, seen), *adding, *asking)
    return seen


def told(seen: Seen, clients: int, seconds: float) -> str:
    """Return the figures in words, each with its unit."""
    lines = [
        f"{clients} clients for {seconds:g} s: {len(seen.answers)} answers, "
        f"{seen.refused} times 503, {sum(seen.failures.values())} failures"
    ]
    lines += [f"  {count} {failure}" for failure, count in sorted(seen.failures.items())]
    if seen.answers:
        rate = len(seen.answers) / seconds
        lines.append(f"{rate:.2f} answers a second; seconds an answer took: {spread(seen.answers)}")
        if seen.alone:
            alone = statistics.median(seen.alone)
            lines.append(
                f"alone, {alone:.3f} s: {rate * alone:.2f} times the answers that one client gets"
            )
    if seen.health:
        lines.append(f"seconds that health took, {len(seen.health)} times: {spread(seen.health)}")
    return "\n".join(lines)


def spread(values: list[float]) -> str:
    ranked = sorted(values)
    at = {share: ranked[min(len(ranked) - 1, len(ranked) * share // 100)] for share in (50, 95, 99)}
    return ", ".join(f"p{share} {value:.3f}" for share, value in at.items()) + (
        f", worst {ranked[-1]:.3f}"
    )


@contextmanager
def copied(workspace: Path) -> Iterator[Path]:
    """Give a copy of the workspace that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="footnote-load-") as folder:
        copy = Path(folder) / "workspace"
        copy.mkdir()
        for part in ("sources", "index"):
            shutil.copytree(workspace / part, copy / part)
        for file in workspace.glob("footnote.toml"):
            shutil.copy(file, copy)
        yield copy


@contextmanager
def serving(workspace: Path, *, read_only: bool = True) -> Iterator[str]:
    """Serve the workspace on a free port, and give its address."""
    program = (
        "import sys; from assistant import Assistant; from assistant.web.server import serve\n"
        "with Assistant.open(sys.argv[1]) as assistant:\n"
        "    assistant.sync(); assistant.hold(); serve(assistant, 0, "
        f"read_only={read_only})\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(workspace)], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://\S+", server.stdout.readline())
            if found is None:
                sys.exit("The server did not start.")
            yield found[0]
        finally:
            server.send_signal(signal.SIGINT)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace", type=Path, nargs="?")
    parser.add_argument("--address", help="of a server that runs, instead of a workspace")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument(
        "--upload",
        type=float,
        default=0,
        metavar="MB",
        help="add a document of that size meanwhile",
    )
    given = parser.parse_args()
    if not (1 <= given.clients <= MOST_CLIENTS and 0 < given.seconds <= MOST_SECONDS):
        parser.error(f"at most {MOST_CLIENTS} clients and {MOST_SECONDS} seconds")
    if (given.workspace is None) == (given.address is None):
        parser.error("give a workspace, or the --address of a server")
    if not 0 <= given.upload <= MOST_MEGABYTES or (given.upload and given.address):
        parser.error(f"at most {MOST_MEGABYTES} MB are uploaded, to a server of a workspace's own")
    with ExitStack() as held:
        address, workspace = given.address, given.workspace
        if given.upload:
            workspace = held.enter_context(copied(workspace))
        if workspace:
            address = held.enter_context(serving(workspace, read_only=not given.upload))
        seen = asyncio.run(load(address, given.clients, given.seconds, given.upload))
    print(told(seen, given.clients, given.seconds))


if __name__ == "__main__":
    main()
