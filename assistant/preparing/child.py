"""What runs in the process that reads files: python -m assistant.preparing.child GIGABYTES

It takes jobs from standard input and gives answers on standard output, see `process.py`.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from assistant.errors import AssistantError
from assistant.preparing.process import OUT_OF_MEMORY, Answer, Broken, Job

SENT = 500  # passages in one answer: taking them in holds up the other side's threads
COUNTED = 256  # texts whose tokens are counted together: a tokenizer takes 100 bytes a character
NICE = 10

# NLTK imports these if they are there, and uses none of them to find sentences.
_NOT_NEEDED = ("matplotlib", "numpy", "pandas", "scipy", "sklearn")


def main() -> None:
    """Do one job after the other, until the input ends."""
    sys.modules.update(dict.fromkeys(_NOT_NEEDED))  # type: ignore[arg-type]  # None: no import
    _stand_back(float(sys.argv[1]))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, jobs), daemon=True).start()
    try:
        while True:
            for answer in _answers(jobs.get()):
                pickle.dump(answer, answers)
                answers.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _stand_back(most_gigabytes: float) -> None:
    """Take little time from others, and no more memory than is allowed, where the system can."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)
    try:
        import resource
    except ImportError:  # Windows
        return
    with contextlib.suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (int(most_gigabytes * 10**9), hard))


def _listen(stdin: IO[bytes], jobs: queue.SimpleQueue[Job]) -> None:
    """Take jobs in; when there can be none any more, end the process in the middle of its work."""
    while True:
        try:
            jobs.put(pickle.load(stdin))
        except Exception:  # the other side is gone, perhaps while it was writing
            os._exit(0)


def _answers(job: Job) -> Iterator[Answer]:
    try:
        yield from _results(job)
    except AssistantError as error:
        yield error
    except MemoryError:
        raise
    except Exception as error:
        traceback.print_exc()
        yield Broken(f"{type(error).__name__}: {error}")


def _results(job: Job) -> Iterator[Answer]:
    from assistant import sources
    from assistant.splitting import split

    document = sources.read(job.folder, job.path)
    if job.tokenizer is not None:
        tokenizer = _tokenizer(job.tokenizer)

        def count_tokens(texts: Sequence[str]) -> list[int]:
            from assistant.embedding import count_tokens

            parts = (texts[start : start + COUNTED] for start in range(0, len(texts), COUNTED))
            return [count for part in parts for count in count_tokens(tokenizer, part)]

        passages = split(document, count_tokens=count_tokens, token_limit=job.token_limit)
        yield document
        for start in range(0, len(passages), SENT):
            yield passages[start : start + SENT]
    yield None


@cache
def _tokenizer(file: Path) -> Any:
    from assistant.embedding import load_tokenizer

    return load_tokenizer(file)


if __name__ == "__main__":
    main()
