"""The front matter of a text, as Markdown's tools write it.

It is YAML between two lines of ---, TOML between two of +++, or an object of JSON.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from assistant.errors import BadSource
from assistant.sources.titles import clean

LIMIT_CHARS = 20_000  # what is longer is a text between two horizontal rules
METADATA_KEYS = ("date", "author", "publisher", "url")
METADATA_LIMIT_CHARS = 1_000
METADATA_LIMIT_ITEMS = 50
MOST_BRACKETS = 500  # YAML takes the square of how deep they stand in one another

# Under a horizontal rule of Markdown, which looks the same, stands a blank line.
_OPENING = re.compile(r"(?:---|\+\+\+)[ \t]*\n(?=[\w\"'\[#])|\{\s*\"")
_KEY = re.compile(r"(?:#.*\n)*[\w\"'][\w \"'.-]*:(?:\s|$)")
# A value with a colon and no quotation marks, as people write titles: YAML takes it for a key.
_COLON = re.compile(r"(?m)^(\w[\w-]*:[ \t]+)([^\s\"'\[{|>&*!#%@`].*?:(?:[ \t].*?)?)[ \t]*$")
_TOML_END = re.compile(r"(?m)^\+\+\+[ \t]*(?:\n|\Z)")

_Split = tuple[Mapping[Any, Any], str]


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the front matter and the body; a text that only begins like one is all body.

    Raises:
        BadSource: it has front matter that cannot be read.
    """
    found = _READERS[text[0]](text) if _OPENING.match(text) else None
    if found is None:
        return {}, text
    return _metadata(found[0]), found[1].lstrip("\n")


def _yaml(text: str) -> _Split | None:
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    # `frontmatter.parse` would take the text after a rule for front matter and drop it, so that
    # only its parts are used.
    handler = YAMLHandler()
    try:
        block, body = handler.split(text)
    except ValueError:  # no second rule
        return None
    if len(block) > LIMIT_CHARS or not _KEY.match(block.lstrip("\n")):
        return None
    _check_brackets(block)

    def load(block: str) -> Any:
        # BaseLoader leaves every value as it is written: no dates, no numbers, no merging.
        return handler.load(block, Loader=yaml.BaseLoader)

    try:
        try:
            found = load(block)
        except yaml.YAMLError:
            mended = _COLON.sub(lambda line: line[1] + json.dumps(line[2]), block)
            if mended == block:
                raise
            found = load(mended)
    except (yaml.YAMLError, RecursionError) as error:
        raise BadSource(
            f"Its front matter is not YAML{_yaml_place(error)}: mend the lines between the --- "
            "lines; a value with a colon needs quotation marks."
        ) from error
    return (found, body) if isinstance(found, Mapping) else None


def _toml(text: str) -> _Split | None:
    start = text.index("\n") + 1
    end = _TOML_END.search(text, start, start + LIMIT_CHARS)
    if end is None:
        return None
    block = text[start : end.start()]
    _check_brackets(block)
    try:
        return tomllib.loads(block), text[end.end() :]
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadSource(
            f"Its front matter is not TOML ({error}): mend the lines between the +++ lines."
        ) from error


def _json(text: str) -> _Split | None:
    """Return the object that a text begins with, where it names one thing that is known of it."""
    try:
        found, end = json.JSONDecoder().raw_decode(text[:LIMIT_CHARS])
    except (ValueError, RecursionError):
        return None
    known = not {"title", *METADATA_KEYS}.isdisjoint(found)
    body = text[end:].lstrip(" \t")
    return (found, body) if known and body.startswith("\n") and body.strip() else None


_READERS: dict[str, Callable[[str], _Split | None]] = {"-": _yaml, "+": _toml, "{": _json}


def _check_brackets(block: str) -> None:
    if block.count("[") + block.count("{") > MOST_BRACKETS:
        raise BadSource(
            f"Its front matter has more than {MOST_BRACKETS} brackets: leave in it what is "
            "known of the document, a line each."
        )


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
        words = [_one_line(item) for item in items]
        joined = ", ".join(word for word in words if word)[:METADATA_LIMIT_CHARS]
        if joined:
            metadata[key] = joined
    return metadata


def _one_line(value: object) -> str:
    """Return a value as it is shown; of one with parts, its name."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if value is None or isinstance(value, bool | list | dict):
        return ""
    said = str(value)
    return "" if said in {"~", "null", "Null", "NULL"} else clean(said)
