"""What a reader says of an answer -> HTML; Gradio carries it to the server."""

from __future__ import annotations

from markupsafe import Markup

from assistant.feedback import LONGEST_REMARK, Feedback
from assistant.web.render.text import html, text

_THUMB = (  # a thumb up, drawn by its outline; the page's style turns it down
    "M7 11v9H4a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zl4-7.5a2 2 0 0 1 2.9 2.1L13.2 10H19a2 2 0 0 1 2 "
    "2.4l-1.3 6A2 2 0 0 1 17.7 20H7"
)


def thumbs(given: Feedback | None, problem: str = "") -> Markup:
    """Return the thumbs of an answer, with what the reader has said of it so far.

    `problem` says why the last thing that they said was not kept.
    """
    pressed = given.thumbs if given else None
    state = "Thank you, kept in this workspace." if given and not problem else Markup()
    return html(
        '<div role="group" class="feedback" aria-label="Your feedback">'
        '<p class="label">Is this right?</p>'
        "{}"
        "{}"
        '<p class="kept" role="status">{}</p>'
        "{}{}</div>",
        _thumb("up", "Thumbs up: it is right", pressed),
        _thumb("down", "Thumbs down: it is not right", pressed),
        state,
        _remark(given) if given else Markup(),
        _unkept(problem),
    )


def _thumb(name: str, label: str, pressed: str | None) -> Markup:
    return html(
        '<button type="button" class="thumb {}" data-thumb="{}" aria-label="{}"'
        ' title="{}" aria-pressed="{}">'
        '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg></button>',
        name,
        name,
        label,
        label,
        "true" if name == pressed else "false",
        _THUMB,
    )


def _remark(given: Feedback) -> Markup:
    """Return the remark that was kept, or the field to write one in."""
    if given.remark:
        return html('<p class="remark" dir="auto">{}</p>', text(given.remark))
    asked = "Anything to add?" if given.thumbs == "up" else "What would be right?"
    return html(
        '<form class="remark"><label>{} <span>Optional</span><textarea name="remark" rows="2"'
        ' maxlength="{}" dir="auto" required></textarea></label>'
        '<button type="submit" class="send">Send</button></form>',
        asked,
        LONGEST_REMARK,
    )


def _unkept(problem: str) -> Markup:
    if not problem:
        return Markup()
    said = f"Your feedback was not kept. {problem}"
    return html('<p class="error" role="alert" dir="auto">{}</p>', text(said))
