"""The front matter of a text: YAML between two lines of ---, as Markdown's tools write it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.errors import BadSource
from assistant.sources.titles import clean

LIMIT_CHARS = 20_000  # what is longer is a text between two horizontal rules
METADATA_KEYS = ("date", "author", "publisher", "url")
METADATA_LIMIT_CHARS = 1_000
METADATA_LIMIT_ITEMS = 50
MOST_BRACKETS = 500  # YAML takes the square of how deep they stand in one another


_FIRST_LINE = re.compile(r"---[ \t]*\n(?=\S)")
_KEY = re.compile(r"(?:#.*\n)*[\w\"'][\w \"'.-]*:(?:\s|$)")


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the front matter and the body; a text that only begins with a rule is all body."""
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    # A rule is followed by a blank line, front matter is not. `frontmatter.parse` would take the
    # text after a rule for front matter and drop it, so that only its parts are used.
    if not _FIRST_LINE.match(text):
        return {}, text
    handler = YAMLHandler()
    try:
        block, body = handler.split(text)
    except ValueError:  # no second rule
        return {}, text
    if len(block) > LIMIT_CHARS or not _KEY.match(block.lstrip("\n")):
        return {}, text
    if block.count("[") + block.count("{") > MOST_BRACKETS:
        raise BadSource(
            f"Its front matter has more than {MOST_BRACKETS} brackets: leave in it what is "
            "known of the document, a line each."
        )
    try:
        # BaseLoader leaves every value as it is written: no dates, no numbers, no merging.
        found = handler.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise BadSource(
            f"Its front matter is not YAML{_yaml_place(error)}: mend the lines between the --- "
            "lines; a value with a colon needs quotation marks."
        ) from error
    if not isinstance(found, Mapping):
        return {}, text
    return _metadata(found), body.lstrip("\n")


def _yaml_place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    # Counted from 0 in the block, whose first line is what follows the --- on line 1.
    return f" (line {mark.line + 1})" if mark is not None else ""


def _metadata(found: Mapping[object, object]) -> dict[str, str]:
    """Return what is known of a document as strings; lists are joined with commas."""
    metadata: dict[str, str] = {}
    for key in ("title", *METADATA_KEYS):
        value = found.get(key)
        items = value[:METADATA_LIMIT_ITEMS] if isinstance(value, list) else [value]
        words = [_one_line(item) for item in items if isinstance(item, str)]
        joined = ", ".join(word for word in words if word)[:METADATA_LIMIT_CHARS]
        if joined:
            metadata[key] = joined
    return metadata


def _one_line(value: str) -> str:
    return "" if value in {"~", "null", "Null", "NULL"} else clean(value)
