"""Questions to offer over an index: to begin with, and to go on after an answer.

Finding one takes about as long as answering it, since each is asked before it is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from assistant.answering import Answering
from assistant.suggesting.choosing import of_documents, of_hits, offered, on_subject
from assistant.values import Answer

MOST_SUGGESTED_FROM = 20  # documents that example questions are drawn from
NEAR = 8  # passages that questions to go on with are drawn from, of each kind

BeforeEach = Callable[[], object]  # called before a question is tried: it may wait, or raise


def to_begin_with(
    answering: Answering,
    documents: Sequence[str] | None,
    limit: int,
    before_each: BeforeEach | None,
) -> Iterator[str]:
    """Yield at most `limit` questions drawn from the documents, each of which is answered.

    Raises:
        UnknownDocument: one of `documents` is not in the index.
    """
    index = answering.index
    paths = list(documents or islice(index.records(), MOST_SUGGESTED_FROM))
    drawn = of_documents(paths, index.document)
    return offered(drawn, _asking(answering, documents, before_each), limit=limit)


def to_go_on(
    answering: Answering,
    answer: Answer,
    before: Sequence[Answer],
    documents: Sequence[str] | None,
    limit: int,
    before_each: BeforeEach | None,
) -> Iterator[str]:
    """Yield at most `limit` questions from the passages that `answer` is about.

    Those are of the documents that it cites, and of others that speak of what was asked. Each is
    answered, and by other words than those that this answer, or one given `before`, cites.

    Raises what `Answering.ask` raises.
    """
    asked = answering.searchable(documents)
    if before_each:
        before_each()
    question = answer.question
    cited = {citation.document for citation in answer.citations} & set(documents or asked)
    near = answering.retrieve(question, NEAR, sorted(cited)) if cited else []
    far = on_subject(question, answering.retrieve(question, NEAR, documents), cited)
    ask = _asking(answering, documents, before_each)
    return offered(of_hits([*near, *far]), ask, limit=limit, before=[*before, answer])


def _asking(
    answering: Answering, documents: Sequence[str] | None, before_each: BeforeEach | None
) -> Callable[[str], Answer]:
    def ask(question: str) -> Answer:
        if before_each:
            before_each()
        return answering.ask(question, documents=documents)

    return ask
