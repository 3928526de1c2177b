"""Scripts outside the package, run as their documentation says, on files that are made by hand."""

from __future__ import annotations

import gzip
import json
import os
import runpy
import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PEOPLE = ("Ada Lane", "Tom Hart", "Eva Moor", "Ben Ford", "Ida West", "Max Hill", "Una Reed")
PLACES = ("barn", "mill", "inn", "quay", "ferry", "school", "tower", "market")

Run = Callable[..., str]


def documented(command: str, *files: str) -> None:
    """Fail unless one of the files holds the command, its line breaks aside."""
    texts = [" ".join((ROOT / file).read_text("utf-8").split()) for file in files]
    assert any(command in text.replace("\\\\ ", "").replace("\\ ", "") for text in texts)


@pytest.fixture
def run_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command line ("python training/reader/train.py …") in `tmp_path`: what it printed.

    It is run within this process: another takes ten seconds to load what this one has loaded.
    """

    def run_in_folder(command: str) -> str:
        python, script, *arguments = shlex.split(command)
        assert python == "python"
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [script, *arguments])
        monkeypatch.setattr(sys, "path", [str((ROOT / script).parent), *sys.path])
        monkeypatch.setitem(os.environ, "COLUMNS", "200")
        capsys.readouterr()
        code: object = 0
        try:
            runpy.run_path(str(ROOT / script), run_name="__main__")
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        assert not code, said.err
        return said.out

    return run_in_folder


def villages(count: int, first: int = 0) -> dict[str, Any]:
    """Return so many articles in SQuAD's format, each of two paragraphs that answer six questions.

    Each has two questions more that nothing answers.
    """
    return {"data": [_village(number) for number in range(first, first + count)]}


def _village(number: int) -> dict[str, Any]:
    place, other = PLACES[number % 8], PLACES[(number + 3) % 8]
    builder, owner = PEOPLE[number % 7], PEOPLE[(number + 2) % 7]
    year, town = 1700 + 13 * number, f"Town{chr(97 + number % 26)}{'e' * (number // 26)}"
    texts = (
        f"The {place} of {town} was built in {year} by {builder}. It burned down in {year + 50}. "
        f"Nobody rebuilt it, although {owner} offered {number + 20},500 coins for it.",
        f"The {other} of {town} belonged to {owner} for {number + 3} years. Every spring its roof "
        f"was painted green. It closed when the railway came in {year + 120}.",
    )
    asked = (
        (
            (f"When was the {place} built?", str(year)),
            (f"Who built the {place} in {year}?", builder),
            ("How many coins were offered for it?", f"{number + 20},500"),
            (f"What was the name of the {place}'s last cook?", ""),
        ),
        (
            (f"Who owned the {other}?", owner),
            (f"When was the roof of the {other} painted?", "Every spring"),
            (f"When did the railway come to {town}?", str(year + 120)),
            (f"How many windows had the {other} of {town}?", ""),
        ),
    )
    return {
        "title": f"History_of_{town}",
        "paragraphs": [
            {"context": text, "qas": [_asked(text, *pair, f"{number}-{n}") for n, pair in numbered]}
            for text, numbered in (
                (texts[0], list(enumerate(asked[0]))),
                (texts[1], list(enumerate(asked[1], start=4))),
            )
        ],
    }


def _asked(text: str, question: str, answer: str, id: str) -> dict[str, Any]:
    answers = [{"text": answer, "answer_start": text.index(answer)}] if answer else []
    return {"id": id, "question": question, "answers": answers, "is_impossible": not answers}


def write(file: Path, held: Any) -> Path:
    """Write JSON, or JSON Lines where the name says so; gzipped where it says so."""
    lines: Iterable[Any] = held if ".jsonl" in file.name else [held]
    data = "\n".join(json.dumps(line) for line in lines).encode()
    file.write_bytes(gzip.compress(data) if file.suffix == ".gz" else data)
    return file
