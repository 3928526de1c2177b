"""The folder of an index on the disk: its stores, its lock, and how it is kept clean.

recipe.toml           what the index is built with: the one file that a person writes
live.json             the pointer: which store answers
store-…/              a store: one build of the index, which never shares a file with another
    chroma/           passages and documents, in Chroma
    words.sqlite3     the word index, derived from them
    begun.json        what it is being built with; there until it was whole once
    writing           there while a writer is at work; there without one, a writer died
    holds.json, left.json, opening    see `checking`
    reserve           room to open the store on a full disk
discarded-…           what was in the way and could not be deleted at once
.lock                 held by the one writer; dies with its process
"""

from __future__ import annotations

import contextlib
import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.errors import IndexBusy, IndexUnwritable
from assistant.index import pointer as pointers
from assistant.index.faults import STORE, busy, told

BEGUN = "begun.json"
MARKER = "writing"
_LOCK = ".lock"
_DISCARDED = "discarded-"
_PATIENCE_SECONDS = 0.1  # who only looks whether there is a writer holds the lock for a moment
# What a writer leaves for the next one to sweep, the files of earlier layouts among it.
_OURS = (f"{STORE}*", f"{_DISCARDED}*", f"{pointers.NEW}*")
_EARLIER = ("chroma", "writing", "live.json.new", "words-*.sqlite3*")


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the writer's lock.

    Raises:
        IndexBusy: another process, or another thread of this one, holds it.
        IndexFull, IndexUnwritable: it cannot be made.
    """
    from filelock import FileLock, Timeout

    file = folder / _LOCK
    if file.is_dir() and not file.is_symlink():  # no lock of anyone's
        clear(file)
    held = FileLock(file)
    try:
        with told(folder):
            try:
                held.acquire(timeout=_PATIENCE_SECONDS, poll_interval=0.02)
            except Timeout as error:
                raise busy(folder) from error
        yield
    finally:
        held.release()


def is_locked(folder: Path) -> bool:
    """Whether a writer is at work just now."""
    try:
        with lock(folder):
            return False
    except IndexBusy:
        return True


def begin(folder: Path, made_so: dict[str, Any]) -> Path:
    """Make a new store, to be built as `made_so` says."""
    with told(folder):
        place = folder / f"{STORE}{uuid.uuid4().hex[:12]}"
        place.mkdir()
        pointers.write_whole(place / BEGUN, json.dumps(made_so))
    return place


def begun(folder: Path, made_so: dict[str, Any], live: str | None) -> list[Path]:
    """Return the stores that were begun just so and never answered, the latest first."""
    found = []
    for place in folder.glob(f"{STORE}*"):
        try:
            same = json.loads((place / BEGUN).read_bytes()) == made_so
            if same and place.name != live:
                found.append(((place / BEGUN).stat().st_mtime_ns, place))
        except (OSError, ValueError, RecursionError):
            continue  # not one to go on with
    return [place for _, place in sorted(found, reverse=True)]


def stores(folder: Path) -> list[Path]:
    return list(folder.glob(f"{STORE}*"))


def clear(path: Path) -> None:
    """Make `path` a free name: what is there is deleted, or moved aside where it cannot be.

    Raises:
        IndexUnwritable: neither can be done.
    """
    if not path.exists() and not path.is_symlink():
        return
    aside = path.with_name(f"{_DISCARDED}{uuid.uuid4().hex[:12]}")
    try:
        path.rename(aside)  # at once and whole, so that a kill leaves nothing half deleted
    except OSError:
        aside = path
    _delete(aside)
    if path.exists() or path.is_symlink():
        raise IndexUnwritable(
            f"{path} can be neither deleted nor moved away. Do so, and try again."
        )


def sweep(folder: Path, keep: str) -> None:
    """Delete every store but one, and whatever else is left over; what is still open stays."""
    for pattern in (*_OURS, *_EARLIER):
        for path in folder.glob(pattern):
            if path.name != keep:
                with contextlib.suppress(IndexUnwritable):
                    clear(path)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
