"""One run of the one writer: into the live store, or into a new one that then takes its place.

Where nothing can answer meanwhile, a new store does as soon as a document stands in it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from assistant.errors import IndexDamaged, IndexMismatch, IndexOutdated
from assistant.index import checking, folder
from assistant.index import pointer as pointers
from assistant.index.faults import told
from assistant.index.folder import BEGUN, MARKER
from assistant.index.opening import Live, Opening
from assistant.index.pointer import FORMAT, Pointer
from assistant.index.store import Store
from assistant.index.view import View
from assistant.index.writer import Writer

BETWEEN_SECONDS = 1.0  # publishing what stands so far costs a few milliseconds


@contextlib.contextmanager
def writing(opening: Opening, *, rebuild: bool) -> Iterator[Writer]:
    """Yield the writer and publish what it wrote; see `Index.writing`."""
    path = opening.path
    with told(path):
        path.mkdir(parents=True, exist_ok=True)
    with folder.lock(path):
        if opening.built and not rebuild:
            yield from _into_live(opening)
        else:
            yield from _into_new(opening)
        folder.sweep(path, keep=opening.live(writing=True).pointer.store)


def _into_live(opening: Opening) -> Iterator[Writer]:
    with opening.turn:
        if opening.unfinished:
            # The one who died may have written what an open client does not see.
            opening.forget()
        live = opening.live(writing=True)
        died = _mark(live.store.place)
        early = _Early(opening, live.store, live.view) if opening.partial else None
        revision = live.pointer.revision + 1
        writer = Writer(live.store.place, live.view, revision, opening.turn, stood=early)
        writer.require_room()
        if died or live.view.words.revision != live.pointer.revision:
            writer.sweep()
    yield writer
    _publish(opening, writer, _live(opening, live.store, live.view, writer.revision))


def _into_new(opening: Opening) -> Iterator[Writer]:
    """Fill a store beside the live one: the one that was begun and not finished, or a new one."""
    store = _begin(opening)
    early = None
    published = False
    try:
        view = store.view(0)
        if _nothing_answers(opening.path):
            early = _Early(opening, store, view)
        died = _mark(store.place)
        with opening.turn:
            writer = Writer(store.place, view, 1, opening.turn, stood=early)
            writer.require_room()
            if died:
                writer.sweep()
        yield writer
        _publish(opening, writer, _live(opening, store, view, writer.revision))
        published = True
    except IndexDamaged:
        _condemn(store.place)
        raise
    finally:
        if not published and not (early and early.published):
            opening.drop(store)


class _Early:
    """Lets a store answer from the documents that stand in it while the rest is being written.

    It stays one that was begun (see `folder.BEGUN`), so that whoever answers from it can say so.
    """

    def __init__(self, opening: Opening, store: Store, view: View) -> None:
        self._opening = opening
        self._store = store
        self._view = view
        self._last = 0.0
        self.published = False

    def __call__(self, writer: Writer) -> None:
        if self.published and time.monotonic() - self._last < BETWEEN_SECONDS:
            return
        opening = self._opening
        with opening.turn:
            view = replace(self._view, records=writer.level())
            _make_live(opening, _live(opening, self._store, view, writer.revision))
        writer.begin_revision()
        self.published = True
        self._last = time.monotonic()


def _live(opening: Opening, store: Store, view: View, revision: int) -> Live:
    return Live(store, view, Pointer(store.place.name, revision, FORMAT, opening.model))


def _nothing_answers(path: Path) -> bool:
    """Whether there is no index, or one that only an earlier version could read."""
    try:
        return pointers.read(path) is None
    except IndexOutdated:
        return True
    except (IndexDamaged, IndexMismatch):
        return False


def _begin(opening: Opening) -> Store:
    made_so = {"format": FORMAT, "model": opening.model}
    answering = pointers.readable(opening.path)
    live = answering.store if answering else None
    for place in folder.begun(opening.path, made_so, live):
        try:
            if (place / MARKER).exists() and checking.suspect(place):
                checking.probe(place, 1, finished=False)
            with checking.opening(place):
                store = Store(place, made=True)
                store.passages.count()  # which loads the vectors
                return store
        except IndexDamaged:
            _condemn(place)
    return Store(folder.begin(opening.path, made_so), made=True)


def _mark(place: Path) -> bool:
    """Say that a writer is at work in a store; return whether another one died in it."""
    marker = place / MARKER
    died = marker.exists()
    with told(place):
        marker.touch()
    return died


def _condemn(place: Path) -> None:
    """Let nobody go on with a store that was begun."""
    with contextlib.suppress(OSError):
        (place / BEGUN).unlink()


def _publish(opening: Opening, writer: Writer, live: Live) -> None:
    """Make what was written the one that answers: here at once, elsewhere at the next question."""
    live = replace(live, view=replace(live.view, records=writer.level()))
    place = live.store.place
    _make_live(opening, live)
    _condemn(place)
    writer.discard_superseded()
    checking.record(live.store, live.view, live.pointer.revision, opening.turn)
    folder.clear(place / MARKER)


def _make_live(opening: Opening, live: Live) -> None:
    with opening.turn:
        file = opening.path / pointers.FILE
        if file.is_dir() and not file.is_symlink():
            folder.clear(file)
        pointers.write(opening.path, live.pointer)
        opening.adopt(live)
