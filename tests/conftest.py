"""What the tests share: an embedder whose vectors a person can check, and a workspace to fill."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import sources, workspace
from assistant.assistant import Assistant
from assistant.reading import Reading
from assistant.values import Document, Hit
from assistant.words import asked_stems
from tests.parts import parts  # noqa: F401, a fixture
from tests.scripts import run_script  # noqa: F401, a fixture


class LetterEmbedder:
    """Counts the first letters of a text's content words: "red rose, blue" is r 2, b 1.

    Vectors have 26 places, a to z, and unit length; a text without such words points to "z".
    """

    identity = "letters@1"
    token_limit = 256
    tokenizer_file: Path | None = None

    def __init__(self) -> None:
        self.embedded: list[str] = []  # every passage text, so that a test can see what was done

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += texts
        return np.stack([self.embed_question(text) for text in texts])

    def embed_question(self, question: str) -> np.ndarray:
        counts = np.zeros(26, dtype=np.float32)
        for word in asked_stems(question):
            if "a" <= word[0] <= "z":
                counts[ord(word[0]) - ord("a")] += 1
        if not counts.any():
            counts[25] = 1
        return counts / np.linalg.norm(counts)


class FirstSentences:
    """Reads the first `count` sentences of the best passage, always equally sure."""

    threshold = 0.5

    def __init__(self, confidence: float = 0.9, count: int = 2) -> None:
        self.confidence = confidence
        self.count = count

    def read(self, question: str, hits: Sequence[Hit]) -> Reading | None:
        passage = hits[0].passage
        sentences = tuple((passage, span) for span in passage.sentences[: self.count])
        return Reading(sentences, sentences[0], "Brindle", self.confidence, list(hits))

    def assemble(self, tell: object = None) -> None:
        """Nothing to put together."""

    def warm(self) -> None:
        """Nothing to load."""


def document(text: str, path: str = "a.txt", title: str = "") -> Document:
    """A document whose blocks are those that the reader of its kind finds."""
    blocks = tuple(sources.kind_of(path).read(text).blocks)
    return Document(path, title, text, digest="", blocks=blocks)


def let_in(folder: Path) -> None:
    """Let every user into the folders that pytest made for a test, whoever runs it."""
    made = Path(tempfile.gettempdir())
    for parent in folder.parents:
        if parent == made or not parent.is_relative_to(made):
            return
        parent.chmod(0o755)


@pytest.fixture
def embedder() -> LetterEmbedder:
    return LetterEmbedder()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty workspace."""
    return workspace.create(tmp_path / "workspace")


@pytest.fixture
def put(root: Path) -> Callable[[str, str], Path]:
    """Write a source of the workspace: put("a.txt", "words")."""

    def write(path: str, text: str) -> Path:
        file = root / "sources" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def assistant(root: Path, embedder: LetterEmbedder) -> Iterator[Assistant]:
    """An Assistant over that workspace, with the letter embedder; it answers with a sentence."""
    with Assistant(workspace.load(root), embedder, FirstSentences(count=1)) as opened:
        yield opened


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any) -> Generator[None, Any, Any]:
    """Where everything must run, as in .ci/run, a skipped test is a failed one."""
    report = yield
    if report.skipped and os.environ.get("TEST_EVERYTHING"):
        report.outcome = "failed"
        report.longrepr = f"skipped, though everything must run here: {report.longrepr}"
    return report
