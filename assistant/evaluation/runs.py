"""A run on disk: JSON Lines, the identity first and then one record a question.

Nothing in it names a folder of the machine, so that a run can be committed. A record is

    {"case": Case.to_dict(), "answer": answer.to_dict() or null, "error": str or null,
     "seconds": float, "reference_seconds": float, "overlaps": [[float, …], …], "ideal": [float, …],
     "arms": {"dense": [int or null, …], "lexical": [int or null, …], "lexical_found": int,
              "dense_apart": int} or null,
     "withheld": bool}

`overlaps` has a row for each hit, in order of rank: the share of each piece of evidence that its
passage holds. `ideal` has one number for each passage there is that holds any: the sum of its row.
`reference_seconds` is what a fixed piece of embedding took beside the question, so that times from
machines of different speed can be compared. `arms` says what the two arms of retrieval make of the
question alone: the rank, from 1, that each gives to each fused passage, null where it does not find
it; how many passages the lexical arm finds; and how many of the first ones of the dense arm it does
not. `withheld` says that the reader was sure enough to answer, and that no answer was shown because
what it quotes is not in the document. Runs from before there were `arms` or `withheld` lack them,
and are read as well.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import __version__
from assistant.errors import BadFacts
from assistant.evaluation import facts
from assistant.evaluation.facts import Case

if TYPE_CHECKING:
    from assistant.assistant import Assistant

FORMAT = 1
_FIELDS = ("case", "answer", "error", "seconds", "reference_seconds", "overlaps", "ideal")
_LATER_FIELDS = {"arms", "withheld"}  # that older runs lack
# parts that no answer comes from
_NOT_IN_CODE = {"web", "evaluation", "template", "cli.py", "feedback.py"}
_NOT_IN_ANSWERS = {"title", "port", "cache"}  # settings that no answer depends on


@dataclass(frozen=True)
class Identity:
    """What a run was made of: two that differ in `date` alone give the same answers."""

    format: int
    version: str
    commit: str | None  # of the repository that the program lies in; "+" if files were changed
    code: str  # digest of the program's own files
    model: str
    recipe: Mapping[str, Any]
    settings: Mapping[str, Any]
    split: str
    limit: int | None
    facts: str  # digest
    documents: Mapping[str, str]  # path -> digest
    questions: int
    seed: int
    date: str  # ISO 8601, with the zone

    def same_but_date(self, other: Identity) -> bool:
        return asdict(self) | {"date": ""} == asdict(other) | {"date": ""}


@dataclass
class Run:
    """An identity and its records, in the order in which the questions were asked."""

    identity: Identity
    records: list[dict[str, Any]] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        # One that two evaluations wrote to, as they once could, holds more.
        return len(self.records) >= self.identity.questions


def identify(
    assistant: Assistant, cases: Sequence[Case], *, split: str, limit: int | None, seed: int
) -> Identity:
    """Return the identity of a run over `cases` that begins now."""
    recipe = assistant.workspace.recipe.model_dump(mode="json")
    recipe["embedding"]["model"] = _nameless(recipe["embedding"]["model"])
    return Identity(
        format=FORMAT,
        version=__version__,
        commit=_commit(),
        code=_code_digest(),
        model=_nameless(assistant.embedder.identity),
        recipe=recipe,
        settings=assistant.workspace.settings.model_dump(mode="json", exclude=_NOT_IN_ANSWERS),
        split=split,
        limit=limit,
        facts=facts.digest(cases),
        documents={record.path: record.digest for record in assistant.records()},
        questions=len(cases),
        seed=seed,
        date=datetime.now().astimezone().isoformat(timespec="seconds"),
    )


def read(file: Path) -> Run:
    """Return the run in `file`, without a last line that was cut short.

    Raises:
        BadFacts: the file is not there or is not a run; the message names the line.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFacts(
            f"{file} cannot be read as a run ({error}). Runs are in evals/runs/: assistant evaluate"
        ) from error
    lines = text.split("\n")[:-1]  # a line that lacks its end was being written when it stopped
    values = []
    for number, line in enumerate(lines, start=1):
        try:
            value = json.loads(line)
            if number > 1 and not (
                isinstance(value, dict) and set(_FIELDS) == set(value) - _LATER_FIELDS
            ):
                raise ValueError("not a record of a question")
            values.append(value)
        except (ValueError, RecursionError) as error:
            raise BadFacts(
                f"{file} line {number} is not part of a run ({error}). Run: assistant evaluate"
            ) from error
    if not values:
        raise BadFacts(f"{file} holds no whole line, so it is no run. Run: assistant evaluate")
    try:
        if values[0]["format"] != FORMAT:
            raise ValueError(f"its format is {values[0]['format']}, and {FORMAT} is read here")
        return Run(Identity(**values[0]), values[1:])
    except (KeyError, TypeError, ValueError) as error:
        raise BadFacts(
            f"{file} does not begin with the identity of a run ({error}). Run: assistant evaluate"
        ) from error


def line(value: Identity | Mapping[str, Any]) -> str:
    """Return an identity or a record as its line, with the line's end."""
    fields = asdict(value) if isinstance(value, Identity) else value
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":")) + "\n"


def write(run: Run, file: Path) -> None:
    """Write a whole run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [line(run.identity), *map(line, run.records)]
    file.write_text("".join(lines), encoding="utf-8", newline="\n")


def _nameless(model: str) -> str:
    """Return a model's name or identity without the folders of this machine."""
    return Path(model).name if model.startswith(("/", "~", ".")) or "\\" in model else model


def _code_digest() -> str:
    """Return the SHA-256 of the code and weights that answers come from, in hexadecimal."""
    root = Path(str(resources.files("assistant")))
    found = hashlib.sha256()
    for file in sorted(root.rglob("*")):
        parts = file.relative_to(root).parts
        if file.suffix in {".py", ".toml", ".safetensors"} and parts[0] not in _NOT_IN_CODE:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            found.update(f"{file.relative_to(root).as_posix()} {content}\n".encode())
    return found.hexdigest()


def _commit() -> str | None:
    """Return the commit of the repository that holds the program; None where there is none."""
    root = Path(str(resources.files("assistant"))).parent
    if not (root / ".git").exists():
        return None
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return commit + ("+" if changed else "")


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.strip()
