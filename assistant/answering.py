"""The way of a question, as a line: as typed -> as meant -> passages -> reading -> answer.

Whoever asks goes this way, step by step in the order of this file: people, the evaluation, and the
training that fits how sure an answer is. So what is fitted is what answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant import composing, shown
from assistant.abbreviations import abbreviations, missed, with_both
from assistant.completing import completed
from assistant.embedding import Embedder
from assistant.errors import UnknownDocument
from assistant.index import Index, Record, unknown
from assistant.library import require_documents
from assistant.questions import (
    as_written,
    check_question,
    corrected,
    mistaken,
    parts,
    points_back,
    small_talk,
)
from assistant.reading import Reader, Reading, joined
from assistant.reading.matching import with_headings
from assistant.reranking import RERANKED, Reranker
from assistant.retrieval import retrieve
from assistant.values import Answer, Hit
from assistant.workspace import Workspace


@dataclass(frozen=True)
class Found:
    """A question as it was meant, and the passages found for it, best first."""

    question: str
    hits: list[Hit]


@dataclass(frozen=True)
class Answering:
    """Answers questions to one index by one reader. Safe for threads; it keeps nothing."""

    workspace: Workspace
    index: Index
    embedder: Embedder
    reranker: Reranker
    reader: Reader

    @property
    def threshold(self) -> float:
        """The least confidence that is shown as an answer: the setting, or the reader's own."""
        set_to = self.workspace.settings.threshold
        return self.reader.threshold if set_to is None else set_to

    def warm(self) -> None:
        """Load the models now, so that the first question does not wait for them."""
        self.embedder.embed_question("warm")
        self.reader.warm()

    # The whole of it

    def ask(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """Return what `stream` ends with; it raises what that raises."""
        return self._whole(question, history, documents)[0]

    def stream(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Iterator[Answer]:
        """Yield a growing answer, sentence by sentence, or that the documents do not say.

        `documents` limits the search to those paths. Each question is taken as it stands: `history`
        is checked and not yet used.

        Raises:
            BadQuestion: the question is empty or longer than 2,000 characters, or the history is
                not one.
            UnknownDocument: one of `documents` is not in the index.
            NoDocuments: the index is empty.
        """
        yield from composing.growing(*self._whole(question, history, documents))

    def _whole(
        self,
        question: str,
        history: Sequence[Mapping[str, str]],
        documents: Sequence[str] | None,
    ) -> tuple[Answer, shown.Lookup]:
        """Return the answer, and what finds the documents that it is laid out by."""
        question = check_question(question, history)
        lookup = shown.known(self.index.document)
        reply = small_talk(question, len(self.searchable(documents)))
        if reply is not None:
            return Answer("reply", reply, question, confidence=1.0), lookup
        before = self.index.revision()
        answer = self._answer(question, documents, lookup)
        if self.index.revision() != before:  # a sync was finished in between: not half and half
            self.searchable(documents)
            lookup = shown.known(self.index.document)
            answer = self._answer(question, documents, lookup)
        return answer, lookup

    def _answer(
        self, question: str, documents: Sequence[str] | None, lookup: shown.Lookup
    ) -> Answer:
        found, reading = self.read(question, documents)
        if reading is None:
            return composing.declined(found.question, found.hits, 0.0)
        if reading.confidence >= self.threshold:
            answer = composing.quoted(found.question, completed(reading, lookup), lookup)
            if answer is not None:
                return answer
        return composing.declined(found.question, reading.hits, reading.confidence)

    # Step by step

    def searchable(self, documents: Sequence[str] | None) -> dict[str, Record]:
        """Return what is indexed, by path, if those documents are among it.

        Raises:
            UnknownDocument: one is not. NoDocuments: the index is empty.
        """
        records = require_documents(self.index, self.workspace.sources)
        if isinstance(documents, str):
            raise UnknownDocument("`documents` is a list of paths; a single one goes in a list.")
        for path in documents or ():
            if path not in records:
                raise unknown(path)
        return records

    def find(self, question: str, documents: Sequence[str] | None = None) -> Found:
        """Return the question as it is meant, and the passages found for it.

        That is with misspelled words put right, figures as the passages write them, and both forms
        of an abbreviation where one alone would miss a passage.
        """
        limit = self.workspace.settings.limit
        hits = self._near(question, limit, documents)
        texts = [with_headings(hit.passage) for hit in hits]
        meant = as_written(corrected(question, texts, self._known), texts)
        explained = abbreviations(texts)
        sought = with_both(meant, explained)
        if sought != question:
            hits = self._near(sought, limit, documents)
            texts = [with_headings(hit.passage) for hit in hits]
        return Found(with_both(meant, missed(meant, explained, texts)), hits)

    def read(
        self, question: str, documents: Sequence[str] | None = None
    ) -> tuple[Found, Reading | None]:
        """Return what was found for a question that can be asked, and the best answer there.

        That is what `ask` shows or declines, with all that speaks for it; None where no sentence
        was found.
        """
        found = self.find(question, documents)
        reading = self._read_parts(found, documents)
        reading = reading or self.reader.read(found.question, found.hits)
        if reading is not None and mistaken(
            found.question,
            list({with_headings(hit.passage): None for hit in (*found.hits, *reading.hits)}),
            [with_headings(passage) for passage, _ in reading.sentences],
        ):
            reading = replace(reading, confidence=0.0)
        return found, reading

    def _read_parts(self, found: Found, documents: Sequence[str] | None) -> Reading | None:
        """Return what answers every part of a question of several; None where something does not.

        A part that points back to another ("who paid for it?") is read in what the whole found, and
        asks for nothing more where the words that answer it best are shown for another part.
        """
        asked = parts(found.question)
        if len(asked) == 1:
            return None
        readings, doubtful = [], []
        for part in asked:
            back = points_back(part)
            limit = self.workspace.settings.limit
            hits = found.hits if back else self._near(part, limit, documents)
            reading = self.reader.read(part, hits)
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

    def _near(self, question: str, limit: int, documents: Sequence[str] | None) -> list[Hit]:
        """Return at most `limit` passages, those of which a sentence is near first."""
        vector = self.embedder.embed_question(question)
        most = max(limit, RERANKED)
        hits = retrieve(question, vector, self.index, limit=most, documents=documents)
        return self.reranker.rerank(vector, hits)[:limit]

    # Search alone

    def retrieve(
        self, question: str, limit: int, documents: Sequence[str] | None = None
    ) -> list[Hit]:
        """Return at most `limit` passages for a question as it is typed, best first.

        Raises what `stream` raises.
        """
        question = check_question(question)
        self.searchable(documents)
        vector = self.embedder.embed_question(question)
        return retrieve(question, vector, self.index, limit=limit, documents=documents)

    def _known(self, words: Sequence[str]) -> list[bool]:
        """Return whether each lower-case word is a common one: then the model reads it whole."""
        return [count == 1 for count in self.embedder.count_tokens(words)]
