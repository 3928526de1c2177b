"""What a reader says of an answer -> HTML; Gradio carries it to the server."""

from __future__ import annotations

from assistant.feedback import LONGEST_REMARK, Feedback
from assistant.web.render.text import text

_THUMB = (  # a thumb up, drawn by its outline; the page's style turns it down
    "M7 11v9H4a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zl4-7.5a2 2 0 0 1 2.9 2.1L13.2 10H19a2 2 0 0 1 2 "
    "2.4l-1.3 6A2 2 0 0 1 17.7 20H7"
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
