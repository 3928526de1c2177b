"""The documents that a question is limited to: the page's script knows them, and hands them on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from assistant.errors import UnknownDocument
from assistant.web import render

PLACE = Markup('<div class="scope" role="group" aria-label="Documents that are asked"></div>')

# Gradio runs it as a question is asked: its last input is what scope.js, once loaded, has chosen.
CHOSEN = "(...inputs) => [...inputs.slice(0, -1), window.chosenDocuments?.() ?? '']"

GONE = (
    "A document that questions were limited to is not there any more. Choose others in the list of "
    "documents, or ask all."
)


def chosen(said: object) -> list[str] | None:
    """Return the paths in what the page sent, JSON; None where all documents are asked.

    Whether there are such documents is the Assistant's to say.

    Raises:
        UnknownDocument: it is no list of paths.
    """
    try:
        paths = json.loads(said) if isinstance(said, str) and said else []
    except (ValueError, RecursionError) as error:
        raise UnknownDocument(GONE) from error
    if not isinstance(paths, list) or not all(
        isinstance(path, str) and render.printable(path) == path for path in paths
    ):
        raise UnknownDocument(GONE)
    return list(dict.fromkeys(paths)) or None


def notice(documents: Sequence[str] | None, titles: Mapping[str, str]) -> str:
    """Return one line on what was asked; empty where that was everything."""
    if documents is None:
        return ""
    if len(documents) > 3:
        return f"Only {render.counted(len(documents), 'document')} were asked."
    named = [f"“{render.preview(titles.get(path, path), 80)}”" for path in documents]
    return f"Only {' and '.join(named)} {'was' if len(named) == 1 else 'were'} asked."
