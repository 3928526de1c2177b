"""Questions and answers -> HTML."""

from __future__ import annotations

from markupsafe import Markup

from assistant.shown import Lookup, nothing_known
from assistant.values import Answer, SyncReport
from assistant.web.render.actions import actions
from assistant.web.render.answers import confidence, found, not_found, spoken
from assistant.web.render.text import attribute, counted, html, preview, text

_NONE = Markup()


def empty(documents: int) -> Markup:
    """Return what stands where the conversation will be."""
    if not documents:
        return Markup(
            '<div class="intro"><p class="lead">There is nothing to read yet.</p>'
            "<p>Add documents here, or put them into the folder <code>sources/</code>, and ask.</p>"
            "</div>"
        )
    one = documents == 1
    read = "one document" if one else counted(documents, "document")
    silent = "that is silent, it" if one else "the documents are silent, it"
    return html(
        '<div class="intro"><p class="lead">Ask, and read the proof beside the answer.</p>'
        "<p>Footnote answers from {} and nothing else. Every sentence carries a footnote to "
        "the exact words behind it; where {} says so.</p></div>",
        read,
        silent,
    )


def working(turn: int, question: str, state: str) -> Markup:
    """Return a turn whose answer is being looked for: `state` says what is going on."""
    return _turn(turn, question, html('<p class="working">{}</p>', text(state)), busy=True)


def failed(turn: int, question: str, message: str, *, again: bool = True) -> Markup:
    """Return a turn that ended in an error that a person can mend: one clear line.

    Where asking `again` may help, that is offered. Else the question, which stays in the question
    box, is only named: it may be a whole page by mistake.
    """
    return _turn(
        turn,
        question if again else preview(question, 300),
        html(
            '<p class="error" dir="auto">{}</p>{}', text(message), actions(answered=False) * again
        ),
        announcement=f"Error: {message}",
    )


def unanswered(turn: int, question: str, why: str) -> Markup:
    """Return a turn that was left without an answer, with a way to ask it again."""
    return _turn(
        turn,
        question,
        html('<p class="unanswered">{}</p>{}', text(why), actions(answered=False)),
        announcement=why,
    )


def answered(
    turn: int,
    question: str,
    answer: Answer,
    *,
    lookup: Lookup = nothing_known,
    done: bool = True,
    notice: str = "",
    thumbs: Markup = _NONE,
) -> Markup:
    """Return a turn with its answer; while it grows, `done` is false and nothing is announced.

    `lookup` finds the documents that are cited, whose structure the answer is shown with. `thumbs`
    stands below an answer, though not below small talk. A citation without a place (`start == end`)
    is one whose document has changed since: it is shown, but not as proof.
    """
    if answer.kind == "reply":
        body = html('<p class="reply" dir="auto">{}</p>', text(answer.text))
    else:
        body = (
            found(answer, lookup, done=done)
            if answer.answered
            else not_found(answer, lookup, done=done)
        )
        body += actions(answered=True) * done + thumbs
    return _turn(
        turn,
        question,
        _understood(question, answer) + body + _notice(notice),
        busy=not done,
        announcement=announcement(answer, lookup) if done else Markup(),
    )


def announcement(answer: Answer, lookup: Lookup = nothing_known) -> str:
    """Return what a screen reader says when the answer is whole."""
    if answer.kind == "not_found":
        return f"Not answered. {answer.text}"
    if answer.kind == "reply":
        return answer.text
    said = spoken(answer, lookup) or answer.text
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
    parts += [f"{item.path} was read as {item.encoding}." for item in report.decoded[:3]]
    if len(report.decoded) > 3:
        parts.append(f"{len(report.decoded) - 3} more were not in UTF-8 either.")
    parts += [f"Could not read {item.path}: {item.reason}" for item in report.refused[:3]]
    if len(report.refused) > 3:
        parts.append(f"{len(report.refused) - 3} more could not be read.")
    return " ".join(parts)


def _turn(
    turn: int, question: str, body: Markup, *, busy: bool = False, announcement: str = ""
) -> Markup:
    said = html(' data-announce="{}"', attribute(announcement)) if announcement else Markup()
    heading = html('<h2 class="question" id="turn-{}" dir="auto">{}</h2>', turn, text(question))
    return html(
        '<article class="turn" data-turn="{}" aria-labelledby="turn-{}"'
        ' aria-busy="{}"{}>{}{}</article>',
        turn,
        turn,
        "true" if busy else "false",
        said,
        heading,
        body,
    )


def _understood(question: str, answer: Answer) -> Markup:
    if not answer.question or answer.kind == "reply":
        return Markup()
    if _bare(answer.question) == _bare(question):
        return Markup()
    return html(
        '<p class="understood">Understood as <q dir="auto">{}</q></p>', text(answer.question)
    )


def _bare(question: str) -> str:
    return " ".join(question.split()).rstrip(" ?.!").casefold()


def _notice(notice: str) -> Markup:
    return html('<p class="notice" dir="auto">{}</p>', text(notice)) if notice else Markup()
