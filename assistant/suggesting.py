"""Example questions drawn from the documents at hand, each one that is really answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from assistant.values import Answer, Document

TRIED_FOR_EACH = 4  # candidates asked for each suggestion that is wanted

# Two or more capitalised words in a row, or one that holds a second capital letter ("NATO").
_NAME = re.compile(
    r"\b[^\W\d_a-z][\w’\-]+(?: (?:of|and|the|for) (?=[^\W\d_a-z])| [^\W\d_a-z][\w’\-]+)+"
    r"|\b[^\W\d_a-z][\w\-]*[A-Z][\w\-]*"
)


def suggest(
    documents: Sequence[Document], ask: Callable[[str], Answer], *, limit: int = 4
) -> list[str]:
    """Return up to `limit` questions about what the documents name, all of them answered."""
    found: list[str] = []
    for name in islice(_names(documents), limit * TRIED_FOR_EACH):
        if len(found) == limit:
            break
        question = f"What is said about {name}?"
        if ask(question).answered:
            found.append(question)
    return found


def _names(documents: Sequence[Document]) -> Iterator[str]:
    """Yield names, the documents taking turns, those that return in a document first."""
    queues = [_names_of(document) for document in documents]
    seen: set[str] = set()
    while queues:
        for queue in list(queues):
            name = next(queue, None)
            if name is None:
                queues.remove(queue)
            elif not any(name in other or other in name for other in seen):
                seen.add(name)
                yield name


def _names_of(document: Document) -> Iterator[str]:
    # A line without a full stop is a heading or a title: capitals there name nothing.
    lines = [line for line in document.text[:100_000].splitlines() if re.search(r"[.!?]", line)]
    counts: Counter[str] = Counter()
    with_article: Counter[str] = Counter()
    for line in lines:
        for match in _NAME.finditer(line):
            before = line[: match.start()].rstrip()
            # A first word is capitalised in any case.
            if before and before[-1] not in ".!?" and match.group()[0].isupper():
                counts[match.group()] += 1
                with_article[match.group()] += before.lower().endswith(" the")
    return iter(
        [
            f"the {name}" if 2 * with_article[name] > count else name
            for name, count in counts.most_common(40)
            if 3 < len(name) < 60
        ]
    )
