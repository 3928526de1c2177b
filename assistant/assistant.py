"""The whole: a question to an answer whose every sentence is proved by the words it cites."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import asking, shown, sources, spelling, syncing, workspace
from assistant.conversation import small_talk
from assistant.embedding import Embedder, SentenceTransformerEmbedder
from assistant.errors import (
    BadQuestion,
    IndexBusy,
    IndexUnwritable,
    Interrupted,
    NoDocuments,
    SourcesEmpty,
    UnknownDocument,
)
from assistant.index import Index, Record, unknown
from assistant.reading import Reader, Reading, SpanModel, SpanReader, joined
from assistant.retrieval import retrieve
from assistant.splitting import Section, sections
from assistant.suggesting import of_documents, of_hits, offered, on_subject
from assistant.values import (
    Answer,
    Citation,
    Document,
    Hit,
    Passage,
    Progress,
    Refusal,
    Sentence,
    SyncReport,
)
from assistant.workspace import Settings, Workspace

if TYPE_CHECKING:
    from llama_index.core.retrievers import BaseRetriever

LONGEST_QUESTION = 2_000  # characters
MOST_SUGGESTED_FROM = 20  # documents that example questions are drawn from

NOT_FOUND = "The documents do not say."


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
        self._reader = reader or SpanReader(SpanModel(workspace.settings.reader, workspace.root))
        self._index = Index(workspace.index, embedder.identity)
        self._signature: syncing.Signature | None = None
        self._syncing = threading.Lock()
        self._holding = threading.Lock()  # guards `_holds`
        self._holds = 0
        self._interrupted = False
        self._refused: tuple[Refusal, ...] = ()
        self._notice = ""

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
    def title(self) -> str:
        return self._workspace.title

    @property
    def sources(self) -> Path:
        """The folder that the documents are read from."""
        return self._workspace.sources

    @property
    def workspace(self) -> Workspace:
        """Where everything lies, and the recipe."""
        return self._workspace

    @property
    def embedder(self) -> Embedder:
        """The model that texts and questions are embedded with."""
        return self._embedder

    @property
    def reader(self) -> Reader:
        """What finds the words that answer."""
        return self._reader

    @property
    def settings(self) -> Settings:
        return self._workspace.settings

    @property
    def threshold(self) -> float:
        """The least confidence that is shown as an answer: the setting, or the reader's own."""
        set_to = self.settings.threshold
        return self._reader.threshold if set_to is None else set_to

    # Documents

    def sync(
        self,
        *,
        rebuild: bool = False,
        removed: Collection[str] | None = (),
        tell: syncing.Tell | None = None,
    ) -> SyncReport:
        """Bring the index in line with `sources/` and return what was done.

        `tell` is called with a `Progress` after each piece of work. `removed` names documents that
        may go even where no file is left, None all of them: see `syncing.sync`.

        Raises:
            NoDocuments: the workspace has no `sources/`; SourcesEmpty: there is nothing in it, and
                the index holds documents.
            IndexBusy: another process is writing.
            IndexUnwritable, IndexFull: the index cannot be written to.
            Interrupted: `interrupt` was called.
        """

        def told(progress: Progress) -> None:
            self._go_on()
            if tell:
                tell(progress)

        self._go_on()
        before = syncing.signature(self._workspace.sources)
        report = syncing.sync(
            self._workspace.sources,
            self._index,
            self._embedder,
            rebuild=rebuild,
            removed=removed,
            tell=told,
        )
        self._signature = before
        self._refused = report.refused
        self._notice = ""
        return report

    def refresh(self, tell: syncing.Tell | None = None) -> SyncReport | None:
        """Sync if `sources/` changed since the last look, which costs milliseconds.

        None when nothing changed, or when another process, or another thread, is writing, or the
        index cannot be written to, or all documents are gone at once: then answers come from the
        last finished revision, and `notice` says why. None too after `hold`.
        """
        if self._holds:
            return None
        now = syncing.signature(self._workspace.sources)
        if now == self._signature and self._index.built and not self._index.damaged:
            self._notice = ""  # what was missing is back
            return None
        if not self._syncing.acquire(blocking=False):
            return None
        try:
            return self.sync(tell=tell)
        except IndexBusy:
            return None
        except (SourcesEmpty, IndexUnwritable) as error:
            self._notice = str(error)
            return None
        finally:
            self._syncing.release()

    def hold(self) -> None:
        """Take the index as it is: `refresh` does nothing until each `hold` has its `release`."""
        with self._holding:
            self._holds += 1

    def release(self) -> None:
        """Take one `hold` back; after the last, `refresh` looks at `sources/` again."""
        with self._holding:
            if not self._holds:
                raise RuntimeError("There is nothing to release: it was not held.")
            self._holds -= 1

    def interrupt(self) -> None:
        """End every sync, also one under way, after the piece of work that it is at.

        None can be begun until `resume`.
        """
        self._interrupted = True

    def resume(self) -> None:
        """Take `interrupt` back."""
        self._interrupted = False

    def _go_on(self) -> None:
        if self._interrupted:
            raise Interrupted("Indexing was stopped. What is left is indexed next time.")

    @property
    def notice(self) -> str:
        """Why answers come from an earlier state of `sources/`; empty where they do not."""
        return self._notice

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """The files that the last `sync` could not read, and why; none before the first."""
        return self._refused

    def survey(self) -> SyncReport:
        """Return what `sync` would do now, and do nothing."""
        return syncing.survey(self._workspace.sources, self._index)

    @property
    def indexed(self) -> bool:
        """Whether some sync was finished, so that questions can be answered meanwhile."""
        return self._index.built

    def require_documents(self) -> dict[str, Record]:
        """Return what is indexed, by path.

        Raises:
            NoDocuments: nothing is.
        """
        records = self._index.records()
        if not records:
            raise NoDocuments(
                f"There are no documents in {self._workspace.sources}. "
                f"Put {sources.WANTED} there, then: assistant index"
            )
        return records

    def records(self) -> list[Record]:
        """Return what is known of each document without reading its text, in order of path."""
        return list(self._index.records().values())

    def documents(self) -> list[Document]:
        """Return every indexed document, in order of path."""
        return [self._index.document(path) for path in self._index.records()]

    def document(self, path: str) -> Document:
        """Return one document, as it was indexed.

        Raises:
            UnknownDocument: there is none of that path.
        """
        return self._index.document(path)

    def sections(self, path: str) -> list[Section]:
        """Return the sections of a document, in order.

        Raises:
            UnknownDocument: there is none of that path.
        """
        return sections(self._index.document(path))

    # Questions

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
        question = check_question(question, history)
        records = self._searchable(documents)
        reply = small_talk(question, len(records))
        if reply is not None:
            return Answer("reply", reply, question, confidence=1.0)
        state = self._index.revision()
        answer = self._answer(question, documents)
        if self._index.revision() != state:  # a sync was finished in between: not half and half
            self._searchable(documents)
            answer = self._answer(question, documents)
        return answer

    def _answer(self, question: str, documents: Sequence[str] | None) -> Answer:
        question, hits, reading = self.read(question, documents)
        if reading is not None and reading.confidence >= self.threshold:
            answer = self._compose(question, reading)
            if answer is not None:
                return answer
        confidence = reading.confidence if reading else 0.0
        hits = reading.hits if reading else hits
        return Answer("not_found", NOT_FOUND, question, confidence=confidence, hits=hits)

    def read(
        self, question: str, documents: Sequence[str] | None = None
    ) -> tuple[str, list[Hit], Reading | None]:
        """Return the question as it was meant, what was found for it, and the best answer there.

        That is what `ask` shows or declines, with all that speaks for it; None where no sentence
        was found. The question is one that `ask` takes.
        """
        question, hits = self._found(question, documents)
        reading = self._read_parts(question, hits, documents) or self._reader.read(question, hits)
        return question, hits, reading

    def _read_parts(
        self, question: str, hits: Sequence[Hit], documents: Sequence[str] | None
    ) -> Reading | None:
        """Return what answers every part of a question of several; None where something does not.

        A part that points back to another ("who paid for it?") is read in what the whole found, and
        asks for nothing more where the words that answer it best are shown for another part.
        """
        parts = asking.parts(question)
        if len(parts) == 1:
            return None
        readings, doubtful = [], []
        for part in parts:
            back = asking.points_back(part)
            found = hits if back else self._search(part, self.settings.limit, documents)
            reading = self._reader.read(part, found)
            if reading is not None and reading.confidence >= self.threshold:
                readings.append(reading)
            elif reading is not None and back:
                doubtful.append(reading)
            else:
                return None
        shown = [place for reading in readings for place in reading.sentences]
        if not readings or not all(reading.best in shown for reading in doubtful):
            return None
        return joined(readings)

    def _found(self, question: str, documents: Sequence[str] | None) -> tuple[str, list[Hit]]:
        """Return the question, its misspelled words put right, and the passages found for it."""

        limit = self.settings.limit
        hits = self._search(question, limit, documents)
        texts = [f"{h.passage.title} {h.passage.section or ''} {h.passage.text}" for h in hits]
        meant = spelling.corrected(question, texts, self._known)
        if meant == question:
            return question, hits
        return meant, self._search(meant, limit, documents)

    def _known(self, words: Sequence[str]) -> list[bool]:
        """Return whether each lower-case word is a common one: then the model reads it whole."""
        return [count == 1 for count in self._embedder.count_tokens(words)]

    def _search(self, question: str, limit: int, documents: Sequence[str] | None) -> list[Hit]:
        vector = self._embedder.embed_question(question)
        return retrieve(question, vector, self._index, limit=limit, documents=documents)

    def stream(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Iterator[Answer]:
        """Yield a growing answer, sentence by sentence; the last one equals `ask`'s.

        Raises what `ask` raises.
        """
        whole = self.ask(question, history, documents)
        for count in range(1, len(whole.sentences)):
            sentences = whole.sentences[:count]
            used = {number for sentence in sentences for number in sentence.citations}
            citations = [c for c in whole.citations if c.number in used]
            yield self._worded(replace(whole, sentences=sentences, citations=citations))
        yield whole

    def retrieve(
        self, question: str, limit: int = 8, documents: Sequence[str] | None = None
    ) -> list[Hit]:
        """Return at most `limit` passages, best first; fewer only if there are fewer.

        Raises what `ask` raises.
        """
        question = check_question(question)
        self._searchable(documents)
        return self._search(question, limit, documents)

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
        paths = list(documents or islice(self._index.records(), MOST_SUGGESTED_FROM))
        drawn = of_documents(paths, self._index.document)
        return offered(drawn, self._trying(documents, before_each), limit=limit)

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
        asked = self._searchable(documents)
        if before_each:
            before_each()
        cited = {citation.document for citation in answer.citations} & set(documents or asked)
        near = self.retrieve(answer.question, documents=sorted(cited)) if cited else []
        far = on_subject(
            answer.question, self.retrieve(answer.question, documents=documents), cited
        )
        drawn = of_hits([*near, *far])
        ask = self._trying(documents, before_each)
        return offered(drawn, ask, limit=limit, before=[*before, answer])

    def _trying(
        self, documents: Sequence[str] | None, before_each: Callable[[], object] | None
    ) -> Callable[[str], Answer]:
        def ask(question: str) -> Answer:
            if before_each:
                before_each()
            return self.ask(question, documents=documents)

        return ask

    def warm(self) -> None:
        """Load the models now, so that the first question does not wait for them."""
        self._embedder.embed_question("warm")
        self._reader.warm()

    def _searchable(self, documents: Sequence[str] | None) -> dict[str, Record]:
        records = self.require_documents()
        if isinstance(documents, str):
            raise UnknownDocument("`documents` is a list of paths; a single one goes in a list.")
        for path in documents or ():
            if path not in records:
                raise unknown(path)
        return records

    def _compose(self, question: str, reading: Reading) -> Answer | None:
        """Return the answer with its citations; None if a quote is not what the document says."""
        sentences, citations = [], []
        for number, (passage, (start, end)) in enumerate(reading.sentences, start=1):
            quote = passage.words_at((start, end))
            try:
                text = self._index.text(passage.document)
            except UnknownDocument:
                return None  # removed since it was found
            if not quote or text[start:end] != quote:
                return None
            sentences.append(Sentence(" ".join(quote.split()), [number], "verbatim"))
            citations.append(_citation(number, quote, passage, start, end))
        answer = Answer(
            "answer",
            "",
            question,
            sentences=sentences,
            short=" ".join(reading.short.split()) if reading.short else None,
            confidence=reading.confidence,
            citations=citations,
            hits=reading.hits,
        )
        return self._worded(answer)

    def _worded(self, answer: Answer) -> Answer:
        """Return the answer with its text: its sentences as their documents lay them out."""
        lookup = shown.known(self._index.document)
        return replace(answer, text="\n".join(shown.lines(answer, lookup)))


def _citation(number: int, quote: str, passage: Passage, start: int, end: int) -> Citation:
    return Citation(
        number, quote, passage.document, passage.title, passage.section, passage.page, start, end
    )


def check_question(question: Any, history: Any = ()) -> str:
    """Return the question with its white space folded.

    Raises:
        BadQuestion: it is empty or too long, or the history is not one.
    """
    if not isinstance(question, str) or not question.strip():
        raise BadQuestion("The question is empty. Ask something about the documents.")
    try:
        question.encode()
    except UnicodeEncodeError as error:
        raise BadQuestion("The question holds bytes that are not UTF-8. Type it again.") from error
    folded: str = " ".join(question.split())
    if len(folded) > LONGEST_QUESTION:
        raise BadQuestion(
            f"The question has {len(folded):,} characters; at most {LONGEST_QUESTION:,} are "
            "read. Ask something shorter."
        )
    for message in history or ():
        if (
            not isinstance(message, Mapping)
            or message.get("role") not in ("user", "assistant")
            or not isinstance(message.get("content"), str)
        ):
            raise BadQuestion(
                'The history is not a list of {"role": "user" or "assistant", "content": text}.'
            )
    return folded
