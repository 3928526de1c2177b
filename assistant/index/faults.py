"""What Chroma, SQLite and the disk raise -> our errors, each in the right words."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import (
    AssistantError,
    IndexBusy,
    IndexDamaged,
    IndexFull,
    IndexUnwritable,
)

STORE = "store-"  # how the names of stores begin
REBUILD = "Build the index again from sources/: assistant index --rebuild"

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}
_MANY = {errno.EMFILE, errno.ENFILE}
_TRIED_BYTES = 1 << 16

# Chroma gives the system's errors as text alone: "(code: 13) database or disk is full".
_FULL_WORDS = ("disk is full", "no space left", "quota exceeded", "file too large")
_CLOSED_WORDS = ("readonly", "read-only", "permission denied", "operation not permitted")
_MANY_WORDS = ("too many open files",)
_LOCKED_WORDS = ("database is locked", "table is locked")


class WordsDamaged(IndexDamaged):
    """The word index cannot be read: it is made again from the store."""


@contextlib.contextmanager
def told(place: Path, *, words: bool = False) -> Iterator[None]:
    """Turn whatever a library raises within into one of our errors.

    Around calls of Chroma and SQLite and around what reads their rows, and around nothing else:
    what is neither a full disk nor a closed, busy one is taken for damage. `place` is the store, or
    `index/` itself; `words` says that its word index is at work.

    Raises:
        IndexFull, IndexUnwritable, IndexBusy: the disk is full, cannot be written to, is in use.
        IndexDamaged: anything else; WordsDamaged with `words`.
    """
    try:
        yield
    except (AssistantError, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as error:  # a panic in Chroma's Rust code is no Exception
        raise _ours(error, place, words=words) from error


def damaged(place: Path, what: str) -> IndexDamaged:
    return IndexDamaged(f"The index in {index_folder(place)} is damaged: {what}. {REBUILD}")


def busy(place: Path) -> IndexBusy:
    return IndexBusy(
        f"Another process is writing to {index_folder(place)}. Try again when it has finished."
    )


def index_folder(place: Path) -> Path:
    return place.parent if place.name.startswith(STORE) else place


def _ours(error: BaseException, place: Path, *, words: bool) -> AssistantError:
    folder = index_folder(place)
    kind = _kind(error) or _kind_of_disk(place)
    if kind == "full":
        return IndexFull(
            f"The disk is full: nothing more can be written to {folder}. What was indexed before "
            "is as it was. Free some space, then: assistant index"
        )
    if kind == "closed":
        return IndexUnwritable(
            f"{folder} cannot be written to, which the store needs even to be read. "
            "Make it writable, or copy the workspace to a place that is."
        )
    if kind == "locked":
        return IndexBusy(f"Another process holds {folder}. Try again in a moment.")
    if kind == "many":
        return IndexBusy(f"{folder} cannot be opened: too many files are open. Try again later.")
    what = "its word index cannot be read" if words else "its store cannot be read"
    found = damaged(place, f"{what} ({' '.join(str(error).split()) or type(error).__name__})")
    return WordsDamaged(str(found)) if words else found


def _kind(error: BaseException | None) -> str | None:
    """Return what kind an error is by its number or its words, or those of its cause."""
    while error is not None:
        number = getattr(error, "errno", None)
        sqlite = getattr(error, "sqlite_errorcode", 0) & 0xFF
        said = str(error).lower()
        if number in _FULL or sqlite == sqlite3.SQLITE_FULL or _any(_FULL_WORDS, said):
            return "full"
        if sqlite in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or _any(_LOCKED_WORDS, said):
            return "locked"
        if number in _MANY or _any(_MANY_WORDS, said):
            return "many"
        readonly = sqlite in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
        if number in _CLOSED or readonly or _any(_CLOSED_WORDS, said):
            return "closed"
        error = error.__cause__ or error.__context__
    return None


def _any(words: tuple[str, ...], said: str) -> bool:
    return any(word in said for word in words)


def _kind_of_disk(place: Path) -> str | None:
    """Return what is wrong with the disk, where an error does not tell: a full one has many."""
    folder = next((folder for folder in (place, place.parent) if folder.is_dir()), None)
    if folder is None:
        return None
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * _TRIED_BYTES)
    except OSError as error:
        return _kind(error)
    return None
