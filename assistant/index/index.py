"""The index of one workspace, open for reading; `writing` gives its one writer.

The folder holds

    recipe.toml         what the index is built with: the one file that a person writes
    live.json           the pointer: what answers
    chroma/             two collections a generation: passages-N and documents-N
    words-N.sqlite3     a generation's word index, derived from the store
    .lock               held by the one writer; dies with its process
    writing             there while a writer is at work; there without one, a writer died

A document stands once its record does, and its record is written last: a process killed at any
moment leaves documents whole or absent. Records name the revision that they belong to, and what
they replace is deleted only after the revision was raised: whoever reads, reads the last finished
one. A rebuild fills a new generation while the old one answers.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.caching import BoundedCache
from assistant.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
    UnknownDocument,
)
from assistant.index import pointer as pointers
from assistant.index.client import Client
from assistant.index.lexical import LexicalIndex
from assistant.index.pointer import Pointer
from assistant.index.records import (
    READ_BATCH,
    Record,
    as_of,
    batches,
    get,
    read_passage,
    read_records,
    record_id,
    standing,
)
from assistant.index.view import View
from assistant.index.writer import Writer
from assistant.values import Document, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = 2  # of passages and records: raised when splitting or storing changes

MARKER = "writing"
_KEPT_TEXT_BYTES = 200_000_000  # of whole documents, in memory

T = TypeVar("T")


class _GoneError(Exception):
    """What a view names is no longer in the store: a revision was finished since."""


class Index:
    """What a workspace's documents say and where, by vector and by word.

    Safe for threads: calls take turns. Every read looks at the pointer first and opens the store
    again when another process has moved it, since an open Chroma client goes on returning what was
    deleted and misses what was added.

    Every read raises:
        IndexMissing: nothing was finished yet.
        IndexMismatch: it was built with another model or by another version.
        IndexDamaged, IndexUnwritable: the files cannot be read, or the folder not written to,
            which Chroma needs even to read.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self._folder = folder
        self._model = model
        self._turn = threading.RLock()
        self._client: Client | None = None
        self._pointer: Pointer | None = None
        self._view: View | None = None
        self._texts = BoundedCache[str](_KEPT_TEXT_BYTES, sys.getsizeof)

    def close(self) -> None:
        with self._turn:
            self._forget()

    # Reading

    @property
    def built(self) -> bool:
        """Whether anything was finished, whatever it was built with."""
        return (self._folder / pointers.FILE).exists()

    @property
    def unfinished(self) -> bool:
        """Whether a writer is at work or died at it."""
        return (self._folder / MARKER).exists()

    def revision(self) -> Pointer:
        """Return what identifies the state that answers: equal ones answer alike."""
        return self._checked_pointer()

    def records(self) -> dict[str, Record]:
        """Return what is indexed, by path, in the order of the paths."""
        return self._read(lambda view: dict(view.records))

    def document(self, path: str) -> Document:
        """Return a document with its text as it was indexed.

        Raises:
            UnknownDocument: there is none of that path.
        """

        def read(view: View) -> Document:
            record = view.records.get(path)
            if record is None:
                raise UnknownDocument(
                    f"There is no document {path!r} in the index. See them: assistant sources"
                )
            key = (path, record.digest)
            text = self._texts.get(key, lambda: self._read_text(path))
            return Document(path, record.title, text, record.digest, record.metadata)

        return self._read(read)

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
        return self._read(lambda view: view.passages)

    def _read(self, read: Callable[[View], T]) -> T:
        """Run `read` on the live view; once more if what it read was taken away meanwhile."""
        from chromadb.errors import ChromaError, NotFoundError

        with self._turn:
            for last in (False, True):
                try:
                    found = read(self._live())
                    if last or self._pointer == pointers.read(self._folder):
                        return found
                except (NotFoundError, _GoneError) as error:
                    if last:
                        raise self._damaged(f"it lacks what it names ({error})") from error
                    self._forget()
                except ChromaError as error:
                    raise self._damaged(f"its store cannot be read ({error})") from error
                except sqlite3.DatabaseError as error:
                    self._discard_words(error, last=last)
            raise AssertionError("unreachable")

    def _live(self, *, writing: bool = False) -> View:
        pointer = self._checked_pointer()
        if self._view is None or pointer != self._pointer:
            if self._pointer is not None:  # else the client, if there is one, is our own writer's
                self._forget()
            self._view, self._pointer = self._open_view(pointer), pointer
        if self._view.words.revision != pointer.revision and not writing:
            # Missing or behind. If a writer is at work, it levels them itself.
            with contextlib.suppress(IndexBusy), self._lock():
                records = self._view.records.values()
                self._view.words.hold(records, self._view.passages, pointer.revision)
        return self._view

    def _checked_pointer(self) -> Pointer:
        pointer = pointers.read(self._folder)
        if pointer is None:
            state = "holds no finished index" if self.unfinished else "holds no index yet"
            raise IndexMissing(f"{self._folder} {state}. Build it: assistant index")
        if pointer.model != self._model:
            raise IndexMismatch(
                f"The index in {self._folder} was built with {pointer.model}, but "
                f"{self._model} is asked for. Build it again: assistant index --rebuild"
            )
        if pointer.format != FORMAT:
            raise IndexMismatch(
                f"The index in {self._folder} has format {pointer.format}, and this version reads "
                f"format {FORMAT}. Build it again: assistant index --rebuild"
            )
        return pointer

    def _read_text(self, path: str) -> str:
        assert self._view is not None  # only a read on the live view comes here
        ids = self._view.records[path].piece_ids()
        found = get(self._view.documents, ids)
        if len(found) < len(ids):
            raise _GoneError(path)
        return "".join(found[id][0] for id in ids)

    # Opening

    def _open_client(self) -> Any:
        """Return the Chroma client, opened if need be."""
        if self._client is None:
            from chromadb.errors import ChromaError

            try:
                self._client = Client(self._folder / "chroma")
            except (ChromaError, OSError, ValueError) as error:
                if "readonly" in str(error) or isinstance(error, OSError):
                    raise self._unwritable() from error
                raise self._damaged(f"its store cannot be opened ({error})") from error
        return self._client.chroma

    def _open_view(self, pointer: Pointer) -> View:
        from chromadb.errors import NotFoundError

        client, generation = self._open_client(), pointer.generation
        try:
            passages = client.get_collection(f"passages-{generation}", embedding_function=None)
            documents = client.get_collection(f"documents-{generation}", embedding_function=None)
        except NotFoundError as error:
            now = pointers.read(self._folder)
            if now is not None and now.generation != generation:
                raise  # a rebuild was quicker: look again
            raise self._damaged(f"its store lacks generation {generation}") from error
        records = standing(as_of(read_records(documents), pointer.revision))
        return View(generation, passages, documents, self._open_words(generation), records)

    def _open_words(self, generation: int) -> LexicalIndex:
        file = self._words_file(generation)
        try:
            return LexicalIndex(file)
        except sqlite3.OperationalError as error:
            raise self._words_error(error) from error
        except sqlite3.DatabaseError:
            file.unlink()  # not such a file: all it held is made again from the store
            return LexicalIndex(file)

    def _discard_words(self, error: sqlite3.DatabaseError, *, last: bool) -> None:
        """Throw spoilt words away, to be made again from the store, or raise what is wrong."""
        if isinstance(error, sqlite3.OperationalError):
            raise self._words_error(error) from error
        if last or self._view is None:
            raise self._damaged(f"its word index cannot be read ({error})") from error
        file = self._words_file(self._view.generation)
        self._forget()
        file.unlink(missing_ok=True)

    def _words_file(self, generation: int) -> Path:
        return self._folder / f"words-{generation}.sqlite3"

    def _words_error(self, error: sqlite3.OperationalError) -> IndexBusy | IndexUnwritable:
        if "locked" in str(error):
            return IndexBusy(f"Another process holds {self._folder}. Try again in a moment.")
        return self._unwritable()

    def _unwritable(self) -> IndexUnwritable:
        return IndexUnwritable(
            f"{self._folder} cannot be written to, which the store needs even to be read. "
            "Make it writable, or copy the workspace to a place that is."
        )

    def _damaged(self, what: str) -> IndexDamaged:
        return IndexDamaged(
            f"The index in {self._folder} is damaged: {what}. "
            "Build it again from sources/: assistant index --rebuild"
        )

    def _forget(self) -> None:
        if self._view is not None:
            self._view.words.close()
        if self._client is not None:
            self._client.close()
        self._view = self._client = self._pointer = None
        self._texts.clear()

    # Writing

    @contextlib.contextmanager
    def writing(self, *, rebuild: bool = False) -> Iterator[Writer]:
        """Give the one writer of this index; what it wrote answers once the block ends well.

        With `rebuild`, or when nothing was finished yet, it fills a generation of its own; one
        that was begun with the same model and not finished is gone on with.

        Raises:
            IndexBusy: another process, or another thread of this one, is writing.
            IndexMismatch: built with something else, and no rebuild was asked for.
            IndexUnwritable, IndexDamaged: see the class.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable() from error
        with self._lock():
            marker = self._folder / MARKER
            died = marker.exists()
            marker.touch()
            with self._turn:
                if died:
                    # The one who died may have written what an open client does not see.
                    self._forget()
                view, pointer = self._target(rebuild=rebuild)
                writer = Writer(view, pointer.revision, self._turn)
                if died or view.words.revision != pointer.revision - 1:
                    writer.sweep()
            yield writer
            self._publish(replace(view, records=writer.level()), pointer)
            writer.discard_superseded()
            marker.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self._folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise IndexBusy(
                f"Another process is writing to {self._folder}. Try again when it has finished."
            ) from error
        except OSError as error:
            raise self._unwritable() from error
        try:
            yield
        finally:
            lock.release()

    def _target(self, *, rebuild: bool) -> tuple[View, Pointer]:
        """Return the view to write to and the pointer that will make it the live one."""
        if self.built and not rebuild:
            view = self._live(writing=True)
            assert self._pointer is not None
            return view, replace(self._pointer, revision=self._pointer.revision + 1)
        try:
            return self._begin()
        except IndexDamaged:
            if not rebuild:
                raise
            self._discard()
            return self._begin()

    def _begin(self) -> tuple[View, Pointer]:
        """Return a new generation, or the one that was begun and not finished."""
        from chromadb.errors import ChromaError

        live = pointers.read(self._folder)
        revision = live.revision + 1 if live else 1
        try:
            generation = self._begun(live.generation if live else 0)
            self._make_collections(generation)
            pointer = Pointer(generation, revision, FORMAT, self._model, uuid.uuid4().hex)
            return self._open_view(replace(pointer, revision=revision - 1)), pointer
        except ChromaError as error:
            raise self._damaged(f"its store cannot be read ({error})") from error

    @property
    def _made_so(self) -> dict[str, Any]:
        """What a generation's collections say of how they are made."""
        return {"format": FORMAT, "model": self._model}

    def _make_collections(self, generation: int) -> None:
        for kind in ("passages", "documents"):
            self._open_client().get_or_create_collection(
                f"{kind}-{generation}",
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
                metadata=self._made_so,
            )

    def _begun(self, live: int) -> int:
        """Return the generation to fill: one begun just so, else a new one; delete any other."""
        begun = live + 1
        for collection in self._open_client().list_collections():
            generation = _generation(collection.name)
            same = collection.metadata == self._made_so
            if generation != live and not (generation == begun and same):
                self._open_client().delete_collection(collection.name)
        return begun

    def _discard(self) -> None:
        """Remove a store that cannot be read: all it held is made again from sources/."""
        self._forget()
        shutil.rmtree(self._folder / "chroma", ignore_errors=True)
        for file in (self._folder / pointers.FILE, *self._folder.glob("words-*.sqlite3*")):
            file.unlink(missing_ok=True)

    def _publish(self, view: View, pointer: Pointer) -> None:
        """Make `view` the one that answers: here at once, elsewhere at the next question."""
        with self._turn:
            pointers.write(self._folder, pointer)
            if self._view is not None and self._view.words is not view.words:
                self._view.words.close()
            self._view, self._pointer = view, pointer
            for collection in self._open_client().list_collections():
                if _generation(collection.name) != view.generation:
                    self._open_client().delete_collection(collection.name)
            for file in self._folder.glob("words-*.sqlite3*"):
                if not file.name.startswith(f"words-{view.generation}."):
                    file.unlink(missing_ok=True)


def _generation(collection: str) -> int:
    return int(collection.rpartition("-")[2])
