"""Questions and answers -> HTML."""

from __future__ import annotations

from assistant.values import Answer, SyncReport
from assistant.web.render.actions import actions
from assistant.web.render.answers import confidence, found, not_found, spoken
from assistant.web.render.text import attribute, counted, preview, text


def empty(documents: int) -> str:
    """Return what stands where the conversation will be."""
    if not documents:
        return (
            '<div class="intro"><p class="lead">There is nothing to read yet.</p>'
            "<p>Add documents here, or put them into the folder <code>sources/</code>, and ask.</p>"
            "</div>"
        )
    one = documents == 1
    read = "one document" if one else counted(documents, "document")
    silent = "that is silent, it" if one else "the documents are silent, it"
    return (
        f'<div class="intro"><p class="lead">Ask, and read the proof beside the answer.</p>'
        f"<p>Footnote answers from {read} and nothing else. Every sentence carries a footnote to "
        f"the exact words behind it; where {silent} says so.</p></div>"
    )


def working(turn: int, question: str, state: str) -> str:
    """Return a turn whose answer is being looked for: `state` says what is going on."""
    return _turn(turn, question, f'<p class="working">{text(state)}</p>', busy=True)


def failed(turn: int, question: str, message: str, *, again: bool = True) -> str:
    """Return a turn that ended in an error that a person can mend: one clear line.

    Where asking `again` may help, that is offered. Else the question, which stays in the question
    box, is only named: it may be a whole page by mistake.
    """
    return _turn(
        turn,
        question if again else preview(question, 300),
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
    if answer.kind == "reply":
        body = f'<p class="reply" dir="auto">{text(answer.text)}</p>'
    else:
        body = found(answer, done=done) if answer.answered else not_found(answer, done=done)
        body += actions(answered=True) * done + thumbs
    return _turn(
        turn,
        question,
        _understood(question, answer) + body + _notice(notice),
        busy=not done,
        announcement=announcement(answer) if done else "",
    )


def announcement(answer: Answer) -> str:
    """Return what a screen reader says when the answer is whole."""
    if answer.kind == "not_found":
        return f"Not answered. {answer.text}"
    if answer.kind == "reply":
        return answer.text
    said = spoken(answer) or answer.text
    doubt = "Not certain. " if confidence(answer)[0] == "low" else ""
    return f"{doubt}Answer: {preview(said, 600)} {counted(len(answer.citations), 'footnote')}."


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
