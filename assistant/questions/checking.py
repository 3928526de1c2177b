"""What can be a question, and what was said before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.errors import BadQuestion

LONGEST_QUESTION = 2_000  # characters


def check_question(question: Any, history: Any = ()) -> str:
    """Return the question with its white space folded.

    Raises:
        BadQuestion: it is empty or too long, or the history is not one.
    """
    if not isinstance(question, str) or not question.strip():
        raise BadQuestion("The question is empty. Ask something about the documents.")
    try:
        question.encode()
    except UnicodeEncodeError as error:
        raise BadQuestion("The question holds bytes that are not UTF-8. Type it again.") from error
    folded = " ".join(question.split())
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
