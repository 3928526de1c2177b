"""What can be done with a turn -> HTML; the page's scripts do it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.web.render.text import text

_AGAIN = '<button type="button" data-do="again">Ask again</button>'
_COPY = (
    '<button type="button" data-do="copy">Copy answer</button>'
    '<button type="button" data-do="link">Copy link</button>'
)


def actions(*, answered: bool) -> str:
    """Return the buttons below a turn: an answer can be copied too."""
    buttons = f"{_COPY}{_AGAIN}" if answered else _AGAIN
    return f'<div role="group" class="actions" aria-label="This question">{buttons}</div>'


def suggestions(questions: Sequence[str]) -> str:
    """Return questions to begin with, each a button that asks it."""
    return f'<ul class="offers" aria-label="Questions to begin with">{_offers(questions)}</ul>'


def follow_ups(questions: Sequence[str]) -> str:
    """Return questions to go on with; nothing where there are none."""
    if not questions:
        return ""
    return (
        '<div class="next"><p class="label" id="next-label">Ask next</p>'
        f'<ul class="offers" aria-labelledby="next-label">{_offers(questions)}</ul></div>'
    )


def _offers(questions: Sequence[str]) -> str:
    return "".join(
        f'<li><button type="button" data-offer dir="auto">{text(question)}</button></li>'
        for question in questions
    )


def unreadable() -> str:
    """Return what stands in place of a conversation that could not be reopened."""
    return (
        '<p class="error" data-unreadable>This conversation was kept by another version of '
        "Footnote, or damaged: it cannot be shown and was taken off the list.</p>"
    )
