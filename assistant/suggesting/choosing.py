"""Questions to offer: drawn from the documents at hand, each one that is really answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from assistant.reading.matching import coverage, with_headings, word_weights
from assistant.splitting import sections
from assistant.splitting.pieces import pieces_of
from assistant.suggesting.clauses import NAME
from assistant.suggesting.drawing import draw
from assistant.values import Answer, Document, Hit, Span
from assistant.words import content_stems

TRIED_FOR_EACH = 4  # candidates asked for each question that is wanted
SURE = 0.5  # questions whose answers are likelier wrong than right are offered last
READ_CHARS = 40_000  # of each document: it holds enough for a few questions
REPLY_CHARS = 600  # after a document's own question, where its answer is looked for
NEAREST = 3  # passages that are gone through before those further from what was asked
ON_SUBJECT = 0.5  # share of a question's word weight
MOST_ALIKE = 0.6  # share of words that two questions may have in common

_NAMING = re.compile(r" |[A-Z].*[A-Z]")  # words in a row, or one like "NATO"
_KINDS = ("own", "number", "object", "reason", "time", "name")  # they take turns, in this order


Read = Callable[[str], Document]  # by its path


@dataclass(frozen=True)
class Candidate:
    """A question that may be offered, and where the words that answer it should be."""

    question: str
    kind: str
    document: str
    span: Span | None = None  # None: anywhere in the document


def of_documents(paths: Sequence[str], read: Read) -> Iterator[Candidate]:
    """Yield questions about the documents, which take turns: first those that sentences answer,
    then what is said of the names in them.

    A document is read when its turn comes, and only its beginning is drawn from.
    """
    yield from _in_turns([_drawn(path, read) for path in paths])
    yield from _in_turns([_named(path, read) for path in paths])


def of_hits(hits: Sequence[Hit]) -> Iterator[Candidate]:
    """Yield questions that the passages answer, those of the best ones first, as `of_documents`."""
    passages = [hit.passage for hit in hits]
    surroundings = "\n".join(passage.text for passage in passages)
    for group in (passages[:NEAREST], passages[NEAREST:]):
        drawn: list[Candidate] = []
        for passage in group:
            for start, end in passage.sentences:
                sentence = passage.text[start - passage.start : end - passage.start]
                drawn += _of_sentence(sentence, surroundings, passage.document, (start, end))
        yield from _varied(drawn)
    for passage in passages[:NEAREST]:
        yield from _of_names(passage.text, passage.document)


def on_subject(question: str, hits: Sequence[Hit], cited: Set[str]) -> list[Hit]:
    """Return the hits of other documents than those `cited` that speak of what was asked.

    They hold half of the question by the weight of its words. All hits where nothing is cited.
    """
    weights = word_weights(question, [with_headings(hit.passage) for hit in hits])
    return [
        hit
        for hit in hits
        if not cited
        or (
            hit.passage.document not in cited
            and coverage(weights, with_headings(hit.passage)) >= ON_SUBJECT
        )
    ]


def offered(
    candidates: Iterable[Candidate],
    ask: Callable[[str], Answer],
    *,
    limit: int,
    before: Sequence[Answer] = (),
) -> Iterator[str]:
    """Yield up to `limit` of the questions: those that `ask` answers by the words they were drawn
    from. At most four are tried for each that is wanted.

    Left out is what the answers given `before` were asked, and what they cite; so is what is much
    like another.
    """
    seen = [content_stems(answer.question) for answer in before]
    places = [
        (citation.document, (citation.start, citation.end))
        for answer in before
        for citation in answer.citations
    ]
    unsure: list[str] = []
    tried = given = 0
    for candidate in candidates:
        if given == limit or tried == limit * TRIED_FOR_EACH:
            break
        if _alike(candidate.question, seen) or _among(candidate, places):
            continue
        tried += 1
        answer = ask(candidate.question)
        if not _answers(answer, candidate) or _all_among(answer, places):
            continue
        if candidate.kind == "said" and not _says(answer):
            continue
        seen.append(content_stems(candidate.question))
        if candidate.span:
            places.append((candidate.document, candidate.span))
        if answer.confidence >= SURE:
            given += 1
            yield candidate.question
        else:
            unsure.append(candidate.question)
    yield from unsure[: limit - given]


def _alike(question: str, others: Iterable[set[str]]) -> bool:
    """Whether one of `others`, by its words, asks for nearly the same, or for all of it."""
    stems = content_stems(question)
    return any(
        stems == other or 1 < len(stems & other) > MOST_ALIKE * min(len(stems), len(other))
        for other in others
    )


def _among(candidate: Candidate, places: Sequence[tuple[str, Span]]) -> bool:
    span = candidate.span
    return span is not None and any(
        path == candidate.document and _overlap(span, place) for path, place in places
    )


def _says(answer: Answer) -> bool:
    """Whether an answer is likely right and no mere word or two, which say little of a name."""
    return answer.confidence >= SURE and (not answer.short or len(answer.short.split()) > 2)


def _all_among(answer: Answer, places: Sequence[tuple[str, Span]]) -> bool:
    return all(
        any(path == c.document and _overlap((c.start, c.end), place) for path, place in places)
        for c in answer.citations
    )


def _answers(answer: Answer, candidate: Candidate) -> bool:
    return any(
        citation.document == candidate.document
        and (candidate.span is None or _overlap(candidate.span, (citation.start, citation.end)))
        for citation in answer.citations
    )


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _drawn(path: str, read: Read) -> Iterator[Candidate]:
    document = _beginning(read(path))
    drawn = [
        Candidate(question.text, question.kind, path, (section.start, section.end))
        for section in sections(document)
        if section.title and section.title.endswith("?")
        for question in draw(section.title, document.text)
    ]
    for piece in pieces_of(document):
        sentence = document.text[piece.start : piece.end]
        drawn += _of_sentence(sentence, document.text, path, (piece.start, piece.end))
    yield from _varied(drawn)


def _named(path: str, read: Read) -> Iterator[Candidate]:
    yield from _of_names(_beginning(read(path)).text, path)


def _beginning(document: Document) -> Document:
    return replace(document, text=document.text[:READ_CHARS])


def _of_sentence(sentence: str, surroundings: str, path: str, place: Span) -> Iterator[Candidate]:
    for question in draw(sentence, surroundings):
        start, end = place
        span = (end, end + REPLY_CHARS) if question.kind == "own" else (start, end)
        yield Candidate(question.text, question.kind, path, span)


def _varied(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the candidates, their kinds taking turns; those that may be of anything come last."""
    for vague in (False, True):
        chosen = [candidate for candidate in candidates if _vague(candidate) == vague]
        yield from _in_turns([iter([c for c in chosen if c.kind == kind]) for kind in _KINDS])


def _vague(candidate: Candidate) -> bool:
    """Whether it asks about "the collaboration", whichever that is, and names nothing else."""
    if candidate.kind in ("own", "reason") or re.search(".[A-Z]", candidate.question):
        return False
    return " the " in candidate.question


def _of_names(text: str, path: str) -> Iterator[Candidate]:
    """Yield what can be asked of any name: those that return in the text first."""
    # A line without a full stop is a heading or a title: capitals there name nothing.
    lines = [line for line in text.splitlines() if re.search(r"[.!?]", line)]
    counts: Counter[str] = Counter()
    with_article: Counter[str] = Counter()
    for line in lines:
        for match in re.finditer(NAME, line):
            before = line[: match.start()].rstrip()
            # A first word is capitalised in any case.
            if before and before[-1] not in ".!?" and _NAMING.search(match.group()):
                counts[match.group()] += 1
                with_article[match.group()] += before.lower().endswith(" the")
    for name, count in counts.most_common():
        if 3 < len(name) < 60:
            article = "the " if 2 * with_article[name] > count else ""
            yield Candidate(f"What is said about {article}{name}?", "said", path)


def _in_turns(queues: Sequence[Iterator[Candidate]]) -> Iterator[Candidate]:
    waiting = list(queues)
    while waiting:
        for queue in list(waiting):
            candidate = next(queue, None)
            if candidate is None:
                waiting.remove(queue)
            else:
                yield candidate
