"""What a reader sees of words in Markdown, by markdown-it: no marks, no tags, no targets of links.

markdown-it does not say where its tokens stand. So a rule that comes before all others notes where
each begins.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, cast

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline

from assistant.sources.seen import Run, Style, all_of_it

if TYPE_CHECKING:
    from markdown_it.token import Token

LONGEST = 10_000  # characters; a longer paragraph is seen as it stands, which takes no time

_MARKS = re.compile(r"[*_`~\[\]<>&\\!]| \n")
_CONTINUED = re.compile(r"\n[ \t]*>[ \t>]*")  # a line that goes on with a quotation
_LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)
# What a link with a name leads to; a note at the foot ("[^1]: …") is no link.
_DEFINED = re.compile(r"^[ >]*\[([^\]\[^\n][^\]\[\n]{0,200})\]:[ \t]*\S", re.MULTILINE)
_STYLES: dict[str, Style] = {"strong": "strong", "em": "em", "s": "s"}


def see_inline(text: str, start: int, end: int) -> list[Run]:
    """Return what is seen of the words within a block."""
    words = text[start:end]
    if len(words) > LONGEST or not _MARKS.search(words):
        return all_of_it(text, start, end)
    words = _CONTINUED.sub(lambda mark: "\n" + " " * (len(mark[0]) - 1), words)
    parser = _parser()
    state = _Placing(words, parser, {"references": _references(text)}, [])
    parser.inline.tokenize(state)
    for rule in parser.inline.ruler2.getRules(""):
        rule(state)
    return list(_runs(state.tokens, words, start))


class _Placing(StateInline):
    """Tokens that know where they begin: see `_note_place`."""

    here = 0  # where the rule that is tried began
    pending_at = 0  # where the text began that is no token yet

    def pushPending(self) -> Token:  # noqa: N802 (its name there)
        token = super().pushPending()
        token.meta["at"] = self.pending_at
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        token.meta["at"] = self.here
        return token


def _note_place(state: StateInline, silent: bool) -> bool:
    if isinstance(state, _Placing) and not silent:
        state.here = state.pos
        if not state.pending:
            state.pending_at = state.pos
    return False


def _runs(tokens: list[Token], words: str, offset: int) -> Iterator[Run]:
    styles: list[Style] = []
    done = 0  # up to here, characters belong to tokens
    for token in tokens:
        at = max(done, cast(int, token.meta.get("at", done)))
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name in _STYLES and token.nesting:
            if token.nesting > 0:
                styles.append(_STYLES[name])
            elif _STYLES[name] in styles:
                styles.remove(_STYLES[name])
            done = at + len(token.markup)
            continue
        found = _seen(token, words, at)
        if found is None:
            done = at
            continue
        shown, start, done, style = found
        if shown:
            yield Run(shown, offset + start, offset + done, (*styles, *style))


def _seen(token: Token, words: str, at: int) -> tuple[str, int, int, tuple[Style, ...]] | None:
    """Return what is seen of a token, from and to where in the words, and how; None for nothing."""
    content = token.content
    match token.type:
        case "text":
            start = at if words.startswith(content, at) else at + 1  # an address between brackets
            return content, start, start + len(content), ()
        case "text_special":  # what is escaped, or an entity
            return content, at, at + len(token.markup), ()
        case "code_inline":
            start = at + len(token.markup)
            start += not words[start:].replace("\n", " ").startswith(content)
            return content, start, start + len(content), ("code",)
        case "softbreak":
            return "\n", at, at + 1, ()
        case "hardbreak":
            return "\n", at, at + 1, ("break",)
        case "image":
            alt = "".join(child.content for child in token.children or ())
            return alt, at, at + 2, ()
        case "html_inline":
            is_break = _LINE_BREAK.match(content) is not None
            return "\n" * is_break, at, at + len(content), ("break",)
    return None


@functools.lru_cache(maxsize=2)
def _references(text: str) -> dict[str, dict[str, str]]:
    """Return the names of links that a text defines, as markdown-it looks them up."""
    found = _DEFINED.finditer(text)
    return {normalizeReference(name[1]): {"href": "", "title": ""} for name in found}


class _AnyLink(MarkdownIt):
    """Takes a link to anything for one: it is never followed, and only its words are shown."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 (its name there)
        return True


@functools.cache
def _parser() -> MarkdownIt:
    parser = _AnyLink("commonmark").enable("strikethrough")
    parser.inline.ruler.before("text", "place", _note_place)
    parser.inline.ruler2.disable("fragments_join")  # it would join what has a place
    return parser
