"""Cases -> a run: every question asked once, one record each, written line by line.

A run that was interrupted goes on where it stopped when the same is asked for again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError, EvaluationBusy
from assistant.evaluation import runs
from assistant.evaluation.facts import Case
from assistant.evaluation.runs import Identity, Run
from assistant.index import Index
from assistant.retrieval import DEPTH

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.values import Answer, Passage

# Embedded beside every question, to tell a slower assistant from a slower or busier machine: a
# question and about as many sentences as are read to answer one, so that both suffer alike.
REFERENCE_QUESTION = "What was described in a report of that year, and by whom?"
REFERENCE = tuple(
    f"The {what} of the old harbour, which had been put off twice because the money was not there, "
    f"was described by the {who} in a report of that year{more}."
    for what in ("dredging", "lighthouse", "market", "railway")
    for who in ("engineers", "council", "owners")
    for more in ("", ", and in the newspapers of the towns along the coast")
)

Tell = Callable[[int, int], None]  # questions done, of how many


def run(
    assistant: Assistant,
    cases: Sequence[Case],
    identity: Identity,
    file: Path,
    *,
    tell: Tell = lambda done, total: None,
) -> Run:
    """Ask every case that `file` does not hold yet, and return the whole run.

    A follow-up is asked with the true history: the earlier questions of its conversation and what
    the assistant answered to them. A case that ends in an AssistantError is recorded with its words
    and counts as one that could not be judged.

    Raises:
        BadFacts: `file` is there and is not a run.
    """
    found = _begun(identity, file)
    done = {record["case"]["id"]: record for record in found.records}
    gains = _Gains(assistant)
    assistant.warm()
    _reference(assistant)
    with _arms(assistant) as arms, file.open("a", encoding="utf-8", newline="\n") as out:
        for number, case in enumerate(cases, start=1):
            if case.id not in done:
                record = _ask(assistant, case, _history(case, done), gains, arms)
                out.write(runs.line(record))
                out.flush()
                done[case.id] = record
            tell(number, len(cases))
    return Run(found.identity, [done[case.id] for case in cases])


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the runs in `folder` against every other evaluation: two would go on with one run.

    Raises:
        EvaluationBusy: another evaluation holds them.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise EvaluationBusy(
            f"Another evaluation writes to {folder}, and beside it an answer takes longer. "
            "When it has ended: assistant evaluate"
        ) from error
    try:
        yield
    finally:
        lock.release()


def resumable(folder: Path, identity: Identity) -> Path | None:
    """Return the newest run in `folder` that was begun with the same identity and not finished."""
    for file in sorted(folder.glob("*.jsonl"), reverse=True):
        try:
            found = runs.read(file)
        except AssistantError:
            continue  # some other file, or one that stopped before its first line was whole
        if not found.finished and found.identity.same_but_date(identity):
            return file
    return None


def _begun(identity: Identity, file: Path) -> Run:
    """Return the run that `file` holds so far, or a new one; either way the file is whole lines."""
    found = runs.read(file) if file.exists() else Run(identity)
    runs.write(found, file)
    return found


def _history(case: Case, done: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    history = []
    for name in case.after:
        record = done[name]
        history.append({"role": "user", "content": record["case"]["question"]})
        answer = record["answer"]
        history.append({"role": "assistant", "content": answer["text"] if answer else ""})
    return history


def _ask(
    assistant: Assistant,
    case: Case,
    history: Sequence[Mapping[str, str]],
    gains: _Gains,
    arms: _Arms,
) -> dict[str, Any]:
    reference = _seconds(lambda: _reference(assistant))
    start = time.perf_counter()
    try:
        answer, error = assistant.ask(case.question, history=history), None
    except AssistantError as failed:
        answer, error = None, str(failed)
    seconds = time.perf_counter() - start
    return {
        "case": case.to_dict(),
        "answer": answer.to_dict() if answer else None,
        "error": error,
        "seconds": round(seconds, 6),
        "reference_seconds": round(reference, 6),
        "overlaps": [overlaps(case, hit.passage) for hit in answer.hits] if answer else [],
        "ideal": gains.ideal(case),
        "arms": arms.ranks(case.question) if answer else None,
        "withheld": answer is not None and _withheld(assistant, answer),
    }


def _withheld(assistant: Assistant, answer: Answer) -> bool:
    """Return whether the reader was sure enough, and no answer was shown all the same.

    So it is when what it would quote is not in the document, word for word, at the place it names.
    """
    return answer.kind == "not_found" and answer.confidence >= assistant.answering.threshold


@dataclass
class _Arms:
    """The two arms of retrieval, each asked alone over the same index."""

    assistant: Assistant
    index: Index

    def ranks(self, question: str) -> dict[str, Any]:
        """Return where each arm ranks the passages that both give fused.

        Not taken from the answer, whose hits a reader may have put into another order.
        """
        limit = self.assistant.workspace.settings.limit
        fused = [_place(hit.passage) for hit in self.assistant.retrieve(question, limit)]
        vector = self.assistant.embedder.embed_question(question)
        dense = self._places(self.index.nearest(vector, DEPTH))
        lexical = self._places(self.index.matching(question, DEPTH))
        return {
            "dense": [dense.index(place) + 1 if place in dense else None for place in fused],
            "lexical": [lexical.index(place) + 1 if place in lexical else None for place in fused],
            "lexical_found": len(lexical),
            "dense_apart": sum(place not in lexical for place in dense[:limit]),
        }

    def _places(self, ids: Iterable[str]) -> list[tuple[str, int]]:
        return [_place(passage) for passage in self.index.passages(ids).values()]


@contextmanager
def _arms(assistant: Assistant) -> Iterator[_Arms]:
    """Open the index a second time: what fusion does is checked against what it is given."""
    with closing(Index(assistant.workspace.index, assistant.embedder.identity)) as index:
        yield _Arms(assistant, index)


def _place(passage: Passage) -> tuple[str, int]:
    return passage.document, passage.position


def _reference(assistant: Assistant) -> None:
    assistant.embedder.embed_question(REFERENCE_QUESTION)
    assistant.embedder.embed_passages(REFERENCE)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def overlaps(case: Case, passage: Passage) -> list[float]:
    """Return for each piece of evidence the share of its characters that the passage holds."""
    return [
        max(0, min(passage.end, evidence.end) - max(passage.start, evidence.start))
        / (evidence.end - evidence.start)
        if passage.document == case.document
        else 0.0
        for evidence in case.evidence
    ]


@dataclass
class _Gains:
    """The passages of the documents that evidence lies in, cut again and kept."""

    assistant: Assistant

    def __post_init__(self) -> None:
        self._passages: dict[str, list[Passage]] = {}

    def ideal(self, case: Case) -> list[float]:
        """Return what each passage with any of the evidence holds of it, from the most."""
        if case.document is None:
            return []
        if case.document not in self._passages:
            from assistant.splitting import split

            embedder = self.assistant.embedder
            self._passages[case.document] = split(
                self.assistant.document(case.document),
                count_tokens=embedder.count_tokens,
                token_limit=embedder.token_limit,
            )
        held = (sum(overlaps(case, passage)) for passage in self._passages[case.document])
        return sorted((gain for gain in held if gain), reverse=True)
