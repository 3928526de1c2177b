"""The command line with the letter embedder: what it does with an index is quick to try.

    python -m tests.driver ask "…" --workspace DIR

`run` does the same in a process forked from one that has loaded everything.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code, below 0 where a signal ended it, and what it said."""

    code: int
    out: str
    err: str


def main(arguments: list[str]) -> int:
    """Run `assistant` with these arguments in this process, and return its exit code."""
    from assistant import assistant, cli
    from tests.conftest import FirstSentences, LetterEmbedder

    whole: Any = assistant
    whole.SentenceTransformerEmbedder = lambda model, root: LetterEmbedder()
    whole.SpanReader = lambda model: FirstSentences(count=1)
    sys.argv = ["assistant", *arguments]
    return cli.main()


def start(*arguments: str, queue: Any = None) -> Any:
    """Start a command in a process of its own, forked from one that has loaded everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.driver", "tests.loaded"])
    process = context.Process(target=_tell, args=(list(arguments), queue))
    process.start()
    return process


def run(*arguments: str) -> Done:
    """Run a command in a process of its own and return how it ended."""
    reader, writer = multiprocessing.get_context("forkserver").Pipe(duplex=False)
    process = start(*arguments, queue=writer)
    writer.close()
    try:
        code, out, err = reader.recv()
    except EOFError:
        code, out, err = None, "", ""
    process.join()
    return Done(process.exitcode if code is None else code, out, err)


def _tell(arguments: list[str], queue: Any) -> None:
    out, err = io.StringIO(), io.StringIO()
    sys.stdin = Path(os.devnull).open()  # noqa: SIM115
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except BaseException as error:  # what would be printed with a traceback
            code = 1
            err.write(f"Traceback: {error!r}")
    if queue is not None:
        queue.send((code, out.getvalue(), err.getvalue()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
