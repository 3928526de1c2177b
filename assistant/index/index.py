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
from collections.abc import Callable, Iterator, Sequence
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
    read_passage,
    record_id,
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
    ) -> list[tuple[Passage, float]]:
        """Return the passages nearest to `vector`, nearest first, with their cosine similarity."""

        def read(view: View) -> list[tuple[Passage, float]]:
            wheres: list[dict[str, Any] | None] = [None]
            if documents is not None and not view.records.keys() <= set(documents):
                parts = batches(list(documents), READ_BATCH)
                wheres = [{"document_id": {"$in": part}} for part in parts]
            found = [pair for where in wheres for pair in view.query(vector, limit, where)]
            return sorted(found, key=lambda pair: -pair[1])[:limit]

        return self._read(read)

    def matching(
        self, question: str, limit: int, documents: Sequence[str] | None = None
    ) -> list[tuple[Passage, float]]:
        """Return the passages that share words with `question`, best first, with their BM25."""

        def read(view: View) -> list[tuple[Passage, float]]:
            scores = dict(view.words.search(question, limit, documents))
            found = get(view.passages, list(scores))
            return [
                (read_passage(*found[id]), score)
                for id, score in scores.items()
                if id in found and view.stands(found[id][1])
            ]

        return self._read(read)

    def similarities(self, vector: NDArray[np.float32], passages: Sequence[Passage]) -> list[float]:
        """Return the cosine similarity of `vector` to each passage; 0 where one is gone."""

        def read(view: View) -> list[float]:
            ids = [
                record_id("passage", passage.document, record.digest, passage.position)
                if (record := view.records.get(passage.document))
                else ""
                for passage in passages
            ]
            vectors: dict[str, NDArray[np.float32]] = {}
            for batch in batches(sorted({id for id in ids if id}), READ_BATCH):
                found = view.passages.get(ids=batch, include=["embeddings"])
                vectors.update(zip(found["ids"], found["embeddings"], strict=True))
            return [float(vectors[id] @ vector) if id in vectors else 0.0 for id in ids]

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
