"""What can be done with a turn -> HTML; the page's scripts do it."""

from __future__ import annotations

_AGAIN = '<button type="button" data-do="again">Ask again</button>'
_COPY = (
    '<button type="button" data-do="copy">Copy answer</button>'
    '<button type="button" data-do="link">Copy link</button>'
)


def actions(*, answered: bool) -> str:
    """Return the buttons below a turn: an answer can be copied too."""
    buttons = f"{_COPY}{_AGAIN}" if answered else _AGAIN
    return f'<div role="group" class="actions" aria-label="This question">{buttons}</div>'


def unreadable() -> str:
    """Return what stands in place of a conversation that could not be reopened."""
    return (
        '<p class="error" data-unreadable>This conversation was kept by another version of '
        "Footnote, or damaged: it cannot be shown and was taken off the list.</p>"
    )
