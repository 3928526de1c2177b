"""One reader's conversation, as their page keeps it: what was answered, and what they say of it.

The server keeps both; the browser says only which answer is meant, which thumb, and the remark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from markupsafe import Markup

from assistant import feedback
from assistant.feedback import Feedback, Thumbs
from assistant.shown import Lookup, nothing_known
from assistant.values import Answer
from assistant.web import render

LONGEST_CONVERSATION = 100  # turns shown and kept; of these the last ones are history
LONGEST_HISTORY = 10  # turns

Judged = Mapping[str, Feedback]  # by the turn's id


@dataclass(frozen=True)
class Turn:
    """A question that was answered."""

    number: int  # from 1, in the conversation
    question: str  # as it was typed
    answer: Answer
    documents: Mapping[str, str]  # path -> digest of all that were indexed then
    notice: str = ""
    returned: bool = False  # from the reader's browser: it may say anything, and is not judged
    id: str = field(default_factory=lambda: uuid4().hex, compare=False)

    @property
    def judgeable(self) -> bool:
        return self.answer.kind != "reply" and not self.returned


def next_number(turns: Sequence[Turn]) -> int:
    return turns[-1].number + 1 if turns else 1


def history(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """Return what was said, as the Assistant takes it: oldest first."""
    said = []
    for turn in turns[-LONGEST_HISTORY:]:
        said.append({"role": "user", "content": turn.question})
        said.append({"role": "assistant", "content": turn.answer.text})
    return said


def shown(
    turns: Sequence[Turn],
    judged: Judged,
    problems: Mapping[str, str] | None = None,
    lookup: Lookup = nothing_known,
) -> Markup:
    """Return the turns as HTML; `problems` says, by a turn's id, why feedback was not kept.

    `lookup` finds the documents that are cited.
    """
    problems = problems or {}
    return Markup("").join(
        render.answered(
            turn.number,
            turn.question,
            turn.answer,
            lookup=lookup,
            notice=turn.notice,
            thumbs=render.thumbs(judged.get(turn.id), problems.get(turn.id, ""))
            if turn.judgeable
            else Markup(),
        )
        for turn in turns
    )


def judge(
    folder: Path, turn: Turn, thumbs: Thumbs, remark: str | None, before: Feedback | None
) -> Feedback:
    """Keep what the reader says of a turn, in the workspace's `evals/`, and return it.

    Without a remark, that of `before`, what they said of it last, still holds.

    Raises:
        BadFeedback: the remark is too long.
        FeedbackUnwritable: the workspace cannot be written to.
    """
    if remark is None:
        remark = before.remark if before else ""
    remark = feedback.check_remark(remark)
    if before is not None and (before.thumbs, before.remark) == (thumbs, remark):
        return before
    said = Feedback(
        id=turn.id,
        time=feedback.now(),
        question=turn.question,
        answer=feedback.given(turn.answer),
        documents=turn.documents,
        thumbs=thumbs,
        remark=remark,
    )
    feedback.keep(folder, said)
    return said
