"""What can be done with a turn -> HTML; the page's scripts do it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from assistant.web.render.text import html, text

_AGAIN = Markup('<button type="button" data-do="again">Ask again</button>')
_COPY = Markup(
    '<button type="button" data-do="copy">Copy answer</button>'
    '<button type="button" data-do="link">Copy link</button>'
)


def actions(*, answered: bool) -> Markup:
    """Return the buttons below a turn: an answer can be copied too."""
    buttons = _COPY + _AGAIN if answered else _AGAIN
    return html('<div role="group" class="actions" aria-label="This question">{}</div>', buttons)


def suggestions(questions: Sequence[str]) -> Markup:
    """Return questions to begin with, each a button that asks it."""
    return html(
        '<ul class="offers" aria-label="Questions to begin with">{}</ul>', _offers(questions)
    )


def follow_ups(questions: Sequence[str]) -> Markup:
    """Return questions to go on with; nothing where there are none."""
    if not questions:
        return Markup()
    return html(
        '<div class="next"><p class="label" id="next-label">Ask next</p>'
        '<ul class="offers" aria-labelledby="next-label">{}</ul></div>',
        _offers(questions),
    )


def _offers(questions: Sequence[str]) -> Markup:
    return Markup("").join(
        html('<li><button type="button" data-offer dir="auto">{}</button></li>', text(question))
        for question in questions
    )


def unreadable() -> Markup:
    """Return what stands in place of a conversation that could not be reopened."""
    return Markup(
        '<p class="error" data-unreadable>This conversation was kept by another version of '
        "Footnote, or damaged: it cannot be shown and was taken off the list.</p>"
    )
