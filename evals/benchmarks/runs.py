"""What the benchmark scripts share: records that a second start goes on with, and their figures.

A run is a file of JSON Lines: its first line says what was run (data, questions, seed, model,
code), each other line is one question with everything that judging it needs. Whatever would change
an answer is part of the file's name, so that a start with the same things goes on and any other
begins a file of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import track
from rich.table import Table

import assistant
from assistant.errors import AssistantError
from assistant.evaluation.resampling import bootstrap_interval, bootstrap_statistic

WORK = Path("build") / "benchmarks"  # where indexes and records are kept; git does not see it
# What answers depend on; the pages, the command line and the evaluation change none.
LEFT_OUT = ("web", "evaluation", "template", "cli.py", "feedback.py", "llama.py", "suggesting")

T = TypeVar("T")
Record = dict[str, Any]


class Refused(AssistantError):
    """A file or an option that a person can mend."""


def read_bytes(file: Path) -> bytes:
    """Return the file's bytes, unpacked if they are gzipped, whatever its name.

    Raises:
        Refused: it cannot be read.
    """
    try:
        data = file.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error) as error:
        raise Refused(f"{file} cannot be read ({error}). Name another file.") from error


def read_lines(file: Path) -> Iterator[tuple[int, Any]]:
    """Yield each line of a JSON Lines file with its number; blank lines are passed over.

    Raises:
        Refused: a line is not JSON; it is named.
    """
    for number, line in enumerate(read_bytes(file).split(b"\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise Refused(f"{file}, line {number}: not JSON ({error}). Mend it.") from error


def digest(*parts: bytes) -> str:
    """Return 12 hexadecimal digits of the SHA-256 of the parts."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:12]


def code(*names: str) -> str:
    """Return a digest of the program, or of those of its modules and folders alone.

    Raises:
        ValueError: one of them is not there: what it was is kept under another name.
    """
    root = Path(assistant.__file__).parent
    if gone := [name for name in names if not (root / name).exists()]:
        raise ValueError(f"{', '.join(gone)}: not in the program (any more)")
    files = [
        file
        for file in sorted(root.rglob("*"))
        if file.suffix in (".py", ".toml", ".safetensors", ".json")
        and (file.relative_to(root).parts[0] in names if names else True)
        and file.relative_to(root).parts[0] not in LEFT_OUT
    ]
    return digest(
        *(part for f in files for part in (str(f.relative_to(root)).encode(), f.read_bytes()))
    )


def identify(
    benchmark: str,
    data: str,
    content: str,
    *,
    questions: int,
    seed: int,
    model: str,
    **more: str,
) -> Record:
    """Return what a run is made of: whatever would change an answer.

    `data` names the questions and `content` is their digest; `more` is what only this benchmark
    lets one choose.
    """
    return {
        "benchmark": benchmark,
        "data": data,
        "digest": content,
        "questions": questions,
        "seed": seed,
        **more,
        "model": model,
        "code": code(),
    }


def sample(items: Sequence[T], count: int | None, seed: int) -> list[T]:
    """Return `count` of the items, the same ones for the same seed, in their order; all if None.

    Raises:
        Refused: `count` is less than 1.
    """
    if count is None:
        return list(items)
    if count < 1:
        raise Refused(f"--questions is {count}: ask for 1 or more.")
    chosen = random.Random(seed).sample(range(len(items)), min(count, len(items)))
    return [items[number] for number in sorted(chosen)]


def run(
    identity: Mapping[str, Any],
    work: Path,
    items: Iterable[T],
    key: Callable[[T], str],
    ask: Callable[[T], Record],
) -> tuple[Record, list[Record]]:
    """Ask what was not asked before and return the file's first line and a record of each item.

    Each record is on disk before the next item is asked, so that a run that was stopped loses
    nothing that it had answered.

    Raises:
        Refused: another process is at the same run, or the file was altered.
    """
    name = f"{identity['benchmark']}-{digest(json.dumps(identity, sort_keys=True).encode())}.jsonl"
    file = work / name
    work.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{file}.lock", timeout=0):
            header, done = _resume(file, identity)
            todo = list(items)
            wanted = [item for item in todo if key(item) not in done]
            Console(stderr=True).print(f"{file}: {len(done)} answered, {len(wanted)} to ask")
            with file.open("a", encoding="utf-8") as out:
                for item in track(
                    wanted, description="asking", console=Console(stderr=True), transient=True
                ):
                    record = {"id": key(item), **ask(item)}
                    out.write(json.dumps(record, ensure_ascii=False) + "\n")
                    out.flush()
                    done[record["id"]] = record
            return header, [done[key(item)] for item in todo]
    except Timeout as error:
        raise Refused(f"Another process is writing {file}. Wait until it has finished.") from error


def _resume(file: Path, identity: Mapping[str, Any]) -> tuple[Record, dict[str, Record]]:
    """Return the first line and the records by id; a line that was cut short is taken away."""
    kept = file.read_bytes() if file.exists() else b""
    if not kept.endswith(b"\n"):
        kept = kept[: kept.rfind(b"\n") + 1]
        file.write_bytes(kept)
    if not kept:
        header = {**identity, "date": date.today().isoformat()}
        file.write_text(json.dumps(header, ensure_ascii=False) + "\n", encoding="utf-8")
        return header, {}
    header, *records = (line for _, line in read_lines(file))
    try:
        same = all(header[name] == value for name, value in identity.items())
        done = {record["id"]: record for record in records}
    except (TypeError, KeyError):
        same = False
    if not same:
        raise Refused(f"{file} was altered. Take it away and start again.")
    return header, done


@dataclass(frozen=True)
class Figure:
    """One figure with its 95 % bootstrap interval, over `count` questions."""

    value: float
    low: float
    high: float
    count: int
    unjudged: int = 0  # questions that have no such figure, left out of it


def mean(values: Sequence[float | None], *, seed: int, scale: float = 1.0) -> Figure | None:
    """Return `scale` times the mean of what could be judged; None where nothing could."""
    judged = [value for value in values if value is not None]
    if not judged:
        return None
    low, high = bootstrap_interval(judged, seed=seed)
    # In the order of SQuAD's official script, so that the last digit is its own.
    value = scale * sum(judged) / len(judged)
    return Figure(value, scale * low, scale * high, len(judged), len(values) - len(judged))


def statistic(
    items: Sequence[T],
    compute: Callable[[Sequence[T]], float | None],
    *,
    seed: int,
    scale: float = 1.0,
) -> Figure | None:
    """Return `scale` times a figure that is no mean of questions; None where it is undefined."""
    value = compute(items)
    interval = bootstrap_statistic(items, compute, seed=seed)
    if value is None or interval is None:
        return None
    return Figure(scale * value, scale * interval[0], scale * interval[1], len(items))


def show(
    title: str,
    header: Mapping[str, Any],
    columns: Sequence[str],
    rows: Mapping[str, Sequence[Figure | None]],
    *,
    digits: int,
) -> None:
    """Print a table of figures, each with its interval and its number of questions."""
    table = Table(title=title, title_justify="left", caption_justify="left")
    table.caption = ", ".join(f"{name} {value}" for name, value in header.items())
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    for name, figures in rows.items():
        table.add_row(name, *(_cell(figure, digits) for figure in figures))
    Console(width=None if sys.stdout.isatty() else 118).print(table)


def _cell(figure: Figure | None, digits: int) -> str:
    if figure is None:
        return "–"
    value, low, high = (f"{x:.{digits}f}" for x in (figure.value, figure.low, figure.high))
    unjudged = f", {figure.unjudged} not judged" if figure.unjudged else ""
    return f"{value} [{low}–{high}] n={figure.count}{unjudged}"


def guarded(main: Callable[[], None]) -> int:
    """Run `main` and return the exit code: 2 with one line where a person can mend something."""
    try:
        main()
    except AssistantError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0
