"""Whether a store is as its last writer left it, told without reading it where it was not touched.

`holds.json` says what a finished revision holds: how many documents, pieces and passages, in Chroma
and in the word index, and the digests of the files of vectors, which Chroma may crash on. Whoever
opens the store writes to `left.json` how large each file then was and when it last changed. Where
all is as it was left, the counts are compared and nothing more. Where it is not (a file was
damaged, replaced or copied, a process died while it loaded the vectors and left `opening`, a writer
died), a child process reads everything, so that the crash, if there is one, is the child's: see
`probe`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.errors import IndexDamaged
from assistant.index.faults import damaged, told
from assistant.index.pointer import write_whole
from assistant.index.store import CHROMA, WORDS, Store
from assistant.index.view import View

HOLDS = "holds.json"
_LEFT = "left.json"
_OPENING = "opening"
PROBE = ("-m", "assistant.index.probe")
_PROBE_SECONDS = 1_800.0
_TRIES, _BETWEEN_TRIES_SECONDS = 20, 0.1


@dataclass(frozen=True)
class Holding:
    """What a store holds at a revision. `vectors`: size, time of change and digest by file."""

    revision: int
    documents: int
    passages: int
    pieces: int  # of documents, their records among them
    words: int  # passages in the word index
    vectors: Mapping[str, tuple[int, int, str]]


def record(
    store: Store, view: View, revision: int, turn: contextlib.AbstractContextManager[Any]
) -> None:
    """Write down what a finished revision holds, and how its files are left.

    It is counted in `turn`: whoever closes the index meanwhile would end the process.
    """
    before = read_holding(store.place)
    known = before.vectors if before else {}
    with told(store.place):
        vectors = {}
        for name, (size, changed) in _stats(store.place).items():
            if name.count("/") > 1:  # of a segment; the others are SQLite's
                same = known.get(name, (0, 0, ""))
                digest = same[2] if same[:2] == (size, changed) else _digest(store.place / name)
                vectors[name] = (size, changed, digest)
    with turn:
        counts = store.passages.count(), store.documents.count(), store.words.count()
    holding = Holding(revision, len(view.records), *counts, vectors)
    with told(store.place):
        write_whole(store.place / HOLDS, json.dumps(asdict(holding)))
    leave(store.place)


def leave(place: Path) -> None:
    """Write down how the files are left."""
    with contextlib.suppress(OSError):  # then the next one reads them all
        write_whole(place / _LEFT, json.dumps(_stats(place)))


def doubt(place: Path) -> None:
    """Let everything be read before the store is opened again: something in it failed."""
    with contextlib.suppress(OSError):
        (place / _LEFT).unlink()


def as_left(place: Path, revision: int) -> bool:
    """Whether no file was touched since someone last opened the store and all was well."""
    holding = read_holding(place)
    if holding is None or holding.revision != revision or (place / _OPENING).exists():
        return False
    left = _read_json(place / _LEFT)
    now = {name: list(stat) for name, stat in _stats(place).items()}
    return bool(left == now)


def settled(place: Path, revision: int) -> bool:
    """Say `as_left`, after a moment's wait where another process may just be opening the store."""
    for _ in range(_TRIES):
        if as_left(place, revision):
            return True
        if not (place / _OPENING).exists():
            break
        time.sleep(_BETWEEN_TRIES_SECONDS)
    return as_left(place, revision)


def suspect(place: Path) -> bool:
    """Whether a writer that died may have left vectors half written, or died of those there are.

    SQLite writes all or nothing; Chroma writes over its files of vectors, if it has any yet.
    """
    return (place / _OPENING).exists() or any((place / CHROMA).glob("*/index_metadata.pickle"))


@contextlib.contextmanager
def opening(place: Path) -> Iterator[None]:
    """Leave a mark if the process dies within, or what it does there fails."""
    mark = place / _OPENING
    with contextlib.suppress(OSError):
        mark.touch()
    yield
    with contextlib.suppress(OSError):
        mark.unlink()


def compare(store: Store, view: View, revision: int) -> None:
    """Compare the counts of an opened store with what it should hold; fill up words that lack some.

    Raises:
        IndexDamaged: documents or passages are missing; WordsDamaged: the words cannot be read.
    """
    holding = read_holding(store.place)
    if holding is None or holding.revision != revision:
        return  # it was read as a whole instead
    for what, found, held in (
        ("documents", len(view.records), holding.documents),
        ("passages", store.passages.count(), holding.passages),
        ("pieces of documents", store.documents.count(), holding.pieces),
    ):
        if found != held:
            raise damaged(store.place, f"{found:,} of {held:,} {what} are there")
    if store.words.count() != holding.words:
        store.words.level(-1)


def probe(place: Path, revision: int, *, finished: bool) -> None:
    """Read the whole store in a child process; throw away words that are not sound.

    `finished`: no writer died, so that what `holds.json` says is compared too.

    Raises:
        IndexDamaged: something is missing or differs, or reading it kills the process.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    kind = "finished" if finished else "unfinished"
    command = [sys.executable, *PROBE, str(place), str(revision), kind]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_PROBE_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise damaged(place, "its store cannot be read to its end") from error
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise damaged(place, f"reading its store ends the process ({done.returncode})") from None
    if said.get("other"):
        return  # a full disk, a lock: whoever opens it here says so
    if said.get("store"):
        raise IndexDamaged(said["store"])
    if said.get("words"):
        for file in place.glob(f"{WORDS}*"):
            with contextlib.suppress(OSError):
                file.unlink()


def read_holding(place: Path) -> Holding | None:
    """Return what was written down; None where it is not there or no one wrote it so."""
    said = _read_json(place / HOLDS)
    try:
        vectors = {name: (stat[0], stat[1], stat[2]) for name, stat in said["vectors"].items()}
        return Holding(**{**said, "vectors": vectors})
    except (TypeError, KeyError, AttributeError, IndexError):
        return None


def altered_vectors(place: Path, holding: Holding) -> str | None:
    """Return which file of vectors is not what it was; None where each is."""
    now = {name for name in _stats(place) if name.count("/") > 1}
    for name in sorted(now | holding.vectors.keys()):
        if name not in now or name not in holding.vectors:
            return name
        if _digest(place / name) != holding.vectors[name][2]:
            return name
    return None


def _stats(place: Path) -> dict[str, tuple[int, int]]:
    """Return size in bytes and time of change in nanoseconds of each file, by its name.

    Files of vectors count once Chroma has written vectors to them, and a list of those last. Until
    then it makes these files anew whenever it loads them.
    """
    segments = [known.parent for known in (place / CHROMA).glob("*/index_metadata.pickle")]
    files = [file for segment in segments for file in segment.iterdir()]
    found = {}
    for file in (*files, place / CHROMA / "chroma.sqlite3", place / WORDS):
        with contextlib.suppress(FileNotFoundError):
            status = file.stat()
            found[file.relative_to(place).as_posix()] = (status.st_size, status.st_mtime_ns)
    return found


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "blake2b").hexdigest()[:32]


def _read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
