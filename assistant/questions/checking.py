"""What can be a question, and what was said before it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from assistant.errors import BadQuestion

LONGEST_QUESTION = 2_000  # characters


def check_question(question: Any, history: Any = ()) -> str:
    """Return the question with its white space folded, without characters that show nothing.

    Raises:
        BadQuestion: it is empty or too long, or the history is not one.
    """
    folded = " ".join(_shown(question).split()) if isinstance(question, str) else ""
    if not folded:
        raise BadQuestion("The question is empty. Ask something about the documents.")
    try:
        question.encode()
    except UnicodeEncodeError as error:
        raise BadQuestion("The question holds bytes that are not UTF-8. Type it again.") from error
    if len(folded) > LONGEST_QUESTION:
        raise BadQuestion(
            f"The question has {len(folded):,} characters; at most {LONGEST_QUESTION:,} are "
            "read. Ask something shorter."
        )
    for message in history or ():
        if (
            not isinstance(message, Mapping)
            or message.get("role") not in ("user", "assistant")
            or not isinstance(message.get("content"), str)
        ):
            raise BadQuestion(
                'The history is not a list of {"role": "user" or "assistant", "content": text}.'
            )
    return folded


def _shown(question: str) -> str:
    """Return a question with a space in place of each control character."""
    return "".join(" " if unicodedata.category(x) == "Cc" else x for x in question)
