"""The files of a folder, each read and split once, where it disturbs least."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import sources
from assistant.errors import BadSource
from assistant.preparing.process import Job, Process
from assistant.splitting import split
from assistant.values import Document, Passage

if TYPE_CHECKING:
    from assistant.embedding import Embedder

SMALL_BYTES = 50_000  # read at once, sooner than a process is started
COUNTED = 1024  # texts whose tokens are counted together: as many as take a moment

Look = Callable[[], None]  # called time and again; what it raises ends the reading


@dataclass(frozen=True)
class Prepared:
    """A document, and what of it is indexed."""

    document: Document
    passages: Sequence[Passage]


class Preparing:
    """Prepares the files of one folder for an embedder; a context manager, which ends the process.

    Not safe for threads.
    """

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._folder = folder
        self._embedder = embedder
        self._process = Process()
        self._ahead: dict[str, tuple[_Stamp, Prepared | BadSource]] = {}

    def __enter__(self) -> Preparing:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.close()

    def any_readable(self, paths: Iterable[str], look: Look) -> bool:
        """Whether one of the files can be read; what was found is kept for `prepare`."""
        for path in paths:
            stamp = _stamp(self._folder / path)
            try:
                self._ahead[path] = stamp, self._prepared(path, look)
            except BadSource as error:
                self._ahead[path] = stamp, error
            else:
                return True
        return False

    def prepare(self, path: str, look: Look) -> Prepared:
        """Return the document at `path` and its passages.

        Raises:
            BadSource: it cannot be read, or takes too much time or memory.
            ModelMissing: see `split`.
            What `look` raises.
        """
        stamp, found = self._ahead.pop(path, (None, None))
        if found is None or stamp != _stamp(self._folder / path):
            return self._prepared(path, look)
        if isinstance(found, BadSource):
            raise found
        return found

    def _prepared(self, path: str, look: Look) -> Prepared:
        look()
        tokenizer, limit = self._embedder.tokenizer_file, self._embedder.token_limit
        if tokenizer is not None and _is_large(self._folder / path):
            job = Job(self._folder, path, tokenizer, limit)
            document, passages = self._process.run(job, look)
            assert document is not None  # a job with a tokenizer gives it
            return Prepared(document, passages)

        def count_tokens(texts: Sequence[str]) -> list[int]:
            counts: list[int] = []
            for start in range(0, len(texts), COUNTED):
                look()
                counts += self._embedder.count_tokens(texts[start : start + COUNTED])
            return counts

        document = sources.read(self._folder, path)
        return Prepared(document, split(document, count_tokens=count_tokens, token_limit=limit))


def check(folder: Path, path: str, look: Look = lambda: None) -> None:
    """Return if the file can be read; it is not split.

    Raises:
        BadSource: it cannot, or reading it takes too much time or memory.
        What `look` raises.
    """
    if not _is_large(folder / path):
        sources.read(folder, path)
        return
    process = Process()
    try:
        process.run(Job(folder, path), look)
    finally:
        process.close()


_Stamp = tuple[int, int, int] | None


def _stamp(file: Path) -> _Stamp:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def _is_large(file: Path) -> bool:
    stamp = _stamp(file)
    return stamp is not None and SMALL_BYTES < stamp[0] <= sources.SIZE_LIMIT_BYTES
