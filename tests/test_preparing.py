"""Files are read in a process of their own, which can be ended and cannot run away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant import sources
from assistant.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder, find_model
from assistant.errors import BadSource, Interrupted
from assistant.index import Index
from assistant.library import syncing
from assistant.library.snapshot import Snapshot
from assistant.preparing import Preparing, check, preparing, process
from assistant.preparing.process import Job, Process
from assistant.splitting import split
from tests.conftest import LetterEmbedder

WORDS = "The mill at Brindle ground oats until 1931. Its wheel, it is said, never stood still.\n\n"
LARGE = "# The mill\n\n" + WORDS * 600


def nothing() -> None:
    pass


@pytest.fixture(scope="module")
def tokenizer() -> Path:
    return find_model(DEFAULT_MODEL, Path()) / "tokenizer.json"


@pytest.fixture
def worker() -> Iterator[Process]:
    started = Process()
    yield started
    started.close()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    (tmp_path / "large.md").write_text(LARGE)
    return tmp_path


class Counting(LetterEmbedder):
    """Vectors of letters, and the tokens of the real model."""

    tokenizer_file = find_model(DEFAULT_MODEL, Path()) / "tokenizer.json"


def test_a_large_file_is_the_same_whichever_process_reads_it(large: Path) -> None:
    real = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    with Preparing(large, Counting()) as files:
        found = files.prepare("large.md", nothing)
    document = sources.read(large, "large.md")
    assert len(LARGE) > preparing.SMALL_BYTES
    assert found.document == document
    assert found.passages == split(document, count_tokens=real.count_tokens)
    assert len(found.passages) > 50


def test_the_process_loads_no_model_and_no_page(large: Path, tokenizer: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from assistant.preparing import child, process\n"
        f"job = process.Job(Path({str(large)!r}), 'large.md', Path({str(tokenizer)!r}), 256)\n"
        "sys.modules.update(dict.fromkeys(child._NOT_NEEDED))\n"
        "print(len(list(child._answers(job))) > 2, [name for name in ('torch', 'transformers',"
        "'sentence_transformers', 'gradio', 'llama_index.core', 'chromadb', 'numpy')"
        " if sys.modules.get(name)])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "True []\n"


def test_what_is_wrong_with_a_large_file_is_said_as_of_a_small_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(bytes(range(128, 256)) * 500)
    with pytest.raises(BadSource, match="It is not UTF-8"):
        check(tmp_path, "a.txt")


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_is_read(
    large: Path, tokenizer: Path, worker: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(large, "large.md", tokenizer, 256)
    with monkeypatch.context() as patched:
        patched.setattr(process, "MOST_SECONDS", 0)
        patched.setattr(process, "MOST_SECONDS_A_MEGABYTE", 0)
        with pytest.raises(BadSource, match="It took longer than 0 seconds to read: break it"):
            worker.run(job, nothing)
    document, passages = worker.run(job, nothing)
    assert document is not None
    assert passages


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not bound memory so")
def test_a_file_that_needs_too_much_memory_is_refused(
    tmp_path: Path, worker: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With one character of four bytes, Python takes four for each.
    (tmp_path / "a.md").write_text("😀" + ("a" * 999_999 + "\n") * 15)
    monkeypatch.setattr(process, "MEMORY_LIMIT_GIGABYTES", 0.1)
    with pytest.raises(BadSource, match=r"needs more than 0\.1 GB of memory: break it"):
        worker.run(Job(tmp_path, "a.md"), nothing)


def test_a_process_that_dies_fails_its_file_alone(
    large: Path, tokenizer: Path, worker: Process
) -> None:
    def kill() -> None:
        assert worker._child is not None
        worker._child.kill()

    job = Job(large, "large.md", tokenizer, 256)
    with pytest.raises(BadSource, match=r"Reading it broke off \(.*9\): save it"):
        worker.run(job, kill)
    assert worker.run(job, nothing)[1]


def test_an_interrupt_ends_the_reading_at_once(
    large: Path, tokenizer: Path, worker: Process
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def interrupt() -> None:
        assert worker._child is not None
        started.append(worker._child)
        raise Interrupted("Stop.")

    with pytest.raises(Interrupted):
        worker.run(Job(large, "large.md", tokenizer, 256), interrupt)
    assert started[0].returncode is not None


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_process_dies_with_the_one_that_started_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("- a\n" * 200_000)
    code = (
        "from pathlib import Path; from assistant.preparing.process import Job, Process\n"
        "worker = Process()\n"
        f"worker.run(Job(Path({str(tmp_path)!r}), 'a.md'),"
        " lambda: print(worker._child.pid, flush=True))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 30
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or ") Z " not in status.read_text()


def test_a_file_that_takes_too_long_leaves_the_others_indexed(
    root: Path, put: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("large.md", LARGE)
    put("small.txt", "The mill ground oats.")
    monkeypatch.setattr(process, "MOST_SECONDS", 0)
    monkeypatch.setattr(process, "MOST_SECONDS_A_MEGABYTE", 0)
    index = Index(root / "index", "letters@1")
    report = syncing.sync(Snapshot(root / "sources"), index, Counting())
    assert report.added == ("small.txt",)
    assert [refusal.path for refusal in report.refused] == ["large.md"]
    assert list(index.records()) == ["small.txt"]
    index.close()


def test_a_sync_reads_each_file_once(
    root: Path, put: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    read = sources.read

    def counted(folder: Path, path: str) -> object:
        reads.append(path)
        return read(folder, path)

    monkeypatch.setattr(sources, "read", counted)
    index = Index(root / "index", "letters@1")
    put("a.txt", "The mill ground oats.")
    syncing.sync(Snapshot(root / "sources"), index, LetterEmbedder())
    put("b.txt", "The wheel turned.")
    put("c.txt", " ")
    report = syncing.sync(Snapshot(root / "sources"), index, LetterEmbedder())
    assert report.added == ("b.txt",)
    assert [refusal.path for refusal in report.refused] == ["c.txt"]
    assert sorted(reads) == ["a.txt", "b.txt", "c.txt"]
    index.close()
