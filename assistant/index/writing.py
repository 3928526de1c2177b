"""One run of the one writer: into the live store, or into a new one that then takes its place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from assistant.errors import IndexDamaged, IndexMismatch
from assistant.index import checking, folder
from assistant.index import pointer as pointers
from assistant.index.faults import told
from assistant.index.folder import BEGUN, MARKER
from assistant.index.opening import Live, Opening
from assistant.index.pointer import FORMAT, Pointer
from assistant.index.store import Store
from assistant.index.writer import Writer


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
        following = replace(live.pointer, revision=live.pointer.revision + 1)
        died = _mark(live.store.place)
        writer = Writer(live.store.place, live.view, following.revision, opening.turn)
        writer.require_room()
        if died or live.view.words.revision != live.pointer.revision:
            writer.sweep()
    yield writer
    _publish(opening, writer, replace(live, pointer=following))


def _into_new(opening: Opening) -> Iterator[Writer]:
    """Fill a store beside the live one: the one that was begun and not finished, or a new one."""
    store = _begin(opening)
    published = False
    try:
        view = store.view(0)
        died = _mark(store.place)
        with opening.turn:
            writer = Writer(store.place, view, 1, opening.turn)
            writer.require_room()
            if died:
                writer.sweep()
        yield writer
        pointer = Pointer(store.place.name, 1, FORMAT, opening.model)
        _publish(opening, writer, Live(store, view, pointer))
        published = True
    except IndexDamaged:
        _condemn(store.place)
        raise
    finally:
        if not published:
            opening.drop(store)


def _begin(opening: Opening) -> Store:
    made_so = {"format": FORMAT, "model": opening.model}
    live = _live_name(opening.path)
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


def _live_name(path: Path) -> str | None:
    """Return the name of the store that answers; a pointer that cannot be read names none."""
    try:
        pointer = pointers.read(path)
    except (IndexDamaged, IndexMismatch):
        return None
    return pointer.store if pointer else None


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
    with opening.turn:
        file = opening.path / pointers.FILE
        if file.is_dir() and not file.is_symlink():
            folder.clear(file)
        pointers.write(opening.path, live.pointer)
        opening.adopt(live)
    _condemn(place)
    writer.discard_superseded()
    checking.record(live.store, live.view, live.pointer.revision, opening.turn)
    folder.clear(place / MARKER)
