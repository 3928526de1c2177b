"""The index of one workspace, open for reading; `writing` gives its one writer.

A document stands once its record does, and its record is written last: a process killed at any
moment leaves documents whole or absent. Records name the revision that they belong to, and what
they replace is deleted only after the revision was raised: whoever reads, reads the last finished
one. A rebuild fills a store of its own while the old one answers, so that it needs nothing of what
lies there, and a store that is damaged, full of holes or not one at all is never in its way. Where
no old one can answer, the new one does while it is being filled, from the documents that stand.
`folder` says what lies where.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.caching import BoundedCache
from assistant.errors import IndexDamaged, IndexUnwritable
from assistant.index.faults import WordsDamaged, damaged, told
from assistant.index.opening import Opening
from assistant.index.pointer import Pointer
from assistant.index.records import (
    READ_BATCH,
    Record,
    batches,
    get,
    read_blocks,
    unknown,
)
from assistant.index.view import View
from assistant.index.writer import Writer
from assistant.index.writing import writing
from assistant.values import Document, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_KEPT_TEXT_BYTES = 200_000_000  # of whole documents, in memory

T = TypeVar("T")


class Index:
    """What a workspace's documents say and where, by vector and by word.

    Safe for threads: calls take turns. Every read looks at the pointer first and opens the store
    again when another process has moved it, since an open Chroma client goes on returning what was
    deleted and misses what was added.

    Every read raises:
        IndexMissing: nothing was finished yet.
        IndexMismatch: it was built with another model or by another version.
        IndexDamaged: its files are not what was written; the next sync builds it again.
        IndexUnwritable, IndexFull: it cannot be written to, which Chroma needs even to read.
        IndexBusy: another process holds a file.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self._turn = threading.RLock()
        self._opening = Opening(folder, model, self._turn)
        self._texts = BoundedCache[str](_KEPT_TEXT_BYTES, sys.getsizeof)
        self.damaged = False  # whether the last read found it so

    def close(self) -> None:
        with self._turn:
            self._opening.forget()
            self._texts.clear()

    # Reading

    @property
    def built(self) -> bool:
        """Whether anything was finished, whatever it was built with."""
        return self._opening.built

    @property
    def unfinished(self) -> bool:
        """Whether a writer is at work or died at it."""
        return self._opening.unfinished

    @property
    def partial(self) -> bool:
        """Whether what answers was never whole: only some of the documents stand yet."""
        return self._opening.partial

    def revision(self) -> Pointer:
        """Return what identifies the state that answers: equal ones answer alike."""
        return self._opening.checked_pointer()

    def records(self) -> dict[str, Record]:
        """Return what is indexed, by path, in the order of the paths."""
        return self._read(lambda view: dict(view.records))

    def document(self, path: str) -> Document:
        """Return a document with its text and its blocks, as it was indexed.

        Raises:
            UnknownDocument: there is none of that path.
        """

        def read(view: View) -> Document:
            record = _known(view, path)
            text = self._text(record)
            blocks = self._texts.get(
                (path, record.digest, "blocks"), lambda: self._read_pieces(path, record.block_ids())
            )
            return Document(
                path, record.title, text, record.digest, record.metadata, read_blocks(blocks)
            )

        return self._read(read)

    def text(self, path: str) -> str:
        """Return the text of a document alone: its blocks may take a while to read.

        Raises:
            UnknownDocument: there is none of that path.
        """
        return self._read(lambda view: self._text(_known(view, path)))

    def _text(self, record: Record) -> str:
        key = (record.path, record.digest, "text")
        return self._texts.get(key, lambda: self._read_pieces(record.path, record.text_ids()))

    def nearest(
        self, vector: NDArray[np.float32], limit: int, documents: Sequence[str] | None = None
    ) -> dict[str, float]:
        """Return the ids of the passages nearest to `vector`, with their cosine similarity.

        Nearest first. One that no longer stands may be among them: `passages` leaves it out.
        """

        def read(view: View) -> dict[str, float]:
            if documents is None or view.records.keys() <= set(documents):
                return view.nearest(vector, limit, None)
            found: dict[str, float] = {}
            for part in batches(list(documents), READ_BATCH):
                found.update(view.nearest(vector, limit, {"document_id": {"$in": part}}))
            return dict(sorted(found.items(), key=lambda pair: -pair[1])[:limit])

        return self._read(read)

    def matching(
        self, question: str, limit: int, documents: Sequence[str] | None = None
    ) -> dict[str, float]:
        """Return the ids of the passages that share words with `question`, best first.

        With the scores of `LexicalIndex.search`, from 0 to 1. One that no longer stands may be
        among them: `passages` leaves it out.
        """
        return self._read(lambda view: dict(view.words.search(question, limit, documents)))

    def similarities(self, vector: NDArray[np.float32], ids: Sequence[str]) -> dict[str, float]:
        """Return the cosine similarity of `vector` to each passage; one that is gone has none."""

        def read(view: View) -> dict[str, float]:
            found: dict[str, float] = {}
            for batch in batches(ids, READ_BATCH):
                rows = view.passages.get(ids=batch, include=["embeddings"])
                for id, row in zip(rows["ids"], rows["embeddings"], strict=True):
                    found[id] = float(row @ vector)
            return found

        return self._read(read)

    def passages(self, ids: Iterable[str], limit: int | None = None) -> dict[str, Passage]:
        """Return the first `limit` passages that stand, or all, by id, in the order of `ids`."""

        def read(view: View) -> dict[str, Passage]:
            found: dict[str, Passage] = {}
            wanted = list(ids)
            while wanted and (limit is None or len(found) < limit):
                size = READ_BATCH if limit is None else min(READ_BATCH, limit - len(found))
                found.update(view.read(wanted[:size]))
                wanted = wanted[size:]
            return found

        return self._read(read)

    def collection(self) -> Any:
        """Return the live Chroma collection of passages, as LlamaIndex's Chroma store takes it."""
        return self._read(lambda view: view.passages.raw)

    def _read(self, read: Callable[[View], T]) -> T:
        """Run `read` on the live view; once more if what it read was taken away meanwhile."""
        with self._turn:
            try:
                for last in (False, True):
                    before = self.revision()
                    try:
                        live = self._opening.live()
                        with told(live.store.place):
                            found = read(live.view)
                    except WordsDamaged:
                        self._opening.discard_words()
                        if last:
                            raise
                    except (IndexDamaged, IndexUnwritable):
                        if last or self.revision() == before:
                            raise
                        self._opening.forget()
                    else:
                        if last or self.revision() == before:
                            self.damaged = False
                            return found
            except IndexDamaged:
                self.damaged = True
                self._opening.doubt()
                raise
            raise AssertionError("unreachable")

    def _read_pieces(self, path: str, ids: Sequence[str]) -> str:
        live = self._opening.live()
        found = get(live.view.documents, ids)
        if len(found) < len(ids):
            raise damaged(live.store.place, f"it lacks part of the text of {path}")
        return "".join(found[id][0] for id in ids)

    # Writing

    @contextmanager
    def writing(self, *, rebuild: bool = False) -> Iterator[Writer]:
        """Yield the writer; what it wrote is found once the block ends without an error.

        After an error, and after a process that died, what was finished is kept and gone on with.
        `rebuild` fills a store of its own, whatever the one before was built with and whatever
        state it is in.

        Raises:
            IndexBusy: another process, or another thread of this one, is writing.
            IndexMismatch, IndexDamaged: so is what is there, and no rebuild was asked for.
            IndexUnwritable, IndexFull: see the class.
        """
        with writing(self._opening, rebuild=rebuild) as writer:
            yield writer


def _known(view: View, path: str) -> Record:
    record = view.records.get(path)
    if record is None:
        raise unknown(path)
    return record
