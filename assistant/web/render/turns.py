"""Questions and answers -> HTML."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.feedback import LONGEST_REMARK, Feedback
from assistant.values import Answer, Citation, Hit, Sentence, SyncReport
from assistant.web.render.actions import actions
from assistant.web.render.text import attribute, counted, preview, text

_SHOWN_FOOTNOTES = 6  # of an answer with more, the rest folds away
_SHOWN_HITS = 3
_CHANGED = "The document has changed since: these words are not there any more."
_THUMB = (  # a thumb up, drawn by its outline; the page's style turns it down
    "M7 11v9H4a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zl4-7.5a2 2 0 0 1 2.9 2.1L13.2 10H19a2 2 0 0 1 2 "
    "2.4l-1.3 6A2 2 0 0 1 17.7 20H7"
)


def empty(documents: int) -> str:
    """Return what stands where the conversation will be."""
    if not documents:
        return (
            '<div class="intro"><p class="lead">There is nothing to read yet.</p>'
            "<p>Add documents here, or put them into the folder <code>sources/</code>, and ask.</p>"
            "</div>"
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


def failed(turn: int, question: str, message: str, *, again: bool = True) -> str:
    """Return a turn that ended in an error that a person can mend: one clear line.

    Where asking `again` may help, that is offered.
    """
    return _turn(
        turn,
        question,
        f'<p class="error" dir="auto">{text(message)}</p>{actions(answered=False) * again}',
        announcement=f"Error: {message}",
    )


def unanswered(turn: int, question: str, why: str) -> str:
    """Return a turn that was left without an answer, with a way to ask it again."""
    return _turn(
        turn,
        question,
        f'<p class="unanswered">{text(why)}</p>{actions(answered=False)}',
        announcement=why,
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

    `thumbs`, as HTML, stands below an answer, though not below small talk. A citation without a
    place (`start == end`) is one whose document has changed since: it is shown, but not as proof.
    """
    body = _BODIES[answer.kind](turn, answer, done)
    if answer.kind != "reply":
        body += actions(answered=True) * done + thumbs
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
        f'<div role="group" class="feedback" aria-label="Your feedback">'
        '<p class="label">Is this right?</p>'
        f"{_thumb('up', 'Thumbs up: it is right', pressed)}"
        f"{_thumb('down', 'Thumbs down: it is not right', pressed)}"
        f'<p class="kept" role="status">{state}</p>'
        f"{_remark(given) if given else ''}{_unkept(problem)}</div>"
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
    if not _stands(citation):
        shown = f"{_CHANGED} {shown}"
    return (
        f'<sup><button type="button" class="{_looks("marker", citation)}" {_place(citation)}'
        f' aria-label="Footnote {citation.number}: {shown}" title="{shown}">'
        f"{citation.number}</button></sup>"
    )


def _place(citation: Citation) -> str:
    """Return the attributes by which the page's script finds the words in their document."""
    span = f' data-start="{citation.start}" data-end="{citation.end}"' * _stands(citation)
    return f'data-document="{attribute(citation.document)}"{span} data-number="{citation.number}"'


def _stands(citation: Citation) -> bool:
    return citation.start < citation.end


def _looks(name: str, citation: Citation) -> str:
    return name if _stands(citation) else f"{name} changed"


def _standing(answer: Answer) -> str:
    if not all(map(_stands, answer.citations)):
        return (
            '<p class="standing"><span class="doubt">A document has changed since this was '
            "answered. Ask again.</span></p>"
        )
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
    return f'<div role="group" class="notes" aria-label="Footnotes">{shown}{folded}</div>'


def _footnote(citation: Citation) -> str:
    changed = "" if _stands(citation) else f'<span class="doubt">{_CHANGED}</span>'
    return (
        f'<li><button type="button" class="{_looks("note", citation)}" dir="auto"'
        f" {_place(citation)}>"
        f'<span class="number">{citation.number}</span>'
        f'<span class="words">{text(preview(citation.quote, 320))}</span>'
        f"{_where(citation.title, citation.document, citation.section, citation.page)}{changed}"
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
    near = "".join(map(_near, nearest(answer))) if done else ""
    offered = (
        f'<div role="group" class="notes" aria-label="Nearest passages">'
        f'<p class="label">Nearest to what you asked</p><ul class="footnotes">{near}</ul></div>'
        if near
        else ""
    )
    return f'<div class="absent">{said}</div>{offered}'


def nearest(answer: Answer) -> Sequence[Hit]:
    """Return what is offered in place of an answer: the best few of what was found."""
    return answer.hits[:_SHOWN_HITS] if answer.kind == "not_found" else ()


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
