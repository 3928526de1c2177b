"""What readers said of answers -> draft facts, which wait in evals/inbox.jsonl to be completed.

A draft has the fields of a fact (`facts.py`). Known are the question and, where the reader held the
answer for right, what proves it; the kind and the expected answers are for a person to write. Its
field `feedback` says what the reader was told and what they said of it, and is no part of a fact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import feedback, sources
from assistant.errors import BadFacts, BadSource
from assistant.feedback import Feedback

if TYPE_CHECKING:
    from assistant.workspace import Workspace

INBOX = "inbox.jsonl"

DigestOf = Callable[[str], str | None]  # a document's path -> its digest now; None if it is gone


@dataclass(frozen=True)
class Drafted:
    """What one round of drafting did."""

    count: int
    changed: tuple[str, ...] = ()  # documents that are others now than when the answers were given
    removed: tuple[str, ...] = ()


def draft_all(workspace: Workspace) -> Drafted:
    """Append a draft to the inbox for each record of feedback that has none.

    Raises:
        BadFeedback: the file of feedback is not in order; nothing is drafted then.
        FeedbackUnwritable: the inbox cannot be written to.
    """
    inbox = workspace.evals / INBOX
    with feedback.locked(inbox):
        records = [record for record in feedback.read(workspace.evals) if not record.drafted]
        if not records:
            return Drafted(0)
        digest_of = _present(workspace.sources)
        drafts = [draft(record, digest_of) for record in records]
        feedback.append(inbox, drafts)
        feedback.mark_drafted(workspace.evals, records)
    said = [one["feedback"] for one in drafts]
    changed = sorted({path for one in said for path in one["changed"]})
    removed = sorted({path for one in said for path in one["removed"]})
    return Drafted(len(drafts), tuple(changed), tuple(removed))


def draft(record: Feedback, digest_of: DigestOf) -> dict[str, Any]:
    """Return the fact that feedback is the beginning of."""
    right = record.thumbs == "up"
    citations = record.answer.citations if right else ()
    document = citations[0].document if citations else None
    changed = {path for path, digest in record.documents.items() if digest_of(path) != digest}
    removed = {path for path in changed if digest_of(path) is None}
    return {
        "id": f"feedback-{record.id[:8]}",
        "split": "dev",
        "kind": "",
        "question": record.question,
        "answers": [],
        "short": [],
        "document": document,
        "evidence": [
            {"quote": citation.quote, "start": citation.start, "end": citation.end}
            for citation in citations
            if citation.document == document
        ],
        "absent": right and record.answer.kind == "not_found",
        "feedback": {
            "thumbs": record.thumbs,
            "remark": record.remark,
            "time": record.time,
            "answer": asdict(record.answer),
            "changed": sorted(changed - removed),
            "removed": sorted(removed),
        },
    }


def waiting(folder: Path) -> int:
    """Return how many drafts are in the inbox of `folder`.

    Raises:
        BadFacts: it cannot be read.
    """
    file = folder / INBOX
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return 0
    except (OSError, UnicodeDecodeError) as error:
        raise BadFacts(f"{file} cannot be read as UTF-8 text ({error}). Correct it.") from error
    return sum(bool(line.strip()) for line in lines)


def _present(folder: Path) -> DigestOf:
    paths = set(sources.find(folder))

    @cache
    def digest_of(path: str) -> str | None:
        try:
            return sources.digest_of(folder, path) if path in paths else None
        except BadSource:  # it is there and cannot be read: no answer comes from it any more
            return None

    return digest_of
