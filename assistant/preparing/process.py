"""The process that reads files, as it is seen from here: one job at a time, each within bounds.

It is started by the first job. Jobs go to its standard input and answers come from its standard
output, pickled; it ends when its input does, as it does when this process dies in any way.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from assistant.errors import AssistantError, BadSource
from assistant.values import Document, Passage

# Ordinary text takes a few seconds a megabyte, and no text more than its size allows.
MOST_SECONDS = 60
MOST_SECONDS_A_MEGABYTE = 30
MEMORY_LIMIT_GIGABYTES = 2
OUT_OF_MEMORY = 75  # the exit code: where there is no memory, nothing can be said in words
_LOOK_SECONDS = 0.1

_TOO_SLOW = "It took longer than {:,.0f} seconds to read: break it into several files."
_TOO_MUCH = "Reading it needs more than {} GB of memory: break it into several files."
_BROKEN = "Reading it broke off ({}): save it as plain text, or break it into several files."


@dataclass(frozen=True)
class Job:
    """A file to read, and to split where there is a tokenizer to count with."""

    folder: Path
    path: str
    tokenizer: Path | None = None
    token_limit: int = 0


class OutOfMemory(Exception):
    """What stands for an answer where the process ended for want of memory."""


class Broken(Exception):
    """An answer: the job failed in a way that nobody foresaw."""


# What answers a job: parts of the result, in order, and the last of all None or an exception.
Answer = Document | list[Passage] | AssistantError | OutOfMemory | Broken | None


class Process:
    """A process for jobs, one at a time; another is started when one was ended. Not for threads."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._at_work = False  # on a job that it did not answer to the end
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._listening: threading.Thread | None = None

    def run(self, job: Job, look: Callable[[], None]) -> tuple[Document | None, list[Passage]]:
        """Return the document and its passages; nothing of either without a tokenizer.

        What `look`, called ten times a second, raises ends the job.

        Raises:
            BadSource: it cannot be read, or takes too much time or memory.
            AssistantError: what else reading raises.
        """
        try:
            self._send(job)
            return self._result(job, look)
        finally:
            if self._at_work:
                self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._at_work = False
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        if self._listening is not None:
            self._listening.join()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):  # what could not be written any more
                if pipe is not None:
                    pipe.close()

    def _result(self, job: Job, look: Callable[[], None]) -> tuple[Document | None, list[Passage]]:
        allowed = MOST_SECONDS + MOST_SECONDS_A_MEGABYTE * _megabytes(job.folder / job.path)
        deadline = time.monotonic() + allowed
        document: Document | None = None
        passages: list[Passage] = []
        while True:
            look()
            if time.monotonic() > deadline:
                raise BadSource(_TOO_SLOW.format(allowed))
            try:
                answer = self._answers.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            match answer:
                case None:
                    self._at_work = False
                    return document, passages
                case Document():
                    document = answer
                case list():
                    passages += answer
                case OutOfMemory():
                    raise BadSource(_TOO_MUCH.format(MEMORY_LIMIT_GIGABYTES))
                case Broken():
                    raise BadSource(_BROKEN.format(answer))
                case BaseException():
                    self._at_work = False
                    raise answer

    def _send(self, job: Job) -> None:
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None:
            self._start()
        assert self._child is not None
        assert self._child.stdin is not None
        self._at_work = True
        try:
            pickle.dump(job, self._child.stdin)
            self._child.stdin.flush()
        except OSError as error:
            raise BadSource(_BROKEN.format(error)) from error

    def _start(self) -> None:
        package = str(Path(__file__).parents[2])
        others = os.environ.get("PYTHONPATH")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, (package, others))),
            "TOKENIZERS_PARALLELISM": "false",  # one core is left to questions
        }
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "assistant.preparing.child", str(MEMORY_LIMIT_GIGABYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl+C is ours to handle
        )
        assert self._child.stdout is not None
        self._answers = queue.SimpleQueue()
        self._listening = threading.Thread(
            target=_listen, args=(self._child, self._child.stdout, self._answers), daemon=True
        )
        self._listening.start()


def _listen(
    child: subprocess.Popen[bytes], answers: IO[bytes], into: queue.SimpleQueue[Answer]
) -> None:
    """Hand on the answers as they come, and say so when there will be no more."""
    while True:
        try:
            into.put(pickle.load(answers))
        except Exception as error:  # what is cut off may break the pickle in any way
            code = child.wait()
            if code == OUT_OF_MEMORY:
                into.put(OutOfMemory())
            else:
                into.put(
                    Broken(f"signal {-code}" if code < 0 else f"{type(error).__name__}, {code}")
                )
            return


def _megabytes(file: Path) -> float:
    try:
        return file.stat().st_size / 1_000_000
    except OSError:
        return 0.0  # gone: reading it says so
