"""What readers say of the answers that they got, kept in the workspace for those who evaluate.

`evals/feedback.jsonl` is only ever appended to, a JSON line a record. Of the records with one id
the last counts, so that a reader can change their mind and a record can be marked as drafted.
Readers' questions are private: git ignores the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from assistant.errors import BadFeedback, FeedbackUnwritable
from assistant.values import Answer, Citation, Kind

FILE = "feedback.jsonl"
LONGEST_REMARK = 2_000  # characters
_PATIENCE_SECONDS = 5  # another process holds the lock for milliseconds

Thumbs = Literal["up", "down"]


@dataclass(frozen=True)
class Given:
    """An answer as it was given, without the passages that were found."""

    kind: Kind
    question: str  # the stand-alone question that was searched for
    text: str
    short: str | None
    confidence: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Feedback:
    """What one reader said of one answer."""

    id: str  # of the answer, so that a second word on it replaces the first
    time: str  # ISO 8601, in UTC
    question: str  # as it was typed
    answer: Given
    documents: Mapping[str, str]  # path -> digest of all that were indexed at that time
    thumbs: Thumbs
    remark: str  # may be empty
    drafted: bool = False  # whether a draft fact was made of it


def given(answer: Answer) -> Given:
    """Return what is kept of an answer."""
    return Given(
        answer.kind,
        answer.question,
        answer.text,
        answer.short,
        answer.confidence,
        tuple(answer.citations),
    )


def now() -> str:
    """Return the time as `Feedback.time` has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def check_remark(remark: str) -> str:
    """Return the remark without the white space around it.

    Raises:
        BadFeedback: it is too long, or holds half a character.
    """
    remark = remark.strip()
    if len(remark) > LONGEST_REMARK:
        raise BadFeedback(
            f"The remark has {len(remark):,} characters; at most {LONGEST_REMARK:,} are kept. "
            "Write something shorter."
        )
    try:
        remark.encode()
    except UnicodeEncodeError as error:
        raise BadFeedback("The remark holds half a surrogate pair. Type it again.") from error
    return remark


def keep(folder: Path, *records: Feedback) -> None:
    """Append records to the file in `folder`, which is made if need be; they are on disk then.

    Safe for threads and for several processes.

    Raises:
        FeedbackUnwritable: the file cannot be written to.
    """
    file = folder / FILE
    with locked(file):
        append(file, map(asdict, records))


def read(folder: Path) -> list[Feedback]:
    """Return the last record of each id, in the order in which the ids came; none without a file.

    Raises:
        BadFeedback: lines are no records; the message names them, and nothing is changed.
    """
    file = folder / FILE
    shape = TypeAdapter(Feedback)
    found: dict[str, Feedback] = {}
    faults = []
    for number, line in _lines(file):
        try:
            record = shape.validate_json(line, strict=True)
            found[record.id] = record
        except ValidationError as error:
            faults.append(f"line {number} ({_explain(error)})")
    if faults:
        raise BadFeedback(
            f"{file} holds what is no feedback: {'; '.join(faults)}. "
            "Correct each such line or take it out; nothing was changed."
        )
    return list(found.values())


def mark_drafted(folder: Path, records: Iterable[Feedback]) -> None:
    """Note that draft facts were made of those records; one that was changed since stays undrafted.

    Raises what `keep` and `read` raise.
    """
    file = folder / FILE
    with locked(file):
        last = {record.id: record for record in read(folder)}
        drafted = [record for record in records if last.get(record.id) == record]
        append(file, (asdict(replace(record, drafted=True)) for record in drafted))


def _explain(error: ValidationError) -> str:
    fault = error.errors()[0]
    if fault["type"] == "json_invalid":
        return "not JSON"
    return ": ".join(filter(None, (".".join(map(str, fault["loc"])), fault["msg"])))


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise BadFeedback(f"{file} cannot be read as UTF-8 text ({error}). Correct it.") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


# Lines on disk


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold `file` against every other thread and process that asks for it here.

    Raises:
        FeedbackUnwritable: another process holds it for seconds, or its folder cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(file.with_suffix(".lock"), timeout=_PATIENCE_SECONDS)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise FeedbackUnwritable(
            f"Another process is writing to {file}. Try again when it has finished."
        ) from error
    except OSError as error:
        raise _unwritable(file, error) from error
    try:
        yield
    finally:
        lock.release()


def append(file: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Append a JSON line a record and return when they are on disk.

    A last line that was cut short stays as it is, on a line of its own.

    Raises:
        FeedbackUnwritable: the file cannot be written to.
    """
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    try:
        with file.open("ab+") as out:
            if out.tell():
                out.seek(-1, os.SEEK_END)
                if out.read() != b"\n":
                    lines = "\n" + lines
            out.write(lines.encode())
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> FeedbackUnwritable:
    return FeedbackUnwritable(
        f"{file} cannot be written to ({error.strerror or error}). "
        "Make room for it, or give yourself the right to write there."
    )
