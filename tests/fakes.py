"""An Assistant that knows its answers by heart, so that anyone can check by eye what is shown."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assistant import errors
from assistant.index import Record
from assistant.shown import lines
from assistant.sources import kind_of
from assistant.splitting import Section
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
from assistant.web.turns import Turn
from assistant.workspace import Recipe, Settings, Workspace

ARTICLE = Path(__file__).parent.parent / "sources" / "china-global-security-ties.txt"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> ![m](http://evil.example/a.png) "
    "[l](javascript:alert(3)) ${alert(4)} {{constructor}} </mark></p><iframe src=//evil.example>"
)
OVERRIDE = "\u202egnp.exe\u202c"


class FakeAssistant:
    """Knows a few documents by heart and answers a question by the words in it.

    "silence" is not in the documents, "hello" is a greeting, "break" an error of ours, "stop" one
    that a person can mend, "slow" takes its time, "wait" waits for `released`, "forty" has 40
    footnotes, "across" cites two paragraphs, "hostile" and "arabic" cite such words, "mixed" has a
    sentence in Arabic and one in English, "table" two rows; all else is answered by the sentence on
    Safe City.
    """

    title = "Security ties"
    workspace = Workspace(Path("/nowhere"), Recipe(), Settings())  # feedback needs a real one
    sources = workspace.sources  # its documents lie in no folder
    refused: tuple[Refusal, ...] = ()
    notice = ""

    def __init__(self, documents: Sequence[Document] | None = None) -> None:
        self.known = {d.path: d for d in documents or (article(), hostile(), arabic())}
        self.unlisted = {ships().path: ships()}
        self.pending: SyncReport | None = None
        self.seconds = 0.0
        self.released = threading.Event()
        self.histories: list[list[Mapping[str, str]]] = []
        self.suggested = 0  # how often it was asked what to suggest

    def records(self) -> list[Record]:
        return [
            Record(d.path, 1, False, d.title, d.digest, len(d.text), 1, 1, 1, d.metadata)
            for d in self.known.values()
        ]

    def document(self, path: str) -> Document:
        if path in self.unlisted:
            return self.unlisted[path]
        if path not in self.known:
            raise errors.UnknownDocument(f"{path} is not among the documents.")
        return self.known[path]

    def sections(self, path: str) -> list[Section]:
        return sections(self.document(path).text)

    def suggestions(
        self,
        limit: int = 4,
        documents: Sequence[str] | None = None,
        *,
        before_each: Callable[[], object] | None = None,
    ) -> Iterator[str]:
        self.suggested += 1
        if before_each:
            before_each()
        yield from [
            "In how many countries is Safe City installed?",
            "When was the Global Security Initiative launched?",
            "Who hosts the training courses?",
            "What do critics say about these exports?",
        ][:limit]

    def follow_ups(
        self,
        answer: Answer,
        before: Sequence[Answer] = (),
        documents: Sequence[str] | None = None,
        limit: int = 3,
        *,
        before_each: Callable[[], object] | None = None,
    ) -> Iterator[str]:
        """After "linger", the second one only once `released` is set."""
        if before_each:
            before_each()
        yield f"What follows {answer.question}"
        if "linger" in answer.question:
            self.released.wait(timeout=30)
        yield f"What follows {len(before)} answers before?"

    def warm(self) -> None:
        pass

    def interrupt(self) -> None:
        pass

    def resume(self) -> None:
        pass

    def hold(self) -> None:
        pass

    def release(self) -> None:
        pass

    def sync(
        self,
        *,
        rebuild: bool = False,
        removed: Collection[str] | None = (),
        tell: Callable[[Progress], None] | None = None,
    ) -> SyncReport:
        return self.refresh() or SyncReport(unchanged=tuple(self.known))

    def refresh(self, tell: Callable[[Progress], None] | None = None) -> SyncReport | None:
        report, self.pending = self.pending, None
        if report:
            time.sleep(self.seconds)
        return report

    def ask(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer:
        *_, last = self.stream(question, history, documents)
        return last

    def retrieve(
        self, question: str, limit: int = 8, documents: Sequence[str] | None = None
    ) -> list[Hit]:
        if not question.strip():
            raise errors.BadQuestion("The question is empty. Ask something about the documents.")
        return hits()[:limit]

    def stream(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Iterator[Answer]:
        self.histories.append(list(history))
        if not question.strip():
            raise errors.BadQuestion("The question is empty. Ask something about the documents.")
        if len(question) > 2000:
            raise errors.BadQuestion(
                f"The question has {len(question):,} characters; at most 2,000 are read."
            )
        for path in documents or ():
            self.document(path)
        if "break" in question:
            raise ValueError("a fault of ours")
        if "stop" in question:
            raise errors.IndexMissing("Nothing was indexed yet. Run: assistant index")
        if "wait" in question:
            self.released.wait(timeout=30)
        whole = answer_to(question)
        for number in range(1, len(whole.sentences)):
            time.sleep(0.3 if "slow" in question else 0)
            yield replace(whole, sentences=whole.sentences[:number], citations=whole.citations)
        time.sleep(1.5 if "slow" in question else 0)
        yield whole


def document(path: str, text: str, **metadata: str) -> Document:
    title = metadata.pop("title", text.split("\n", 1)[0])
    blocks = tuple(kind_of(path).read(text).blocks)
    return Document(path, title, text, hashlib.sha256(text.encode()).hexdigest(), metadata, blocks)


def article() -> Document:
    text = ARTICLE.read_text(encoding="utf-8")
    return document(ARTICLE.name, text, publisher="The Wire", date="2025-11-14")


def hostile() -> Document:
    return document(
        'a"><b>.md',
        f"# {HOSTILE}\n\nFirst: {HOSTILE}\n\nSecond {OVERRIDE} {HOSTILE}",
        title=HOSTILE + OVERRIDE,
        publisher=HOSTILE,
        date=OVERRIDE,
        url="javascript:alert(5)",
    )


def ships() -> Document:
    return document(
        "ships.md",
        "# Ships\n\n"
        "| Ship | Built | Tonnage | Captain | Home port | What became of her |\n"
        "|---|---|---|---|---|---|\n"
        "| Kestrel | 1904 | 980 | M. Dunn | Stavanger | rebuilt after the great storm |\n",
    )


def arabic() -> Document:
    return document(
        "arabic.txt",
        "مدن آمنة حول العالم\nثبّتت الشركة أنظمة «المدينة الآمنة» في أكثر من 100 دولة، وتقول إنها "
        "تساعد المدن على إدارة المرور والطوارئ.\nيرى المنتقدون أنها تتيح مراقبة واسعة.",
        url="https://example.org/arabic",
    )


def sections(text: str) -> list[Section]:
    """A short line without a closing full stop, or one that starts with "#", is a heading."""
    found: list[tuple[str | None, int, int]] = []
    offset, title, start = 0, None, 0
    for line in text.splitlines(keepends=True):
        if line.startswith("# ") or (
            line.strip() and len(line) < 80 and line.strip()[-1] not in ".؟"
        ):
            found.append((title, start, offset))
            title, start = line.strip().removeprefix("# "), offset + len(line)
        offset += len(line)
    found.append((title, start, len(text)))
    return [Section(t, 1, s, e, s, s) for t, s, e in found if text[s:e].strip()]


def cite(number: int, source: Document, quote: str) -> Citation:
    start = source.text.index(quote)
    inside = [s.title for s in sections(source.text) if s.start <= start < s.end]
    section = inside[0] if inside else None
    return Citation(
        number, quote, source.path, source.title, section, None, start, start + len(quote)
    )


def hits() -> list[Hit]:
    source = article()
    found = []
    for position, section in enumerate(sections(source.text)[1:9]):
        text = source.text[section.start : section.end].strip("\n")
        start = source.text.index(text)
        passage = Passage(
            source.path, start, start + len(text), text, section.title, None, position, source.title
        )
        found.append(Hit(passage, 1 - position / 10, position + 1))
    return found


SAFE_CITY = (
    "Telecommunications giant Huawei has installed its Safe City systems in over 100 countries, "
    "creating integrated networks that monitor crime, manage traffic, and track emergencies in "
    "real time."
)
CRITICS = (
    "While marketed as solutions for improving urban safety, critics argue these systems also "
    "enable extensive state surveillance and censorship."
)


def answer_to(question: str) -> Answer:
    """Return what the fake says to `question`."""
    source = article()
    if "hello" in question:
        return Answer("reply", "Hello. Ask me about the documents.", question)
    if "silence" in question:
        return Answer(
            "not_found",
            "The documents do not say who paid for the courses.",
            question,
            confidence=0.12,
            hits=hits(),
        )
    if "hostile" in question:
        quotes = [f"Second {OVERRIDE} {HOSTILE}"]
        return quoted(question, hostile(), quotes, short=HOSTILE)
    if "arabic" in question:
        quotes = [arabic().text.split("\n")[1], arabic().text.split("\n")[2]]
        return quoted(question, arabic(), quotes, short="أكثر من 100 دولة")
    if "mixed" in question:
        arabic_sentence = answer_to("arabic").sentences[1]
        english = answer_to("How many?")
        said = [replace(arabic_sentence, citations=[2]), english.sentences[0]]
        return replace(english, question=question, sentences=said, short=None)
    if "table" in question:
        return replace(quoted(question, ships(), ships().text.split("\n")[2:5:2]), hits=hits())
    if "across" in question:
        first, second = source.text.split("\n")[4:6]
        return quoted(question, source, [f"{first[-60:]}\n{second[:60]}"])
    if "forty" in question:
        sentences = [s for s in re.findall(r"[^\n]+?\.(?=\s)", source.text) if len(s) > 40][:40]
        sentences = [s.strip() for s in sentences]
        return quoted(question, source, sentences)
    stands_alone = "In 2019, how many?" if question.startswith("And") else question
    short = "over 100 countries"
    return quoted(stands_alone, source, [SAFE_CITY, CRITICS], short=short, confidence=0.93)


def quoted(
    question: str,
    source: Document,
    quotes: Sequence[str],
    short: str | None = None,
    confidence: float = 0.7,
) -> Answer:
    citations = [cite(number, source, quote) for number, quote in enumerate(quotes, start=1)]
    said = [Sentence(" ".join(c.quote.split()), [c.number], "verbatim") for c in citations]
    answer = Answer("answer", "", question, said, short, confidence, citations, hits())
    return replace(answer, text="\n".join(lines(answer, lambda path: source)))


def turn(question: str = "How many?", number: int = 1) -> Turn:
    digests = {d.path: d.digest for d in (article(), hostile(), arabic())}
    return Turn(number, question, answer_to(question), digests)
