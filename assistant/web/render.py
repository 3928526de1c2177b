"""Values -> HTML: pure functions, nothing else.

Whatever comes from a document or from a reader is text, never markup: `text` writes it between
tags and `attribute` into one, and nothing in this module puts it anywhere by another way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from assistant.feedback import LONGEST_REMARK, Feedback
from assistant.values import Answer, Citation, Document, Hit, Sentence, Span, SyncReport

if TYPE_CHECKING:
    from assistant.index import Record
    from assistant.splitting import Section

_DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_SHOWN_FOOTNOTES = 6  # of an answer with more, the rest folds away
_SHOWN_HITS = 3
_LONGEST_LINE_CHARS = 120  # no one breaks lines by hand later than this
_LONGEST_SECTION_CHARS = 40_000  # more is cut around what is cited
_LONGEST_DOCUMENT_CHARS = 1_000_000  # likewise where the whole document is shown
_THUMB = (  # a thumb up, drawn by its outline; the page's style turns it down
    "M7 11v9H4a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zl4-7.5a2 2 0 0 1 2.9 2.1L13.2 10H19a2 2 0 0 1 2 "
    "2.4l-1.3 6A2 2 0 0 1 17.7 20H7"
)


# Text


def text(value: str) -> str:
    """Return `value` as HTML text that reads and copies as it stands.

    Characters that turn the direction of what follows them (U+202E and its like) stay in the
    page's text, so that a quote is still the quote, but are not laid out: they cannot disguise a
    word. The parser would drop NUL and other control characters: they show as U+FFFD.
    """
    escaped = escape(_UNPRINTABLE.sub("\ufffd", value))
    return _DIRECTION_CONTROLS.sub(r'<span class="control">\g<0></span>', escaped)


def attribute(value: str) -> str:
    """Return `value` fit to stand between the double quotes of an attribute."""
    return escape(_DIRECTION_CONTROLS.sub("", _UNPRINTABLE.sub("\ufffd", value)))


def preview(value: str, limit_chars: int = 160) -> str:
    """Return `value` on one line, cut after a whole word where that is possible."""
    line = " ".join(value.split())
    if len(line) <= limit_chars:
        return line
    cut = line[: limit_chars - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit_chars // 2 else cut) + "…"


def counted(number: int, noun: str) -> str:
    """Return "1 document", "3 documents", "1,200 documents"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# The conversation


def empty(documents: int) -> str:
    """Return what stands where the conversation will be."""
    if not documents:
        return (
            '<div class="intro"><p class="lead">There is nothing to read yet.</p>'
            "<p>Put documents into the folder <code>sources/</code> and ask: they are read before "
            "your question is.</p></div>"
        )
    read = "one document" if documents == 1 else counted(documents, "document")
    return (
        f'<div class="intro"><p class="lead">Ask, and read the proof beside the answer.</p>'
        f"<p>Footnote answers from {read} and nothing else. Every sentence carries a footnote to "
        "the exact words behind it; where the documents are silent, it says so.</p></div>"
    )


def working(turn: int, question: str, state: str) -> str:
    """Return a turn whose answer is being looked for: `state` says what is going on."""
    return _turn(turn, question, f'<p class="working">{text(state)}</p>', busy=True)


def failed(turn: int, question: str, message: str) -> str:
    """Return a turn that ended in an error that a person can mend: one clear line."""
    return _turn(
        turn,
        question,
        f'<p class="error" dir="auto">{text(message)}</p>',
        announcement=f"Error: {message}",
    )


def answered(
    turn: int,
    question: str,
    answer: Answer,
    *,
    done: bool = True,
    notice: str = "",
    thumbs: str = "",
) -> str:
    """Return a turn with its answer; while it grows, `done` is false and nothing is announced.

    `thumbs`, as HTML, stands below an answer, though not below small talk.
    """
    body = _BODIES[answer.kind](turn, answer, done)
    if answer.kind != "reply":
        body += thumbs
    return _turn(
        turn,
        question,
        _understood(question, answer) + body + _notice(notice),
        busy=not done,
        announcement=announcement(answer) if done else "",
    )


def thumbs(given: Feedback | None, problem: str = "") -> str:
    """Return the thumbs of an answer, with what the reader has said of it so far.

    `problem` says why the last thing that they said was not kept.
    """
    pressed = given.thumbs if given else None
    state = "Thank you, kept in this workspace." if given and not problem else ""
    return (
        f'<section class="feedback" aria-label="Your feedback">'
        '<p class="label">Is this right?</p>'
        f"{_thumb('up', 'Thumbs up: it is right', pressed)}"
        f"{_thumb('down', 'Thumbs down: it is not right', pressed)}"
        f'<p class="kept" role="status">{state}</p>'
        f"{_remark(given) if given else ''}{_unkept(problem)}</section>"
    )


def _thumb(name: str, label: str, pressed: str | None) -> str:
    return (
        f'<button type="button" class="thumb {name}" data-thumb="{name}" aria-label="{label}"'
        f' title="{label}" aria-pressed="{"true" if name == pressed else "false"}">'
        f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_THUMB}"/></svg></button>'
    )


def _remark(given: Feedback) -> str:
    """Return the remark that was kept, or the field to write one in."""
    if given.remark:
        return f'<p class="remark" dir="auto">{text(given.remark)}</p>'
    asked = "Anything to add?" if given.thumbs == "up" else "What would be right?"
    return (
        f'<form class="remark"><label>{asked} <span>Optional</span><textarea name="remark" rows="2"'
        f' maxlength="{LONGEST_REMARK}" dir="auto" required></textarea></label>'
        '<button type="submit" class="send">Send</button></form>'
    )


def _unkept(problem: str) -> str:
    if not problem:
        return ""
    said = f"Your feedback was not kept. {problem}"
    return f'<p class="error" role="alert" dir="auto">{text(said)}</p>'


def announcement(answer: Answer) -> str:
    """Return what a screen reader says when the answer is whole."""
    if answer.kind == "not_found":
        return f"Not answered. {answer.text}"
    if answer.kind == "reply":
        return answer.text
    said = " ".join(sentence.text for sentence in answer.sentences) or answer.text
    return f"Answer: {preview(said, 600)} {counted(len(answer.citations), 'footnote')}."


def confidence(answer: Answer) -> tuple[str, str]:
    """Return the level of an answer's confidence, "high" to "low", and words for it."""
    if answer.confidence >= 0.85:
        return "high", "Very likely right"
    if answer.confidence >= 0.6:
        return "middle", "Probably right"
    return "low", "Not certain: read the passage"


def report_notice(report: SyncReport | None) -> str:
    """Return one line on what a sync before a question changed; empty when that was nothing."""
    if report is None:
        return ""
    done = [
        f"{counted(len(paths), 'document')} {verb}"
        for paths, verb in (
            (report.added, "added"),
            (report.changed, "changed"),
            (report.removed, "removed"),
        )
        if paths
    ]
    parts = [", ".join(done) + "."] if done else []
    parts += [f"Could not read {item.path}: {item.reason}" for item in report.refused[:3]]
    if len(report.refused) > 3:
        parts.append(f"{len(report.refused) - 3} more could not be read.")
    return " ".join(parts)


def _turn(
    turn: int, question: str, body: str, *, busy: bool = False, announcement: str = ""
) -> str:
    said = f' data-announce="{attribute(announcement)}"' if announcement else ""
    heading = f'<h2 class="question" id="turn-{turn}" dir="auto">{text(question)}</h2>'
    return (
        f'<article class="turn" data-turn="{turn}" aria-labelledby="turn-{turn}"'
        f' aria-busy="{"true" if busy else "false"}"{said}>{heading}{body}</article>'
    )


def _understood(question: str, answer: Answer) -> str:
    if not answer.question or answer.kind == "reply":
        return ""
    if _bare(answer.question) == _bare(question):
        return ""
    return f'<p class="understood">Understood as <q dir="auto">{text(answer.question)}</q></p>'


def _bare(question: str) -> str:
    return " ".join(question.split()).rstrip(" ?.!").casefold()


def _notice(notice: str) -> str:
    return f'<p class="notice" dir="auto">{text(notice)}</p>' if notice else ""


def _answer(turn: int, answer: Answer, done: bool) -> str:
    citations = {citation.number: citation for citation in answer.citations}
    short = f'<p class="short" dir="auto">{text(answer.short)}</p>' if answer.short else ""
    said = " ".join(_sentence(sentence, citations) for sentence in answer.sentences)
    prose = f'<p class="said" dir="auto">{said or text(answer.text)}</p>'
    if not done:
        return f'<div class="answer growing">{short}{prose}</div>'
    return (
        f'<div class="answer">{short}{prose}{_standing(answer)}</div>'
        f"{_footnotes(turn, answer.citations)}"
    )


def _sentence(sentence: Sentence, citations: dict[int, Citation]) -> str:
    markers = "".join(
        _marker(citations[number]) for number in sentence.citations if number in citations
    )
    doubt = {"weak": "only partly supported", "unsupported": "not supported"}.get(sentence.verdict)
    flag = f' <span class="doubt">{doubt} by its footnote</span>' if doubt else ""
    return f'<span class="sentence {sentence.verdict}">{text(sentence.text)}{markers}</span>{flag}'


def _marker(citation: Citation) -> str:
    shown = attribute(preview(citation.quote))
    return (
        f'<sup><button type="button" class="marker" {_place(citation)}'
        f' aria-label="Footnote {citation.number}: {shown}" title="{shown}">'
        f"{citation.number}</button></sup>"
    )


def _place(citation: Citation) -> str:
    """Return the attributes by which the page's script finds the words in their document."""
    return (
        f'data-document="{attribute(citation.document)}" data-start="{citation.start}"'
        f' data-end="{citation.end}" data-number="{citation.number}"'
    )


def _standing(answer: Answer) -> str:
    level, words = confidence(answer)
    how = (
        "written by a language model, each sentence checked against its footnotes"
        if answer.mode == "written"
        else "quoted word for word"
    )
    percent = f"{answer.confidence:.0%}"
    return (
        f'<p class="standing"><span class="confidence {level}" title="Confidence {percent}">'
        f"{words}</span><span>{how}</span></p>"
    )


def _footnotes(turn: int, citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    first, rest = citations[:_SHOWN_FOOTNOTES], citations[_SHOWN_FOOTNOTES:]
    if len(rest) == 1:  # a fold for a single line would only be in the way
        first, rest = citations, []
    shown = f'<ol class="footnotes">{"".join(map(_footnote, first))}</ol>'
    folded = (
        f"<details><summary>{counted(len(rest), 'more footnote')}</summary>"
        f'<ol class="footnotes">{"".join(map(_footnote, rest))}</ol></details>'
        if rest
        else ""
    )
    return f'<section class="notes" aria-label="Footnotes">{shown}{folded}</section>'


def _footnote(citation: Citation) -> str:
    return (
        f'<li><button type="button" class="note" dir="auto" {_place(citation)}>'
        f'<span class="number">{citation.number}</span>'
        f'<span class="words">{text(preview(citation.quote, 320))}</span>'
        f"{_where(citation.title, citation.document, citation.section, citation.page)}"
        "</button></li>"
    )


def _where(title: str, path: str, section: str | None, page: int | None) -> str:
    """Return the place of a passage: what tells it from its neighbours first."""
    named = [preview(name, 120) for name in (section, title or path) if name]
    parts = [f"<bdi>{text(name)}</bdi>" for name in dict.fromkeys(named)]
    if page:
        parts.insert(0, f"page {page}")
    return f'<span class="where">{" · ".join(parts)}</span>'


def _not_found(turn: int, answer: Answer, done: bool) -> str:
    said = f'<p class="silence" dir="auto">{text(answer.text)}</p>'
    near = "".join(map(_near, answer.hits[:_SHOWN_HITS])) if done else ""
    nearest = (
        f'<section class="notes" aria-label="Nearest passages">'
        f'<p class="label">Nearest to what you asked</p><ul class="footnotes">{near}</ul></section>'
        if near
        else ""
    )
    return f'<div class="absent">{said}</div>{nearest}'


def _near(hit: Hit) -> str:
    passage = hit.passage
    return (
        f'<li><button type="button" class="note" dir="auto"'
        f' data-document="{attribute(passage.document)}"'
        f' data-start="{passage.start}" data-end="{passage.end}">'
        f'<span class="words">{text(preview(passage.text, 220))}</span>'
        f"{_where(passage.title, passage.document, passage.section, passage.page)}"
        "</button></li>"
    )


def _reply(turn: int, answer: Answer, done: bool) -> str:
    return f'<p class="reply" dir="auto">{text(answer.text)}</p>'


_BODIES = {"answer": _answer, "not_found": _not_found, "reply": _reply}


# The document beside it


class Part(NamedTuple):
    """A section as it is shown: its body is `text[start:end]` of the document."""

    title: str | None
    start: int
    end: int


def documents(found: Sequence[Record], limit: int = 200) -> str:
    """Return the list of what is read, by title; each opens its document."""
    listed = sorted(found, key=lambda document: (document.title.casefold(), document.path))
    items = "".join(map(_shelf, listed[:limit]))
    more = (
        f'<p class="label">and {counted(len(listed) - limit, "more document")}</p>'
        if len(listed) > limit
        else ""
    )
    return (
        f'<div class="contents"><h2>{counted(len(listed), "document")}</h2>'
        f"<ul>{items}</ul>{more}</div>"
    )


def _shelf(document: Record) -> str:
    return (
        f'<li><button type="button" class="shelf" dir="auto"'
        f' data-document="{attribute(document.path)}">'
        f'<span class="words">{text(preview(document.title or document.path, 200))}</span>'
        f'<span class="where">{_origin(document)}</span></button></li>'
    )


def passage(
    document: Document,
    sections: Sequence[Section],
    cited: Span | None = None,
    *,
    section: int | None = None,
    whole: bool = False,
) -> str:
    """Return a document's part, with the characters of `cited` marked.

    Shown is the section that holds `cited`, or the one numbered `section` from 0, or everything
    (`whole`). A section, or a document, that is very long is cut around what is cited.
    """
    parts = _parts(document, sections, cited)
    chosen = (
        range(len(parts)) if whole else _chosen(parts, cited, 0 if section is None else section)
    )
    window = _window(
        parts, chosen, cited, _LONGEST_DOCUMENT_CHARS if whole else _LONGEST_SECTION_CHARS
    )
    name = document.title or document.path
    shown = "".join(_section(document.text, parts[i], name, cited, window) for i in chosen)
    link = _original(document)
    return (
        f'<article class="document"><header dir="auto"><h2>{text(name)}</h2>'
        f'<p class="where">{_origin(document)}{link}</p></header>'
        f"{shown}{'' if whole else _steps(document, parts, chosen, window, cited)}</article>"
    )


def _parts(document: Document, sections: Sequence[Section], cited: Span | None) -> list[Part]:
    """Return what can be shown of a document, in order; one part where its sections do not do."""
    parts = [
        Part(section.title, section.start, section.end)
        for section in sections
        if section.title or document.text[section.start : section.end].strip()
    ]
    if cited and not any(part.start <= cited[0] < part.end for part in parts):
        parts = []
    return parts or [Part(None, 0, len(document.text))]


def _chosen(parts: Sequence[Part], cited: Span | None, section: int) -> range:
    if cited is None:
        section = min(max(section, 0), len(parts) - 1)
        return range(section, section + 1)
    first = max(i for i, part in enumerate(parts) if part.start <= cited[0])
    last = max(i for i, part in enumerate(parts) if part.start < cited[1])
    return range(first, last + 1)


def _window(
    parts: Sequence[Part],
    chosen: range,
    cited: Span | None,
    limit_chars: int,
) -> Span:
    """Return what may be shown of the chosen sections: at most `limit_chars`."""
    start, end = parts[chosen[0]].start, parts[chosen[-1]].end
    if end - start <= limit_chars:
        return start, end
    start = max(start, (cited[0] if cited else start) - limit_chars // 2)
    return start, min(end, start + limit_chars)


def _section(source: str, part: Part, above: str, cited: Span | None, window: Span) -> str:
    """Return what lies of a section in `window`, under its heading unless that is `above` too."""
    left, right = max(part.start, window[0]), min(part.end, window[1])
    if left >= right and part.start < part.end:
        return ""
    heading = (
        f'<h3 dir="auto">{text(part.title)}</h3>' if part.title and part.title != above else ""
    )
    body = "".join(
        f'<p dir="auto" class="{"lines" if kept else "flowing"}">{_marked(source, span, cited)}</p>'
        for span, kept in paragraphs(source, left, right)
    )
    gap = '<p class="gap">The text goes on; it is long and was cut here.</p>'
    before, after = gap * (left > part.start), gap * (right < part.end)
    return f"<section>{heading}{before}{body}{after}</section>"


def paragraphs(source: str, start: int, end: int) -> list[tuple[Span, bool]]:
    """Return the paragraphs of `source[start:end]`: their spans, and whether line ends count.

    Blank lines part paragraphs. Where lines are longer than anyone breaks them by hand, each line
    is a paragraph of its own. Lines broken to fit a width flow together again; other short lines
    (a list, a table, verses) are kept as they are.
    """
    found: list[tuple[Span, bool]] = []
    for block_start, block_end in _pieces(source, start, end, _BLANK_LINES):
        lines = source[block_start:block_end].split("\n")
        if len(lines) > 1 and max(map(len, lines)) > _LONGEST_LINE_CHARS:
            lines_of_block = _pieces(source, block_start, block_end, re.compile("\n"))
            found += [(span, False) for span in lines_of_block]
        else:
            found.append(((block_start, block_end), not _filled(lines)))
    return found


def _pieces(source: str, start: int, end: int, between: re.Pattern[str]) -> list[Span]:
    """Return the spans of what lies between the matches, blank ones and outer spaces left out."""
    pieces: list[Span] = []
    edges = [start]
    for match in between.finditer(source, start, end):
        edges += [match.start(), match.end()]
    edges.append(end)
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        piece = source[left:right]
        if piece.strip():
            left += len(piece) - len(piece.lstrip("\n"))
            pieces.append((left, left + len(source[left:right].rstrip())))
    return pieces


def _filled(lines: Sequence[str]) -> bool:
    """Whether each line is broken where the next word would not have fitted any more."""
    if len(lines) < 2:
        return True
    width = max(map(len, lines))
    return width >= 50 and all(
        len(line) + 1 + len((following.split() or [""])[0]) >= width - 8
        for line, following in pairwise(lines)
    )


def _marked(source: str, span: Span, cited: Span | None) -> str:
    start, end = span
    left, right = (start, start) if cited is None else (max(start, cited[0]), min(end, cited[1]))
    if left >= right:
        return text(source[start:end])
    return (
        f"{text(source[start:left])}<mark>{text(source[left:right])}</mark>"
        f"{text(source[right:end])}"
    )


def _steps(
    document: Document,
    parts: Sequence[Part],
    chosen: range,
    window: Span,
    cited: Span | None,
) -> str:
    """Return the ways on from here: the section before and after, and the whole document."""
    if len(chosen) == len(parts) and window == (parts[0].start, parts[-1].end):
        return ""
    path = attribute(document.path)
    place = f' data-start="{cited[0]}" data-end="{cited[1]}"' if cited else ""
    steps = []
    if chosen[0] > 0:
        steps.append(_step(path, chosen[0] - 1, "Before", parts[chosen[0] - 1].title))
    if chosen[-1] + 1 < len(parts):
        steps.append(_step(path, chosen[-1] + 1, "After", parts[chosen[-1] + 1].title))
    steps.append(
        f'<button type="button" class="step" data-document="{path}" data-whole="1"{place}>'
        "<span>Whole document</span></button>"
    )
    return f'<nav class="steps" aria-label="Other parts of the document">{"".join(steps)}</nav>'


def _step(path: str, section: int, label: str, title: str | None) -> str:
    name = f" <bdi>{text(preview(title, 60))}</bdi>" if title else ""
    return (
        f'<button type="button" class="step" data-document="{path}" data-section="{section}">'
        f'<span class="label">{label}</span>{name}</button>'
    )


def _origin(document: Document | Record) -> str:
    """Return who published the document and when, or its path where neither is known."""
    known = [document.metadata.get(name, "") for name in ("publisher", "author", "date")]
    parts = [*(known[0:1] if known[0] else known[1:2]), spoken_date(known[2])]
    written = [f"<bdi>{text(preview(part, 80))}</bdi>" for part in parts if part]
    return " · ".join(written) or f"<bdi>{text(document.path)}</bdi>"


def _original(document: Document) -> str:
    url = document.metadata.get("url", "").strip()
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        return ""
    return f' · <a href="{attribute(url)}" target="_blank" rel="noopener noreferrer">original</a>'


def spoken_date(value: str) -> str:
    """Return "14 November 2025" for "2025-11-14"; anything else as it stands."""
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        return value
    return f"{day.day} {day:%B %Y}"
