"""The whole, as other programs take it: an Assistant over one workspace."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import suggesting, workspace
from assistant.answering import Answering
from assistant.embedding import Embedder, SentenceTransformerEmbedder
from assistant.index import Index, Record
from assistant.library import Library, Tell, require_documents
from assistant.reading import Reader, SpanModel, SpanReader
from assistant.reranking import Reranker
from assistant.splitting import Section, sections
from assistant.values import Answer, Document, Hit, Refusal, SyncReport
from assistant.workspace import Workspace

if TYPE_CHECKING:
    from llama_index.core.retrievers import BaseRetriever


class Assistant:
    """Answers questions from one workspace. Safe for threads; also a context manager.

        with Assistant.open("path/to/workspace") as assistant:
            answer = assistant.ask("In how many countries is Safe City installed?")

    Whatever reads the index raises IndexMissing before the first `sync`, and IndexMismatch after
    the recipe or the model was changed.
    """

    def __init__(
        self, workspace: Workspace, embedder: Embedder, reader: Reader | None = None
    ) -> None:
        self._workspace = workspace
        self._embedder = embedder
        self._reader = reader or SpanReader(
            SpanModel(workspace.settings.reader, workspace.root, workspace.cache)
        )
        self._reranker = Reranker(embedder)
        self._index = Index(workspace.index, embedder.identity)
        self._library = Library(workspace.sources, self._index)

    @classmethod
    def open(cls, folder: Path | str | None = None) -> Assistant:
        """Open the workspace at `folder`, or the one around the current folder.

        Nothing slow is loaded before it is needed.

        Raises:
            NoWorkspace, BadSettings: see `workspace.load`.
            ModelMissing, ModelAltered: see `embedding.find_model`.
        """
        found = workspace.load(folder)
        return cls(found, SentenceTransformerEmbedder(found.recipe.embedding.model, found.root))

    def close(self) -> None:
        self._index.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def workspace(self) -> Workspace:
        """Where everything lies, the recipe and the settings."""
        return self._workspace

    @property
    def title(self) -> str:
        return self._workspace.title

    @property
    def sources(self) -> Path:
        """The folder that the documents are read from."""
        return self._workspace.sources

    @property
    def embedder(self) -> Embedder:
        """The model that texts and questions are embedded with."""
        return self._embedder

    @property
    def reader(self) -> Reader:
        """What finds the words that answer."""
        return self._reader

    @property
    def answering(self) -> Answering:
        """The way that each question goes, for whoever looks at its steps."""
        return Answering(self._workspace, self._index, self._embedder, self._reranker, self._reader)

    # Documents: see `Library`

    def sync(
        self,
        *,
        rebuild: bool = False,
        removed: Collection[str] | None = (),
        tell: Tell | None = None,
    ) -> SyncReport:
        """Bring the index in line with `sources/` and return what was done.

        `tell` is called with a `Progress` after each piece of work. `removed` names documents that
        may go even where no file is left, None all of them.

        Raises:
            NoDocuments: the workspace has no `sources/`; SourcesEmpty: there is nothing in it, and
                the index holds documents.
            IndexBusy: another process is writing.
            IndexUnwritable, IndexFull: the index cannot be written to.
            Interrupted: `interrupt` was called.
        """
        return self._library.sync(self._embedder, rebuild=rebuild, removed=removed, tell=tell)

    def refresh(self, tell: Tell | None = None) -> SyncReport | None:
        """Sync if `sources/` changed since the last look; None where nothing was done.

        Where that is not possible now, answers come from the last finished revision, and `notice`
        says why.
        """
        return self._library.refresh(self._embedder, tell)

    def hold(self) -> None:
        """Take the index as it is: `refresh` does nothing until each `hold` has its `release`."""
        self._library.hold()

    def release(self) -> None:
        """Take one `hold` back."""
        self._library.release()

    def interrupt(self) -> None:
        """End every sync, also one under way, soon; none can be begun until `resume`."""
        self._library.interrupt()

    def resume(self) -> None:
        """Take `interrupt` back."""
        self._library.resume()

    @property
    def notice(self) -> str:
        """Why answers come from less than `sources/` holds, or from an earlier state of it.

        Empty where they do not.
        """
        return self._library.notice

    def require_whole(self) -> None:
        """Raise IndexMissing where an index is being built, and only some documents stand yet."""
        self._library.require_whole()

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """The files that the last `sync` could not read, and why; none before the first."""
        return self._library.refused

    def survey(self) -> SyncReport:
        """Return what `sync` would do now, and do nothing."""
        return self._library.survey()

    @property
    def indexed(self) -> bool:
        """Whether something was indexed, by this version or another."""
        return self._index.built

    def require_documents(self) -> dict[str, Record]:
        """Return what is indexed, by path; it raises NoDocuments where nothing is."""
        return require_documents(self._index, self.sources)

    def records(self) -> list[Record]:
        """Return what is known of each document without reading its text, in order of path."""
        return list(self._index.records().values())

    def documents(self) -> list[Document]:
        """Return every indexed document, in order of path."""
        return [self._index.document(path) for path in self._index.records()]

    def document(self, path: str) -> Document:
        """Return one document, as it was indexed; it raises UnknownDocument."""
        return self._index.document(path)

    def sections(self, path: str) -> list[Section]:
        """Return the sections of a document, in order; it raises UnknownDocument."""
        return sections(self._index.document(path))

    # Questions: see `Answering`

    def ask(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """Answer a question from the documents, or say that they do not answer it.

        `documents` limits the search to those paths. Each question is taken as it stands:
        `history`, messages of `role` and `content`, oldest first, is checked and not yet used.

        Raises:
            BadQuestion: the question is empty or longer than 2,000 characters.
            UnknownDocument: one of `documents` is not in the index.
            NoDocuments: the index is empty.
        """
        return self.answering.ask(question, history, documents)

    def stream(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Iterator[Answer]:
        """Yield a growing answer, sentence by sentence; the last one equals `ask`'s.

        Raises what `ask` raises.
        """
        return self.answering.stream(question, history, documents)

    def retrieve(
        self, question: str, limit: int = 8, documents: Sequence[str] | None = None
    ) -> list[Hit]:
        """Return at most `limit` passages, best first; fewer only if there are fewer.

        Raises what `ask` raises.
        """
        return self.answering.retrieve(question, limit, documents)

    def as_retriever(self, limit: int = 8) -> BaseRetriever:
        """Return a LlamaIndex retriever over the same search, `limit` nodes a question."""
        from assistant.llama import AssistantRetriever

        return AssistantRetriever(self, limit)

    def suggestions(
        self,
        limit: int = 4,
        documents: Sequence[str] | None = None,
        *,
        before_each: Callable[[], object] | None = None,
    ) -> Iterator[str]:
        """Yield at most `limit` questions drawn from the documents, each of which is answered.

        There may be fewer, or none: not every sentence can be turned into a question. Finding one
        takes about as long as answering it. `before_each` is called before each that is tried: it
        may wait, and ends the search by raising.

        Raises:
            UnknownDocument: one of `documents` is not in the index.
        """
        return suggesting.to_begin_with(self.answering, documents, limit, before_each)

    def follow_ups(
        self,
        answer: Answer,
        before: Sequence[Answer] = (),
        documents: Sequence[str] | None = None,
        limit: int = 3,
        *,
        before_each: Callable[[], object] | None = None,
    ) -> Iterator[str]:
        """Yield at most `limit` questions to go on with, from the passages that `answer` is about.

        Those are of the documents that it cites, and of others that speak of what was asked. Each
        is answered, and by other words than those that this answer, or one given `before`,
        cites. Finding one takes about as long as answering it; on `before_each`, see `suggestions`.

        Raises what `ask` raises.
        """
        return suggesting.to_go_on(self.answering, answer, before, documents, limit, before_each)

    def assemble(self, tell: Callable[[float], object] | None = None) -> None:
        """Put the reader's model together, which is done once and takes some seconds.

        The first question would do it. `tell` is called with how much is done, 0 to 1, and not at
        all where there is nothing to do.

        Raises:
            ModelMissing, ModelAltered: what it is made of is not there, or is not as published.
            CacheUnwritable: the folder that it is kept in cannot be written to.
        """
        self._reader.assemble(tell)

    def warm(self) -> None:
        """Load the models now, so that the first question does not wait for them."""
        self.answering.warm()
